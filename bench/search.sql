-- Full-text search: the register against a plain table of the same documents, and against the obvious way under row
-- security; and what keeping the words costs each insert.

CALL bench.empty_table('policies.policies', 'policies_admin');
DROP SCHEMA IF EXISTS plain, handwritten CASCADE;

-- Words as rare and as frequent as in a language: the one of rank r stands in a body some 45/10/r times.
CREATE FUNCTION bench.word(rank integer) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN translate((rank * 7919)::text, '0123456789', 'aeioulnrst');

SELECT setseed(0.5) \g /dev/null
CREATE UNLOGGED TABLE bench.documents AS
    SELECT i,
        -- Half of the rows are one tenant's; ten have a hundredth each, another one twenty rows.
        CASE WHEN i % 2 = 0 THEN 'big' WHEN i % (:rows / 20) = 51 THEN 'tiny' WHEN i % 100 < 20 THEN 'small' || i % 100 / 2
            ELSE 'middle' END AS tenant_id,
        (ARRAY['security', 'privacy', 'hr', 'compliance', 'finance', 'operations', 'other'])[1 + abs(hashint4(i) % 7)]
            AS category,
        abs(hashint4(i + 1)) % 40 = 7 AS is_deleted,
        text.body
    FROM generate_series(1, :rows) i
    CROSS JOIN LATERAL (
        SELECT string_agg(bench.word(exp(random() * ln(20000))::integer), ' ') || '.' AS body
        FROM generate_series(1, 30 + abs(hashint4(i)) % 31) n
    ) AS text;

-- In bulk, the words at the end and their index last.
ALTER TABLE policies.policies DISABLE TRIGGER policies_content;
INSERT INTO policies.policies (tenant_id, created_at, updated_at, is_deleted, name, description, body, version,
    category, owner_id,
        next_review_at, tags)
    SELECT tenant_id, timestamptz '2020-01-01' + i * interval '1 minute', timestamptz '2020-01-01' + i * interval '1 minute',
        is_deleted, 'Policy ' || i, 'What it is about', body, '1.' || i % 10, category, 'person_' || i % 100,
        timestamptz '2026-01-01', '["first", "second"]'
    FROM bench.documents;
ALTER TABLE policies.policies ENABLE TRIGGER policies_content;
SELECT pg_get_indexdef('policies.policy_search_document'::regclass) AS index_definition \gset
DROP INDEX policies.policy_search_document;
SELECT policies.rebuild_search() \g /dev/null
:index_definition;

CREATE SCHEMA plain;
GRANT USAGE ON SCHEMA plain TO PUBLIC;
CALL bench.create_plain_table('plain.policies', true);
ALTER TABLE plain.policies ADD COLUMN document tsvector;
INSERT INTO plain.policies
    SELECT p.*, ts_delete(s.document, tsvector_to_array(policies.search_labels(p.tenant_id, p.category, p.status, p.owner_id)))
    FROM policies.policies p LEFT JOIN policies.policy_search s ON (s.tenant_id, s.policy_id) = (p.tenant_id, p.id);
CREATE INDEX policies_document ON plain.policies USING gin (document) WITH (fastupdate = off) WHERE NOT is_deleted;
-- The plain search is not under row security; the obvious way is, over the same table.
ALTER TABLE plain.policies ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON plain.policies TO policies_caller USING (tenant_id = policies.current_tenant_id());
ALTER ROLE bench_explicit BYPASSRLS;
GRANT SELECT ON plain.policies TO bench_explicit, policies_caller;

ALTER TABLE policies.policies ALTER tenant_id SET STATISTICS 1000;
ALTER TABLE policies.policy_search ALTER tenant_id SET STATISTICS 1000;
ALTER TABLE plain.policies ALTER tenant_id SET STATISTICS 1000;
VACUUM (FREEZE, ANALYZE) policies.policies, policies.policy_search, plain.policies;
CHECKPOINT;
SELECT count(pg_prewarm(c.oid)) FROM pg_class c
    WHERE c.relkind IN ('r', 'i') AND c.relnamespace IN ('policies'::regnamespace, 'plain'::regnamespace) \g /dev/null

CREATE TABLE bench.search_tenants AS
    SELECT rank() OVER (ORDER BY count(*) DESC) AS position, tenant_id AS name, count(*) AS live_rows
    FROM policies.policies WHERE NOT is_deleted AND tenant_id IN ('big', 'small3', 'tiny') GROUP BY tenant_id;

CREATE TABLE bench.search_queries (position integer, name text PRIMARY KEY, query text, category text);
INSERT INTO bench.search_queries VALUES
    (1, 'rare word', bench.word(least(15000, :rows / 60)), NULL),
    (2, 'medium word', bench.word(300), NULL),
    (3, 'frequent word', bench.word(10), NULL),
    (4, 'frequent, one category', bench.word(10), 'hr'),
    (5, 'phrase', format('"%s %s"', bench.word(10), bench.word(30)), NULL);

-- The page's ids first, from the columns that it takes to find them, and the snippets for these alone.
CREATE FUNCTION bench.plain_search(query text, scope text) RETURNS text LANGUAGE sql AS $$
    SELECT format($q$SELECT p.id, p.name, p.category, p.status, p.version, p.owner_id, p.next_review_at, page.rank,
        policies.search_snippet(coalesce(p.name, ''), page.words, 'simple', true) AS name_snippet,
        policies.search_snippet(concat_ws(E'\n', p.description, p.body), page.words, 'simple', false) AS snippet
        FROM (SELECT d.tenant_id, d.id, ts_rank_cd(d.document, words) AS rank, words
            FROM plain.policies d, websearch_to_tsquery('simple', %L) AS words
            WHERE d.document @@ words AND NOT d.is_deleted AND %s
            ORDER BY rank DESC, d.id LIMIT 20) AS page
        JOIN plain.policies p ON p.tenant_id = page.tenant_id AND p.id = page.id
        ORDER BY page.rank DESC, p.id$q$, query, scope)
$$;

CREATE TABLE bench.searches AS
    SELECT q.name || ' ' || t.name AS subject, q.position AS query_position, q.name AS query_name, t.position AS tenant_position,
        t.name AS tenant, t.live_rows, v.*
    FROM bench.search_queries q CROSS JOIN bench.search_tenants t CROSS JOIN LATERAL (
        SELECT CASE WHEN q.category IS NULL THEN 'true' ELSE format('d.category = %L', q.category) END AS filter
    ) AS f CROSS JOIN LATERAL (VALUES
        (1, 'plain', 'bench_explicit', bench.plain_search(q.query, format('d.tenant_id = %L AND ', t.name) || filter)),
        (2, 'policies', 'policies_caller', format('SELECT * FROM policies_api.search_policies(%L, category => %L)', q.query,
            q.category)),
        (3, 'row security', 'policies_caller', bench.plain_search(q.query, filter))
    ) AS v (variant_position, variant, role, query);
ALTER TABLE bench.searches ADD COLUMN milliseconds float8;
ALTER TABLE bench.searches ADD COLUMN found bigint;
GRANT SELECT, UPDATE ON bench.searches TO bench_gateway;
GRANT EXECUTE ON FUNCTION bench.plain_search(text, text) TO PUBLIC;

-- The same rows in the same order, to the last column; and how long one takes, for the number of repetitions.
CREATE PROCEDURE bench.check_searches() LANGUAGE plpgsql AS $$
DECLARE
    s bench.searches;
    start timestamptz;
    result text;
    expected text;
    row_count bigint;
BEGIN
    FOR s IN SELECT * FROM bench.searches ORDER BY query_position, tenant_position, variant_position LOOP
        CALL bench.become(s.role, s.tenant);
        FOR attempt IN 1..2 LOOP
            start := clock_timestamp();
            EXECUTE format('SELECT count(*), md5(string_agg(answer::text, E''\n'')) FROM (%s) AS answer', s.query)
                INTO row_count, result;
        END LOOP;
        PERFORM set_config('role', 'none', false);
        UPDATE bench.searches SET milliseconds = bench.milliseconds_since(start), found = row_count
            WHERE subject = s.subject AND variant = s.variant;
        IF s.variant_position = 1 THEN
            expected := result;
            IF row_count = 0 AND s.tenant = 'big' THEN
                RAISE EXCEPTION '% found nothing', s.subject;
            END IF;
        ELSIF result IS DISTINCT FROM expected THEN
            RAISE EXCEPTION '%: % found other rows than the plain search', s.subject, s.variant;
        END IF;
    END LOOP;
END
$$;

-- What a client sends, burst by burst: some 300 ms of each.
CREATE VIEW bench.search_bursts AS
    SELECT s.subject, round, s.variant, s.role, bench.claims_of(s.tenant), c.count, s.query
    FROM bench.searches s CROSS JOIN LATERAL (
        SELECT greatest(3, least(500, 300 / p.milliseconds))::integer FROM bench.searches p
        WHERE p.subject = s.subject AND p.variant = 'plain'
    ) AS c (count) CROSS JOIN generate_series(1, 5) round
    -- The obvious way is only looked at: once, and no more often than it takes.
    WHERE s.variant <> 'row security'
    ORDER BY s.query_position, s.tenant_position, round, (s.variant_position + round) % 2;

-- What keeping the words costs the insert of 10,000 documents in one statement, as a caller.
CREATE TABLE bench.new_documents AS SELECT 'Policy ' || i AS name, body, category FROM bench.documents WHERE i <= 10000;
GRANT SELECT ON bench.new_documents TO policies_caller;
DROP TABLE bench.documents;

CREATE PROCEDURE bench.measure_indexing() LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
    variant text;
    milliseconds float8;
BEGIN
    FOR round IN 0..3 LOOP
        FOREACH variant IN ARRAY ARRAY['without', 'with'] LOOP
            PERFORM set_config('role', 'policies_admin', false);
            EXECUTE format('ALTER TABLE policies.policies %s TRIGGER policies_content',
                CASE variant WHEN 'with' THEN 'ENABLE' ELSE 'DISABLE' END);
            COMMIT;
            CALL bench.become('policies_caller', 'small9');
            start := clock_timestamp();
            INSERT INTO policies_api.policies (name, body, category) SELECT name, body, category FROM bench.new_documents;
            milliseconds := bench.milliseconds_since(start);
            -- The next round finds the tables as this one did.
            ROLLBACK;
            PERFORM set_config('role', 'none', false);
            IF round > 0 THEN
                INSERT INTO bench.samples VALUES ('indexing', '10000', variant, round, milliseconds);
            END IF;
            COMMIT;
        END LOOP;
    END LOOP;
END
$$;
