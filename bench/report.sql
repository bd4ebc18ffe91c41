-- Medians, and the medians of the rounds' ratios: what slows one round down slows all its variants.

\pset footer off
\pset null '-'
\pset border 1

-- The median over the rounds of one variant's time, and of its ratio to another's.
CREATE VIEW bench.reads_report AS
    SELECT r.section, t.position AS tenant_position, t.name AS tenant, t.live_rows, s.position AS shape_position,
        s.name AS shape,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'explicit')::float8) AS explicit,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'policies')::float8) AS policies,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'policies')::float8 / (ms ->> 'explicit')::float8)::numeric(9, 2)
            AS ratio,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'json')::float8 / (ms ->> 'explicit')::float8)::numeric(9, 2)
            AS json_ratio,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'wrapped')::float8 / (ms ->> 'explicit')::float8)::numeric(9, 2)
            AS wrapped_ratio
    FROM bench.rounds r CROSS JOIN bench.read_shapes s CROSS JOIN bench.read_tenants t
    WHERE r.subject = s.name || ' ' || t.name
    GROUP BY r.section, t.position, t.name, t.live_rows, s.position, s.name;

\echo
\echo 'Scoped reads by a client (prepared, over a Unix socket), and how often they take as long as the explicit filter.'
\echo 'Target for policies: at most 1.10. json: current_setting(...)::json ->> ...; wrapped: the same in (SELECT ...).'
SELECT shape AS read, tenant || ' (' || live_rows || ')' AS "tenant (rows)", bench.shown(explicit) AS "explicit ms",
    bench.shown(policies) AS "policies ms", ratio AS policies, bench.verdict(ratio, 1.10) AS "<= 1.10",
    json_ratio AS json, wrapped_ratio AS wrapped
FROM bench.reads_report WHERE section = 'client' ORDER BY shape_position, tenant_position;

\echo 'The same inside the server, where formatting and sending the rows hide nothing. No target.'
SELECT shape AS read, tenant || ' (' || live_rows || ')' AS "tenant (rows)", bench.shown(explicit) AS "explicit ms",
    bench.shown(policies) AS "policies ms", ratio AS policies, json_ratio AS json, wrapped_ratio AS wrapped
FROM bench.reads_report WHERE section = 'server' ORDER BY shape_position, tenant_position;

\echo 'The same, planned anew for each query. No target.'
SELECT shape AS read, tenant || ' (' || live_rows || ')' AS "tenant (rows)", bench.shown(explicit) AS "explicit ms",
    bench.shown(policies) AS "policies ms", ratio AS policies, json_ratio AS json, wrapped_ratio AS wrapped
FROM bench.reads_report WHERE section = 'planned' ORDER BY shape_position, tenant_position;

CREATE VIEW bench.inserts_report AS
    SELECT r.section, v.position, v.name, b.base,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> v.name)::float8) AS milliseconds,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> v.name)::float8 / (ms ->> b.base)::float8) AS ratio,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY ((ms ->> v.name)::float8 - (ms ->> b.base)::float8)
            / nullif((ms ->> 'plpgsql')::float8 - (ms ->> 'bare')::float8, 0)) AS share_of_plpgsql
    FROM bench.rounds r CROSS JOIN bench.insert_variants v
        CROSS JOIN LATERAL (SELECT CASE WHEN v.position <= 3 THEN 'bare' ELSE 'bare_indexed' END) AS b (base)
    WHERE r.section IN ('bulk', 'single')
    GROUP BY r.section, v.position, v.name, b.base;

\echo 'Inserts: bare = primary key only, ids given, no trigger. bare_indexed = the same with all indexes of the register.'
\echo 'Targets for stamp_writes(): at most 1.50 times bare, its overhead at most 0.33 of that of the PL/pgSQL trigger.'
SELECT CASE section WHEN 'bulk' THEN 'one statement' ELSE 'single, prepared' END AS insert,
    CASE name WHEN 'stamped' THEN 'stamp_writes()' WHEN 'plpgsql' THEN 'PL/pgSQL trigger'
        WHEN 'register' THEN 'the whole register' WHEN 'handwritten' THEN 'hand-written trigger and policy'
        ELSE name END AS variant,
    bench.shown(milliseconds) AS ms, base AS "times what", round(ratio::numeric, 2) AS ratio,
    CASE WHEN name = 'stamped' THEN bench.verdict(ratio, 1.50) END AS "<= 1.50",
    CASE WHEN name = 'stamped' THEN round(share_of_plpgsql::numeric, 2) END AS "of PL/pgSQL's overhead",
    CASE WHEN name = 'stamped' THEN bench.verdict(share_of_plpgsql, 0.33) END AS "<= 0.33"
FROM bench.inserts_report ORDER BY section, position;

CREATE VIEW bench.ids_report AS
    SELECT calls, percentile_cont(0.5) WITHIN GROUP (ORDER BY new_id) AS new_id,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY uuid) AS uuid,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY new_id / uuid) AS ratio
    FROM (
        SELECT subject::float8 AS calls, (ms ->> 'policies.new_id(''pol'')')::float8 - (ms ->> 'i')::float8 AS new_id,
            (ms ->> 'gen_random_uuid()')::float8 - (ms ->> 'i')::float8 AS uuid
        FROM bench.rounds WHERE section = 'ids'
    ) AS rounds
    GROUP BY calls;

\echo 'Ids: nanoseconds a call, without the loop. Target: new_id() at most 0.50 of gen_random_uuid().'
SELECT round(new_id * 1e6 / calls) AS "new_id() ns", round(uuid * 1e6 / calls) AS "gen_random_uuid() ns",
    round(ratio::numeric, 2) AS ratio, bench.verdict(ratio, 0.50) AS "<= 0.50"
FROM bench.ids_report;

WITH verdicts AS (
    SELECT shape || ', tenant ' || tenant || ': ' || ratio AS what, bench.verdict(ratio, 1.10)
        FROM bench.reads_report WHERE section = 'client'
    UNION ALL SELECT 'stamping, ' || section || ': ' || round(ratio::numeric, 2), bench.verdict(ratio, 1.50)
        FROM bench.inserts_report WHERE name = 'stamped'
    UNION ALL SELECT 'stamping''s share of PL/pgSQL''s overhead, ' || section || ': ' || round(share_of_plpgsql::numeric, 2),
            bench.verdict(share_of_plpgsql, 0.33)
        FROM bench.inserts_report WHERE name = 'stamped'
    UNION ALL SELECT 'new_id(): ' || round(ratio::numeric, 2), bench.verdict(ratio, 0.50) FROM bench.ids_report
    UNION ALL SELECT name || ', deadlines a second: ' || round(deadlines * 1e9 / nanoseconds),
            bench.verdict(nanoseconds / deadlines, 1000)
        FROM bench.clock_report WHERE deadlines > 0 AND name = base
    UNION ALL SELECT base || ' against ' || name || ': ' || round(times::numeric, 1) || ' times', bench.verdict(40, times)
        FROM bench.clock_report WHERE deadlines > 0 AND name <> base AND name NOT LIKE 'PL/pgSQL%'
    UNION ALL SELECT 'two years against two hours: ' || round(times::numeric, 2), bench.verdict(times, 1.20)
        FROM bench.clock_report WHERE name = '2 business years'
    UNION ALL SELECT name || ', of the speed: ' || round(speed::numeric, 2), bench.verdict(0.5, speed)
        FROM bench.history_report WHERE position > 1
    UNION ALL SELECT 'memory for all tickets, times that for a twentieth: ' || round(times, 2), bench.verdict(times, 1.10)
        FROM bench.memory_report
)
SELECT count(*) FILTER (WHERE verdict = 'met') || ' of ' || count(*) || ' targets met'
    || coalesce(E'\nnot met: ' || string_agg(what, E'\n         ') FILTER (WHERE verdict <> 'met'), '') AS summary
FROM verdicts \gset
\echo :summary
