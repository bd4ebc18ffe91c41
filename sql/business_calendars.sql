-- Business calendars: what is checked and how it is said, one default each, whose they are, and the import of holidays.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "calendar_a", "sub": "per_ann"}\';'
\set as_app :caller '\'{"tenant_id": "calendar_a", "app_id": "app_one", "sub": "svc_1"}\';'
\set as_b :caller '\'{"tenant_id": "calendar_b", "sub": "per_bob"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set VERBOSITY terse
-- How an insert is refused: SQLSTATE, column, message, detail and hint.
CREATE FUNCTION pg_temp.refused(hours jsonb, zone text DEFAULT 'Europe/Berlin', days jsonb DEFAULT '[]',
    OUT code text, OUT col text, OUT message text, OUT detail text, OUT hint text) AS $$
BEGIN
    INSERT INTO policies_api.business_calendars (time_zone, opening_hours, holidays, is_default)
        VALUES (zone, hours, days, false);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, col = COLUMN_NAME, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
END $$ LANGUAGE plpgsql;
-- Two calendars: the first is the default, the second says that it is not.
:as_a
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours) VALUES
    ('Office', 'europe/berlin', '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]')
    RETURNING name, time_zone, holidays, is_default, policies.is_valid_id(id), id LIKE 'cal\_%' AS prefixed;
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, is_default) VALUES
    ('Night desk', 'America/New_York', '[{"weekdays": [5], "opens": "22:00", "closes": "06:00", "closes_next_day": true},
      {"weekdays": [6], "opens": "06:00", "closes": "24:00"}]', false) RETURNING name, is_default;
-- A second default is refused: in words to a caller, by the index in any case.
SELECT id AS office FROM policies_api.business_calendars WHERE name = 'Office' \gset
\set SHOW_CONTEXT never
DO $$ BEGIN
    INSERT INTO policies_api.business_calendars (time_zone, opening_hours)
        VALUES ('UTC', '[{"weekdays": [1], "opens": "09:00", "closes": "10:00"}]');
EXCEPTION WHEN unique_violation THEN RAISE NOTICE '% %', SQLSTATE, regexp_replace(SQLERRM, 'cal_\w{26}', '<id>');
END $$;
DO $$ BEGIN
    UPDATE policies_api.business_calendars SET is_default = true WHERE name = 'Night desk';
EXCEPTION WHEN unique_violation THEN RAISE NOTICE '% %', SQLSTATE, regexp_replace(SQLERRM, 'cal_\w{26}', '<id>');
END $$;
:as_superuser
UPDATE policies.business_calendars SET is_default = true WHERE name = 'Night desk';
\echo :SQLSTATE
-- The other way round both at once, and an application has a default of its own.
:as_a
UPDATE policies_api.business_calendars SET is_default = false WHERE name = 'Office';
UPDATE policies_api.business_calendars SET is_default = true WHERE name = 'Night desk';
SELECT calendar_name, time_zone FROM policies_api.current_business_calendar();
DELETE FROM policies_api.business_calendars WHERE name = 'Night desk';
SELECT * FROM policies_api.current_business_calendar();
UPDATE policies_api.business_calendars SET is_default = true WHERE name = 'Office';
SELECT calendar_id = :'office' AS is_office, calendar_name, time_zone FROM policies_api.current_business_calendar();
:as_app
SELECT * FROM policies_api.current_business_calendar();
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours) VALUES
    ('Hotline', 'Asia/Kolkata', '[{"weekdays": [1, 2, 3, 4, 5, 6, 7], "opens": "00:00", "closes": "24:00"}]')
    RETURNING app_id, is_default;
SELECT calendar_name, time_zone FROM policies_api.current_business_calendar();
SELECT count(*) FROM policies_api.business_calendars;
:as_a
SELECT calendar_name FROM policies_api.current_business_calendar();
-- A person changes an application's default, which is no rival of the tenant's; a second one in the application is.
UPDATE policies_api.business_calendars SET name = 'Hotline 24/7' WHERE name = 'Hotline' RETURNING name, app_id, is_default;
:as_app
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, is_default) VALUES
    ('Spare', 'UTC', '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', false);
:as_a
DO $$ BEGIN
    UPDATE policies_api.business_calendars SET is_default = true WHERE name = 'Spare';
EXCEPTION WHEN unique_violation THEN RAISE NOTICE '% %', SQLSTATE, regexp_replace(SQLERRM, 'cal_\w{26}', '<id>');
END $$;
-- Nobody else's calendar: not to see, not to name. Ids differ from run to run.
CREATE FUNCTION pg_temp.without_ids(statement text, id text) RETURNS text AS $$
BEGIN
    EXECUTE statement USING id;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || replace(SQLERRM, id, '<id>');
END $$ LANGUAGE plpgsql;
:as_b
SELECT count(*) FROM policies_api.business_calendars;
SELECT * FROM policies_api.current_business_calendar();
SELECT pg_temp.without_ids('SELECT policies_api.is_business_time(now(), $1)', :'office');
SELECT pg_temp.without_ids('SELECT policies_api.import_holidays($1, ''BEGIN:VCALENDAR'')', :'office');
:as_app
SELECT pg_temp.without_ids('SELECT policies_api.is_business_time(now(), $1)', :'office');
-- Bad input, each with the value at fault.
:as_a
\x on
SELECT (pg_temp.refused('[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', zone)).*
FROM (VALUES ('Mars/Olympus'), ('CET-1CEST'), ('+02'), (''), ('PST'), (NULL)) AS t (zone);
SELECT (pg_temp.refused(hours::jsonb)).* FROM (VALUES
    (NULL), ('[]'), ('{}'), ('[1]'), ('[{}]'),
    ('[{"weekdays": [9], "opens": "09:00", "closes": "17:00"}]'),
    ('[{"weekdays": [], "opens": "09:00", "closes": "17:00"}]'),
    ('[{"weekdays": [1], "opens": "09:00", "closes": "25:00"}]'),
    ('[{"weekdays": [1], "opens": "24:00", "closes": "24:00"}]'),
    ('[{"weekdays": [1], "opens": "17:00", "closes": "09:00"}]'),
    ('[{"weekdays": [1], "opens": "09:00", "closes": "09:00"}]'),
    ('[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}, {"weekdays": [1, 2], "opens": "16:59:59", "closes": "20:00"}]'),
    ('[{"weekdays": [7], "opens": "20:00", "closes": "02:00", "closes_next_day": true}, '
    '{"weekdays": [1], "opens": "01:00", "closes": "03:00"}]'),
    ('[{"weekdays": [1], "opens": "09:00", "closes": "17:00", "lunch": true}]')) AS t (hours);
SELECT (pg_temp.refused('[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', days => days::jsonb)).* FROM (VALUES
    ('{}'), ('[{"name": "x"}]'), ('[{"name": " ", "date": "2026-01-01"}]'), ('[{"name": "x", "date": "2026-02-30"}]'),
    ('[{"name": "x", "first_date": "2026-01-02", "last_date": "2026-01-01"}]'), ('[{"name": "x", "date": "1066-10-14"}]'),
    ('[{"name": "x", "first_date": "2026-01-01", "last_date": "2027-06-01", "yearly": true}]'),
    ('[{"name": "x", "date": "2026-01-01", "except": ["2027-01-01"]}]'),
    ('[{"name": "never again", "first_date": "2026-01-01", "last_date": "2026-12-30", "yearly": true}, '
    '{"name": "x", "first_date": "2026-12-30", "last_date": "2027-01-02", "yearly": true}]')) AS t (days);
\x off
-- What the server's list does not know is refused; what it knows under a name with digits is not.
INSERT INTO policies_api.business_calendars (time_zone, opening_hours, is_default)
    SELECT zone, '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', false
    FROM unnest('{Etc/GMT+5,Etc/GMT-3,UTC}'::text[]) AS zone RETURNING time_zone;
-- A bulk insert names NULL where one of its rows leaves out what another gives.
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, holidays, is_default) VALUES
    ('full', 'UTC', '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', '[{"name": "x", "date": "2026-01-01"}]', false),
    ('sparse', 'UTC', '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', NULL, false) RETURNING name, holidays;
-- The constraints hold where no trigger fires.
:as_superuser
SET session_replication_role = replica;
INSERT INTO policies.business_calendars (tenant_id, id, time_zone, opening_hours, holidays, is_default)
    VALUES ('calendar_a', policies.new_id('cal'), 'UTC', '[]', '[]', false);
\echo :SQLSTATE
INSERT INTO policies.business_calendars (tenant_id, id, time_zone, opening_hours, holidays, is_default) VALUES
    ('calendar_a', policies.new_id('cal'), 'UTC', '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', '{}', false);
\echo :SQLSTATE
RESET session_replication_role;
-- Holidays from iCalendar text, twice: the second time there is nothing new.
:as_a
\set ics 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n'
\set ics :ics 'DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20281225\r\n'
\set ics :ics 'SUMMARY:Christmas\\, of c\r\n ourse\r\nEND:VEVENT\r\n'
\set ics :ics 'BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260101T000000Z\r\n'
\set ics :ics 'DTSTART;VALUE=DATE:20261228\r\nDTEND;VALUE=DATE:20270101\r\nSUMMARY:Shutdown\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
SELECT policies_api.import_holidays(:'office', replace(replace(:'ics', '\r', E'\r'), '\n', E'\n'));
SELECT policies_api.import_holidays(:'office', replace(replace(:'ics', '\r', E'\r'), '\n', E'\n'));
SELECT jsonb_pretty(holidays) FROM policies_api.business_calendars WHERE id = :'office';
SELECT policies_api.next_business_opening('2026-12-24 20:00+01'), policies_api.next_business_opening('2028-12-24 20:00+01');
-- A rule that is more than a date and has no end needs one; nothing recurs within a day; a text that is none, or too long.
\set event 'BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n'
\set event :event 'DTSTART;VALUE=DATE:20261126\n<rule>\nSUMMARY:Thanksgiving\nEND:VEVENT\nEND:VCALENDAR\n'
SELECT policies_api.import_holidays(:'office',
    replace(replace(:'event', '\n', E'\r\n'), '<rule>', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'));
\echo :SQLSTATE
SELECT policies_api.import_holidays(:'office',
    replace(replace(:'event', '\n', E'\r\n'), '<rule>', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'), '2029-12-31');
\echo :SQLSTATE
SELECT policies_api.import_holidays(:'office',
    replace(replace(:'event', '\n', E'\r\n'), '<rule>', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'), 'infinity');
\echo :SQLSTATE
SELECT policies_api.import_holidays(:'office', replace(replace(:'event', '\n', E'\r\n'), '<rule>', 'RRULE:FREQ=HOURLY'),
    '2029-12-31');
\echo :SQLSTATE
SELECT policies_api.import_holidays(:'office', 'Christmas');
\echo :SQLSTATE
SELECT policies_api.import_holidays(:'office', repeat('BEGIN:VCALENDAR', 3500000));
\echo :SQLSTATE
SELECT policies_api.import_holidays(:'office', NULL);
\echo :SQLSTATE
SELECT policies_api.import_holidays('cal_01ARZ3NDEKTSV4RRFFQ69G5FAV', 'x');
\echo :SQLSTATE
SELECT policies_api.import_holidays('nonsense', 'x');
\echo :SQLSTATE
-- An auditor reads calendars, imports nothing, and nobody without a context does either.
SET ROLE policies_auditor;
SELECT count(*) > 5 AS sees_all FROM policies_api.business_calendars;
SELECT policies_api.import_holidays(:'office', 'x');
\echo :SQLSTATE
SET ROLE policies_caller;
SET request.jwt.claims = '';
SELECT policies_api.import_holidays(:'office', 'x');
\echo :SQLSTATE
SELECT * FROM policies_api.current_business_calendar();
\echo :SQLSTATE
:as_superuser
-- History as of every protected table.
SELECT name, is_default, valid_to IS NOT NULL AS superseded, jsonb_array_length(holidays) AS holidays
FROM policies.business_calendars_history ORDER BY valid_from, id;
DELETE FROM policies.business_calendars WHERE tenant_id LIKE 'calendar\_%';
DELETE FROM policies.business_calendars_history WHERE tenant_id LIKE 'calendar\_%';
