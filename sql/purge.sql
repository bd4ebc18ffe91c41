-- Purging: what was soft-deleted long enough ago is removed for good, by administrators alone.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "purge_a", "sub": "per_ann"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
-- A day before a change of clocks is 24 hours all the same.
SET timezone = 'UTC';
-- An administrator's import sets the dates; each policy has a superseded version, some have reviews and coverage.
SET SESSION AUTHORIZATION regress_administrator;
INSERT INTO policies.policies (tenant_id, name, is_deleted, deleted_at, deleted_by, priority, applies_to) VALUES
    ('purge_a', 'live', false, NULL, NULL, 'high', '["live"]'),
    ('purge_a', 'deleted long ago', true, now() - interval '100 days', 'per_ann', 'high', '["a"]'),
    ('purge_a', 'deleted just in time', true, now() - interval '90 days', 'per_ann', 'high', '["a"]'),
    ('purge_a', 'deleted lately', true, now() - interval '89 days 23 hours', 'per_ann', 'high', '["a"]'),
    ('purge_b', 'deleted long ago', true, now() - interval '100 days', 'per_bob', 'high', '["a"]'),
    ('purge_b', 'live', false, NULL, NULL, 'high', '["live"]');
:as_a
UPDATE policies_api.policies SET description = 'changed';
UPDATE policies_api.deleted_policies SET description = 'changed';
:as_superuser
UPDATE policies.policies SET description = 'changed' WHERE tenant_id = 'purge_b';
INSERT INTO policies.policy_reviews (id, tenant_id, policy_id, reviewed_at)
SELECT policies.new_id('rev'), tenant_id, id, now() FROM policies.policies WHERE tenant_id LIKE 'purge\_%';
CREATE FUNCTION pg_temp.left() RETURNS TABLE (tenant text, policy text, history bigint, reviews bigint, coverage bigint) AS $$
    SELECT p.tenant_id, p.name,
           (SELECT count(*) FROM policies.policies_history h WHERE (h.tenant_id, h.id) = (p.tenant_id, p.id)),
           (SELECT count(*) FROM policies.policy_reviews r WHERE (r.tenant_id, r.policy_id) = (p.tenant_id, p.id)),
           (SELECT count(*) FROM policies.sla_coverage c WHERE (c.tenant_id, c.policy_id) = (p.tenant_id, p.id))
    FROM policies.policies p WHERE p.tenant_id LIKE 'purge\_%' ORDER BY 1, 2
$$ LANGUAGE sql;
CREATE FUNCTION pg_temp.orphans() RETURNS bigint AS $$
    SELECT count(*) FROM (
        SELECT tenant_id, id FROM policies.policies_history UNION ALL SELECT tenant_id, policy_id FROM policies.policy_reviews
        UNION ALL SELECT tenant_id, policy_id FROM policies.sla_coverage
    ) t WHERE tenant_id LIKE 'purge\_%'
        AND NOT EXISTS (SELECT FROM policies.policies p WHERE (p.tenant_id, p.id) = (t.tenant_id, t.id))
$$ LANGUAGE sql;
SELECT * FROM pg_temp.left();

-- Not for callers, auditors, or strangers.
:as_a
SELECT policies.purge_deleted('0');
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_auditor;
SELECT policies.purge_deleted('0');
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_stranger;
SELECT policies.purge_deleted('0');
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_administrator;
RESET request.jwt.claims;
-- A span of time it must be.
SELECT policies.purge_deleted('-1 second');
\echo :SQLSTATE
SELECT policies.purge_deleted(NULL);
\echo :SQLSTATE
SELECT policies.purge_deleted('-1 day', 'purge_a');
\echo :SQLSTATE
\set VERBOSITY sqlstate
SELECT policies.purge_deleted('1000000 years');
\set VERBOSITY default
-- What is not old enough stays, and what is another tenant's.
SELECT policies.purge_deleted('101 days');
SELECT policies.purge_deleted('90 days', 'purge_c');
SELECT policies.purge_deleted('90 days', '');
SELECT policies.purge_deleted('90 days', 'purge_a');
SELECT * FROM pg_temp.left();
SELECT pg_temp.orphans();
-- A rollback brings all of it back.
BEGIN;
SELECT policies.purge_deleted('90 days', 'purge_b');
ROLLBACK;
SELECT tenant, policy, history, reviews FROM pg_temp.left() WHERE policy LIKE 'deleted%';
-- Of all tenants; then there is nothing left to do.
SELECT policies.purge_deleted('90 days') > 0 AS purged;
SELECT policies.purge_deleted('90 days');
SELECT * FROM pg_temp.left();
SELECT pg_temp.orphans();
-- Everything that is deleted, at once; a live row never.
SELECT policies.purge_deleted('0', 'purge_a');
SELECT * FROM pg_temp.left();
-- Whatever refers to policies, and does not go with them by itself, is known to belong to them.
SELECT c.conrelid::regclass AS forgotten FROM pg_constraint c
WHERE c.confrelid = 'policies.policies'::regclass AND c.contype = 'f' AND c.confdeltype <> 'c'
    AND c.conrelid NOT IN (SELECT to_regclass('policies.' || t.table_name) FROM policies.tables_of_policies() t);
-- More than it takes in one step.
INSERT INTO policies.policies (tenant_id, is_deleted, deleted_at) SELECT 'purge_many', true, '2020-01-01 00:00+00'
FROM generate_series(1, 10001);
SELECT policies.purge_deleted('1 year', 'purge_many');
SELECT count(*) FROM policies.policies_history WHERE tenant_id = 'purge_many';
:as_superuser
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'purge\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'purge\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'purge\_%';
