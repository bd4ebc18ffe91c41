-- Soft delete: what DELETE through a view does, who sees the deleted rows, and how they come back.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "soft_a", "sub": "per_ann"}\';'
\set as_b :caller '\'{"tenant_id": "soft_b", "sub": "per_bob"}\';'
\set as_app :caller '\'{"tenant_id": "soft_a", "app_id": "app_one", "sub": "svc_1"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
:as_app
INSERT INTO policies_api.policies (name) VALUES ('of the application');
:as_a
INSERT INTO policies_api.policies (name) VALUES ('one'), ('two'), ('three'), ('four');
:as_b
INSERT INTO policies_api.policies (name) VALUES ('of b');
:as_superuser
SELECT id AS one_id, created_at AS one_created_at FROM policies.policies WHERE name = 'one' AND tenant_id = 'soft_a' \gset

-- A DELETE counts and returns what it deleted, and the row is stamped rather than gone.
:as_a
DO $$
DECLARE
    deleted bigint;
BEGIN
    DELETE FROM policies_api.policies WHERE name IN ('one', 'two');
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RAISE NOTICE '% deleted', deleted;
    DELETE FROM policies_api.policies WHERE name IN ('one', 'two');
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RAISE NOTICE '% deleted the second time', deleted;
END $$;
DELETE FROM policies_api.policies WHERE name = 'three' RETURNING name, tenant_id, is_deleted;
-- PostgreSQL returns the row as it was before: what a trigger of a view gives back it does not take. The row itself is stamped.
INSERT INTO policies_api.policies (name) VALUES ('returned');
DELETE FROM policies_api.policies WHERE name = 'returned'
RETURNING is_deleted, deleted_at IS NULL AS is_without_date, deleted_by, updated_at = created_at AS has_first_date;
UPDATE policies_api.deleted_policies SET description = 'returned' WHERE name = 'returned'
RETURNING is_deleted, deleted_at IS NULL AS is_without_date, deleted_by, updated_at = created_at AS has_first_date;
SET SESSION AUTHORIZATION regress_administrator;
RESET request.jwt.claims;
DELETE FROM policies.policies WHERE tenant_id = 'soft_a' AND name = 'returned';
:as_a
SELECT name FROM policies_api.policies ORDER BY name;
SELECT name, is_deleted, deleted_at = updated_at AS deleted_by_last_write, deleted_by, updated_by,
       deleted_at > created_at AS later
FROM policies_api.deleted_policies ORDER BY name;
-- The live view hides it from every kind of statement.
SELECT count(*) FROM policies_api.policies WHERE id = :'one_id';
UPDATE policies_api.policies SET name = 'changed' WHERE id = :'one_id' RETURNING name;
UPDATE policies_api.policies SET is_deleted = false WHERE id = :'one_id' RETURNING name;
\set VERBOSITY sqlstate
SELECT policies_api.complete_policy(:'one_id');
\set VERBOSITY default
-- An update can delete as well, and cannot restore what it has just hidden.
UPDATE policies_api.policies SET is_deleted = true WHERE name = 'four' RETURNING name, is_deleted, deleted_by;
SELECT name FROM policies_api.policies ORDER BY name;

-- The view of the deleted rows takes no DELETE and no INSERT.
DELETE FROM policies_api.deleted_policies WHERE name = 'one';
\echo :SQLSTATE
INSERT INTO policies_api.deleted_policies (name) VALUES ('born deleted');
\echo :SQLSTATE
-- The table itself takes no DELETE either.
DELETE FROM policies.policies WHERE name = 'one';
\echo :SQLSTATE
TRUNCATE policies.policies;
\echo :SQLSTATE

-- Another tenant, and another application, delete and restore none of it.
:as_b
DELETE FROM policies_api.policies WHERE tenant_id = 'soft_a' RETURNING name;
DELETE FROM policies_api.policies WHERE id = (SELECT id FROM policies_api.policies WHERE tenant_id = 'soft_a') RETURNING name;
UPDATE policies_api.deleted_policies SET is_deleted = false RETURNING name;
SELECT count(*) FROM policies_api.deleted_policies;
:as_app
UPDATE policies_api.deleted_policies SET is_deleted = false RETURNING name;
SELECT count(*) FROM policies_api.deleted_policies;

-- Restoring is an update; the row is the one it was.
:as_a
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE id = :'one_id'
RETURNING name, is_deleted, deleted_at, deleted_by, created_at = :'one_created_at' AS same_creation;
UPDATE policies_api.deleted_policies SET is_deleted = false, name = 'two, restored' WHERE name = 'two' RETURNING name;
SELECT name FROM policies_api.policies ORDER BY name;
SELECT name FROM policies_api.deleted_policies ORDER BY name;
-- A deleted row can be corrected while it is deleted, and keeps its date.
UPDATE policies_api.deleted_policies SET description = 'kept for the auditors' WHERE name = 'three'
RETURNING is_deleted, deleted_at < updated_at AS same_date;
-- A row without context is not deleted.
SET request.jwt.claims = '';
DELETE FROM policies_api.policies RETURNING name;
SET request.jwt.claims = '{"tenant_id": "soft_a", "sub": "per_ann"}';
-- A DELETE that is rolled back deleted nothing.
BEGIN;
DELETE FROM policies_api.policies;
SELECT count(*) FROM policies_api.policies;
ROLLBACK;
SELECT count(*) FROM policies_api.policies;
-- Joined and nested, a DELETE is what it is on a table.
WITH gone AS (DELETE FROM policies_api.policies p USING (VALUES ('one'), ('two, restored')) AS v (name) WHERE p.name = v.name
    RETURNING p.name)
SELECT count(*) FROM gone;
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name IN ('one', 'two, restored');

-- The names of the views do not matter to a caller who has others of that name before them.
:as_superuser
CREATE SCHEMA soft_trap;
CREATE TABLE soft_trap.policies (tenant_id text, id text, is_deleted boolean);
INSERT INTO soft_trap.policies VALUES ('soft_a', :'one_id', false);
GRANT USAGE ON SCHEMA soft_trap TO policies_caller;
GRANT ALL ON soft_trap.policies TO policies_caller;
:as_a
SET search_path = soft_trap, pg_catalog;
DELETE FROM policies_api.policies WHERE name = 'one' RETURNING name;
SELECT is_deleted FROM soft_trap.policies;
RESET search_path;
:as_superuser
DROP TABLE soft_trap.policies;
DROP SCHEMA soft_trap;

-- Auditors read both views and delete nothing; administrators delete softly, too.
SET SESSION AUTHORIZATION regress_auditor;
SELECT tenant_id, name FROM policies_api.policies WHERE tenant_id LIKE 'soft\_%' ORDER BY tenant_id, name;
SELECT tenant_id, name FROM policies_api.deleted_policies WHERE tenant_id LIKE 'soft\_%' ORDER BY tenant_id, name;
DELETE FROM policies_api.policies;
\echo :SQLSTATE
UPDATE policies_api.deleted_policies SET is_deleted = false;
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_administrator;
DELETE FROM policies_api.policies WHERE tenant_id = 'soft_b' RETURNING name;
SELECT name, deleted_by FROM policies_api.deleted_policies WHERE tenant_id = 'soft_b';
:as_superuser

-- A trigger that writes other rows of the same DELETE is in nobody's way; nor is one that deletes them.
CREATE SCHEMA regress_soft;
CREATE TABLE regress_soft.tasks (label text, others_deleted integer NOT NULL DEFAULT 0, is_last boolean NOT NULL DEFAULT false);
SELECT policies.protect_table('regress_soft.tasks', 'tsk');
CREATE FUNCTION regress_soft.tell_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE policies_api.tasks SET others_deleted = others_deleted + 1 WHERE id <> NEW.id;
    DELETE FROM policies_api.tasks WHERE id <> NEW.id AND is_last;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_others AFTER UPDATE OF is_deleted ON regress_soft.tasks FOR EACH ROW WHEN (NEW.label <> 'leaf')
    EXECUTE FUNCTION regress_soft.tell_others();
:as_a
INSERT INTO policies_api.tasks (label) VALUES ('one'), ('two'), ('three');
INSERT INTO policies_api.tasks (label, is_last) VALUES ('leaf', true);
DELETE FROM policies_api.tasks RETURNING label;
SELECT label, others_deleted FROM policies_api.deleted_tasks ORDER BY label;
SELECT count(*) FROM policies_api.tasks;
:as_superuser
SELECT policies.unprotect_table('regress_soft.tasks');
DROP TABLE regress_soft.tasks, regress_soft.tasks_history;
DROP FUNCTION regress_soft.tell_others();
DROP SCHEMA regress_soft;

-- The views have the rights of their reader and show every column of the table, in its order.
SELECT c.relname, c.reloptions, pg_get_userbyid(c.relowner) AS owner,
       ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 ORDER BY attnum)
       = ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = 'policies.policies'::regclass AND attnum > 0
           ORDER BY attnum) AS all_columns
FROM pg_class c WHERE c.relnamespace = 'policies_api'::regnamespace AND c.relname IN ('policies', 'deleted_policies') ORDER BY 1;
DELETE FROM policies.policies WHERE tenant_id LIKE 'soft\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'soft\_%';
