-- The SLA clock: business time on the caller's calendar, the policy that applies, deadlines, pauses, and how a ticket stands.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "clock_a", "sub": "per_ann"}\';'
\set as_app :caller '\'{"tenant_id": "clock_a", "app_id": "app_one", "sub": "svc_1"}\';'
\set as_b :caller '\'{"tenant_id": "clock_b", "sub": "per_bob"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
SET timezone = 'Europe/Berlin';
SET datestyle = 'ISO';
\set VERBOSITY terse
-- Without a calendar the clock never stops.
:as_a
SELECT * FROM policies_api.current_business_calendar();
SELECT policies_api.add_business_minutes('2026-11-27 16:30+01', 60), policies_api.is_business_time('2026-11-28 03:00+01'),
       policies_api.business_minutes_between('2026-11-27 16:30+01', '2026-11-30 09:30+01');
-- With one, from the next statement on. Friday 16:30 and an hour: Monday 09:30. 480 minutes from Monday 09:00: Monday 17:00.
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, holidays) VALUES ('Office', 'Europe/Berlin',
    '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]',
    '[{"name": "Christmas", "date": "2026-12-25", "yearly": true}]');
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, is_default) VALUES ('Night', 'America/New_York',
    '[{"weekdays": [1, 2, 3, 4, 5, 6, 7], "opens": "22:00", "closes": "06:00", "closes_next_day": true}]', false);
SELECT id AS night FROM policies_api.business_calendars WHERE name = 'Night' \gset
SELECT start, minutes, policies_api.add_business_minutes(start, minutes) FROM (VALUES
    ('2026-11-27 16:30+01'::timestamptz, 60), ('2026-11-30 09:00+01', 480), ('2026-11-30 09:00+01', 481),
    ('2026-11-28 12:00+01', 0), ('2026-11-30 09:30+01', -60), ('2026-11-30 09:00+01', -480),
    ('2026-12-24 16:00+01', 120), ('2028-12-22 16:00+01', 120), ('2026-11-30 09:00+01', 2147483647)) AS t (start, minutes);
SELECT policies_api.add_business_minutes('2026-11-27 16:30+01', 60, :'night'),
       policies_api.add_business_minutes('2026-11-27 16:30+01', 60, lower(:'night'))
           = policies_api.add_business_minutes('2026-11-27 16:30+01', 60, :'night') AS any_case;
SELECT policies_api.business_minutes_between('2026-11-27 16:30+01', '2026-11-30 09:30:36+01'),
       policies_api.business_minutes_between('2026-11-30 09:30+01', '2026-11-27 16:30+01'),
       policies_api.is_business_time('2026-11-27 16:59:59.999999+01'), policies_api.is_business_time('2026-11-27 17:00+01'),
       policies_api.next_business_opening('2026-11-27 17:00+01'), policies_api.next_business_opening('2026-11-27 12:00:00.5+01');
-- The session's time zone has no part in it.
SET timezone = 'Pacific/Apia';
SELECT extract(epoch FROM policies_api.add_business_minutes('2026-11-27 16:30+01', 60))
       = extract(epoch FROM '2026-11-30 09:30+01'::timestamptz) AS same;
SET timezone = 'Europe/Berlin';
-- Pauses: one during opening hours moves the end, one at night does not, one without an end leaves none.
SELECT pauses, policies_api.add_business_minutes('2026-11-27 16:00+01', 90, pauses => pauses::tstzmultirange) FROM (VALUES
    (NULL), ('{}'), ('{[2026-11-27 16:10+01,2026-11-27 16:10:36+01)}'), ('{[2026-11-27 18:00+01,2026-11-28 18:00+01)}'),
    ('{[2026-11-27 16:30+01,2026-11-30 10:00+01), [2026-11-30 10:15+01, 2026-11-30 10:45+01)}'), ('{[2026-11-27 16:30+01,)}'),
    ('{[2026-11-27 16:30+01,infinity)}'),
    ('{[2026-11-30 09:30+01,)}'), ('{(,2026-11-30 09:00+01)}'), ('{(,)}')) AS t (pauses);
SELECT policies_api.business_minutes_between('2026-11-27 16:00+01', '2026-11-30 10:00+01',
    pauses => '{[2026-11-27 16:30+01,2026-11-30 09:30+01)}');
-- The policy that applies: of the caller's scope, active, for the type and priority.
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, resolution_minutes,
    business_hours_only) VALUES
    ('Urgent incidents', 'urgent', '["incident", "problem"]', 30, 480, true),
    ('Low incidents', 'low', '["incident"]', NULL, 2400, false);
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, status)
    VALUES ('Draft', 'urgent', '["question"]', 5, 'draft');
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('No targets', 'none', '["incident"]');
:as_app
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes)
    VALUES ('Urgent for the app', 'urgent', '["incident"]', 15);
:as_b
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes)
    VALUES ('Of another tenant', 'urgent', '["incident", "secret"]', 1);
:as_a
SELECT ticket_type, t.priority, policies.is_valid_id(policy_id) AS id, policy_name, first_response_minutes,
       resolution_minutes, business_hours_only
FROM (VALUES ('incident', 'urgent'), ('problem', 'urgent'), ('incident', 'low'), ('question', 'urgent'),
    ('secret', 'urgent'), ('incident', 'Urgent'), (NULL, 'urgent'), ('incident', NULL)) AS t (ticket_type, priority),
     LATERAL policies_api.sla_policy_for(ticket_type, t.priority);
:as_app
SELECT policy_name, first_response_minutes FROM policies_api.sla_policy_for('incident', 'urgent');
SELECT policy_name, first_response_minutes FROM policies_api.sla_policy_for('problem', 'urgent');
:as_a
-- Deadlines, for one ticket and for many.
SELECT first_response_due_at, resolution_due_at, calendar_name
FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01');
SELECT t.*, d.first_response_due_at, d.resolution_due_at, d.calendar_id IS NULL AS no_calendar, d.calendar_name
FROM (VALUES ('incident', 'urgent', '2026-11-28 12:00+01'::timestamptz), ('incident', 'low', '2026-11-28 12:00+01'),
    ('incident', 'none', '2026-11-28 12:00+01'), ('question', 'urgent', '2026-11-28 12:00+01')) AS t (type, priority, opened_at),
     LATERAL policies_api.sla_deadlines(t.type, t.priority, t.opened_at) AS d;
SELECT first_response_due_at, resolution_due_at
FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01', '{[2026-11-27 16:50+01,)}');
-- Parallel workers compute the same.
:as_superuser
CREATE TABLE regress_opened AS SELECT '2026-11-23 00:00+01'::timestamptz + n * interval '17 minutes' AS at
FROM generate_series(1, 2000) n;
ANALYZE regress_opened;
GRANT SELECT ON regress_opened TO policies_caller;
:as_a
SELECT count(*), count(DISTINCT d.resolution_due_at), min(d.resolution_due_at), max(d.resolution_due_at)
FROM regress_opened, LATERAL policies_api.sla_deadlines('incident', 'urgent', at) d;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT d.* FROM regress_opened, LATERAL policies_api.sla_deadlines('incident', 'urgent', at) d;
SELECT count(*), count(DISTINCT d.resolution_due_at), min(d.resolution_due_at), max(d.resolution_due_at)
FROM regress_opened, LATERAL policies_api.sla_deadlines('incident', 'urgent', at) d;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
-- A new name, too, counts from the next statement on.
BEGIN;
UPDATE policies_api.policies SET name = 'Renamed' WHERE name = 'Urgent incidents';
SELECT policy_name FROM policies_api.sla_policy_for('incident', 'urgent');
ROLLBACK;
SELECT policy_name FROM policies_api.sla_policy_for('incident', 'urgent');
-- A change counts from the next statement on, also within a transaction, and not when it is undone.
BEGIN;
UPDATE policies_api.policies SET first_response_minutes = 60 WHERE name = 'Urgent incidents';
SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01');
UPDATE policies_api.business_calendars SET opening_hours = '[{"weekdays": [5, 6], "opens": "00:00", "closes": "24:00"}]'
WHERE name = 'Office';
SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01');
SAVEPOINT s;
UPDATE policies_api.policies SET status = 'inactive' WHERE name = 'Urgent incidents';
SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01');
ROLLBACK TO s;
SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01');
ROLLBACK;
SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01');
-- A deleted policy applies no more; a deleted calendar neither.
BEGIN;
DELETE FROM policies_api.policies WHERE name = 'Urgent incidents';
SELECT * FROM policies_api.sla_policy_for('incident', 'urgent');
DELETE FROM policies_api.business_calendars WHERE name = 'Office';
SELECT policies_api.add_business_minutes('2026-11-28 12:00+01', 60);
ROLLBACK;
-- By what was in force at an instant.
SELECT clock_timestamp() AS before \gset
SELECT pg_sleep(0.01) \g /dev/null
UPDATE policies_api.policies SET first_response_minutes = 120 WHERE name = 'Urgent incidents';
UPDATE policies_api.business_calendars SET opening_hours = '[{"weekdays": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "12:00"}]'
WHERE name = 'Office';
SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-30 10:00+01');
SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-30 10:00+01', as_of => :'before');
SELECT policy_name, first_response_minutes FROM policies_api.sla_policy_for('incident', 'urgent', :'before');
SELECT * FROM policies_api.sla_policy_for('incident', 'urgent', '2020-01-01');
SELECT * FROM policies_api.current_business_calendar('2020-01-01');
DELETE FROM policies_api.policies WHERE name = 'Urgent incidents';
SELECT policy_name, first_response_minutes FROM policies_api.sla_policy_for('incident', 'urgent');
SELECT policy_name, first_response_minutes FROM policies_api.sla_policy_for('incident', 'urgent', :'before');
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name = 'Urgent incidents';
UPDATE policies_api.policies SET first_response_minutes = 30 WHERE name = 'Urgent incidents';
UPDATE policies_api.business_calendars SET opening_hours = '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]'
WHERE name = 'Office';
-- How a ticket stands, from Friday 16:30 on: half an hour until Friday 17:00, eight hours until Monday 16:30.
SELECT t.*, s.target, s.state, s.due_at, s.minutes_left, s.is_at_risk FROM (VALUES
    ('at once', '2026-11-27 16:30+01'::timestamptz, NULL::timestamptz, NULL::timestamptz),
    ('ten minutes on', '2026-11-27 16:40+01', NULL, NULL), ('on Saturday', '2026-11-28 12:00+01', NULL, NULL),
    ('response in time', '2026-11-30 09:00+01', '2026-11-27 17:00+01', NULL),
    ('response too late', '2026-11-30 15:45+01', '2026-11-28 12:00+01', NULL),
    ('resolved in time', '2026-12-01 09:00+01', NULL, '2026-11-27 16:50+01'),
    ('resolved too late', '2026-12-01 12:00+01', '2026-11-27 16:45+01', '2026-12-01 11:00+01'),
    ('not yet known', '2026-11-27 16:40+01', '2026-11-27 16:45+01', '2026-11-27 16:50+01'),
    ('before it was opened', '2026-11-26 12:00+01', NULL, NULL)) AS t (what, instant, responded, resolved),
    LATERAL policies_api.sla_status('incident', 'urgent', '2026-11-27 16:30+01', responded, resolved, at_instant => instant) s;
SELECT s.target, s.state, s.due_at, s.minutes_left, s.is_at_risk
FROM policies_api.sla_status('incident', 'urgent', '2026-11-27 16:30+01', pauses => '{[2026-11-27 16:40+01,)}',
    at_instant => '2026-11-30 12:00+01', at_risk_minutes => 20) s;
SELECT s.target, s.state, s.due_at, s.minutes_left, s.is_at_risk
FROM policies_api.sla_status('incident', 'urgent', '2026-11-27 16:30+01', pauses => '{[2026-11-27 16:40+01,2026-11-30 12:00+01)}',
    at_instant => '2026-11-30 12:00+01', at_risk_minutes => 20) s;
SELECT s.target, s.state, s.policy_id IS NOT NULL AS id FROM policies_api.sla_status('incident', 'urgent', now()) s;
SELECT count(*) FROM policies_api.sla_status('nothing', 'urgent', '2026-11-27 16:30+01');
SELECT count(*) FROM policies_api.sla_status('incident', 'none', '2026-11-27 16:30+01');
-- A pause that begins later is not known yet; a target is over as soon as it is breached, open or not.
SELECT at, s.due_at, s.state, s.minutes_left FROM (VALUES ('2026-11-27 09:10+01'::timestamptz), ('2026-11-27 09:30+01'),
    ('2026-11-27 13:00+01')) AS t (at), LATERAL policies_api.sla_status('incident', 'urgent', '2026-11-27 09:00+01',
    pauses => '{[2026-11-27 09:30+01,2026-11-27 12:00+01)}', at_instant => at) s WHERE s.target = 'resolution';
SELECT at, s.state, s.minutes_left < 0 AS is_over, round(s.minutes_left::numeric, 3) AS minutes_left FROM (VALUES
    ('2026-11-27 17:00+01'::timestamptz), ('2026-11-27 17:01+01'), ('2026-11-30 09:00+01'), ('2026-11-30 09:01+01')) AS t (at),
    LATERAL policies_api.sla_status('incident', 'urgent', '2026-11-27 16:30+01', at_instant => at) s
    WHERE s.target = 'first_response';
-- A cursor keeps the rules of its own snapshot, whatever its transaction changes meanwhile.
BEGIN;
DECLARE open_cursor CURSOR FOR SELECT n, d.first_response_due_at FROM generate_series(1, 4) n,
    LATERAL policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01'::timestamptz + n * interval '0') d;
FETCH 1 FROM open_cursor;
UPDATE policies_api.policies SET first_response_minutes = 60 WHERE name = 'Urgent incidents';
FETCH 1 FROM open_cursor;
SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01');
FETCH 1 FROM open_cursor;
UPDATE policies_api.business_calendars SET opening_hours = '[{"weekdays": [5, 6], "opens": "00:00", "closes": "24:00"}]'
WHERE name = 'Office';
FETCH 1 FROM open_cursor;
SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-27 16:45+01');
ROLLBACK;
-- Versions: each instant, and each version that was kept, leads to the rules of then, all in one statement.
CREATE TEMP TABLE kept (at timestamptz, rules text, minutes integer, due_at timestamptz);
DO $$
BEGIN
    FOR step IN 1..5 LOOP
        UPDATE policies_api.policies SET first_response_minutes = 30 + step WHERE name = 'Urgent incidents';
        UPDATE policies_api.business_calendars SET opening_hours = format(
            '[{"weekdays": [1, 2, 3, 4, 5], "opens": "0%s:00", "closes": "17:00"}]', step)::jsonb WHERE name = 'Office';
        COMMIT;
        -- The stamps have milliseconds, and none that another has.
        PERFORM pg_sleep(0.01);
        INSERT INTO kept SELECT clock_timestamp(), d.rules_version, 30 + step, d.first_response_due_at
            FROM policies_api.sla_deadlines('incident', 'urgent', '2026-11-28 12:00+01') d;
        PERFORM pg_sleep(0.01);
        COMMIT;
    END LOOP;
END
$$;
UPDATE policies_api.policies SET first_response_minutes = 30 WHERE name = 'Urgent incidents';
UPDATE policies_api.business_calendars SET opening_hours = '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]'
WHERE name = 'Office';
SELECT k.minutes, k.due_at, a.first_response_due_at = k.due_at AS as_of, v.first_response_due_at = k.due_at AS by_rules,
    a.rules_version = k.rules AND v.rules_version = k.rules AS same_version, p.first_response_minutes = k.minutes AS policy,
    s.due_at = k.due_at AS status
FROM kept k, LATERAL policies_api.sla_deadlines('incident', 'urgent', '2026-11-28 12:00+01', as_of => k.at) a,
    LATERAL policies_api.sla_deadlines(NULL, NULL, '2026-11-28 12:00+01', rules => k.rules) v,
    LATERAL policies_api.sla_policy_for(NULL, NULL, rules => k.rules) p,
    LATERAL policies_api.sla_status('incident', 'urgent', '2026-11-28 12:00+01', rules => k.rules) s
WHERE s.target = 'first_response' ORDER BY k.minutes;
SELECT rules AS kept_rules FROM kept LIMIT 1 \gset
SELECT rules_version ~ '^pol_[0-9A-Z]{26}@[0-9]+$' AS without_calendar,
    (SELECT calendar_name FROM policies_api.sla_deadlines(NULL, NULL, now(), rules => p.rules_version)) AS calendar
FROM policies_api.sla_policy_for('incident', 'low') p;
SELECT policies_api.sla_policy_for('incident', 'urgent', rules => 'nonsense');
\echo :SQLSTATE
SELECT policies_api.sla_policy_for('incident', 'urgent', now(), :'kept_rules');
\echo :SQLSTATE
SELECT policies_api.sla_policy_for(NULL, NULL, rules => 'pol_01ARZ3NDEKTSV4RRFFQ69G5FAV@1');
\echo :SQLSTATE
-- Another's version is not there, for a tenant and for an application.
CREATE FUNCTION pg_temp.code_of(kept text) RETURNS text AS $$
BEGIN
    PERFORM policies_api.sla_policy_for(NULL, NULL, rules => kept);
    RETURN 'found';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$ LANGUAGE plpgsql;
SELECT pg_temp.code_of(:'kept_rules');
:as_app
SELECT pg_temp.code_of(:'kept_rules');
:as_b
SELECT pg_temp.code_of(:'kept_rules');
:as_a
DROP TABLE kept;
-- What a ticket takes of memory is free again with the next one.
:as_superuser
SET request.jwt.claims = '{"tenant_id": "clock_a"}';
SELECT count(*), (SELECT sum(total_bytes) < 4000000 FROM pg_backend_memory_contexts WHERE name IN ('ExecutorState', 'SPI Proc'))
    AS in_little_memory
FROM generate_series(1, 20000) n, LATERAL policies_api.sla_status('incident', 'urgent', '2026-11-27 16:30+01'::timestamptz
    + n * interval '1 minute', at_instant => '2026-12-27 16:30+01') s;
:as_a
-- The default calendar is not deleted from under the policies that run by it.
DELETE FROM policies_api.business_calendars WHERE name = 'Office';
\echo :SQLSTATE
DELETE FROM policies_api.business_calendars WHERE name = 'Night';
UPDATE policies_api.deleted_business_calendars SET is_deleted = false WHERE name = 'Night';
-- An active policy with targets says for which tickets.
INSERT INTO policies_api.policies (name, resolution_minutes) VALUES ('For nothing', 60);
\echo :SQLSTATE
INSERT INTO policies_api.policies (name, resolution_minutes, priority) VALUES ('For nothing', 60, 'high');
\echo :SQLSTATE
-- Bad input.
SELECT policies_api.add_business_minutes(NULL, 1);
\echo :SQLSTATE
SELECT policies_api.add_business_minutes(now(), NULL);
\echo :SQLSTATE
SELECT policies_api.add_business_minutes('infinity', 1);
\echo :SQLSTATE
SELECT policies_api.add_business_minutes('-infinity', 1);
\echo :SQLSTATE
SELECT policies_api.add_business_minutes(now(), 2147483648);
SELECT policies_api.add_business_minutes('2026-11-30', '2147483648');
\echo :SQLSTATE
SELECT policies_api.add_business_minutes('294276-12-31 12:00+00', 2147483647);
\echo :SQLSTATE
SELECT policies_api.add_business_minutes('4713-11-24 12:00+00 BC', -2147483648);
\echo :SQLSTATE
SELECT policies_api.next_business_opening('294276-12-31 23:59:59+00');
\echo :SQLSTATE
SELECT policies_api.business_minutes_between('4713-11-24 12:00+00 BC', '294276-12-31 12:00+00') > 1e10 AS long;
SELECT policies_api.business_minutes_between(now(), NULL);
\echo :SQLSTATE
SELECT policies_api.business_minutes_between(now(), 'infinity');
\echo :SQLSTATE
SELECT policies_api.is_business_time(NULL);
\echo :SQLSTATE
SELECT policies_api.is_business_time('infinity');
\echo :SQLSTATE
SELECT policies_api.next_business_opening(NULL);
\echo :SQLSTATE
SELECT policies_api.is_business_time(now(), 'nonsense');
\echo :SQLSTATE
SELECT policies_api.is_business_time(now(), '');
\echo :SQLSTATE
SELECT policies_api.is_business_time(now(), 'cal_01ARZ3NDEKTSV4RRFFQ69G5FAV');
\echo :SQLSTATE
SELECT policies_api.sla_deadlines('incident', 'urgent', NULL);
\echo :SQLSTATE
SELECT policies_api.sla_deadlines('incident', 'urgent', 'infinity');
\echo :SQLSTATE
SELECT policies_api.sla_deadlines('incident', 'urgent', '294276-12-31 12:00+00');
\echo :SQLSTATE
SELECT policies_api.sla_deadlines('incident', 'urgent', now(), as_of => 'infinity');
\echo :SQLSTATE
SELECT policies_api.sla_status('incident', 'urgent', now(), at_risk_minutes => -1);
\echo :SQLSTATE
SELECT policies_api.sla_status('incident', 'urgent', now(), at_instant => NULL);
\echo :SQLSTATE
SELECT policies_api.sla_status('incident', 'urgent', now(), 'infinity');
\echo :SQLSTATE
-- Nobody without a context; an auditor reads only with one; strangers' claims count for nothing.
SET request.jwt.claims = '';
SELECT policies_api.sla_policy_for('incident', 'urgent');
\echo :SQLSTATE
SET ROLE policies_auditor;
SELECT policies_api.add_business_minutes(now(), 1);
\echo :SQLSTATE
SET request.jwt.claims = '{"tenant_id": "clock_a"}';
SELECT policy_name FROM policies_api.sla_policy_for('incident', 'urgent');
SET SESSION AUTHORIZATION regress_stranger;
SET ROLE policies_caller;
SELECT policies_api.sla_policy_for('incident', 'urgent');
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
SET ROLE NONE;
CREATE ROLE regress_clock_nobody;
SET ROLE regress_clock_nobody;
SELECT policies_api.sla_policy_for('incident', 'urgent');
\echo :SQLSTATE
RESET ROLE;
DROP ROLE regress_clock_nobody;
:as_superuser
DROP TABLE regress_opened;
DELETE FROM policies.policies WHERE tenant_id LIKE 'clock\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'clock\_%';
DELETE FROM policies.business_calendars WHERE tenant_id LIKE 'clock\_%';
DELETE FROM policies.business_calendars_history WHERE tenant_id LIKE 'clock\_%';
