-- What is due for review: of one tenant for a caller, of all for an auditor.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "due_a", "sub": "per_ann"}\';'
\set as_app :caller '\'{"tenant_id": "due_a", "app_id": "app_one"}\';'
\set as_b :caller '\'{"tenant_id": "due_b", "sub": "per_bob"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
SET timezone = 'UTC';
SET datestyle = 'ISO';
:as_a
INSERT INTO policies_api.policies (name, next_review_at) VALUES
    ('long overdue', '2020-01-01 00:00+00'), ('overdue', '2026-01-31 12:00+00'), ('end of February', '2026-02-28 12:00+00'),
    ('one microsecond later', '2026-02-28 12:00:00.000001+00'), ('later', '2026-03-31 12:00+00'), ('never', NULL),
    ('deleted', '2020-01-01 00:00+00');
INSERT INTO policies_api.policies (name, next_review_at, status) VALUES ('draft', '2026-01-15 00:00+00', 'draft'),
    ('inactive', '2026-01-15 00:00+00', 'inactive');
DELETE FROM policies_api.policies WHERE name = 'deleted';
:as_app
INSERT INTO policies_api.policies (name, next_review_at) VALUES ('of the application', '2026-01-31 12:00+00');
:as_b
INSERT INTO policies_api.policies (name, next_review_at) VALUES ('of b', '2020-06-01 00:00+00'),
    ('of b, same instant', '2020-01-01 00:00+00');

-- The longest overdue first; of active policies alone, since drafts and retired ones are not in force; the bound included.
:as_a
SELECT name, next_review_at FROM policies_api.review_due(as_of => '2026-02-01 00:00+00');
SELECT name FROM policies_api.review_due(as_of => '2026-01-31 12:00+00')
EXCEPT SELECT name FROM policies_api.review_due(as_of => '2026-01-31 11:59:59.999999+00') ORDER BY name;
-- Within a month of a month's last day is the last day of the next.
SELECT name, next_review_at FROM policies_api.review_due('1 month', '2026-01-31 12:00+00');
SELECT count(*) FROM policies_api.review_due('2 months', '2026-01-31 12:00+00');
-- A span back in time leaves the newly due ones out.
SELECT name FROM policies_api.review_due('-1 year', '2026-02-01 00:00+00');
-- As of now, what is overdue now.
SELECT array_agg(name ORDER BY name) = (SELECT array_agg(name ORDER BY name) FROM policies_api.policies
    WHERE next_review_at <= now() AND status = 'active') AS as_of_now
FROM policies_api.review_due();
SELECT count(*) FROM policies_api.review_due(NULL, NULL);
SELECT count(*) FROM policies_api.review_due(as_of => '-infinity');
SELECT count(*) FROM policies_api.review_due(as_of => 'infinity');
\set VERBOSITY sqlstate
SELECT count(*) FROM policies_api.review_due('1000000 years');
\set VERBOSITY default
-- The session's time zone changes nothing: New York is five hours behind, Auckland thirteen ahead, across the end of the month.
SELECT array_agg(name) AS in_utc FROM policies_api.review_due('1 month', '2026-01-31 12:00+00') \gset
SET timezone = 'America/New_York';
SELECT array_agg(name) = :'in_utc' AS same FROM policies_api.review_due('1 month', '2026-01-31 12:00+00');
SET timezone = 'Pacific/Auckland';
SELECT array_agg(name) = :'in_utc' AS same FROM policies_api.review_due('1 month', '2026-01-31 12:00+00');
SET timezone = 'UTC';
-- Of the own tenant, of the own application, of all tenants, of none.
:as_app
SELECT name FROM policies_api.review_due(as_of => '2026-02-01 00:00+00');
:as_b
SELECT tenant_id, name FROM policies_api.review_due(as_of => '2026-02-01 00:00+00');
SET request.jwt.claims = '';
SELECT count(*) FROM policies_api.review_due('100 years');
SET SESSION AUTHORIZATION regress_stranger;
SET request.jwt.claims = '{"tenant_id": "due_a"}';
SELECT count(*) FROM policies_api.review_due('100 years');
SET SESSION AUTHORIZATION regress_auditor;
RESET request.jwt.claims;
SELECT tenant_id, name, next_review_at FROM policies_api.review_due(as_of => '2026-02-01 00:00+00') WHERE tenant_id LIKE 'due\_%';
-- Through the gateway, an auditor's claims do not narrow what it sees.
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_auditor;
SET request.jwt.claims = '{"tenant_id": "due_b"}';
SELECT count(DISTINCT tenant_id) FROM policies_api.review_due(as_of => '2026-02-01 00:00+00') WHERE tenant_id LIKE 'due\_%';
:as_superuser
DELETE FROM policies.policies WHERE tenant_id LIKE 'due\_%';

-- Among many policies each reader has its index: a caller where many are due of all tenants, an auditor where few are.
-- In no order, as rows lie in time: else what they cost to fetch hangs on what was there before.
INSERT INTO policies.policies (tenant_id, name, next_review_at)
SELECT 'due_' || n % 20, 'p' || n, '2026-01-01 00:00+00'::timestamptz + n * interval '1 hour'
FROM generate_series(1, 20000) AS n ORDER BY md5(n::text);
ANALYZE policies.policies;
CREATE FUNCTION pg_temp.index_of(as_of timestamptz, OUT index text, OUT condition text) AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (COSTS OFF, FORMAT JSON) SELECT * FROM policies_api.review_due(as_of => %L)', as_of) INTO plan;
    index := substring(plan::text FROM '"Index Name": "(\w+)"');
    condition := substring(plan::text FROM '"Index Cond": "(.*?)"');
END $$ LANGUAGE plpgsql;
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET request.jwt.claims = '{"tenant_id": "due_7"}';
SELECT index, condition LIKE '%tenant_id = policies.current_tenant_id()%' AS by_tenant,
       condition LIKE '%next_review_at <=%' AS by_date
FROM pg_temp.index_of('2026-05-01 00:00+00');
SELECT count(*), min(tenant_id), max(tenant_id) FROM policies_api.review_due(as_of => '2026-05-01 00:00+00');
SET SESSION AUTHORIZATION regress_auditor;
RESET request.jwt.claims;
SELECT index, condition LIKE '%tenant_id%' AS by_tenant, condition LIKE '%next_review_at <=%' AS by_date
FROM pg_temp.index_of('2026-01-04 00:00+00');
SELECT count(*), count(DISTINCT tenant_id) FROM policies_api.review_due(as_of => '2026-01-04 00:00+00')
WHERE tenant_id LIKE 'due\_%';
:as_superuser
DELETE FROM policies.policies WHERE tenant_id LIKE 'due\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'due\_%';
VACUUM ANALYZE policies.policies;
