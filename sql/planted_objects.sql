-- Objects that somebody planted where protection makes its own: nothing of another's may run with the rights of
-- policies_admin, or of the superuser who protects a table.
CREATE ROLE regress_planter LOGIN;
CREATE SCHEMA regress_planted;
GRANT USAGE, CREATE ON SCHEMA regress_planted TO regress_planter;
CREATE TABLE regress_planted.orders (label text);

-- A history with a trigger of its own.
SET SESSION AUTHORIZATION regress_planter;
CREATE TABLE regress_planted.orders_history (id text, tenant_id text COLLATE "C", app_id text);
CREATE FUNCTION regress_planted.loot() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'planted code runs as %', current_user; RETURN NEW; END $$;
CREATE TRIGGER loot BEFORE INSERT ON regress_planted.orders_history FOR EACH ROW EXECUTE FUNCTION regress_planted.loot();
RESET SESSION AUTHORIZATION;
SELECT policies.protect_table('regress_planted.orders', 'ord', 'regress_planted_views');
-- Also when it seems to belong to policies_admin already, as after somebody else's ALTER TABLE ... OWNER.
ALTER TABLE regress_planted.orders_history OWNER TO policies_admin;
SELECT policies.keep_history('regress_planted.orders');
SELECT policies.add_base_columns('regress_planted.orders'), policies.scope_by_tenant('regress_planted.orders'),
       policies.stamp_writes('regress_planted.orders', 'ord');
SELECT policies.keep_history('regress_planted.orders');
DROP TRIGGER loot ON regress_planted.orders_history;
SELECT policies.keep_history('regress_planted.orders');
DROP TABLE regress_planted.orders_history;

-- A view with a rule of its own.
SET SESSION AUTHORIZATION regress_planter;
CREATE VIEW regress_planted.orders_view AS SELECT 1 AS one;
RESET SESSION AUTHORIZATION;
CREATE SCHEMA regress_planted_views;
GRANT USAGE, CREATE ON SCHEMA regress_planted_views TO regress_planter;
GRANT SELECT ON regress_planted.orders TO regress_planter;
SET SESSION AUTHORIZATION regress_planter;
CREATE VIEW regress_planted_views.orders AS SELECT label FROM regress_planted.orders;
CREATE RULE loot AS ON INSERT TO regress_planted_views.orders DO ALSO SELECT 'planted';
RESET SESSION AUTHORIZATION;
SELECT policies.protect_table('regress_planted.orders', 'ord', 'regress_planted_views');
ALTER VIEW regress_planted_views.orders OWNER TO policies_admin;
SELECT policies.protect_table('regress_planted.orders', 'ord', 'regress_planted_views');

-- A function of a better fitting type beside ours: nobody but the schemas' owner may create there.
SET SESSION AUTHORIZATION regress_administrator;
CREATE FUNCTION policies.protect_table(text, text) RETURNS void LANGUAGE sql AS $$ SELECT $$;
CREATE FUNCTION policies_api.review_due(text) RETURNS void LANGUAGE sql AS $$ SELECT $$;
CREATE TABLE policies.planted ();
CREATE VIEW policies_api.planted AS SELECT 1 AS one;
-- And yet an administrator creates the register's objects, and views in policies_api, through the functions.
SELECT policies.create_register() = policies.latest_register_version() AS is_latest;
RESET SESSION AUTHORIZATION;
GRANT USAGE, CREATE ON SCHEMA regress_planted TO regress_administrator, policies_admin;
SET SESSION AUTHORIZATION regress_administrator;
CREATE TABLE regress_planted.tools (label text);
SELECT policies.protect_table('regress_planted.tools', 'tol');
SELECT has_schema_privilege('policies_admin', 'policies', 'CREATE')
    OR has_schema_privilege('policies_admin', 'policies_api', 'CREATE')
    AS may_create_afterwards;
SELECT policies.unprotect_table('regress_planted.tools');
RESET SESSION AUTHORIZATION;

-- Without the privilege that PostgreSQL asks of an owner-to-be, protection says what is missing.
REVOKE CREATE ON SCHEMA regress_planted FROM policies_admin;
DROP TABLE regress_planted.tools_history;
SET SESSION AUTHORIZATION regress_administrator;
SELECT policies.protect_table('regress_planted.tools', 'tol');
-- Who does not own a table cannot protect it.
SELECT policies.protect_table('regress_planted.orders', 'ord');
RESET SESSION AUTHORIZATION;

SET client_min_messages = warning;
DROP SCHEMA regress_planted, regress_planted_views CASCADE;
DROP ROLE regress_planter;
