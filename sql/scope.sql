-- Scope: what one tenant, application, person, auditor and administrator can see, probe and change of another's rows.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "scope_a", "sub": "per_ann"}\';'
\set as_b :caller '\'{"tenant_id": "scope_b", "sub": "per_bob"}\';'
\set as_app_one :caller '\'{"tenant_id": "scope_a", "app_id": "app_one", "sub": "svc_1"}\';'
\set as_app_two :caller '\'{"tenant_id": "scope_a", "app_id": "app_two", "sub": "svc_2"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
-- Rows in whole, with the times of their last writing: those of one tenant must not change while another tries.
CREATE FUNCTION pg_temp.fingerprint(condition text) RETURNS text AS $$
DECLARE
    fingerprint text;
BEGIN
    EXECUTE 'SELECT md5(string_agg(p::text, E''\n'' ORDER BY p.id)) FROM policies.policies p WHERE ' || condition
        INTO fingerprint;
    RETURN fingerprint;
END $$ LANGUAGE plpgsql;
-- How complete_policy() refuses an id, without the id.
CREATE FUNCTION pg_temp.completion(id text, OUT code text, OUT message text) AS $$
BEGIN
    PERFORM policies_api.complete_policy(id);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    message := replace(message, id, '<id>');
END $$ LANGUAGE plpgsql;

:as_a
INSERT INTO policies_api.policies (name, body, version, next_review_at) VALUES
    ('secret of a', 'confidential-a', '1.0', '2026-03-01 00:00+00'), ('second of a', 'confidential-a', NULL, NULL);
INSERT INTO policies_api.policies (name) VALUES ('deleted of a');
DELETE FROM policies_api.policies WHERE name = 'deleted of a';
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes)
VALUES ('sla of a', 'high', '["incident"]', 15);
:as_app_one
INSERT INTO policies_api.policies (name) VALUES ('of app one');
UPDATE policies_api.policies SET description = 'changed';
:as_app_two
INSERT INTO policies_api.policies (name) VALUES ('of app two');
UPDATE policies_api.policies SET description = 'changed';
:as_b
INSERT INTO policies_api.policies (name) VALUES ('only one of b');
:as_superuser
SELECT id AS secret_id FROM policies.policies WHERE name = 'secret of a' \gset
SELECT id AS deleted_id FROM policies.policies WHERE name = 'deleted of a' \gset
SELECT id AS app_two_id FROM policies.policies WHERE name = 'of app two' \gset
SELECT pg_temp.fingerprint($$tenant_id = 'scope_a'$$) AS before \gset

-- Where callers may create what they like.
CREATE SCHEMA scope_probe;
GRANT ALL ON SCHEMA scope_probe TO policies_caller;

-- Who sees what.
CREATE FUNCTION pg_temp.seen(OUT live text, OUT deleted text, OUT "table" bigint, OUT history bigint) AS $$
    SELECT (SELECT string_agg(tenant_id || ': ' || name, ', ' ORDER BY tenant_id, name) FROM policies_api.policies
        WHERE tenant_id LIKE 'scope\_%'),
           (SELECT string_agg(tenant_id || ': ' || name, ', ' ORDER BY tenant_id, name)
               FROM policies_api.deleted_policies WHERE tenant_id LIKE 'scope\_%'),
           (SELECT count(*) FROM policies.policies WHERE tenant_id LIKE 'scope\_%'),
           (SELECT count(*) FROM policies_api.policies_history WHERE tenant_id LIKE 'scope\_%')
$$ LANGUAGE sql;
\x on
:as_a
SELECT * FROM pg_temp.seen();
:as_app_one
SELECT * FROM pg_temp.seen();
:as_app_two
SELECT * FROM pg_temp.seen();
:as_b
SELECT * FROM pg_temp.seen();
SET SESSION AUTHORIZATION regress_auditor;
SELECT * FROM pg_temp.seen();
SET SESSION AUTHORIZATION regress_administrator;
SELECT * FROM pg_temp.seen();
\x off

-- Another tenant reads nothing of it, whichever way it asks.
:as_b
SELECT count(*) FROM policies_api.policies WHERE id = :'secret_id';
SELECT count(*) FROM policies.policies WHERE tenant_id = 'scope_a' AND id = :'secret_id';
SELECT count(*) FROM policies.policies WHERE tenant_id = 'scope_a' OR true;
SELECT EXISTS (SELECT FROM policies.policies WHERE id = :'secret_id') AS exists_in_table,
       EXISTS (SELECT FROM policies_api.deleted_policies WHERE id = :'deleted_id') AS exists_deleted,
       EXISTS (SELECT FROM policies_api.policies_history WHERE id = :'deleted_id') AS exists_in_history;
SELECT name FROM policies_api.review_due('100 years');
SELECT name FROM policies_api.policies LEFT JOIN policies.policies other USING (name)
    WHERE other.tenant_id <> 'scope_b';
WITH found AS MATERIALIZED (SELECT * FROM policies.policies) SELECT name FROM found;
-- A leaky function, however cheap, is shown no row of another; nor does an error stand for one.
CREATE FUNCTION pg_temp.leak(value text) RETURNS boolean COST 0.0000001 AS $$
BEGIN
    RAISE NOTICE 'leaked: %', value;
    RETURN true;
END $$ LANGUAGE plpgsql;
SELECT name FROM policies.policies WHERE pg_temp.leak(name);
SELECT name FROM policies_api.policies WHERE pg_temp.leak(name);
SELECT count(*) FROM policies_api.deleted_policies WHERE pg_temp.leak(name);
SELECT count(*) FROM policies.policies WHERE name <> 'only one of b' AND 1 / (length(name) - length(name)) = 0;
BEGIN;
DECLARE all_rows CURSOR FOR SELECT name FROM policies.policies;
FETCH ALL FROM all_rows;
COMMIT;

-- It changes nothing of it, and locks nothing.
UPDATE policies_api.policies SET name = 'taken' WHERE id = :'secret_id' RETURNING name;
UPDATE policies.policies SET name = 'taken' WHERE tenant_id = 'scope_a' RETURNING name;
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE id = :'deleted_id' RETURNING name;
DELETE FROM policies_api.policies WHERE id = :'secret_id' RETURNING name;
SELECT name FROM policies.policies WHERE id = :'secret_id' FOR UPDATE;
SELECT name FROM policies_api.policies WHERE tenant_id = 'scope_a' FOR SHARE;
-- It is refused as an id is that nobody has.
SELECT * FROM pg_temp.completion(:'secret_id') UNION ALL SELECT * FROM pg_temp.completion(policies.new_id('pol'));
MERGE INTO policies.policies AS p USING (VALUES (:'secret_id')) AS v (id) ON p.id = v.id WHEN MATCHED THEN UPDATE
    SET name = 'taken';
-- Nor has it the privilege to remove or refer to rows for good.
DELETE FROM policies.policies WHERE id = :'secret_id';
\echo :SQLSTATE
DELETE FROM policies.policies;
\echo :SQLSTATE
TRUNCATE policies.policies;
\echo :SQLSTATE
TRUNCATE policies.policies_history;
\echo :SQLSTATE
INSERT INTO policies.policies_history SELECT * FROM policies.policies_history LIMIT 0;
\echo :SQLSTATE
INSERT INTO policies.policy_reviews (tenant_id, policy_id) VALUES ('scope_a', :'secret_id');
\echo :SQLSTATE
SELECT count(*) FROM policies.sla_coverage;
\echo :SQLSTATE
-- A foreign key of its own would tell whether a row is there.
CREATE TABLE scope_probe.probe (tenant_id text, policy_id text,
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies);
\echo :SQLSTATE
ALTER TABLE policies.policies DISABLE ROW LEVEL SECURITY;
\echo :SQLSTATE
SET row_security = off;
SELECT count(*) FROM policies.policies;
\echo :SQLSTATE
SELECT count(*) FROM policies_api.policies;
\echo :SQLSTATE
RESET row_security;
-- Its own rows do not move to another, and an existing id tells nothing: conflicts are not looked for with a caller's
-- id.
UPDATE policies_api.policies SET tenant_id = 'scope_a' RETURNING tenant_id, name;
UPDATE policies.policies SET tenant_id = 'scope_a', id = :'secret_id', app_id = 'app_one'
    RETURNING tenant_id, app_id, id = :'secret_id' AS has_its_id;
INSERT INTO policies.policies (tenant_id, id, name) VALUES ('scope_a', :'secret_id', 'probe')
ON CONFLICT (tenant_id, id) DO NOTHING RETURNING tenant_id, name;
INSERT INTO policies.policies (tenant_id, id, name) VALUES ('scope_a', :'secret_id', 'probe')
ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name RETURNING tenant_id, name;
INSERT INTO policies_api.policies (tenant_id, id, name) VALUES ('scope_a', :'secret_id', 'probe')
RETURNING tenant_id, id = :'secret_id' AS has_its_id;
-- The other tenant's SLA policy is no conflict either.
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes)
VALUES ('sla of b', 'high', '["incident"]', 15) RETURNING name;
-- Errors carry nothing of another tenant.
INSERT INTO policies_api.policies (tenant_id, id, name, status) VALUES ('scope_a', :'secret_id', 'probe', 'retired');
\echo :SQLSTATE
UPDATE policies.policies SET first_response_minutes = -1;
\echo :SQLSTATE
-- Statistics of the table are not for those who see a part of it, and EXPLAIN counts their own rows alone.
:as_superuser
ANALYZE policies.policies;
:as_b
SELECT count(*) FROM pg_stats WHERE schemaname = 'policies' AND tablename = 'policies';
SELECT count(*) FROM pg_stats WHERE schemaname IN ('policies', 'policies_api');
CREATE FUNCTION pg_temp.explained(statement text) RETURNS SETOF text AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ' || statement LOOP
        RETURN NEXT line;
    END LOOP;
END $$ LANGUAGE plpgsql;
SELECT count(*) FILTER (WHERE line LIKE '%confidential%' OR line LIKE '%scope\_a%') AS lines_of_a
FROM pg_temp.explained('SELECT name FROM policies.policies') AS line;
SET enable_seqscan = off;
-- The rows of another are not even visited: the index ends the scan, so that no count of filtered rows tells of them.
SELECT count(*) FILTER (WHERE line LIKE '%Rows Removed by Filter%') AS filtered,
       count(*) FILTER (WHERE line LIKE '%Index Cond%tenant_id = policies.current_tenant_id()%') AS by_index
FROM pg_temp.explained('SELECT name FROM policies.policies WHERE NOT is_deleted') AS line;
RESET enable_seqscan;
-- COPY TO gives its own rows.
COPY (SELECT tenant_id, name FROM policies.policies ORDER BY name) TO STDOUT;
COPY policies.policies (tenant_id) TO STDOUT;

-- An application's key is confined to the application's rows, in reading and in writing.
:as_app_one
SELECT count(*) FROM policies.policies WHERE id = :'app_two_id';
UPDATE policies_api.policies SET name = 'taken' WHERE id IN (:'app_two_id', :'secret_id') RETURNING name;
DELETE FROM policies_api.policies WHERE id = :'app_two_id' RETURNING name;
SELECT * FROM pg_temp.completion(:'app_two_id');
INSERT INTO policies_api.policies (name, app_id) VALUES ('app probe', 'app_two') RETURNING app_id;
UPDATE policies_api.policies SET app_id = 'app_two' WHERE name = 'app probe' RETURNING app_id;
UPDATE policies_api.policies SET app_id = NULL WHERE name = 'app probe' RETURNING app_id;
:as_app_two
SELECT name FROM policies_api.policies ORDER BY name;

-- An auditor reads all tenants, and writes nothing, with or without claims.
SET SESSION AUTHORIZATION regress_auditor;
RESET request.jwt.claims;
SELECT count(*) > 5 AS sees_all FROM policies.policies WHERE tenant_id LIKE 'scope\_%';
INSERT INTO policies_api.policies (name) VALUES ('by an auditor');
\echo :SQLSTATE
INSERT INTO policies.policies (tenant_id, name) VALUES ('scope_a', 'by an auditor');
\echo :SQLSTATE
UPDATE policies_api.policies SET name = 'taken';
\echo :SQLSTATE
UPDATE policies.policies SET name = 'taken';
\echo :SQLSTATE
DELETE FROM policies_api.policies;
\echo :SQLSTATE
DELETE FROM policies.policies;
\echo :SQLSTATE
TRUNCATE policies.policies;
\echo :SQLSTATE
SELECT name FROM policies.policies FOR UPDATE;
\echo :SQLSTATE
SELECT policies_api.complete_policy(:'secret_id');
\echo :SQLSTATE
SELECT policies.purge_deleted('0');
\echo :SQLSTATE
SET request.jwt.claims = '{"tenant_id": "scope_b"}';
SELECT count(DISTINCT tenant_id) AS tenants FROM policies.policies WHERE tenant_id LIKE 'scope\_%';
UPDATE policies.policies SET name = 'taken';
\echo :SQLSTATE
-- Through the gateway, the role of the auditor reads all as well: its claims do not confine it.
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_auditor;
SELECT count(DISTINCT tenant_id) AS tenants FROM policies_api.policies WHERE tenant_id LIKE 'scope\_%';
-- A login of the gateway has no rights of its own, and one without any role none at all.
RESET ROLE;
SELECT count(*) FROM policies_api.policies;
\echo :SQLSTATE
:as_superuser
CREATE ROLE regress_scope_nobody;
SET SESSION AUTHORIZATION regress_scope_nobody;
SELECT count(*) FROM policies.policies;
\echo :SQLSTATE
SELECT count(*) FROM policies_api.policies;
\echo :SQLSTATE
SELECT policies.current_tenant_id();
\echo :SQLSTATE
:as_superuser
DROP ROLE regress_scope_nobody;

-- After all of it, the rows are what they were.
SELECT pg_temp.fingerprint($$tenant_id = 'scope_a' AND name <> 'app probe'$$) = :'before' AS unchanged;
SELECT tenant_id, app_id, name, is_deleted FROM policies.policies WHERE tenant_id LIKE 'scope\_%'
    ORDER BY tenant_id, name;

-- An administrator reads and writes the rows of all tenants, and removes them for good.
SET SESSION AUTHORIZATION regress_administrator;
UPDATE policies.policies SET description = 'by the administrator'
    WHERE name = 'secret of a' OR name = 'only one of b' RETURNING tenant_id, name;
DELETE FROM policies.policies WHERE name = 'probe' RETURNING tenant_id;
DELETE FROM policies.policies WHERE tenant_id LIKE 'scope\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'scope\_%';
SELECT count(*) FROM policies.policies WHERE tenant_id LIKE 'scope\_%';
:as_superuser
DROP SCHEMA scope_probe;

-- Row security costs no index: what callers look for by id, by status and category, and by date is found behind the
-- tenant.
INSERT INTO policies.policies (tenant_id, name, status, category, next_review_at, created_at)
SELECT CASE WHEN n % 100 = 0 THEN 'scope_small' ELSE 'scope_big' END, 'p' || n, CASE
    WHEN n % 10 = 0 THEN 'draft' ELSE 'active' END,
       CASE WHEN n % 50 = 0 THEN 'privacy' ELSE 'security' END,
           '2026-01-01 00:00+00'::timestamptz + n * interval '1 hour', now()
FROM generate_series(1, 20000) AS n;
ANALYZE policies.policies;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT id AS some_id FROM policies.policies WHERE tenant_id = 'scope_big' AND name = 'p4711' \gset
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET request.jwt.claims = '{"tenant_id": "scope_big", "sub": "per_ann"}';
PREPARE by_id (text) AS SELECT name FROM policies_api.policies WHERE id = $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_id ('');
EXECUTE by_id (:'some_id');
SET request.jwt.claims = '{"tenant_id": "scope_small", "sub": "per_ann"}';
EXPLAIN (COSTS OFF) SELECT name FROM policies_api.policies WHERE status = 'draft' AND category = 'privacy';
EXPLAIN (COSTS OFF) SELECT name FROM policies_api.policies
WHERE next_review_at BETWEEN '2026-01-01 00:00+00' AND '2027-01-01 00:00+00' ORDER BY next_review_at;
EXPLAIN (COSTS OFF) SELECT name FROM policies_api.review_due('1 year', '2026-01-01 00:00+00');
SET SESSION AUTHORIZATION regress_auditor;
EXPLAIN (COSTS OFF) SELECT name FROM policies_api.review_due('1 day', '2026-01-01 00:00+00');
-- The planner tells a big tenant from a small one: its estimate is at most three times off.
CREATE FUNCTION pg_temp.estimate(statement text) RETURNS numeric AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || statement INTO plan;
    RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$ LANGUAGE plpgsql;
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
RESET plan_cache_mode;
SET request.jwt.claims = '{"tenant_id": "scope_big", "sub": "per_ann"}';
SELECT pg_temp.estimate('SELECT name FROM policies_api.policies') BETWEEN 19800 / 3
    AND 19800 * 3 AS big_is_estimated_well;
SET request.jwt.claims = '{"tenant_id": "scope_small", "sub": "per_ann"}';
SELECT pg_temp.estimate('SELECT name FROM policies_api.policies') BETWEEN 200 / 3
    AND 200 * 3 AS small_is_estimated_well;
-- So a page of the newest comes from the primary key's end, without sorting all that the tenant has.
SET request.jwt.claims = '{"tenant_id": "scope_big", "sub": "per_ann"}';
EXPLAIN (COSTS OFF) SELECT name FROM policies_api.policies ORDER BY id DESC LIMIT 10;
:as_superuser
DEALLOCATE by_id;
DELETE FROM policies.policies WHERE tenant_id LIKE 'scope\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'scope\_%';
