-- The SLA clock. Medians of the rounds' ratios, as in report.sql.

\pset footer off
\pset null '-'
\pset border 1

CREATE VIEW bench.clock_report AS
    SELECT v.position, v.name, v.deadlines, b.base,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> v.name)::float8) AS nanoseconds,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> v.name)::float8 / (ms ->> b.base)::float8) AS times
    FROM bench.rounds r CROSS JOIN bench.clock_variants v
        CROSS JOIN LATERAL (SELECT CASE v.deadlines WHEN 1 THEN 'add_business_minutes()' WHEN 2 THEN 'sla_deadlines()'
            ELSE '2 business hours' END) AS b (base)
    WHERE r.section = 'clock'
    GROUP BY v.position, v.name, v.deadlines, b.base;

\echo 'SLA clock: due times of tickets, the whole statement on one core. Target: at least 1000000 deadlines a second.'
\echo 'Target: at least 40 times as fast as SQL, with a table of the open times or over the days that follow.'
SELECT name AS variant, deadlines AS "deadlines a ticket", round(nanoseconds) AS "ns a ticket",
    round(deadlines * 1e9 / nanoseconds) AS "deadlines a second",
    CASE WHEN name = base THEN bench.verdict(nanoseconds / deadlines, 1000) END AS ">= 1000000",
    base AS "times what", round(times::numeric, 1) AS times,
    CASE WHEN name <> base AND name NOT LIKE 'PL/pgSQL%' THEN bench.verdict(40, times) END AS ">= 40"
FROM bench.clock_report WHERE deadlines > 0 ORDER BY position;

\echo 'The same from near to far. Target: two years at most 1.20 times two hours.'
SELECT name AS variant, round(nanoseconds) AS "ns a ticket", round(times::numeric, 2) AS "times two hours",
    CASE WHEN name = '2 business years' THEN bench.verdict(times, 1.20) END AS "<= 1.20"
FROM bench.clock_report WHERE deadlines = 0 ORDER BY position;

\echo 'The first call after a change of the calendar, which reads and compiles it, and one after that. No target.'
SELECT variant AS call, bench.shown(percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds)) AS ms
FROM bench.samples WHERE section = 'clock changes' GROUP BY variant ORDER BY variant;

CREATE VIEW bench.history_report AS
    SELECT v.position, v.name,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> v.name)::float8) AS nanoseconds,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'in force now')::float8 / (ms ->> v.name)::float8) AS speed
    FROM bench.rounds r CROSS JOIN bench.history_variants v
    WHERE r.section = 'clock history'
    GROUP BY v.position, v.name;

\echo 'Rules of the past, for each ticket its own: 40 policies, 200 holidays, 50 versions. Target: at least 0.50 of the speed.'
SELECT name AS rules, round(nanoseconds) AS "ns a ticket", round(speed::numeric, 2) AS "of the speed",
    CASE WHEN position > 1 THEN bench.verdict(0.5, speed) END AS ">= 0.50"
FROM bench.history_report ORDER BY position;

CREATE VIEW bench.memory_report AS
    SELECT min(bytes) AS few, max(bytes) AS all_of_them, max(bytes)::numeric / min(bytes) AS times FROM bench.clock_memory;

\echo 'What a session holds behind sla_status() for a twentieth of the tickets, and for all. Target: at most 1.10 times.'
SELECT pg_size_pretty(few) AS "a twentieth", pg_size_pretty(all_of_them) AS "all tickets", round(times, 2) AS times,
    bench.verdict(times, 1.10) AS "<= 1.10"
FROM bench.memory_report;
