# shellcheck shell=bash disable=SC2154
step "the same guard rails on a table that is not the register's, in one call"
login dba "CREATE SCHEMA helpdesk; GRANT USAGE ON SCHEMA helpdesk TO policies_caller;
CREATE TABLE helpdesk.tickets (title text NOT NULL, priority text);
INSERT INTO helpdesk.tickets VALUES ('The printer of acme is on fire', 'high');
SELECT policies.protect_table('helpdesk.tickets', 'tkt', existing_rows_tenant_id => 'acme');"
answers 'CREATE SCHEMA' GRANT 'CREATE TABLE' 'INSERT 0 1' ''
as gus "INSERT INTO policies_api.tickets (title, tenant_id) VALUES ('The door of globex is stuck', 'acme')
RETURNING id, tenant_id, created_by, title;"
answers 'tkt_?????????????????????????? | globex | per_gus | The door of globex is stuck' 'INSERT 0 1'
as gus "SELECT tenant_id, title FROM policies_api.tickets;"
answers 'globex | The door of globex is stuck'
as ann "UPDATE policies_api.tickets SET title = 'The printer is out'
RETURNING id LIKE 'tkt_%' AS has_id, tenant_id, updated_by, title;"
answers 't | acme | per_ann | The printer is out' 'UPDATE 1'
as ann "SELECT tenant_id, title, superseded_by FROM helpdesk.tickets_history;"
answers 'acme | The printer of acme is on fire | per_ann'
as ann "DELETE FROM policies_api.tickets;"
answers 'DELETE 1'
as ann "SELECT title, deleted_by FROM policies_api.deleted_tickets;"
answers 'The printer is out | per_ann'

step "the linter says what is left to mend, and would find a hole"
audit="SELECT level, name, detail FROM policies.audit();"
as olga "$audit"
answers 'WARN | owner_can_log_in | *helpdesk.tickets*'
login dba "ALTER TABLE helpdesk.tickets OWNER TO policies_admin;"
answers 'ALTER TABLE'
as olga "$audit"
answers
login dba "BEGIN;
ALTER TABLE helpdesk.tickets DISABLE ROW LEVEL SECURITY;
GRANT TRUNCATE ON policies.policies TO policies_caller;
$audit
ROLLBACK;"
answers BEGIN 'ALTER TABLE' GRANT 'ERROR | rls_disabled | *helpdesk.tickets*' \
    'ERROR | truncate_granted | *policies.policies*policies_caller*' ROLLBACK

step "and off again: the data stay, the guard rails are gone"
login dba "SELECT policies.unprotect_table('helpdesk.tickets');
SELECT tenant_id, title, is_deleted FROM helpdesk.tickets ORDER BY tenant_id;
SELECT relrowsecurity AS row_security,
       EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid) AS triggers, to_regclass('policies_api.tickets') AS view
FROM pg_class c WHERE oid = 'helpdesk.tickets'::regclass;"
answers '' 'acme | The printer is out | t' 'globex | The door of globex is stuck | f' 'f | f | NULL'
as gus "SELECT title FROM helpdesk.tickets;"
refused 42501 'permission denied for table tickets'
as olga "$audit"
answers
