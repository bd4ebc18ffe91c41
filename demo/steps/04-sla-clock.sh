# shellcheck shell=bash disable=SC2154
step "the SLA clock, without a calendar: it never stops"
as ann "UPDATE policies_api.policies SET status = 'inactive' WHERE id = '$rival';
UPDATE policies_api.policies SET status = 'active' WHERE id = '$sla' RETURNING name, first_response_minutes, resolution_minutes, business_hours_only;"
answers 'UPDATE 1' 'Fast lane | 30 | 480 | t' 'UPDATE 1'
as ann "SELECT * FROM policies_api.current_business_calendar();"
answers 'NULL | Around the clock | UTC'

step "a business calendar for acme, and the holidays of its own calendar file"
as ann "INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours)
VALUES ('Service desk', 'Europe/Berlin', '[{\"weekdays\": [1, 2, 3, 4, 5], \"opens\": \"09:00\", \"closes\": \"17:00\"}]')
RETURNING id, name, time_zone, is_default;"
answers 'cal_* | Service desk | Europe/Berlin | t' 'INSERT 0 1'
calendar=$(cell 1)
as ann "\\set holidays \`cat '$demo/holidays.ics'\`
SELECT policies_api.import_holidays('$calendar', :'holidays') AS added;"
answers 4
tell "The second time there is nothing new."
as ann "\\set holidays \`cat '$demo/holidays.ics'\`
SELECT policies_api.import_holidays('$calendar', :'holidays') AS added;"
answers 0
as ann "SELECT h ->> 'name' AS holiday, coalesce(h ->> 'date', (h ->> 'first_date') || ' to ' || (h ->> 'last_date')) AS days,
       coalesce(h ->> 'yearly', 'false') AS yearly
FROM policies_api.business_calendars c, jsonb_array_elements(c.holidays) AS h WHERE c.id = '$calendar';"
answers "New Year's Day | 2026-01-01 | true" 'Christmas Day, and the day after it | 2026-12-25 to 2026-12-26 | true' \
    'Stocktaking | 2026-12-28 to 2026-12-29 | false' 'Good Friday | 2027-03-26 | false'

step "deadlines over Christmas, a weekend and the stocktaking"
tell "An incident of high priority comes in a quarter of an hour before the desk closes, on Thursday, 24 December. The next \
day of work is Wednesday, 30 December."
local_time="AT TIME ZONE 'Europe/Berlin', 'Dy YYYY-MM-DD HH24:MI'"
opened="'2026-12-24 16:45 Europe/Berlin'"
as ann "SELECT to_char(first_response_due_at $local_time) AS first_response_due,
       to_char(resolution_due_at $local_time) AS resolution_due, calendar_name
FROM policies_api.sla_deadlines('incident', 'high', $opened);"
answers 'Wed 2026-12-30 09:15 | Wed 2026-12-30 16:45 | Service desk'
tell "The desk waits for its customer from 10:00 to 11:30 on Wednesday; the night before would not have counted."
as ann "SELECT to_char(first_response_due_at $local_time) AS first_response_due,
       to_char(resolution_due_at $local_time) AS resolution_due
FROM policies_api.sla_deadlines('incident', 'high', $opened,
    '{[2026-12-30 10:00 Europe/Berlin, 2026-12-30 11:30 Europe/Berlin)}');"
answers 'Wed 2026-12-30 09:15 | Thu 2026-12-31 10:15'
as ann "SELECT policies_api.business_minutes_between($opened, '2026-12-30 09:15:36 Europe/Berlin') AS minutes,
       policies_api.is_business_time('2026-12-28 12:00 Europe/Berlin') AS open_at_stocktaking,
       to_char(policies_api.next_business_opening('2026-12-30 17:00 Europe/Berlin') $local_time) AS next_opening;"
answers '30.6 | f | Thu 2026-12-31 09:00'

step "how the ticket stands: five minutes before its first response is due, ten minutes after, and when it was answered"
status_of="SELECT target, state, to_char(due_at $local_time) AS due, minutes_left, is_at_risk
FROM policies_api.sla_status('incident', 'high', $opened"
as ann "$status_of, at_instant => '2026-12-30 09:10 Europe/Berlin', at_risk_minutes => 15);"
answers 'first_response | running | Wed 2026-12-30 09:15 | 5 | t' 'resolution | running | Wed 2026-12-30 16:45 | 455 | f'
as ann "$status_of, at_instant => '2026-12-30 09:25 Europe/Berlin', at_risk_minutes => 15);"
answers 'first_response | breached | Wed 2026-12-30 09:15 | -10 | f' 'resolution | running | Wed 2026-12-30 16:45 | 440 | f'
as ann "$status_of, first_responded_at => '2026-12-30 09:14 Europe/Berlin',
    at_instant => '2026-12-30 09:25 Europe/Berlin', pauses => '{[2026-12-30 09:20 Europe/Berlin,)}');"
answers 'first_response | met | Wed 2026-12-30 09:15 | 1 | f' 'resolution | paused | NULL | 445 | f'

step "whose clock it is"
tell "An application runs by its own calendar and policies; another tenant neither sees acme's calendar nor can name it."
as key "SELECT (policies_api.current_business_calendar()).calendar_name AS calendar,
       (policies_api.sla_policy_for('incident', 'high')).policy_name AS policy;"
answers 'Around the clock | NULL'
as gus "SELECT (policies_api.current_business_calendar()).calendar_name AS calendar,
       (SELECT count(*) FROM policies_api.business_calendars) AS calendars;"
answers 'Around the clock | 0'
as gus "SELECT policies_api.is_business_time(now(), '$calendar');"
refused PT404 'does not exist'
as gus "\\set holidays \`cat '$demo/holidays.ics'\`
SELECT policies_api.import_holidays('$calendar', :'holidays');"
refused PT404 'does not exist'

step "a change counts at once, and as_of tells what was in force before"
as ann "UPDATE policies_api.policies SET first_response_minutes = 60, business_hours_only = false WHERE id = '$sla';
SELECT name, first_response_minutes, business_hours_only FROM policies_api.policies WHERE id = '$sla';
SELECT first_response_minutes, business_hours_only
FROM policies_api.sla_policy_for('incident', 'high', as_of => now() - interval '1 ms');"
answers 'UPDATE 1' 'Fast lane | 60 | f' '30 | t'

step "tickets with due times that a trigger keeps: examples/tickets.sql, loaded by an administrator who is no superuser"
login dba "CREATE ROLE operator LOGIN;
GRANT policies_admin TO operator;
GRANT CREATE ON DATABASE register TO operator;"
answers 'CREATE ROLE' 'GRANT ROLE' GRANT
login operator "\\i ${demo%/demo}/examples/tickets.sql"
answers 'CREATE SCHEMA' 'CREATE TABLE' 'ALTER TABLE' COMMENT COMMENT COMMENT COMMENT COMMENT 'CREATE FUNCTION' 'ALTER FUNCTION' \
    'CREATE TRIGGER' COMMENT '' 'CREATE INDEX'
tell "Since the change above the policy counts every hour, day and night: a ticket is due eight hours after it was opened."
as ann "INSERT INTO policies_api.tickets (subject, ticket_type, priority, opened_at) VALUES
    ('The mail server is down', 'incident', 'high', now() - interval '7 hours 20 minutes'),
    ('The door is stuck', 'incident', 'high', now() - interval '5 hours'),
    ('No light in the hall', 'incident', 'high', now() - interval '9 hours'),
    ('May I have a lamp?', 'question', 'low', now() - interval '8 hours')
RETURNING subject, first_response_due_at - opened_at AS response_within, resolution_due_at - opened_at AS resolution_within;"
answers 'The mail server is down | 01:00:00 | 08:00:00' 'The door is stuck | 01:00:00 | 08:00:00' \
    'No light in the hall | 01:00:00 | 08:00:00' 'May I have a lamp? | NULL | NULL' 'INSERT 0 4'
tell "What breaches in the next hour:"
breaching="SELECT subject, date_trunc('minute', resolution_due_at - now()) AS left FROM policies_api.tickets
WHERE resolved_at IS NULL AND resolution_due_at BETWEEN now() AND now() + interval '1 hour' ORDER BY resolution_due_at;"
as ann "$breaching"
answers 'The mail server is down | 00:39:00'
tell "Its customer has to answer first: the clock stands still. When the answer is there, it goes on."
as ann "UPDATE policies_api.tickets SET pauses = pauses + tstzmultirange(tstzrange(now(), NULL))
WHERE subject = 'The mail server is down' RETURNING resolution_due_at;"
answers NULL 'UPDATE 1'
as ann "$breaching"
answers
as ann "UPDATE policies_api.tickets SET pauses = pauses - tstzmultirange(tstzrange(now(), NULL))
WHERE subject = 'The mail server is down' RETURNING resolution_due_at - opened_at > interval '8 hours' AS later_by_the_pause;"
answers t 'UPDATE 1'
tell "The policy becomes stricter: tickets that run already keep their due times, unless they are told to follow."
as ann "UPDATE policies_api.policies SET resolution_minutes = 330 WHERE id = '$sla';
UPDATE policies_api.tickets SET priority = priority;"
answers 'UPDATE 1' 'UPDATE 4'
as ann "$breaching"
answers 'The mail server is down | 00:39:00'
as ann "UPDATE policies_api.tickets SET sla_rules = NULL WHERE resolved_at IS NULL;"
answers 'UPDATE 4'
as ann "$breaching"
answers 'The door is stuck | 00:29:00'
as gus "SELECT count(*) FROM policies_api.tickets;"
answers 0

step "bad input to the SLA clock is refused with a clear error"
hours="'[{\"weekdays\": [1], \"opens\": \"09:00\", \"closes\": \"17:00\"}]'"
as ann "INSERT INTO policies_api.business_calendars (time_zone, opening_hours) VALUES ('Mars/Olympus', $hours);"
refused 23514 'Mars/Olympus' 'HINT:'
as ann "INSERT INTO policies_api.business_calendars (time_zone, opening_hours)
VALUES ('UTC', '[{\"weekdays\": [5], \"opens\": \"22:00\", \"closes\": \"06:00\"}]');"
refused 23514 '22:00' '06:00'
as ann "INSERT INTO policies_api.business_calendars (time_zone, opening_hours) VALUES ('UTC', $hours);"
refused 23505 "business calendar \"Service desk\" ($calendar) is the default already"
as ann "UPDATE policies_api.business_calendars SET holidays = '[{\"name\": \"No such day\", \"date\": \"2027-02-29\"}]';"
refused 23514 '2027-02-29'
as ann "\\set lunch 'BEGIN:VCALENDAR\\nVERSION:2.0\\nPRODID:x\\nBEGIN:VEVENT\\nUID:1\\nDTSTAMP:20260101T000000Z\\nDTSTART:20261224T120000\\nDTEND:20261224T130000\\nSUMMARY:Lunch\\nEND:VEVENT\\nEND:VCALENDAR\\n'
SELECT policies_api.import_holidays('$calendar', replace(:'lunch', E'\\n', E'\\r\\n'));"
refused 23514 'Lunch'
as ann "SELECT policies_api.add_business_minutes('infinity', 30);"
refused 22023 'start_at'
as ann "SELECT * FROM policies_api.sla_deadlines('incident', 'high', NULL);"
refused 22004 'opened_at'
