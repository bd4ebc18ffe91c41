-- Review cadences: an instant moved by an interval, in UTC, month ends clamped.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
CREATE FUNCTION pg_temp.failure(statement text, OUT code text, OUT message text, OUT detail text) AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
END $$ LANGUAGE plpgsql;

SELECT instant, cadence, policies.add_cadence(instant, cadence) FROM (VALUES
    ('2026-01-31 09:00+00'::timestamptz, '1 month'::interval), ('2028-01-31 09:00+00', '1 month'), ('2026-01-31',
        '2 months'),
    ('2026-03-31', '1 month'), ('2026-08-31', '6 months'), ('2026-12-31', '2 months'), ('2026-01-31', '13 months'),
    ('2028-02-29', '1 year'), ('2028-02-29', '4 years'), ('2026-02-28', '1 month'), ('2000-01-30', '1 month'),
    ('1900-01-30', '1 month'), ('2026-02-28 23:59:59.999999+00', '1 day'), ('2028-02-28', '1 day'), ('2026-03-31',
        '-1 month'),
    -- Months first, then days, then hours: the clamped day counts on.
    ('2026-01-31 23:30+00', '1 month 1 day 1 hour'), ('2026-01-30 12:00+00', '1 month 36 hours'),
    ('0001-01-01 00:00+00 BC', '1 year'), ('2026-06-15', '0')
) AS v (instant, cadence);

-- PostgreSQL's own arithmetic on timestamps without time zone is the same, for the days of two leap cycles and more.
SELECT count(*) AS compared,
       count(*) FILTER (WHERE policies.add_cadence(day, cadence) IS DISTINCT FROM
           (day AT TIME ZONE 'UTC' + cadence) AT TIME ZONE 'UTC') AS different
FROM generate_series('1895-12-25 22:15:07.5+00'::timestamptz, '1905-03-05', '1 day') AS day,
     unnest(ARRAY['1 month', '3 months', '1 year', '18 months 10 days', '-1 month', '-100 years', '1 week',
         '45 days 30 hours',
                  '400 years', '-1 month 40 days -25:00:00.000001']::interval[]) AS cadence;

-- The session's time zone never matters: under a zone with a change of clocks, two days hold 48 hours all the same.
CREATE TEMPORARY TABLE moved AS
SELECT instant, cadence, policies.add_cadence(instant, cadence) AS in_utc
FROM unnest(ARRAY['2026-03-28 23:30+00', '2026-03-29 00:30+00', '2026-10-24 23:30+00', '2026-01-31 23:30+00',
                  '2026-01-31 00:30+00']::timestamptz[]) AS instant,
     unnest(ARRAY['1 day', '2 days', '1 month', '1 year']::interval[]) AS cadence;
SET timezone = 'Europe/Berlin';
SELECT count(*) AS compared, count(*) FILTER (WHERE policies.add_cadence(instant, cadence) <> in_utc) AS different,
       count(*) FILTER (WHERE instant + cadence <> in_utc) > 0 AS plus_differs FROM moved;
SET timezone = 'America/New_York';
SELECT count(*) AS compared, count(*) FILTER (WHERE policies.add_cadence(instant, cadence) <> in_utc) AS different,
       count(*) FILTER (WHERE instant + cadence <> in_utc) > 0 AS plus_differs FROM moved;
SET timezone = 'UTC';

-- In a time zone, months and days are those of its calendar and clock, as PostgreSQL's own arithmetic has them; hours elapse.
SELECT policies.add_cadence('2026-02-28 20:00-08', '1 month', 'America/Los_Angeles') AT TIME ZONE 'America/Los_Angeles' AS there;
SELECT count(*) AS compared, count(*) FILTER (WHERE policies.add_cadence(instant, cadence, zone) IS DISTINCT FROM
    (instant AT TIME ZONE zone + cadence) AT TIME ZONE zone) AS different
FROM generate_series('2009-12-01 00:10+00'::timestamptz, '2012-04-05', '11 hours') AS instant,
     unnest(ARRAY['1 month', '3 months', '1 year', '1 month 17 days', '1 day', '-1 month', '100 years']::interval[]) AS cadence,
     unnest(ARRAY['UTC', 'America/Los_Angeles', 'Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Casablanca',
         'Asia/Kathmandu', 'America/St_Johns']) AS zone;
SELECT policies.add_cadence('2026-03-28 01:30+00', '1 day', 'Europe/Berlin') AS skipped,
    policies.add_cadence('2026-10-24 00:30+00', '1 day', 'Europe/Berlin') AS shown_twice,
    policies.add_cadence('2026-03-28 12:00+00', '1 day 24 hours', 'Europe/Berlin') AS hours_elapse;
SELECT policies.add_cadence('infinity', '1 year', 'Europe/Berlin'), policies.add_cadence(now(), '1 year',
    NULL) IS NULL AS no_zone;
SELECT pg_temp.failure($$SELECT policies.add_cadence(now(), '1 day', 'Nowhere/Land')$$),
    pg_temp.failure($$SELECT policies.add_cadence('294276-12-31 23:00+00', '1 day', 'Europe/Berlin')$$);

-- The ends of time.
SELECT policies.add_cadence('infinity', '1 year'), policies.add_cadence('-infinity', '1 year'),
       policies.add_cadence(NULL, '1 year') IS NULL AS no_instant, policies.add_cadence(now(),
           NULL) IS NULL AS no_cadence;
SELECT policies.add_cadence('294270-01-31 00:00+00', '1 month') AS late,
       policies.add_cadence('294276-11-30 23:59:59.999999+00', '1 month 1 day') AS last,
       policies.add_cadence('4714-11-25 00:00+00 BC', '-1 day') AS first;
SELECT instant, cadence, (pg_temp.failure(format('SELECT policies.add_cadence(%L, %L)', instant, cadence))).code,
       (pg_temp.failure(format('SELECT policies.add_cadence(%L, %L)', instant, cadence))).message
FROM (VALUES ('294276-12-31 12:00+00'::timestamptz, '12:00'::interval), ('294276-12-31 00:00+00', '1 day'),
             ('2026-01-01', '178956970 years'), ('2026-01-01', '-178956970 years'), ('2026-01-01', '2147483647 days'),
             ('2026-01-01', '-2147483647 days'), ('294276-12-31 00:00+00', '2562047788:00'),
             ('4714-11-24 00:00+00 BC', '-1 microsecond')) AS v (instant, cadence);

SELECT cadence, policies.is_valid_cadence(cadence) FROM unnest(ARRAY['1 year', '1 month', '1 day', '1 microsecond',
    '1 year 2 months 3 days 04:05:06', '178956970 years', '0', '-1 day', '1 month -1 day', '-1 month 40 days', '1 day -1 hour',
    '1 year ago']::interval[]) AS cadence;
SELECT policies.is_valid_cadence(NULL) IS NULL AS null_is_unknown;
