-- The SLA clock against what one writes without it: the same calendar, tickets and targets in every variant.

-- Monday to Friday, nine to five in Berlin, with 15 holidays.
CREATE TABLE bench.holidays (day date, yearly boolean);
INSERT INTO bench.holidays
    SELECT unnest('{2023-01-01, 2023-05-01, 2023-10-03, 2023-10-31, 2023-12-25, 2023-12-26}'::date[]), true
    UNION ALL
    SELECT unnest('{2024-03-29, 2024-04-01, 2024-05-09, 2025-04-18, 2025-04-21, 2025-05-29, 2026-04-03, 2026-04-06,
        2026-05-14}'::date[]), false;

GRANT SELECT ON bench.holidays TO PUBLIC;
CALL bench.become('policies_caller', 'desk');
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, holidays)
    SELECT 'Office', 'Europe/Berlin', '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]',
        jsonb_agg(jsonb_build_object('name', 'Holiday of ' || day, 'date', day, 'yearly', yearly))
    FROM bench.holidays;
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, resolution_minutes,
        business_hours_only)
    SELECT 'SLA ' || priority, priority, '["incident", "problem", "request", "question"]', minutes, minutes * 16, true
    FROM (VALUES ('low', 300), ('normal', 120), ('high', 60), ('urgent', 15)) AS targets (priority, minutes);
RESET role;
RESET request.jwt.claims;

-- Tickets of two years, at all hours of all days.
CREATE TABLE bench.tickets AS
    SELECT i AS number, (ARRAY['incident', 'problem', 'request', 'question'])[1 + hash % 4] AS type,
        (ARRAY['low', 'normal', 'high', 'urgent'])[1 + hash / 4 % 4] AS priority,
        (ARRAY[300, 120, 60, 15])[1 + hash / 4 % 4] AS first_response_minutes,
        (ARRAY[300, 120, 60, 15])[1 + hash / 4 % 4] * 16 AS resolution_minutes,
        timestamptz '2024-01-01' + i * (interval '730 days' / :rows) + hash % 3600 * interval '1 second' AS opened_at
    FROM (SELECT i, abs(hashint4(i) % 1000000) AS hash FROM generate_series(1, :rows) i) numbers;
CREATE TABLE bench.few_tickets AS SELECT * FROM bench.tickets WHERE number % 20 = 0;

-- In SQL with a table of the open times, each with the seconds open before it: one look-up for where a ticket stands,
-- one for each of its targets.
CREATE TABLE bench.closed_days AS
    SELECT day FROM bench.holidays
    UNION
    SELECT (day + years * interval '1 year')::date FROM bench.holidays, generate_series(1, 10) years WHERE yearly;
CREATE TABLE bench.open_times AS
    SELECT opens, closes, coalesce(sum(date_part('epoch', closes - opens)) OVER (ORDER BY opens
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS seconds_before
    FROM generate_series(timestamp '2023-12-01', '2028-12-31', '1 day') AS day,
        LATERAL (SELECT (day + time '09:00') AT TIME ZONE 'Europe/Berlin', (day + time '17:00') AT TIME ZONE 'Europe/Berlin')
            AS times (opens, closes)
    WHERE extract(isodow FROM day) < 6 AND day::date NOT IN (SELECT day FROM bench.closed_days);
CREATE UNIQUE INDEX ON bench.open_times (opens) INCLUDE (closes, seconds_before);
CREATE UNIQUE INDEX ON bench.open_times (seconds_before) INCLUDE (opens);

-- In PL/pgSQL, day by day.
CREATE UNIQUE INDEX ON bench.closed_days (day);
CREATE FUNCTION bench.add_minutes_by_day(start_at timestamptz, minutes integer) RETURNS timestamptz
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    this_day date := (start_at AT TIME ZONE 'Europe/Berlin')::date;
    rest interval := make_interval(mins => minutes);
    opens timestamptz;
    closes timestamptz;
BEGIN
    LOOP
        IF extract(isodow FROM this_day) < 6 AND NOT EXISTS (SELECT FROM bench.closed_days WHERE day = this_day) THEN
            opens := greatest(start_at, (this_day + time '09:00') AT TIME ZONE 'Europe/Berlin');
            closes := (this_day + time '17:00') AT TIME ZONE 'Europe/Berlin';
            IF opens < closes THEN
                IF closes - opens >= rest THEN
                    RETURN opens + rest;
                END IF;
                rest := rest - (closes - opens);
            END IF;
        END IF;
        this_day := this_day + 1;
    END LOOP;
END
$$;

-- Every variant as a query for the number, first response and resolution of the tickets in %s. Those of one deadline
-- have the resolution alone. "Days" sums up the days that follow a ticket, without a table. Those without deadlines are
-- for comparing distances.
CREATE TABLE bench.clock_variants (position integer, name text PRIMARY KEY, tickets text, deadlines integer, query text);
INSERT INTO bench.clock_variants VALUES
    (1, 'add_business_minutes()', 'bench.tickets', 1,
        'SELECT number, NULL::timestamptz, policies_api.add_business_minutes(opened_at, resolution_minutes) FROM %s'),
    (2, 'sla_deadlines()', 'bench.tickets', 2,
        'SELECT number, d.first_response_due_at, d.resolution_due_at
        FROM %s t, LATERAL policies_api.sla_deadlines(t.type, t.priority, t.opened_at) d'),
    (3, 'open times, 1 deadline', 'bench.few_tickets', 1,
        'SELECT number, NULL::timestamptz, r.due_at
        FROM %s t,
            LATERAL (SELECT seconds_before + date_part(''epoch'', least(t.opened_at, closes) - opens)
                FROM bench.open_times WHERE opens <= t.opened_at ORDER BY opens DESC LIMIT 1) AS s (open_before),
            LATERAL (SELECT opens + make_interval(secs => open_before + t.resolution_minutes * 60 - seconds_before)
                FROM bench.open_times WHERE seconds_before < open_before + t.resolution_minutes * 60
                ORDER BY seconds_before DESC LIMIT 1) AS r (due_at)'),
    (4, 'open times, 2 deadlines', 'bench.few_tickets', 2,
        'SELECT number, f.due_at, r.due_at
        FROM %s t,
            LATERAL (SELECT seconds_before + date_part(''epoch'', least(t.opened_at, closes) - opens)
                FROM bench.open_times WHERE opens <= t.opened_at ORDER BY opens DESC LIMIT 1) AS s (open_before),
            LATERAL (SELECT opens + make_interval(secs => open_before + t.first_response_minutes * 60 - seconds_before)
                FROM bench.open_times WHERE seconds_before < open_before + t.first_response_minutes * 60
                ORDER BY seconds_before DESC LIMIT 1) AS f (due_at),
            LATERAL (SELECT opens + make_interval(secs => open_before + t.resolution_minutes * 60 - seconds_before)
                FROM bench.open_times WHERE seconds_before < open_before + t.resolution_minutes * 60
                ORDER BY seconds_before DESC LIMIT 1) AS r (due_at)'),
    (5, 'days, 1 deadline', 'bench.few_tickets', 1,
        'SELECT number, NULL::timestamptz, r.due_at
        FROM %s t,
            LATERAL (SELECT (t.opened_at AT TIME ZONE ''Europe/Berlin'')::date::timestamp) AS f (first_day),
            LATERAL (SELECT opens + make_interval(secs => t.resolution_minutes * 60 - seconds_before)
                FROM (
                    SELECT opens, date_part(''epoch'', closes - opens) AS seconds,
                        coalesce(sum(date_part(''epoch'', closes - opens)) OVER (ORDER BY opens
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS seconds_before
                    FROM generate_series(first_day, first_day + interval ''25 days'', ''1 day'') AS days (midnight),
                        LATERAL (SELECT greatest(t.opened_at, (midnight + time ''09:00'') AT TIME ZONE ''Europe/Berlin''),
                            (midnight + time ''17:00'') AT TIME ZONE ''Europe/Berlin'') AS times (opens, closes)
                    WHERE extract(isodow FROM midnight) < 6 AND opens < closes
                        AND NOT EXISTS (SELECT FROM bench.closed_days WHERE day = midnight::date)
                ) AS open_times
                WHERE t.resolution_minutes * 60 > seconds_before
                    AND t.resolution_minutes * 60 <= seconds_before + seconds) AS r (due_at)'),
    (6, 'PL/pgSQL, 1 deadline', 'bench.few_tickets', 1,
        'SELECT number, NULL::timestamptz, bench.add_minutes_by_day(opened_at, resolution_minutes) FROM %s'),
    (7, 'PL/pgSQL, 2 deadlines', 'bench.few_tickets', 2,
        'SELECT number, bench.add_minutes_by_day(opened_at, first_response_minutes),
            bench.add_minutes_by_day(opened_at, resolution_minutes) FROM %s'),
    (8, '2 business hours', 'bench.tickets', 0,
        'SELECT number, NULL::timestamptz, policies_api.add_business_minutes(opened_at, 120) FROM %s'),
    (9, '2 business years', 'bench.tickets', 0,
        'SELECT number, NULL::timestamptz, policies_api.add_business_minutes(opened_at, 2 * 251 * 480) FROM %s'),
    (10, 'opened_at + interval', 'bench.tickets', 0,
        'SELECT number, NULL::timestamptz, opened_at + interval ''2 hours'' FROM %s');
GRANT SELECT ON bench.tickets, bench.few_tickets, bench.closed_days, bench.open_times, bench.clock_variants TO PUBLIC;
VACUUM (FREEZE, ANALYZE) bench.tickets, bench.few_tickets, bench.closed_days, bench.open_times;
SELECT count(pg_prewarm(c.oid)) FROM pg_class c WHERE c.oid IN ('bench.tickets'::regclass, 'bench.few_tickets'::regclass)
    \g /dev/null

-- The same due times from every variant.
CREATE PROCEDURE bench.check_clock() LANGUAGE plpgsql AS $$
DECLARE
    v bench.clock_variants;
    wrong bigint;
BEGIN
    CALL bench.become('policies_caller', 'desk');
    FOR v IN SELECT * FROM bench.clock_variants WHERE deadlines > 0 ORDER BY position LOOP
        EXECUTE format('SELECT count(*) FILTER (WHERE o.number IS NULL OR d.resolution_due_at IS DISTINCT FROM o.resolution
                OR d.first_response_due_at IS DISTINCT FROM o.first_response AND %s = 2)
            FROM %s t
                CROSS JOIN LATERAL policies_api.sla_deadlines(t.type, t.priority, t.opened_at) d
                LEFT JOIN (%s) AS o (number, first_response, resolution) ON o.number = t.number',
            v.deadlines, v.tickets, format(v.query, v.tickets)) INTO wrong;
        IF wrong > 0 THEN
            RAISE EXCEPTION '% due times of % are not those of sla_deadlines()', wrong, v.name;
        END IF;
    END LOOP;
    PERFORM set_config('role', 'none', false);
END
$$;

-- The samples are milliseconds for a million tickets.
CREATE PROCEDURE bench.measure_clock() LANGUAGE plpgsql AS $$
DECLARE
    v bench.clock_variants;
    start timestamptz;
    milliseconds float8;
BEGIN
    CALL bench.become('policies_caller', 'desk');
    FOR round IN 0..7 LOOP
        FOR v IN SELECT * FROM bench.clock_variants ORDER BY (position + round) % 10 LOOP
            start := clock_timestamp();
            EXECUTE 'SELECT count(first_response), count(resolution) FROM (' || format(v.query, v.tickets)
                || ') AS answers (number, first_response, resolution)';
            milliseconds := bench.milliseconds_since(start);
            PERFORM set_config('role', 'none', false);
            IF round > 0 THEN
                INSERT INTO bench.samples SELECT 'clock', '', v.name, round, milliseconds * 1000000 / count(*)
                    FROM bench.tickets WHERE v.tickets = 'bench.tickets' OR number % 20 = 0;
            END IF;
            COMMIT;
            PERFORM set_config('role', 'policies_caller', false);
        END LOOP;
    END LOOP;
    PERFORM set_config('role', 'none', false);
END
$$;

-- The call after a calendar has changed reads and compiles it; the one after that does not.
CREATE PROCEDURE bench.measure_clock_changes() LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
    before timestamptz;
    milliseconds float8;
    call text;
BEGIN
    CALL bench.become('policies_caller', 'desk');
    FOR round IN 0..21 LOOP
        UPDATE policies_api.business_calendars SET name = 'Office ' || round;
        COMMIT;
        FOREACH call IN ARRAY ARRAY['first call', 'later call'] LOOP
            start := clock_timestamp();
            EXECUTE 'SELECT resolution_due_at FROM policies_api.sla_deadlines(''incident'', ''high'', ''2026-01-01'')';
            milliseconds := bench.milliseconds_since(start);
            PERFORM set_config('role', 'none', false);
            IF round > 0 THEN
                INSERT INTO bench.samples VALUES ('clock changes', '', call, round, milliseconds);
            END IF;
            PERFORM set_config('role', 'policies_caller', false);
        END LOOP;
        COMMIT;
    END LOOP;
    PERFORM set_config('role', 'none', false);
END
$$;

-- A tenant with 40 policies, 200 holidays and 50 versions of a calendar and a policy, and as many instants as tickets between the
-- first and the last.
CALL bench.become('policies_caller', 'history');
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, holidays)
    SELECT 'Office', 'Europe/Berlin', '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]',
        jsonb_agg(jsonb_build_object('name', 'Holiday ' || n, 'date', date '2023-12-01' + 13 * n))
    FROM generate_series(1, 200) n;
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, resolution_minutes, business_hours_only)
    SELECT 'SLA ' || type || ' ' || priority, priority, jsonb_build_array(type), minutes, minutes * 16, true
    FROM (VALUES ('low', 300), ('normal', 120), ('high', 60), ('urgent', 15)) AS targets (priority, minutes),
        unnest('{incident, problem, request, question, change, task, order, access, complaint, idea}'::text[]) AS type;
DO $$
BEGIN
    FOR step IN 1..50 LOOP
        COMMIT;
        UPDATE policies_api.policies SET resolution_minutes = 1000 + step WHERE name = 'SLA incident high';
        UPDATE policies_api.business_calendars SET name = 'Office ' || step;
    END LOOP;
END
$$;
RESET role;
CREATE TABLE bench.asked AS
    SELECT t.*, v.first_at + (v.last_at - v.first_at) * (number::float8 / :rows) AS asked_at, NULL::text AS rules
    FROM bench.tickets t, (SELECT min(valid_to), max(valid_to) FROM policies.policies_history
        WHERE tenant_id = 'history') AS v (first_at, last_at)
    WHERE number % 10 = 0;
UPDATE bench.asked t SET rules = d.rules_version
    FROM bench.asked o, LATERAL policies_api.sla_deadlines(o.type, o.priority, o.opened_at, as_of => o.asked_at) d
    WHERE o.number = t.number;
RESET request.jwt.claims;
GRANT SELECT ON bench.asked TO PUBLIC;
VACUUM (FREEZE, ANALYZE) bench.asked;

CREATE TABLE bench.history_variants (position integer, name text PRIMARY KEY, call text);
INSERT INTO bench.history_variants VALUES
    (1, 'in force now', 'policies_api.sla_deadlines(t.type, t.priority, t.opened_at)'),
    (2, 'as_of of its own', 'policies_api.sla_deadlines(t.type, t.priority, t.opened_at, as_of => t.asked_at)'),
    (3, 'rules of its own', 'policies_api.sla_deadlines(t.type, t.priority, t.opened_at, rules => t.rules)');
GRANT SELECT ON bench.history_variants TO PUBLIC;
CREATE PROCEDURE bench.measure_history() LANGUAGE plpgsql AS $$
DECLARE
    v bench.history_variants;
    start timestamptz;
    milliseconds float8;
BEGIN
    CALL bench.become('policies_caller', 'history');
    FOR round IN 0..7 LOOP
        FOR v IN SELECT * FROM bench.history_variants ORDER BY (position + round) % 3 LOOP
            start := clock_timestamp();
            EXECUTE 'SELECT count(d.first_response_due_at), count(d.resolution_due_at) FROM bench.asked t, LATERAL '
                || v.call || ' d';
            milliseconds := bench.milliseconds_since(start);
            PERFORM set_config('role', 'none', false);
            IF round > 0 THEN
                INSERT INTO bench.samples SELECT 'clock history', '', v.name, round, milliseconds * 1000000 / count(*)
                    FROM bench.asked;
            END IF;
            COMMIT;
            PERFORM set_config('role', 'policies_caller', false);
        END LOOP;
    END LOOP;
    PERFORM set_config('role', 'none', false);
END
$$;

-- What a session holds of memory when a query over tickets comes to its end: over some of them, and over all.
CREATE TABLE bench.clock_memory (tickets text, bytes bigint);
CALL bench.become('none', 'desk');
DO $$
DECLARE
    source text;
BEGIN
    FOREACH source IN ARRAY ARRAY['bench.few_tickets', 'bench.tickets'] LOOP
        EXECUTE format('INSERT INTO bench.clock_memory
            SELECT max(%1$L), (SELECT sum(total_bytes) FROM pg_backend_memory_contexts)
            FROM %1$s t, LATERAL policies_api.sla_status(t.type, t.priority, t.opened_at, at_instant => now()) s', source);
    END LOOP;
END
$$;
RESET request.jwt.claims;
