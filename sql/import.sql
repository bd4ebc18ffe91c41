-- Import: an administrator without claims restores and corrects rows as they were; with claims it is a caller as any
-- other.
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
\set as_admin 'SET SESSION AUTHORIZATION regress_administrator; RESET request.jwt.claims;'
\set as_gateway_admin 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_admin;'
SET timezone = 'UTC';
SET datestyle = 'ISO';
-- A millisecond later than what was written before, at least.
\set begin 'DO $$ BEGIN PERFORM pg_sleep(0.002); END $$; BEGIN;'
-- Times as they stand to that of the running transaction, in milliseconds, or in full; ids by whether they are new; people
-- but for the superuser's name.
CREATE FUNCTION pg_temp.told(instant timestamptz) RETURNS text STABLE AS $$
    SELECT CASE WHEN instant = date_trunc('milliseconds', now()) THEN 'now' WHEN instant BETWEEN now() - interval '1 min'
        AND now() + interval '1 s' THEN 'lately'
                ELSE instant::text END
$$ LANGUAGE sql;
CREATE FUNCTION pg_temp.stamps(OUT name text, OUT id text, OUT tenant text, OUT app text, OUT created text,
    OUT created_by text,
    OUT updated text, OUT updated_by text, OUT source text, OUT type text, OUT is_deleted boolean, OUT deleted text,
    OUT deleted_by text, OUT version integer) RETURNS SETOF record STABLE AS $$
    SELECT p.name, CASE WHEN policies.id_time(p.id) > now() - interval '1 min' THEN 'new' ELSE p.id END,
           p.tenant_id, p.app_id, pg_temp.told(p.created_at), p.created_by, pg_temp.told(p.updated_at),
           replace(p.updated_by, 'role:' || session_user, 'role:<session_user>'), p.source, p.source_type, p.is_deleted,
           pg_temp.told(p.deleted_at), replace(p.deleted_by, 'role:' || session_user, 'role:<session_user>'),
               p.schema_version
    FROM policies.policies p WHERE p.tenant_id LIKE 'import\_%' ORDER BY p.name, p.id
$$ LANGUAGE sql;
\set columns 'id, tenant_id, app_id, created_at, created_by, updated_at, updated_by, '
\set columns :columns 'source, source_type, is_deleted, deleted_at, deleted_by, schema_version'
\set given '\'import_a\', \'app_old\', \'2001-02-03 04:05:06.789+00\', \'per_old\', \'2002-02-03 00:00+00\', \'per_older\', '
\set given :given '\'wiki\', \'backend\', true, \'2003-02-03 00:00+00\', \'per_gone\', 7'

-- All that is given is kept, by a superuser and an administrator, through the table and the view.
:begin
INSERT INTO policies.policies (name, :columns) VALUES ('superuser, table', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA0', :given);
INSERT INTO policies_api.policies (name, :columns) VALUES ('superuser, view', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA1', :given);
COMMIT;
:as_admin
INSERT INTO policies.policies (name, :columns)
    VALUES ('administrator, table', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA2', :given);
INSERT INTO policies_api.policies (name, :columns)
    VALUES ('administrator, view', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA3', :given);
:as_gateway_admin
INSERT INTO policies.policies (name, :columns)
    VALUES ('gateway as administrator', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA4', :given);
-- Empty claims are none.
SET request.jwt.claims = '';
INSERT INTO policies.policies (name, :columns) VALUES ('with empty claims', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA5', :given);
:as_superuser
COPY policies.policies (name, id, tenant_id, app_id, created_at, created_by, updated_at, updated_by, source,
    source_type, is_deleted,
    deleted_at, deleted_by, schema_version, status) FROM STDIN (FORMAT csv);
"superuser, copy",pol_01ARYZ6S41TSV4RRFFQ69G5FA6,import_a,app_old,2001-02-03 04:05:06.789+00,per_old,2002-02-03 00:00+00,per_older,wiki,backend,true,2003-02-03 00:00+00,per_gone,7,inactive
\.
SELECT * FROM pg_temp.stamps();
SELECT status, count(*) FROM policies.policies WHERE tenant_id = 'import_a' GROUP BY status ORDER BY status;
DELETE FROM policies.policies WHERE tenant_id = 'import_a';

-- What is not given is filled in: by default, by NULL, by COPY.
:begin
INSERT INTO policies.policies (name, tenant_id) VALUES ('1: superuser', 'import_a');
INSERT INTO policies.policies (name, :columns)
    VALUES ('2: NULLs', NULL, 'import_a', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
COPY policies.policies (name, tenant_id, created_at, source, is_deleted, schema_version) FROM STDIN;
3: copy	import_a	\N	\N	\N	\N
\.
SELECT * FROM pg_temp.stamps();
COMMIT;
:as_admin
:begin
INSERT INTO policies.policies (name, tenant_id) VALUES ('4: administrator', 'import_a');
INSERT INTO policies.policies (name, tenant_id, created_at, created_by)
    VALUES ('5: a part', 'import_a', '2001-01-01 00:00+00', 'per_old');
SELECT * FROM pg_temp.stamps() WHERE name >= '4';
COMMIT;
SELECT count(*), count(DISTINCT id) AS distinct_ids FROM policies.policies WHERE tenant_id = 'import_a';

-- A row needs a tenant, and what is checked for callers is checked for all.
INSERT INTO policies.policies (name) VALUES ('homeless');
\echo :SQLSTATE
INSERT INTO policies_api.policies (name, tenant_id) VALUES ('homeless', NULL);
\echo :SQLSTATE
INSERT INTO policies.policies (name, tenant_id) VALUES ('homeless', '');
\echo :SQLSTATE
INSERT INTO policies.policies (name, tenant_id, id) VALUES ('malformed id', 'import_a', 'rec_01HXEXAMPLE');
\echo :SQLSTATE
INSERT INTO policies.policies (name, tenant_id, id)
    VALUES ('lower-case id', 'import_a', 'pol_01aryz6s41tsv4rrffq69g5fav');
\echo :SQLSTATE
INSERT INTO policies.policies (name, tenant_id, source_type) VALUES ('source type', 'import_a', 'carrier pigeon');
\echo :SQLSTATE
INSERT INTO policies.policies (name, tenant_id, id) SELECT 'duplicate', tenant_id, id FROM policies.policies
    WHERE name = '5: a part';
\echo :SQLSTATE
-- PostgreSQL does not COPY under row security, which an administrator's login is under: it takes a table between.
\copy policies.policies (name, tenant_id) FROM '/dev/null'
\echo :SQLSTATE
:as_superuser
\copy policies.policies (name) FROM PROGRAM 'echo homeless'
SELECT name, count(*) FROM policies.policies
    WHERE tenant_id LIKE 'import\_%' OR name = 'homeless' GROUP BY name ORDER BY name;

-- A correction: what it names stays, and the rest is stamped with the login that wrote.
:as_admin
:begin
UPDATE policies.policies SET description = 'corrected' WHERE name = '1: superuser';
UPDATE policies.policies SET created_at = '2001-01-01 00:00+00', created_by = 'per_old', app_id = 'app_old',
    source = 'wiki' WHERE name = '2: NULLs';
UPDATE policies.policies SET updated_at = '2999-01-01 00:00+00', updated_by = 'per_later', schema_version = 7
    WHERE name = '4: administrator';
UPDATE policies.policies SET is_deleted = true WHERE name = '5: a part';
SELECT * FROM pg_temp.stamps();
COMMIT;
-- What nothing refers to may move; a policy may not.
INSERT INTO policies.business_calendars (tenant_id, name, time_zone, opening_hours)
    VALUES ('import_a', 'moving', 'UTC', '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]');
UPDATE policies.business_calendars SET tenant_id = 'import_b', id = 'cal_01ARYZ6S41TSV4RRFFQ69G5FA7' WHERE name = 'moving'
RETURNING tenant_id, id;
DELETE FROM policies.business_calendars WHERE name = 'moving';
DELETE FROM policies.business_calendars_history WHERE name = 'moving';
\set VERBOSITY sqlstate
UPDATE policies.policies SET tenant_id = 'import_b' WHERE name = '3: copy';
UPDATE policies.policies SET id = 'pol_01ARYZ6S41TSV4RRFFQ69G5FA7' WHERE name = '3: copy';
\set VERBOSITY default
-- A time of writing may be corrected to an earlier one.
UPDATE policies.policies SET updated_at = '2002-01-01 00:00+00', updated_by = 'per_older' WHERE name = '1: superuser'
RETURNING updated_at, updated_by;
-- NULL names nothing, a value that is there already neither.
:begin
UPDATE policies.policies SET id = NULL, tenant_id = NULL, app_id = NULL, created_at = NULL, created_by = NULL,
    updated_at = NULL,
    updated_by = NULL, source = NULL, source_type = NULL, is_deleted = NULL, schema_version = NULL
        WHERE name = '2: NULLs';
UPDATE policies.policies SET updated_at = updated_at, updated_by = updated_by WHERE name = '4: administrator';
UPDATE policies.policies SET deleted_at = '2003-01-01 00:00+00', deleted_by = 'per_gone' WHERE name = '5: a part';
SELECT * FROM pg_temp.stamps();
UPDATE policies.policies SET is_deleted = false WHERE name = '5: a part';
SELECT name, updated_by, is_deleted, deleted, deleted_by FROM pg_temp.stamps() WHERE name = '5: a part';
COMMIT;
:as_superuser
:begin
UPDATE policies.policies SET description = 'corrected again' WHERE name = '1: superuser';
DELETE FROM policies_api.policies WHERE name = '2: NULLs';
SELECT name, updated, updated_by, is_deleted, deleted, deleted_by FROM pg_temp.stamps() WHERE name < '3';
COMMIT;
SELECT updated_by FROM policies.policies WHERE name = '4: administrator';
-- The name is that of the login, not of the role that it took on.
SET ROLE policies_admin;
UPDATE policies.policies SET description = 'corrected' WHERE name = '5: a part'
    RETURNING updated_by = 'role:' || session_user AS is_the_login;
RESET ROLE;

-- With claims, an administrator is a caller: nothing that it sends for the server to say is kept.
SELECT name, md5(p::text) AS row INTO TEMPORARY before FROM policies.policies p WHERE tenant_id LIKE 'import\_%';
SET request.jwt.claims = '{"tenant_id": "import_a", "app_id": "app_new", "sub": "per_ann"}';
:begin
INSERT INTO policies.policies (name, :columns)
    VALUES ('6: superuser with claims', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA8', :given);
UPDATE policies.policies SET tenant_id = 'import_c', created_by = 'per_new', created_at = '2001-01-01 00:00+00',
    schema_version = 99 WHERE name = '1: superuser';
SELECT * FROM pg_temp.stamps() WHERE name IN ('1: superuser', '6: superuser with claims');
ROLLBACK;
:as_gateway_admin
:begin
INSERT INTO policies.policies (name, :columns)
    VALUES ('6: gateway with claims', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA8', :given);
UPDATE policies.policies SET tenant_id = 'import_c', created_by = 'per_new', created_at = '2001-01-01 00:00+00',
    schema_version = 99 WHERE name = '1: superuser';
SELECT * FROM pg_temp.stamps() WHERE name IN ('1: superuser', '6: gateway with claims');
ROLLBACK;

-- Claims that give no context are no import either: nobody knows for whom it would act.
SET request.jwt.claims = '{bad';
INSERT INTO policies.policies (name, :columns) VALUES ('malformed claims', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA9', :given);
\echo :SQLSTATE
UPDATE policies.policies SET description = 'malformed claims';
\echo :SQLSTATE
SET request.jwt.claims = '{"sub": "per_ann"}';
INSERT INTO policies.policies (name, :columns) VALUES ('no tenant', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA9', :given);
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
INSERT INTO policies.policies (name, :columns) VALUES ('no tenant', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA9', :given);
\echo :SQLSTATE
UPDATE policies.policies SET description = 'no tenant' WHERE tenant_id LIKE 'import\_%';
\echo :SQLSTATE
COPY policies.policies (name, tenant_id) FROM STDIN;
no tenant	import_a
\.
-- Nor are the claims of an administrator whom nobody trusts with them.
SET SESSION AUTHORIZATION regress_administrator;
SET request.jwt.claims = '{"tenant_id": "import_a", "sub": "per_ann"}';
INSERT INTO policies.policies (name, :columns) VALUES ('untrusted', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA9', :given);
\echo :SQLSTATE
UPDATE policies.policies SET description = 'untrusted' WHERE tenant_id LIKE 'import\_%';
\echo :SQLSTATE
-- Without claims, those who are no administrators import nothing.
RESET request.jwt.claims;
SET SESSION AUTHORIZATION regress_stranger;
INSERT INTO policies.policies (name, :columns) VALUES ('stranger', 'pol_01ARYZ6S41TSV4RRFFQ69G5FA9', :given);
\echo :SQLSTATE
:as_superuser
SELECT count(*) AS rows, count(*) FILTER (WHERE row IS DISTINCT FROM md5(p::text)) AS changed
FROM policies.policies p LEFT JOIN before USING (name) WHERE tenant_id LIKE 'import\_%';

-- Nothing of the import is history but the corrections.
SELECT name, count(*) FROM policies.policies_history WHERE tenant_id LIKE 'import\_%'
    AND name ~ '^[1-5]:' GROUP BY name ORDER BY name;
DELETE FROM policies.policies WHERE tenant_id LIKE 'import\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'import\_%';
