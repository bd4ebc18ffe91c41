-- Who is calling: which claims give a context, whose claims are believed, and that no plan outlives a context.
\set as_gateway 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller;'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
CREATE FUNCTION pg_temp.context(OUT tenant text, OUT app text, OUT person text, OUT problem text) STABLE AS $$
    SELECT policies.current_tenant_id(), policies.current_app_id(), policies.current_person_id(),
        policies.context_problem()
$$ LANGUAGE sql;
-- What becomes of a session with these claims: its context, what it sees, and the error of its INSERT, if any.
CREATE FUNCTION pg_temp.attempt(
    claims text, OUT tenant text, OUT app text, OUT person text, OUT problem text, OUT sees bigint, OUT code text,
    OUT message text, OUT hint text
) AS $$
BEGIN
    PERFORM set_config('request.jwt.claims', claims, false);
    SELECT * INTO tenant, app, person, problem FROM pg_temp.context();
    SELECT count(*) INTO sees FROM policies_api.policies;
    INSERT INTO policies_api.policies (name) VALUES ('attempted');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END $$ LANGUAGE plpgsql;

SELECT proname, provolatile, proparallel, proleakproof, proisstrict, prosecdef FROM pg_proc
WHERE pronamespace = 'policies'::regnamespace AND (proname LIKE 'current\_%' OR proname = 'context_problem')
    ORDER BY proname;

INSERT INTO policies.policies (tenant_id, app_id, name) VALUES
    ('context_a', NULL, 'of a'), ('context_a', 'app_one', 'of a''s app'), ('context_b', NULL, 'of b');

-- No claims at all.
:as_gateway
SELECT current_setting('request.jwt.claims', true) IS NULL AS never_set, * FROM pg_temp.context();
SELECT count(*) FROM policies_api.policies;
SELECT count(*) FROM policies.policies;
INSERT INTO policies_api.policies (name) VALUES ('without claims');
\echo :SQLSTATE
INSERT INTO policies.policies (tenant_id, name) VALUES ('context_a', 'without claims');
\echo :SQLSTATE
UPDATE policies_api.policies SET name = 'changed' RETURNING name;

-- After a transaction, a local setting reads '': no claims, as before.
BEGIN;
SET LOCAL request.jwt.claims = '{"tenant_id": "context_a", "sub": "per_ann"}';
SELECT * FROM pg_temp.context();
SELECT name FROM policies_api.policies ORDER BY name;
COMMIT;
SELECT current_setting('request.jwt.claims') = '' AS is_empty, * FROM pg_temp.context();
SELECT count(*) FROM policies_api.policies;
BEGIN;
SET LOCAL request.jwt.claims = '{"tenant_id": "context_a"}';
SAVEPOINT before;
SET LOCAL request.jwt.claims = '{"tenant_id": "context_b"}';
SELECT policies.current_tenant_id();
ROLLBACK TO before;
SELECT policies.current_tenant_id();
ROLLBACK;
SELECT policies.current_tenant_id() IS NULL AS no_tenant;

-- Claims that give a context.
SELECT claims, tenant, app, person, problem, sees, code FROM unnest(ARRAY[
    '{"tenant_id": "context_a"}',
    '{"tenant_id": "context_a", "sub": "per_ann"}',
    '{"tenant_id": "context_a", "app_id": "app_one", "sub": "svc_1"}',
    '{"tenant_id": "context_a", "app_id": null, "sub": null}',
    E' \t\n{"tenant_id":"context_a","role":"policies_caller","exp":1767225600,"tags":[1,{"tenant_id":"context_b"}]} ',
    '{"tenant_id": "context_\u0061"}',
    '{"tenant_id": "Ünï – 租户", "sub": "per_\"quoted\""}',
    '{"tenant_id": "Context_A"}']) AS claims, LATERAL pg_temp.attempt(claims);
SELECT length(tenant), problem, code FROM pg_temp.attempt(format('{"tenant_id": "%s"}', repeat('x', 255)));
-- A long, a wide and a deep one.
SELECT tenant, problem, code FROM pg_temp.attempt(format('{"a": "%s", "tenant_id": "context_a"}', repeat('x',
    10000000)));
SELECT tenant, problem, code FROM pg_temp.attempt(format('{"a": %s1%s, "tenant_id": "context_a"}', repeat('[',
    1000000), repeat(']', 1000000)));
-- They are taken back, so that the counts below are those above.
:as_superuser
DELETE FROM policies.policies WHERE name = 'attempted';
DELETE FROM policies.policies_history WHERE name = 'attempted';

-- Claims that give none: nothing is seen, nothing raised in reading; writing is refused, with a way out.
:as_gateway
SELECT left(claims, 50) AS claims, coalesce(tenant, app, person) IS NULL AS no_context, sees, code, message,
       message = problem AS is_problem, coalesce(hint, '') <> '' AS has_hint
FROM unnest(ARRAY[
    '', ' ', 'context_a', '{bad', '{"tenant_id": "context_a"', '{"tenant_id": "context_a"} x', '{''tenant_id'': ''context_a''}',
    '[]', '[{"tenant_id": "context_a"}]', '"context_a"', '7', 'null', '{}', '{"tenant": "context_a"}',
    '{"TENANT_ID": "context_a"}',
    '{"tenant_id": ""}', '{"tenant_id": 7}', '{"tenant_id": true}', '{"tenant_id": null}', '{"tenant_id": ["context_a"]}',
    '{"tenant_id": {"id": "context_a"}}', '{"tenant_id": "context_a\u0000"}', '{"tenant_id": "context_a\ud800"}',
    '{"tenant_id": "context_a", "app_id": ""}', '{"tenant_id": "context_a", "app_id": 7}',
    '{"tenant_id": "context_a", "app_id": ["app_one"]}', '{"tenant_id": "context_a", "app_id": "app_one\u0000"}',
    '{"tenant_id": "context_a", "sub": 7}', '{"tenant_id": "context_a", "sub": ""}',
    format('{"tenant_id": "%s"}', repeat('x', 256)), format('{"tenant_id": "%s"}', repeat('x', 10000000)),
    format('{"app_id": "%s", "tenant_id": "context_a"}', repeat('x', 256)), repeat('[', 1000000)]) AS claims,
    LATERAL pg_temp.attempt(claims);
-- Bad JSON raises in no kind of read.
SET request.jwt.claims = '{bad';
SELECT count(*) FROM policies.policies;
SELECT count(*) FROM policies_api.policies_history;
SELECT count(*) FROM policies_api.deleted_policies;
SELECT count(*) FROM policies_api.review_due('1000 years');
SELECT count(*) FROM policies.policies WHERE tenant_id = 'context_a';
UPDATE policies.policies SET name = 'changed' RETURNING name;
DELETE FROM policies_api.policies RETURNING name;
:as_superuser
SELECT tenant_id, name FROM policies.policies WHERE tenant_id LIKE 'context\_%' ORDER BY tenant_id, name;

-- A login that nobody trusts: its claims are as good as none, and it is told why.
SET SESSION AUTHORIZATION regress_stranger;
SET request.jwt.claims = '{"tenant_id": "context_a", "sub": "per_ann"}';
SELECT * FROM pg_temp.context();
SELECT count(*) FROM policies_api.policies;
INSERT INTO policies_api.policies (name) VALUES ('forged');
\echo :SQLSTATE
INSERT INTO policies.policies (tenant_id, name) VALUES ('context_a', 'forged');
\echo :SQLSTATE
UPDATE policies_api.policies SET name = 'forged' RETURNING name;
DELETE FROM policies_api.policies RETURNING name;
-- Nor does a role that it may take on make it trusted, nor one that it may not.
SET ROLE policies_caller;
SELECT count(*) FROM policies_api.policies;
RESET ROLE;
SET ROLE policies_gateway;
\echo :SQLSTATE
:as_superuser
SELECT tenant_id, name FROM policies.policies WHERE tenant_id LIKE 'context\_%' ORDER BY tenant_id, name;

-- Trust given and taken away counts at once, in a session that has asked before.
SET request.jwt.claims = '{"tenant_id": "context_a"}';
SET SESSION AUTHORIZATION regress_stranger;
SELECT policies.current_tenant_id() IS NULL AS not_yet;
RESET SESSION AUTHORIZATION;
GRANT policies_gateway TO regress_stranger;
SET SESSION AUTHORIZATION regress_stranger;
SELECT policies.current_tenant_id(), count(*) FROM policies_api.policies;
RESET SESSION AUTHORIZATION;
REVOKE policies_gateway FROM regress_stranger;
SET SESSION AUTHORIZATION regress_stranger;
SELECT policies.current_tenant_id() IS NULL AS no_more, count(*) FROM policies_api.policies;
RESET SESSION AUTHORIZATION;
BEGIN;
GRANT policies_gateway TO regress_stranger;
SET LOCAL SESSION AUTHORIZATION regress_stranger;
SELECT policies.current_tenant_id();
ROLLBACK;
SET SESSION AUTHORIZATION regress_stranger;
SELECT policies.current_tenant_id() IS NULL AS rolled_back;
RESET SESSION AUTHORIZATION;
-- Indirect membership is membership; being a superuser is enough.
CREATE ROLE regress_context_team;
GRANT policies_gateway TO regress_context_team;
GRANT regress_context_team TO regress_stranger;
SET SESSION AUTHORIZATION regress_stranger;
SELECT policies.current_tenant_id() AS through_a_team;
RESET SESSION AUTHORIZATION;
DROP ROLE regress_context_team;
SET SESSION AUTHORIZATION regress_stranger;
SELECT policies.current_tenant_id() IS NULL AS without_the_team;
RESET SESSION AUTHORIZATION;
SELECT policies.current_tenant_id() AS of_a_superuser;
RESET request.jwt.claims;

-- Which claims are read stands in the register; a change counts at once, for the same claims.
SELECT name, setting, context FROM pg_settings WHERE name LIKE 'policies.%' ORDER BY name;
SET request.jwt.claims = '{"tenant_id": "context_a", "sub": "per_ann", "app_id": "app_one", "a/b": "slash",
    "app_metadata": {"tenant_id": "context_b", "app": "app_two", "people": ["per_0", "per_1"]}}';
SELECT * FROM pg_temp.context();
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = '/app_metadata/tenant_id';
SELECT * FROM pg_temp.context();
ALTER FUNCTION policies.claim_settings() SET policies.app_claim = '/app_metadata/app';
SELECT * FROM pg_temp.context();
ALTER FUNCTION policies.claim_settings() SET policies.person_claim = '/app_metadata/people/1';
SELECT * FROM pg_temp.context();
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = '/a~1b';
SELECT policies.current_tenant_id();
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = 'a/b';
SELECT policies.current_tenant_id();
-- A path that leads nowhere: no tenant, no context; no app, no app; one that leads through a text fails closed.
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = '/app_metadata/none';
SELECT * FROM pg_temp.context();
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = '/sub/tenant_id';
SELECT * FROM pg_temp.context();
ALTER FUNCTION policies.claim_settings() RESET policies.tenant_claim;
ALTER FUNCTION policies.claim_settings() SET policies.app_claim = '/app_metadata/none';
SELECT * FROM pg_temp.context();
ALTER FUNCTION policies.claim_settings() SET policies.app_claim = '/sub/app_id';
SELECT * FROM pg_temp.context();
ALTER FUNCTION policies.claim_settings() RESET policies.app_claim;
ALTER FUNCTION policies.claim_settings() RESET policies.person_claim;
SELECT * FROM pg_temp.context();
BEGIN;
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = 'sub';
SELECT policies.current_tenant_id();
ROLLBACK;
SELECT policies.current_tenant_id();
-- What a login may not set itself counts for it all the same.
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = '/app_metadata/tenant_id';
:as_gateway
SELECT policies.current_tenant_id(), array_agg(name) FROM policies_api.policies;
RESET SESSION AUTHORIZATION;
ALTER FUNCTION policies.claim_settings() RESET policies.tenant_claim;
:as_gateway
SELECT policies.current_tenant_id(), array_agg(name ORDER BY name) FROM policies_api.policies;
SET policies.tenant_claim = 'sub';
\echo :SQLSTATE
SET policies.app_claim = 'none';
\echo :SQLSTATE
SET policies.person_claim = 'none';
\echo :SQLSTATE
RESET policies.tenant_claim;
\echo :SQLSTATE
SELECT policies.current_tenant_id(), array_agg(name ORDER BY name) FROM policies_api.policies;
:as_superuser
SET SESSION AUTHORIZATION regress_administrator;
SET policies.tenant_claim = 'sub';
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
-- Invalid settings are refused, and leave what was.
SET policies.tenant_claim = '';
\echo :SQLSTATE
SET policies.app_claim = '/a~2b';
\echo :SQLSTATE
SET policies.person_claim = '/a~';
\echo :SQLSTATE
SET policies.tenants_claim = 'sub';
\echo :SQLSTATE
SELECT name, setting FROM pg_settings WHERE name LIKE 'policies.%' ORDER BY name;

-- A prepared statement gives each caller its own rows, whether its plan is made for all or for each.
PREPARE list AS SELECT name FROM policies_api.policies ORDER BY name;
PREPARE find (text) AS SELECT name FROM policies.policies WHERE name = $1 AND (SELECT count(*)
    FROM policies.policies) < 10;
SET plan_cache_mode = force_generic_plan;
:as_gateway
SET request.jwt.claims = '{"tenant_id": "context_a"}';
EXECUTE list;
EXECUTE find ('of b');
SET request.jwt.claims = '{"tenant_id": "context_b"}';
EXECUTE list;
EXECUTE find ('of b');
SET request.jwt.claims = '{"tenant_id": "context_a", "app_id": "app_one"}';
EXECUTE list;
RESET request.jwt.claims;
EXECUTE list;
EXECUTE find ('of b');
SET SESSION AUTHORIZATION regress_auditor;
EXECUTE list;
EXECUTE find ('of b');
SET SESSION AUTHORIZATION regress_stranger;
SET request.jwt.claims = '{"tenant_id": "context_b"}';
EXECUTE list;
EXECUTE find ('of b');
:as_gateway
EXECUTE list;
EXECUTE find ('of b');
:as_superuser
SET plan_cache_mode = force_custom_plan;
:as_gateway
SET request.jwt.claims = '{"tenant_id": "context_a"}';
EXECUTE list;
SET request.jwt.claims = '{"tenant_id": "context_b"}';
EXECUTE list;
EXECUTE find ('of b');
SET SESSION AUTHORIZATION regress_auditor;
EXECUTE list;
SET SESSION AUTHORIZATION regress_stranger;
EXECUTE list;
EXECUTE find ('of b');
:as_superuser
RESET plan_cache_mode;
DEALLOCATE ALL;

-- Parallel workers have the context of their leader.
INSERT INTO policies.policies (tenant_id, name)
SELECT tenant_id, 'bulk' FROM unnest(ARRAY['context_a', 'context_b']) AS tenant_id, generate_series(1, 1500);
ANALYZE policies.policies;
-- Its name until PostgreSQL 15, and from 16.
DO $$
BEGIN
    PERFORM set_config(name, 'on', false) FROM pg_settings
        WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
END $$;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
:as_gateway
SET request.jwt.claims = '{"tenant_id": "context_b", "sub": "per_bob"}';
EXPLAIN (COSTS OFF) SELECT count(*), min(tenant_id), max(policies.current_person_id()) FROM policies_api.policies;
SELECT count(*), min(tenant_id), max(tenant_id), max(policies.current_person_id()) FROM policies_api.policies;
SET request.jwt.claims = '{"tenant_id": "context_a", "app_id": "app_one"}';
SELECT count(*), min(tenant_id), max(name), max(policies.current_app_id()) FROM policies_api.policies;
SET request.jwt.claims = '{bad';
SELECT count(*), max(policies.context_problem()) FROM policies_api.policies;
SET SESSION AUTHORIZATION regress_stranger;
SET request.jwt.claims = '{"tenant_id": "context_b"}';
SELECT count(*) FROM policies_api.policies;
:as_superuser
RESET ALL;

DELETE FROM policies.policies WHERE tenant_id LIKE 'context\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'context\_%';

-- Before the library is loaded, its settings are mere placeholders, which anyone may set: they must not outlive the
-- loading.
\c -
:as_gateway
SET policies.tenant_claim = 'sub';
SET request.jwt.claims = '{"tenant_id": "context_a", "sub": "context_b"}';
SELECT policies.current_tenant_id();
SHOW policies.tenant_claim;
:as_superuser
-- A setting of the database that the register does not know of fails closed; as the register's it counts.
SELECT format('ALTER DATABASE %I SET policies.tenant_claim = %L', current_database(), '/app_metadata/tenant_id') AS command \gset
:command;
\c -
:as_gateway
SET request.jwt.claims = '{"tenant_id": "context_a", "app_metadata": {"tenant_id": "context_b"}}';
SELECT policies.current_tenant_id(), policies.context_problem();
:as_superuser
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = '/app_metadata/tenant_id';
:as_gateway
SET request.jwt.claims = '{"tenant_id": "context_a", "app_metadata": {"tenant_id": "context_b"}}';
SELECT policies.current_tenant_id();
:as_superuser
SELECT format('ALTER DATABASE %I RESET policies.tenant_claim', current_database()) AS command \gset
:command;
\c -
:as_gateway
SET request.jwt.claims = '{"tenant_id": "context_a", "app_metadata": {"tenant_id": "context_b"}}';
SELECT policies.current_tenant_id();
:as_superuser
ALTER FUNCTION policies.claim_settings() RESET policies.tenant_claim;
-- Whoever administrates the register cannot change it, and a register that has lost it shows nothing.
SET ROLE policies_admin;
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = 'sub';
\echo :SQLSTATE
RESET ROLE;
ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = '/a~2b';
\echo :SQLSTATE
BEGIN;
DROP FUNCTION policies.claim_settings();
SET LOCAL request.jwt.claims = '{"tenant_id": "context_a"}';
SELECT policies.current_tenant_id(), policies.context_problem();
ROLLBACK;

-- The claims are found however a session wrote their setting first.
\c -
:as_gateway
BEGIN;
SET LOCAL "Request.JWT.Claims" = 'x';
ROLLBACK;
DISCARD ALL;
:as_gateway
SET request.jwt.claims = '{"tenant_id": "context_a"}';
SELECT policies.current_tenant_id();
SET "REQUEST.jwt.CLAIMS" = '{"tenant_id": "context_b"}';
SELECT policies.current_tenant_id();
:as_superuser
