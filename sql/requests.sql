-- A request over HTTP whose token names no tenant is refused, rather than shown nothing: by every view and table of the register.
CREATE FUNCTION pg_temp.read_all(role text, claims text, method text, OUT readable text, OUT refused text) AS $$
DECLARE relation regclass;
BEGIN
    FOR relation IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE nspname IN ('policies', 'policies_api') AND relkind IN ('r', 'v') AND has_table_privilege(role, c.oid, 'SELECT')
            AND (nspname = 'policies_api' OR relrowsecurity) ORDER BY c.oid::regclass::text
    LOOP
        BEGIN
            PERFORM set_config('role', role, true), set_config('request.jwt.claims', claims, true),
                set_config('request.method', method, true);
            EXECUTE 'SELECT count(*) FROM ' || relation;
            readable := concat_ws(' ', readable, relation);
        EXCEPTION WHEN insufficient_privilege THEN
            refused := concat_ws(' ', refused, relation);
        END;
        RESET ROLE;
    END LOOP;
    PERFORM set_config('request.method', '', true);
END $$ LANGUAGE plpgsql;
SET SESSION AUTHORIZATION regress_gateway;
SELECT * FROM pg_temp.read_all('policies_caller', '{"tenant_id": "request_a"}', 'GET') \gx
SELECT * FROM pg_temp.read_all('policies_caller', '{"sub": "per_ann"}', 'GET') \gx
SELECT * FROM pg_temp.read_all('policies_auditor', '{"sub": "per_olga"}', 'GET') \gx
-- In plain SQL it sees nothing, as ever.
SELECT * FROM pg_temp.read_all('policies_caller', '{"sub": "per_ann"}', '') \gx
-- Whoever sees every tenant's rows needs none.
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_bypass BYPASSRLS IN ROLE policies_caller;
CREATE ROLE regress_operator IN ROLE policies_admin;
CREATE TEMP TABLE beyond (role text);
INSERT INTO beyond VALUES ('regress_bypass'), ('regress_operator'), ('policies_admin'), (current_user);
CREATE FUNCTION pg_temp.tenant_of(role text) RETURNS text AS $$
BEGIN
    PERFORM set_config('role', role, true), set_config('request.method', 'GET', true);
    PERFORM policies.check_request();
    RETURN coalesce(policies.current_tenant_id(), 'none');
END $$ LANGUAGE plpgsql;
GRANT SELECT ON beyond TO PUBLIC;
SELECT pg_temp.tenant_of(role) FROM beyond;
DROP TABLE beyond;
DROP ROLE regress_bypass, regress_operator;
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET request.method = 'GET';
SET request.jwt.claims = '{"tenant_id": 1}';
SELECT policies.current_tenant_id();
SELECT count(*) FROM policies_api.policies;
UPDATE policies_api.policies SET name = 'changed';
DELETE FROM policies_api.policies;
INSERT INTO policies_api.policies (name) VALUES ('without a tenant');
RESET request.method;
SELECT count(*) FROM policies_api.policies;
RESET request.jwt.claims;
RESET SESSION AUTHORIZATION;

-- What PostgREST calls before each request on Citus: it refuses the same, in whatever way a token lacks a tenant.
CREATE FUNCTION pg_temp.check(role text, claims text, OUT code text, OUT message text, OUT hint text) AS $$
BEGIN
    PERFORM set_config('role', role, true), set_config('request.jwt.claims', claims, true);
    PERFORM policies.check_request();
    RESET ROLE;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END $$ LANGUAGE plpgsql;
CREATE TEMP TABLE asked (number integer, role text, claims text);
INSERT INTO asked VALUES
    (1, 'policies_caller', '{"tenant_id": "request_a", "sub": "per_ann"}'), (2, 'policies_caller', '{"tenant_id": "request_a"}'),
    (3, 'policies_caller', '{"sub": "per_ann"}'), (4, 'policies_caller', '{"tenant_id": ""}'),
    (5, 'policies_caller', '{"tenant_id": 1}'), (6, 'policies_caller', ''), (7, 'policies_caller', 'rubbish'),
    (8, 'policies_auditor', '{"sub": "per_olga"}'), (9, 'policies_auditor', '{"tenant_id": "request_a"}');
GRANT SELECT ON asked TO regress_gateway;
SET SESSION AUTHORIZATION regress_gateway;
SELECT number, a.role, a.claims, c.* FROM asked a, LATERAL pg_temp.check(a.role, a.claims) c ORDER BY number;
RESET SESSION AUTHORIZATION;
-- It may stand in a transaction that only reads, and leaves nothing behind.
SET SESSION AUTHORIZATION regress_gateway;
BEGIN READ ONLY;
SELECT set_config('role', 'policies_caller', true), set_config('request.jwt.claims', '{"tenant_id": "request_a"}', true);
SELECT policies.check_request();
SELECT current_setting('citus.propagate_set_commands', true) IS NULL AS without_citus;
COMMIT;
SELECT current_user = 'regress_gateway' AS role_is_reset, current_setting('request.jwt.claims', true) AS claims;
-- Where there is Citus, the claims are set anew by a command that it passes on, as they were.
SET citus.propagate_set_commands = 'none';
BEGIN;
SELECT set_config('role', 'policies_caller', true),
       set_config('request.jwt.claims', E'{"tenant_id": "request_\\\\''a", "x": "%L"}', true) AS claims;
SELECT policies.check_request();
SELECT current_setting('citus.propagate_set_commands'), current_setting('request.jwt.claims') AS claims,
       policies.current_tenant_id();
COMMIT;
SELECT current_setting('citus.propagate_set_commands'), current_setting('request.jwt.claims', true) AS claims;
-- Whoever is no caller may not ask.
RESET SESSION AUTHORIZATION;
SELECT has_function_privilege('public', 'policies.check_request()', 'EXECUTE');
