-- What PostgREST calls before each request: whose token names no tenant is refused, in whatever way it lacks one.
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
    (1, 'policies_caller', '{"tenant_id": "request_a", "sub": "per_ann"}'), (2, 'policies_caller', '{"tenant_id": "request_a"}'), (3, 'policies_caller', '{"sub": "per_ann"}'),
    (4, 'policies_caller', '{"tenant_id": ""}'), (5, 'policies_caller', '{"tenant_id": 1}'), (6, 'policies_caller', ''), (7, 'policies_caller', 'rubbish'),
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
SELECT set_config('role', 'policies_caller', true), set_config('request.jwt.claims', E'{"tenant_id": "request_\\\\''a", "x": "%L"}', true) AS claims;
SELECT policies.check_request();
SELECT current_setting('citus.propagate_set_commands'), current_setting('request.jwt.claims') AS claims, policies.current_tenant_id();
COMMIT;
SELECT current_setting('citus.propagate_set_commands'), current_setting('request.jwt.claims', true) AS claims;
-- Whoever is no caller may not ask.
RESET SESSION AUTHORIZATION;
SELECT has_function_privilege('public', 'policies.check_request()', 'EXECUTE');
