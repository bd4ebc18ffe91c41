-- The same rows, in the same order on disk, in the register, in a table without the extension, and in one with
-- hand-written row security. The tenants' rows lie mixed, as time brings them.

CALL bench.empty_table('policies.policies', 'policies_admin');
-- Nothing here searches their words.
ALTER TABLE policies.policies DISABLE TRIGGER policies_content;
INSERT INTO policies.policies (tenant_id, created_at, updated_at, created_by, updated_by, is_deleted, name, description,
        priority, status, body, version, category, owner_id, published_at, next_review_at, tags)
    SELECT
        -- Half of the rows are one tenant's; nine in the middle share the rest, but for a thousand rows and for ten.
        CASE WHEN i % 2 = 0 THEN 'big' WHEN i % (:rows / 10) = 5 THEN 'tiny' WHEN i % (:rows / 1000) = 3 THEN 'small'
            ELSE 'middle' || i % 18 / 2 END,
        timestamptz '2020-01-01' + i * interval '1 minute', timestamptz '2020-01-01' + i * interval '1 minute',
        'person_' || i % 100, 'person_' || i % 100, hash % 40 = 7,
        'Policy ' || i, 'What it is about',
        (ARRAY['low', 'normal', 'high', 'urgent'])[1 + hash % 4],
        (ARRAY['active', 'active', 'inactive', 'draft'])[1 + hash / 4 % 4],
        md5(i::text) || CASE WHEN hash % 500 = 0 THEN ' confidential ' ELSE ' ' END || md5(hash::text),
        '1.' || i % 10,
        (ARRAY['security', 'privacy', 'hr', 'compliance', 'finance', 'operations', 'other'])[1 + hash / 16 % 7],
        'person_' || i % 100, timestamptz '2020-01-01' + i * interval '1 minute',
        timestamptz '2026-01-01' + hash % 1000 * interval '1 day', '["first", "second"]'
    FROM (SELECT i, abs(hashint4(i) % 1000000) AS hash FROM generate_series(1, :rows) i) numbers;
ALTER TABLE policies.policies ENABLE TRIGGER policies_content;

CREATE SCHEMA plain;
CREATE SCHEMA handwritten;
GRANT USAGE ON SCHEMA plain, handwritten TO PUBLIC;
CALL bench.create_plain_table('plain.policies', true);
CALL bench.create_plain_table('handwritten.policies', true);
INSERT INTO plain.policies SELECT * FROM policies.policies;
INSERT INTO handwritten.policies SELECT * FROM policies.policies;
CALL bench.add_handwritten_policies('handwritten.policies');
GRANT SELECT ON plain.policies TO bench_explicit;

-- From a sample that big, no variant gets a luckier idea of the small tenants.
ALTER TABLE policies.policies ALTER tenant_id SET STATISTICS 1000;
ALTER TABLE plain.policies ALTER tenant_id SET STATISTICS 1000;
ALTER TABLE handwritten.policies ALTER tenant_id SET STATISTICS 1000;
VACUUM (FREEZE, ANALYZE) policies.policies, plain.policies, handwritten.policies;
CHECKPOINT;
SELECT count(pg_prewarm(c.oid)) FROM pg_class c
    WHERE c.relkind IN ('r', 'i') AND c.relnamespace IN ('policies'::regnamespace, 'plain'::regnamespace,
        'handwritten'::regnamespace) \g /dev/null
