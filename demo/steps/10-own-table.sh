# shellcheck shell=bash disable=SC2154
step "the same guard rails on a table that is not the register's, in one call"
login dba "CREATE SCHEMA facilities; GRANT USAGE ON SCHEMA facilities TO policies_caller;
CREATE TABLE facilities.repairs (title text NOT NULL, priority text);
INSERT INTO facilities.repairs VALUES ('The printer of acme is on fire', 'high');
SELECT policies.protect_table('facilities.repairs', 'rep', existing_rows_tenant_id => 'acme');"
answers 'CREATE SCHEMA' GRANT 'CREATE TABLE' 'INSERT 0 1' ''
as gus "INSERT INTO policies_api.repairs (title, tenant_id) VALUES ('The door of globex is stuck', 'acme')
RETURNING id, tenant_id, created_by, title;"
answers 'rep_?????????????????????????? | globex | per_gus | The door of globex is stuck' 'INSERT 0 1'
as gus "SELECT tenant_id, title FROM policies_api.repairs;"
answers 'globex | The door of globex is stuck'
as ann "UPDATE policies_api.repairs SET title = 'The printer is out'
RETURNING id LIKE 'rep_%' AS has_id, tenant_id, updated_by, title;"
answers 't | acme | per_ann | The printer is out' 'UPDATE 1'
as ann "SELECT tenant_id, title, superseded_by FROM facilities.repairs_history;"
answers 'acme | The printer of acme is on fire | per_ann'
as ann "DELETE FROM policies_api.repairs;"
answers 'DELETE 1'
as ann "SELECT title, deleted_by FROM policies_api.deleted_repairs;"
answers 'The printer is out | per_ann'

step "the linter says what is left to mend, and would find a hole"
audit="SELECT level, name, detail FROM policies.audit();"
as olga "$audit"
answers 'WARN | owner_can_log_in | *facilities.repairs*'
login dba "ALTER TABLE facilities.repairs OWNER TO policies_admin;"
answers 'ALTER TABLE'
as olga "$audit"
answers
login dba "BEGIN;
ALTER TABLE facilities.repairs DISABLE ROW LEVEL SECURITY;
GRANT TRUNCATE ON policies.policies TO policies_caller;
$audit
ROLLBACK;"
answers BEGIN 'ALTER TABLE' GRANT 'ERROR | rls_disabled | *facilities.repairs*' \
    'ERROR | truncate_granted | *policies.policies*policies_caller*' ROLLBACK

step "and off again: the data stay, the guard rails are gone"
login dba "SELECT policies.unprotect_table('facilities.repairs');
SELECT tenant_id, title, is_deleted FROM facilities.repairs ORDER BY tenant_id;
SELECT relrowsecurity AS row_security,
       EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid) AS triggers, to_regclass('policies_api.repairs') AS view
FROM pg_class c WHERE oid = 'facilities.repairs'::regclass;"
answers '' 'acme | The printer is out | t' 'globex | The door of globex is stuck | f' 'f | f | NULL'
as gus "SELECT title FROM facilities.repairs;"
refused 42501 'permission denied for table repairs'
as olga "$audit"
answers
