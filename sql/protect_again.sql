-- A table that changes after it was protected, and protection called again.
CREATE SCHEMA regress_again;
CREATE TABLE regress_again.orders (label varchar(5), amount numeric(10,2), flag bit(3), mood char(2) NOT NULL DEFAULT 'ok');
SELECT policies.protect_table('regress_again.orders', 'ord');

-- The history declares the same types without their limits: it holds what was there under earlier ones.
SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
WHERE attrelid = 'regress_again.orders_history'::regclass
AND attname IN ('label', 'amount', 'flag', 'mood', 'id', 'tenant_id', 'updated_at')
ORDER BY attnum;

SET request.jwt.claims = '{"tenant_id": "acme", "sub": "per_ann"}';
INSERT INTO policies_api.orders (label, amount) VALUES ('abcde', 1.23);
ALTER TABLE regress_again.orders ALTER COLUMN mood DROP NOT NULL;
BEGIN;
DROP VIEW policies_api.orders, policies_api.deleted_orders;
ALTER TABLE regress_again.orders ALTER COLUMN label TYPE varchar(10), ALTER COLUMN amount TYPE numeric(12,6);
SELECT policies.protect_table('regress_again.orders', 'ord');
COMMIT;
UPDATE policies_api.orders SET label = 'abcdefghij', amount = 1.234567, mood = NULL;
UPDATE policies_api.orders SET label = 'x', amount = 2;
SELECT label, amount, mood FROM regress_again.orders_history ORDER BY valid_from;

-- A new column: without it in the history the next update is refused, and nothing is lost.
ALTER TABLE regress_again.orders ADD COLUMN note text DEFAULT 'noted';
UPDATE policies_api.orders SET label = 'y';
SELECT policies.protect_table('regress_again.orders', 'ord');
UPDATE policies_api.orders SET label = 'y' RETURNING label, note;
SELECT label, note FROM regress_again.orders_history ORDER BY valid_from;

-- A column that changed to another type.
BEGIN;
DROP VIEW policies_api.orders, policies_api.deleted_orders;
ALTER TABLE regress_again.orders ALTER COLUMN flag TYPE text;
SELECT policies.protect_table('regress_again.orders', 'ord');
ROLLBACK;

-- What was taken off the history is put back.
DROP POLICY policies_tenant_scope ON regress_again.orders_history;
ALTER TABLE regress_again.orders_history DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
GRANT TRUNCATE, INSERT ON regress_again.orders_history TO policies_caller;
SELECT policies.protect_table('regress_again.orders', 'ord');
SELECT relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner),
       (SELECT string_agg(polname, ' ' ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid) AS policies,
       (SELECT string_agg(e.privilege_type, ' ' ORDER BY e.privilege_type) FROM aclexplode(c.relacl) e
        WHERE e.grantee = 'policies_caller'::regrole) AS callers_may
FROM pg_class c WHERE oid = 'regress_again.orders_history'::regclass;
SELECT name, detail FROM policies.audit() WHERE metadata ->> 'schema' = 'regress_again' AND name <> 'owner_can_log_in';

-- The history itself is no table to protect.
SELECT policies.scope_by_tenant('regress_again.orders_history');
SELECT policies.protect_table('regress_again.orders_history', 'hst');

-- Ids that a collation takes for equal would join two tenants.
CREATE COLLATION regress_again.caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE regress_again.caseless (tenant_id text COLLATE regress_again.caseless NOT NULL);
SELECT policies.protect_table('regress_again.caseless', 'cas');
SELECT policies.scope_by_tenant('regress_again.caseless');

RESET request.jwt.claims;
SELECT policies.unprotect_table('regress_again.orders');
SET client_min_messages = warning;
DROP SCHEMA regress_again CASCADE;
