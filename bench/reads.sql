-- Scoped reads: every shape, at every size of tenant, in every variant.

CREATE TABLE bench.read_variants (position integer, name text PRIMARY KEY, role text, relation text, scope text);
INSERT INTO bench.read_variants VALUES
    (1, 'explicit', 'bench_explicit', 'plain.policies', 'tenant_id = %L AND NOT is_deleted'),
    (2, 'policies', 'policies_caller', 'policies_api.policies', 'true'),
    (3, 'json', 'bench_json', 'handwritten.policies', 'NOT is_deleted'),
    (4, 'wrapped', 'bench_wrapped', 'handwritten.policies', 'NOT is_deleted');

CREATE TABLE bench.read_shapes (position integer, name text PRIMARY KEY, columns text, conditions text);
INSERT INTO bench.read_shapes VALUES
    (1, 'point by id', '*', 'AND id = $1[1 + i % cardinality($1)]'),
    (2, 'page of 50, newest first', '*', 'ORDER BY id DESC LIMIT 50'),
    (3, 'count', 'count(*)', ''),
    (4, 'filter priority = ''urgent''', 'count(*)', 'AND priority = ''urgent'''),
    (5, 'filter body LIKE', 'id, name', 'AND body LIKE ''%confidential%''');

CREATE TABLE bench.read_tenants (position integer, name text PRIMARY KEY, live_rows bigint, ids text[]);
INSERT INTO bench.read_tenants
    SELECT rank() OVER (ORDER BY count(*) DESC), tenant_id, count(*),
        (array_agg(id::text ORDER BY hashtext(id)))[1:100]
    FROM policies.policies WHERE NOT is_deleted AND tenant_id IN ('big', 'middle1', 'small', 'tiny')
    GROUP BY tenant_id;

CREATE TABLE bench.reads AS
    SELECT dense_rank() OVER (ORDER BY s.position, t.position) AS position, t.name AS tenant, t.ids, s.name AS shape,
        s.name || ' ' || t.name AS subject,
        v.name AS variant, v.role, v.position AS variant_position,
        format('SELECT %s FROM %s WHERE ' || v.scope, s.columns, v.relation, t.name) || ' ' || s.conditions AS query
    FROM bench.read_variants v CROSS JOIN bench.read_shapes s CROSS JOIN bench.read_tenants t;
GRANT SELECT ON ALL TABLES IN SCHEMA bench TO bench_gateway;

-- Inside the server, where nothing but the query counts: a function for each read that keeps one prepared plan, made
-- for its tenant and its role, and another that plans each time. They neither format nor send the rows.
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM bench.reads LOOP
        EXECUTE format('CREATE FUNCTION bench.%I(ids text[], repetitions integer) RETURNS float8 LANGUAGE plpgsql AS $f$
            DECLARE start timestamptz := clock_timestamp();
            BEGIN
                FOR i IN 1..repetitions LOOP %s; END LOOP;
                RETURN bench.milliseconds_since(start) / repetitions;
            END $f$', concat_ws(' ', 'server', r.variant, r.subject), regexp_replace(r.query, '^SELECT', 'PERFORM'));
        EXECUTE format('CREATE FUNCTION bench.%I(ids text[], repetitions integer) RETURNS float8 LANGUAGE plpgsql AS $f$
            DECLARE
                start timestamptz := clock_timestamp();
            BEGIN
                FOR i IN 1..repetitions LOOP
                    EXECUTE replace(%L, ''+ i %%'', ''+ '' || i || '' %%'') USING ids;
                END LOOP;
                RETURN bench.milliseconds_since(start) / repetitions;
            END $f$', concat_ws(' ', 'planned', r.variant, r.subject), r.query);
    END LOOP;
END
$$;

-- The nodes of a plan, without their conditions: tables and indexes have the same names in every variant.
CREATE FUNCTION bench.plan_of(query text, ids text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    nodes text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || replace(query, '$1[1 + i % cardinality($1)]', quote_literal(ids[1])) LOOP
        IF line !~ '^ *(Filter|Index Cond|Recheck Cond|One-Time Filter|Sort Key|Presorted Key):' THEN
            nodes := nodes || E'\n    ' || line;
        END IF;
    END LOOP;
    RETURN nodes;
END
$$;

CREATE PROCEDURE bench.check_reads() LANGUAGE plpgsql AS $$
DECLARE
    r bench.reads;
    result text;
    plan text;
    expected_result text;
    expected_plan text;
BEGIN
    FOR r IN SELECT * FROM bench.reads ORDER BY position, variant_position LOOP
        CALL bench.become(r.role, r.tenant);
        EXECUTE format('SELECT count(*) || '' rows, ''
                || coalesce(md5(string_agg(answer::text, '','' ORDER BY answer::text)), '''')
            FROM (SELECT 1 AS i) AS first, LATERAL (%s) AS answer', r.query) INTO result USING r.ids;
        plan := bench.plan_of(r.query, r.ids);
        PERFORM set_config('role', 'none', false);
        IF r.variant = 'explicit' THEN
            expected_result := result;
            expected_plan := plan;
            IF result LIKE '0 rows%' AND r.shape NOT LIKE 'filter%' THEN
                RAISE EXCEPTION '% of tenant % found nothing', r.shape, r.tenant;
            END IF;
        ELSIF result <> expected_result THEN
            RAISE EXCEPTION '% of tenant %: % found %, the explicit filter %', r.shape, r.tenant, r.variant, result,
                expected_result;
        ELSIF plan <> expected_plan AND r.variant = 'policies' THEN
            RAISE INFO E'  % of tenant %: the plan of % differs.\n  explicit:%\n  %:%', r.shape, r.tenant, r.variant,
                expected_plan, r.variant, plan;
        END IF;
    END LOOP;
END
$$;

CREATE FUNCTION bench.time_read(kind text, r bench.reads, repetitions integer) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    milliseconds float8;
BEGIN
    CALL bench.become(r.role, r.tenant);
    EXECUTE format('SELECT bench.%I($1, $2)', concat_ws(' ', kind, r.variant, r.subject))
        INTO milliseconds USING r.ids, repetitions;
    PERFORM set_config('role', 'none', false);
    RETURN milliseconds;
END
$$;

-- The first calls plan and warm up, and tell how many repetitions make a sample of some 20 ms.
CREATE PROCEDURE bench.measure_read(kind text, variants bench.reads[]) LANGUAGE plpgsql AS $$
DECLARE
    r bench.reads;
    repetitions integer;
    fastest float8 := 'infinity';
BEGIN
    FOREACH r IN ARRAY variants LOOP
        PERFORM bench.time_read(kind, r, 10);
        fastest := least(fastest, bench.time_read(kind, r, 5));
    END LOOP;
    repetitions := greatest(1, least(2000, ceil(20 / fastest)));
    FOR round IN 1..CASE WHEN fastest > 20 THEN 5 ELSE 11 END LOOP
        FOREACH r IN ARRAY variants LOOP
            INSERT INTO bench.samples VALUES (kind, r.subject, r.variant, round, bench.time_read(kind, r, repetitions));
        END LOOP;
        variants := variants[2:] || variants[1];
    END LOOP;
END
$$;

CREATE PROCEDURE bench.measure_reads() LANGUAGE plpgsql AS $$
DECLARE
    variants bench.reads[];
BEGIN
    FOR variants IN
        SELECT array_agg(r ORDER BY r.variant_position) FROM bench.reads r GROUP BY r.position ORDER BY r.position
    LOOP
        CALL bench.measure_read('server', variants);
        COMMIT;
    END LOOP;
    FOR variants IN
        SELECT array_agg(r ORDER BY r.variant_position) FROM bench.reads r WHERE r.tenant IN ('big', 'tiny')
            AND r.shape ~ '^(point|page)' GROUP BY r.position ORDER BY r.position
    LOOP
        CALL bench.measure_read('planned', variants);
        COMMIT;
    END LOOP;
END
$$;

-- What a client sends, burst by burst: some 60 ms each, by what a query takes inside the server.
CREATE VIEW bench.read_bursts AS
    SELECT r.subject, round, r.variant, r.role, bench.claims_of(r.tenant), c.count, r.ids[1],
        replace(r.query, '$1[1 + i % cardinality($1)]', ':id')
    FROM bench.reads r
        CROSS JOIN LATERAL (
            SELECT greatest(3, least(2000, 60 / (0.03 + percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds))))::integer
            FROM bench.samples WHERE section = 'server' AND variant = 'explicit' AND subject = r.subject
        ) AS c (count)
        CROSS JOIN LATERAL generate_series(1, CASE WHEN c.count = 3 THEN 7 ELSE 11 END) round
    ORDER BY r.position, round, (r.variant_position + round) % 4;
