-- The same rows in the register and in a table without the extension, which is served without row security, to requests that
-- name the tenant.
\set ON_ERROR_STOP on
\o /dev/null
ALTER TABLE policies.policies DISABLE TRIGGER policies_content;
INSERT INTO policies.policies (tenant_id, created_at, created_by, is_deleted, name, description, body, status, category,
    next_review_at, tags)
    SELECT 'tenant_' || i % 50, timestamptz '2020-01-01' + i * interval '1 minute', 'person_' || i % 100, i % 40 = 7,
        'Policy ' || i, 'What it is about', md5(i::text) || ' ' || md5(hash::text), (ARRAY['active', 'inactive', 'draft'])[1 +
            hash / 4 % 3],
        (ARRAY['security', 'privacy', 'hr', 'compliance', 'finance', 'operations', 'other'])[1 + hash / 16 % 7],
        timestamptz '2026-01-01' + hash % 1000 * interval '1 day', '["first", "second"]'
    FROM (SELECT i, abs(hashint4(i) % 1000000) AS hash FROM generate_series(1, :rows) i) AS numbers;
ALTER TABLE policies.policies ENABLE TRIGGER policies_content;

CREATE SCHEMA plain;
CREATE TABLE plain.policies (LIKE policies.policies);
ALTER TABLE plain.policies ALTER id TYPE text COLLATE "C";
INSERT INTO plain.policies SELECT * FROM policies.policies;
SELECT regexp_replace(indexdef, 'ON policies\.policies', 'ON plain.policies') FROM pg_indexes
    WHERE schemaname = 'policies' AND tablename = 'policies' \gexec
ALTER TABLE plain.policies ADD PRIMARY KEY USING INDEX policies_pkey;
GRANT USAGE ON SCHEMA plain TO policies_caller;
GRANT SELECT ON plain.policies TO policies_caller;
VACUUM (FREEZE, ANALYZE) policies.policies, plain.policies;
CHECKPOINT;
NOTIFY pgrst, 'reload schema';
\o
-- What is asked for by whom: the first column names the kind of request.
\copy (SELECT 'get', tenant_id, id, '' FROM (SELECT * FROM policies.policies WHERE NOT is_deleted AND hashtext(id) % 100 = 0 ORDER BY hashtext(id) LIMIT 1000) AS chosen UNION ALL SELECT 'list', 'tenant_' || tenant, '', category FROM generate_series(0, 49) AS tenant, unnest(ARRAY['security', 'privacy', 'hr', 'finance']) AS category) TO pstdout
