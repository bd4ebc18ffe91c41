-- What a search takes, and what keeping the words costs; see report.sql for how the medians are made.

\pset footer off
\pset null '-'
\pset border 1
\echo

CREATE VIEW bench.search_report AS
    SELECT s.query_position, s.query_name, s.tenant_position, s.tenant, s.live_rows, s.found,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'plain')::float8) AS plain,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'policies')::float8) AS policies,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'policies')::float8 / (ms ->> 'plain')::float8)::numeric(9,
            2) AS ratio,
        (SELECT o.milliseconds FROM bench.searches o WHERE o.subject = s.subject AND o.variant = 'row security') AS row_security
    FROM bench.searches s JOIN bench.rounds r ON r.section = 'search' AND r.subject = s.subject
    WHERE s.variant = 'plain'
    GROUP BY s.subject, s.query_position, s.query_name, s.tenant_position, s.tenant, s.live_rows, s.found;

\echo 'Searches by a client (prepared, over a Unix socket): a page of 20, ranked, with snippets.'
\echo 'plain: a table with a GIN index and tenant_id in the statement, without row security. Target: at most 1.20 times as long.'
\echo 'row security: the same statement under a policy on that table, where no index serves the words; run once, planned anew.'
SELECT query_name AS search, tenant || ' (' || live_rows || ')' AS "tenant (rows)", found AS shown, bench.shown(plain)
    AS "plain ms",
    bench.shown(policies) AS "policies ms", ratio, bench.verdict(ratio, 1.20) AS "<= 1.20",
    bench.shown(row_security) AS "row security ms"
FROM bench.search_report ORDER BY query_position, tenant_position;

\echo 'Insert of 10,000 documents in one statement by a caller, with and without keeping the words. No target.'
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'without')::float8)::numeric(9, 0) AS "without ms",
    percentile_cont(0.5) WITHIN GROUP (ORDER BY (ms ->> 'with')::float8)::numeric(9, 0) AS "with ms",
    percentile_cont(0.5) WITHIN GROUP (ORDER BY ((ms ->> 'with')::float8 - (ms ->> 'without')::float8) / 10)::numeric(9, 1)
        AS "microseconds a document"
FROM bench.rounds WHERE section = 'indexing';

SELECT count(*) FILTER (WHERE ratio <= 1.20) || ' of ' || count(*) || ' search targets met' AS summary
    FROM bench.search_report \gset
\echo :summary
