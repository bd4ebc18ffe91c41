-- History: what a write supersedes is kept, with the time it was valid, and nobody can make it up.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "history_a", "sub": "per_ann"}\';'
\set as_a_bea :caller '\'{"tenant_id": "history_a", "sub": "per_bea"}\';'
\set as_app :caller '\'{"tenant_id": "history_a", "app_id": "app_one", "sub": "svc_1"}\';'
\set as_b :caller '\'{"tenant_id": "history_b", "sub": "per_bob"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
-- The versions of each row in order, and the faults of each chain: a gap, an overlap, a loose end.
CREATE VIEW pg_temp.versions AS
SELECT tenant_id, id, name, valid_from, valid_to, superseded_by, updated_at, updated_by, false AS is_current
FROM policies.policies_history WHERE tenant_id LIKE 'history\_%'
UNION ALL
SELECT tenant_id, id, name, updated_at, NULL, NULL, updated_at, updated_by, true FROM policies.policies
WHERE tenant_id LIKE 'history\_%';
CREATE FUNCTION pg_temp.faults() RETURNS bigint AS $$
    SELECT count(*) FROM (
        SELECT valid_from, valid_to, updated_at, is_current,
               lead(valid_from) OVER chain AS next_from, lag(valid_to) OVER chain AS previous_to
        FROM pg_temp.versions WINDOW chain AS (PARTITION BY tenant_id, id ORDER BY valid_from)
    ) v
    WHERE valid_from <> updated_at OR valid_from >= valid_to OR valid_to IS DISTINCT FROM next_from OR previous_to <> valid_from
$$ LANGUAGE sql;

-- A create supersedes nothing, and neither does a write that changes no row.
:as_a
INSERT INTO policies_api.policies (name, body) VALUES ('v1', 'first text'), ('still', NULL);
UPDATE policies_api.policies SET name = 'none' WHERE name = 'nobody';
SELECT count(*) FROM policies_api.policies_history;
-- Each update keeps the row that it replaces: one transaction, several, other persons.
UPDATE policies_api.policies SET name = 'v2', body = 'second text' WHERE name = 'v1';
BEGIN;
UPDATE policies_api.policies SET name = 'v3' WHERE name = 'v2';
UPDATE policies_api.policies SET name = 'v4' WHERE name = 'v3';
UPDATE policies_api.policies SET name = 'v5' WHERE name = 'v4';
COMMIT;
:as_a_bea
UPDATE policies_api.policies SET name = 'v6' WHERE name = 'v5';
DELETE FROM policies_api.policies WHERE name = 'v6';
:as_a
UPDATE policies_api.deleted_policies SET is_deleted = false, name = 'v7' WHERE name = 'v6';
SELECT name, body, updated_by, superseded_by, is_deleted FROM policies_api.policies_history ORDER BY valid_from;
:as_superuser
SELECT pg_temp.faults();
SELECT name, valid_from = created_at AS since_creation FROM policies.policies_history
WHERE tenant_id = 'history_a' AND name = 'v1';
-- Exactly one version at each instant.
SELECT count(*) AS versions, count(DISTINCT tstzrange(valid_from, valid_to)) AS periods,
       range_agg(tstzrange(valid_from, valid_to)) = tstzmultirange(tstzrange(min(valid_from), NULL)) AS seamless
FROM pg_temp.versions WHERE id = (SELECT id FROM policies.policies WHERE tenant_id = 'history_a' AND name = 'v7');

-- A rollback leaves no history, nor does a savepoint.
:as_a
BEGIN;
UPDATE policies_api.policies SET name = 'undone' WHERE name = 'v7';
ROLLBACK;
BEGIN;
UPDATE policies_api.policies SET name = 'v8' WHERE name = 'v7';
SAVEPOINT before;
UPDATE policies_api.policies SET name = 'undone' WHERE name = 'v8';
ROLLBACK TO before;
UPDATE policies_api.policies SET name = 'v9' WHERE name = 'v8';
COMMIT;
SELECT name FROM policies_api.policies_history ORDER BY valid_from;
-- An update that fails leaves none either.
UPDATE policies_api.policies SET status = 'retired' WHERE name = 'v9';
SELECT count(*) FROM policies_api.policies_history WHERE name = 'v9';
:as_superuser
SELECT pg_temp.faults();

-- An update that changes nothing is a write like others, unless PostgreSQL's own trigger leaves the row alone.
BEGIN;
:as_a_bea
UPDATE policies_api.policies SET body = body WHERE name = 'still' RETURNING updated_by, updated_at > created_at AS is_later;
:as_superuser
CREATE TRIGGER changed_only BEFORE UPDATE ON policies.policies
    FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
SELECT policies.stamp_writes('policies.policies', 'pol');
:as_a
UPDATE policies_api.policies SET body = body WHERE name = 'still' RETURNING updated_by;
UPDATE policies_api.policies SET body = 'words' WHERE name = 'still' RETURNING updated_by;
SELECT body, updated_by, superseded_by FROM policies_api.policies_history WHERE name = 'still' ORDER BY valid_from;
:as_superuser
ROLLBACK;

-- Callers read the history of their tenant and their application, and write none.
:as_b
INSERT INTO policies_api.policies (name) VALUES ('b1');
UPDATE policies_api.policies SET name = 'b2';
SELECT name FROM policies_api.policies_history;
SELECT name FROM policies.policies_history WHERE tenant_id = 'history_a';
:as_app
INSERT INTO policies_api.policies (name) VALUES ('app1');
UPDATE policies_api.policies SET name = 'app2';
SELECT name FROM policies_api.policies_history;
:as_a
SELECT count(*) AS all_of_tenant, count(app_id) AS of_applications FROM policies_api.policies_history;
INSERT INTO policies.policies_history SELECT * FROM policies.policies_history;
\echo :SQLSTATE
INSERT INTO policies_api.policies_history SELECT * FROM policies_api.policies_history;
\echo :SQLSTATE
UPDATE policies.policies_history SET name = 'forged';
\echo :SQLSTATE
UPDATE policies_api.policies_history SET name = 'forged';
\echo :SQLSTATE
DELETE FROM policies.policies_history;
\echo :SQLSTATE
DELETE FROM policies_api.policies_history;
\echo :SQLSTATE
TRUNCATE policies.policies_history;
\echo :SQLSTATE
-- Auditors read all of it, and write none; without a context there is none.
SET SESSION AUTHORIZATION regress_auditor;
RESET request.jwt.claims;
SELECT tenant_id, count(*) FROM policies_api.policies_history WHERE tenant_id LIKE 'history\_%' GROUP BY 1 ORDER BY 1;
DELETE FROM policies.policies_history;
\echo :SQLSTATE
UPDATE policies_api.policies_history SET name = 'forged';
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_stranger;
SET request.jwt.claims = '{"tenant_id": "history_a"}';
SELECT count(*) FROM policies_api.policies_history;

-- An administrator's writes are kept as well, under the login's name, and a removed row ends its chain.
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_administrator;
RESET request.jwt.claims;
UPDATE policies.policies SET name = 'b3' WHERE tenant_id = 'history_b';
-- Whoever sets updated_at back still gets a period.
UPDATE policies.policies SET name = 'b4', updated_at = '2001-01-01 00:00+00' WHERE tenant_id = 'history_b';
SELECT name, updated_by, superseded_by, valid_from < valid_to AS forward FROM policies.policies_history
WHERE tenant_id = 'history_b' ORDER BY valid_from;
DELETE FROM policies.policies WHERE tenant_id = 'history_b';
SELECT name, superseded_by, valid_from < valid_to AS forward FROM policies.policies_history
WHERE tenant_id = 'history_b' AND name = 'b4';
DELETE FROM policies.policies_history WHERE tenant_id = 'history_b';

-- A column that the table gains must be in the history before a row is superseded: nothing is lost silently.
:as_superuser
BEGIN;
ALTER TABLE policies.policies ADD COLUMN extra numeric(6, 2), ADD COLUMN "Odd ""name" text COLLATE "C" DEFAULT 'x';
SAVEPOINT gained;
UPDATE policies.policies SET name = 'lost' WHERE tenant_id = 'history_a' AND name = 'still';
\echo :SQLSTATE
ROLLBACK TO gained;
SELECT policies.keep_history('policies.policies');
UPDATE policies.policies SET extra = 1.50, name = 'still 2' WHERE tenant_id = 'history_a' AND name = 'still';
UPDATE policies.policies SET extra = 2.50 WHERE tenant_id = 'history_a' AND name = 'still 2';
SELECT name, extra, "Odd ""name" FROM policies.policies_history WHERE tenant_id = 'history_a' AND name LIKE 'still%'
ORDER BY valid_from;
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = 'policies.policies_history'::regclass AND attname IN ('extra', 'Odd "name') ORDER BY attnum;
-- A column that the table loses stays in the history.
ALTER TABLE policies.policies DROP COLUMN extra;
UPDATE policies.policies SET name = 'still 3' WHERE tenant_id = 'history_a' AND name = 'still 2';
SELECT name, extra FROM policies.policies_history WHERE tenant_id = 'history_a' AND name LIKE 'still%' ORDER BY valid_from;
-- One whose type changes is refused until both have it.
ALTER TABLE policies.policies ALTER COLUMN "Odd ""name" DROP DEFAULT, ALTER COLUMN "Odd ""name" TYPE integer USING 1;
SAVEPOINT retyped;
UPDATE policies.policies SET name = 'lost' WHERE tenant_id = 'history_a' AND name = 'still 3';
\echo :SQLSTATE
ROLLBACK TO retyped;
SELECT policies.keep_history('policies.policies');
\echo :SQLSTATE
ROLLBACK;
-- The history table missing is an error, not a silence.
BEGIN;
ALTER TABLE policies.policies_history RENAME TO elsewhere;
UPDATE policies.policies SET name = 'lost' WHERE tenant_id = 'history_a' AND name = 'still';
\echo :SQLSTATE
ROLLBACK;
SELECT pg_temp.faults();
DROP VIEW pg_temp.versions CASCADE;
DELETE FROM policies.policies WHERE tenant_id LIKE 'history\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'history\_%';
