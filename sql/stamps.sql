-- Stamps: what the server writes into the base columns, and that nobody can send them, by any kind of write.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "stamps_a", "sub": "per_ann"}\';'
\set as_bob :caller '\'{"tenant_id": "stamps_a", "sub": "per_bob"}\';'
\set as_app :caller '\'{"tenant_id": "stamps_a", "app_id": "app_one", "sub": "svc_1"}\';'
\set as_nobody :caller '\'{"tenant_id": "stamps_a"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
-- All that a caller could try to send, and could not but through a stamp.
\set columns 'id, tenant_id, app_id, created_at, created_by, updated_at, updated_by, deleted_at, deleted_by, schema_version'
\set forged '\'pol_01ARYZ6S41TSV4RRFFQ69G5FAV\', \'stamps_b\', \'app_evil\', \'2001-01-01\', \'per_eve\', '
\set forged :forged '\'2001-01-01\', \'per_eve\', \'2001-01-01\', \'per_eve\', 99'

-- A millisecond later than what was written before, so that nothing is stamped later than now but by a second write.
\set begin 'DO $$ BEGIN PERFORM pg_sleep(0.01); END $$; BEGIN;'

-- Times as they stand to that of the running transaction, in milliseconds; a forged one would show.
CREATE FUNCTION pg_temp.told(instant timestamptz) RETURNS text STABLE AS $$
    SELECT CASE WHEN instant = date_trunc('milliseconds', now()) THEN 'now'
                WHEN instant BETWEEN now() AND now() + interval '5 ms' THEN 'after now'
                WHEN instant BETWEEN now() - interval '1 min' AND now() THEN 'before' ELSE instant::text END
$$ LANGUAGE sql;
CREATE FUNCTION pg_temp.stamps(OUT name text, OUT id text, OUT tenant text, OUT app text, OUT created text,
    OUT created_by text,
    OUT updated text, OUT updated_by text, OUT source text, OUT type text, OUT is_deleted boolean, OUT deleted text,
    OUT deleted_by text, OUT version integer) RETURNS SETOF record STABLE AS $$
    SELECT p.name, CASE WHEN p.id ~ '^pol_[0-7][0-9A-HJKMNP-TV-Z]{25}$'
        AND policies.id_time(p.id) > now() - interval '1 min'
                        THEN 'new' ELSE p.id END,
           p.tenant_id, p.app_id, pg_temp.told(p.created_at), p.created_by, pg_temp.told(p.updated_at), p.updated_by,
           p.source, p.source_type, p.is_deleted, pg_temp.told(p.deleted_at), p.deleted_by, p.schema_version
    FROM policies.policies p WHERE p.tenant_id LIKE 'stamps\_%' ORDER BY p.name, p.id
$$ LANGUAGE sql;

-- INSERT, of nothing, of one field, and of all that is not the caller's to say; through the view and the table.
:as_ann
:begin
INSERT INTO policies_api.policies DEFAULT VALUES;
INSERT INTO policies_api.policies (name) VALUES ('view');
INSERT INTO policies.policies (name) VALUES ('table');
INSERT INTO policies_api.policies (name, is_deleted, :columns) VALUES ('view, forged', true, :forged);
INSERT INTO policies.policies (name, is_deleted, :columns) VALUES ('table, forged', true, :forged);
INSERT INTO policies_api.policies (name, source, source_type)
    VALUES ('view, with its source', 'import of 2026', 'backend');
INSERT INTO policies.policies (name, source, source_type) VALUES ('table, without a source', NULL, NULL);
SELECT * FROM pg_temp.stamps();
SELECT count(DISTINCT id) AS distinct_ids FROM policies.policies;
COMMIT;
SELECT status, count(*) FROM policies_api.policies GROUP BY status;
INSERT INTO policies_api.policies (name, source_type) VALUES ('unknown source type', 'carrier pigeon');
\echo :SQLSTATE
-- What RETURNING shows is what is stored.
INSERT INTO policies_api.policies (name, is_deleted, :columns) VALUES ('returned', true, :forged)
RETURNING name, id = 'pol_01ARYZ6S41TSV4RRFFQ69G5FAV' AS is_forged, tenant_id, app_id,
    created_at = date_trunc('milliseconds', now()) AS is_now,
    created_by, is_deleted,
          deleted_at, deleted_by, schema_version, source, source_type;
-- An application's rows are stamped with it; a person without "sub" stays unnamed.
:as_app
:begin
INSERT INTO policies_api.policies (name, :columns) VALUES ('app, forged', :forged);
SELECT * FROM pg_temp.stamps();
COMMIT;
:as_nobody
:begin
INSERT INTO policies_api.policies (name, :columns) VALUES ('nobody, forged', :forged);
SELECT * FROM pg_temp.stamps() WHERE name LIKE 'nobody%';
COMMIT;
-- Of another tenant, or of none: not there at all.
:as_superuser
SELECT tenant_id, count(*), count(*) FILTER (WHERE created_by = 'per_eve' OR created_at < '2020-01-01' OR schema_version <> 1)
       AS forged FROM policies.policies WHERE tenant_id LIKE 'stamps\_%' OR id = 'pol_01ARYZ6S41TSV4RRFFQ69G5FAV'
       GROUP BY tenant_id;
DELETE FROM policies.policies WHERE tenant_id LIKE 'stamps\_%';

-- A bulk create as PostgREST sends it: keys that some of the objects lack arrive as NULL.
:as_ann
:begin
INSERT INTO policies_api.policies (name, id, tenant_id, created_at, is_deleted, source, source_type, schema_version,
    status, category)
SELECT name, id, tenant_id, created_at, is_deleted, source, source_type, schema_version, status, category
FROM json_to_recordset('[
        {"name": "bulk 1", "id": "rec_01HXEXAMPLE", "tenant_id": "stamps_b", "created_at": "2001-01-01T00:00:00Z"},
        {"name": "bulk 2", "category": "privacy", "status": "draft", "source": "wiki", "source_type": "frontend"},
        {"name": "bulk 3", "is_deleted": true, "schema_version": 99}]')
    AS _ (name text, id text, tenant_id text, created_at timestamptz, is_deleted boolean, source text,
        source_type text,
          schema_version integer, status text, category text);
SELECT * FROM pg_temp.stamps();
SELECT name, status, category FROM policies_api.policies ORDER BY name;
COMMIT;
-- One bad row, and none is written.
INSERT INTO policies_api.policies (name, status) SELECT name, status
FROM json_to_recordset('[{"name": "bulk 4"}, {"name": "bulk 5", "status": "retired"}]') AS _ (name text, status text);
\echo :SQLSTATE
SELECT name FROM policies_api.policies ORDER BY name;

-- UPDATE keeps what is not the caller's to change, and stamps the rest.
:as_bob
:begin
UPDATE policies_api.policies SET description = 'changed' WHERE name = 'bulk 1';
UPDATE policies_api.policies SET (:columns) = ROW (:forged) WHERE name = 'bulk 2';
UPDATE policies.policies SET (:columns) = ROW (:forged) WHERE name = 'bulk 3';
SELECT * FROM pg_temp.stamps();
COMMIT;
-- NULL for a source keeps it, and for all that is stamped.
:begin
UPDATE policies_api.policies SET source = 'handbook', source_type = 'system' WHERE name = 'bulk 1';
UPDATE policies_api.policies SET source = NULL, source_type = NULL, id = NULL, tenant_id = NULL, created_at = NULL,
    updated_at = NULL,
    created_by = NULL, is_deleted = NULL, schema_version = NULL WHERE name = 'bulk 2';
SELECT * FROM pg_temp.stamps();
COMMIT;
UPDATE policies_api.policies SET source_type = 'carrier pigeon' WHERE name = 'bulk 1';
\echo :SQLSTATE
:as_nobody
:begin
UPDATE policies_api.policies SET description = 'changed by nobody' WHERE name = 'bulk 3';
SELECT * FROM pg_temp.stamps() WHERE name = 'bulk 3';
COMMIT;
-- Even a write that changes nothing is a write.
:as_ann
:begin
UPDATE policies_api.policies SET name = name WHERE name = 'bulk 3';
SELECT * FROM pg_temp.stamps() WHERE name = 'bulk 3';
COMMIT;

-- updated_at increases with every write, within one transaction too: each version has a time of its own.
:begin
CREATE TEMPORARY TABLE seen (n integer, updated_at timestamptz);
GRANT ALL ON seen TO PUBLIC;
INSERT INTO seen SELECT 0, updated_at FROM policies_api.policies WHERE name = 'bulk 1';
UPDATE policies_api.policies SET description = 'one' WHERE name = 'bulk 1';
INSERT INTO seen SELECT 1, updated_at FROM policies_api.policies WHERE name = 'bulk 1';
UPDATE policies_api.policies SET description = 'two' WHERE name = 'bulk 1';
INSERT INTO seen SELECT 2, updated_at FROM policies_api.policies WHERE name = 'bulk 1';
DELETE FROM policies_api.policies WHERE name = 'bulk 1';
INSERT INTO seen SELECT 3, updated_at FROM policies_api.deleted_policies WHERE name = 'bulk 1';
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name = 'bulk 1';
INSERT INTO seen SELECT 4, updated_at FROM policies_api.policies WHERE name = 'bulk 1';
SELECT n, updated_at > lag(updated_at) OVER (ORDER BY n) AS later, pg_temp.told(updated_at) FROM seen ORDER BY n;
ROLLBACK;

-- is_deleted: stamped as it becomes true, kept while it is, cleared as it becomes false; never as the caller says.
:begin
UPDATE policies_api.policies SET is_deleted = true, deleted_at = '2001-01-01', deleted_by = 'per_eve'
    WHERE name = 'bulk 1';
DELETE FROM policies_api.policies WHERE name = 'bulk 2';
UPDATE policies.policies SET is_deleted = false, deleted_at = '2001-01-01', deleted_by = 'per_eve'
    WHERE name = 'bulk 3';
SELECT name, updated, updated_by, is_deleted, deleted, deleted_by FROM pg_temp.stamps();
COMMIT;
SELECT name FROM policies_api.policies ORDER BY name;
SELECT name FROM policies_api.deleted_policies ORDER BY name;
:as_bob
:begin
UPDATE policies_api.deleted_policies SET description = 'changed while deleted', is_deleted = true,
    (:columns) = ROW (:forged)
WHERE name = 'bulk 1';
UPDATE policies_api.deleted_policies SET is_deleted = NULL, deleted_at = NULL, deleted_by = NULL WHERE name = 'bulk 2';
SELECT name, created_by, updated, updated_by, is_deleted, deleted, deleted_by, version FROM pg_temp.stamps();
UPDATE policies_api.deleted_policies SET is_deleted = false, deleted_at = '2001-01-01', deleted_by = 'per_eve'
    WHERE name = 'bulk 1';
SELECT name, created_by, updated, updated_by, is_deleted, deleted, deleted_by FROM pg_temp.stamps();
COMMIT;
-- Deleting what is deleted, and restoring what is live, finds nothing.
DELETE FROM policies_api.policies WHERE name = 'bulk 2' RETURNING name;
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name = 'bulk 1' RETURNING name;
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name = 'bulk 2'
    RETURNING name, is_deleted, deleted_at, deleted_by;
-- Nothing is created, and nothing removed, through the view of the deleted.
INSERT INTO policies_api.deleted_policies (name, is_deleted) VALUES ('born dead', true);
\echo :SQLSTATE
DELETE FROM policies_api.deleted_policies;
\echo :SQLSTATE

-- An upsert cannot hit a row by its id, for the id is ignored: it creates, and the row of that id stays as it is.
:as_ann
SELECT id AS known_id FROM policies_api.policies WHERE name = 'bulk 1' \gset
:begin
INSERT INTO policies_api.policies (id, tenant_id, name) VALUES (:'known_id', 'stamps_a', 'upsert 1')
ON CONFLICT (tenant_id, id) DO NOTHING;
INSERT INTO policies_api.policies (id, tenant_id, name, created_by)
    VALUES (:'known_id', 'stamps_b', 'upsert 2', 'per_eve')
ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, tenant_id = excluded.tenant_id,
    created_by = excluded.created_by;
INSERT INTO policies.policies (id, tenant_id, name) VALUES (:'known_id', 'stamps_a', 'upsert 3')
ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, is_deleted = true;
INSERT INTO policies.policies (id, tenant_id, name) VALUES (:'known_id', 'stamps_a', 'upsert 4') ON CONFLICT DO NOTHING;
SELECT * FROM pg_temp.stamps();
SELECT id = :'known_id' AS is_of_known_id, name FROM policies_api.policies ORDER BY name;
COMMIT;

-- MERGE into the table, with the id that the caller sees.
:begin
MERGE INTO policies.policies AS p USING (VALUES (:'known_id', 'merged'), ('pol_01ARYZ6S41TSV4RRFFQ69G5FAV',
    'merged as new'))
    AS v (id, name) ON p.id = v.id
WHEN MATCHED THEN UPDATE SET name = v.name, tenant_id = 'stamps_b', id = 'pol_01ARYZ6S41TSV4RRFFQ69G5FAV',
    app_id = 'app_evil',
    created_by = 'per_eve', created_at = '2001-01-01', updated_by = 'per_eve', deleted_by = 'per_eve',
        schema_version = 99
WHEN NOT MATCHED THEN INSERT (name, is_deleted, :columns) VALUES (v.name, true, :forged);
SELECT * FROM pg_temp.stamps() WHERE name LIKE 'merged%';
SELECT id = :'known_id' AS is_of_known_id, name FROM policies_api.policies WHERE name LIKE 'merged%' ORDER BY name;
COMMIT;
MERGE INTO policies.policies AS p USING (VALUES (:'known_id')) AS v (id) ON p.id = v.id WHEN MATCHED THEN DELETE;
\echo :SQLSTATE
-- Whether PostgreSQL merges into such a view depends on its version; what it could forge does not.
DO $$
BEGIN
    MERGE INTO policies_api.policies AS p USING (VALUES ('merged')) AS v (name) ON p.name = v.name
    WHEN MATCHED THEN UPDATE SET tenant_id = 'stamps_b', created_by = 'per_eve'
    WHEN NOT MATCHED THEN INSERT (name, tenant_id) VALUES ('merged into the view', 'stamps_b');
EXCEPTION WHEN feature_not_supported OR wrong_object_type OR object_not_in_prerequisite_state THEN NULL;
END $$;
SELECT name, tenant_id, created_by FROM policies_api.policies WHERE name IN ('merged', 'merged as new') ORDER BY name;

-- COPY is not for callers: PostgreSQL refuses it under row security, and into the view.
\copy policies.policies (name) FROM '/dev/null'
\echo :SQLSTATE
\copy policies_api.policies (name) FROM '/dev/null'

-- Without claims nothing is stamped, so nothing is written.
SET request.jwt.claims = '';
INSERT INTO policies_api.policies (name, :columns) VALUES ('no claims', :forged);
\echo :SQLSTATE
INSERT INTO policies.policies (name) VALUES ('no claims');
\echo :SQLSTATE
MERGE INTO policies.policies AS p USING (VALUES ('no claims')) AS v (name) ON p.name = v.name
    WHEN NOT MATCHED THEN INSERT (name) VALUES (v.name);
\echo :SQLSTATE
:as_superuser
SELECT tenant_id, count(*) FROM policies.policies
WHERE tenant_id LIKE 'stamps\_%' OR name = 'no claims' OR id = 'pol_01ARYZ6S41TSV4RRFFQ69G5FAV' GROUP BY tenant_id;

-- A row of an older document schema is raised to the current one when it is written, a newer one is left.
DELETE FROM policies.policies WHERE tenant_id = 'stamps_a';
INSERT INTO policies.policies (tenant_id, name, schema_version, updated_at) VALUES
    ('stamps_a', 'old schema', 0, now()), ('stamps_a', 'new schema', 7, now()), ('stamps_a', 'from the future', 1,
        '2999-01-01 00:00+00');
:as_ann
UPDATE policies_api.policies SET description = 'changed';
SELECT name, schema_version FROM policies_api.policies ORDER BY name;
-- A row dated later than now gets a later date still.
SELECT updated_at > '2999-01-01 00:00+00' AS is_later FROM policies_api.policies WHERE name = 'from the future';
:as_superuser
DELETE FROM policies.policies WHERE tenant_id LIKE 'stamps\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'stamps\_%';
