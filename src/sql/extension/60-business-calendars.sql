-- The checks of business calendars, and what tells the clocks of a change.

CREATE FUNCTION policies.is_valid_opening_hours(opening_hours pg_catalog.jsonb) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_opening_hours';
COMMENT ON FUNCTION policies.is_valid_opening_hours(pg_catalog.jsonb) IS
'Tells whether a JSON value can be opening_hours: an array of weekly intervals that do not overlap.';
GRANT EXECUTE ON FUNCTION policies.is_valid_opening_hours(pg_catalog.jsonb) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.is_valid_holidays(holidays pg_catalog.jsonb) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_holidays';
COMMENT ON FUNCTION policies.is_valid_holidays(pg_catalog.jsonb) IS
'Tells whether a JSON value can be holidays: an array of named days and ranges of days.';
GRANT EXECUTE ON FUNCTION policies.is_valid_holidays(pg_catalog.jsonb) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.check_business_calendar() RETURNS pg_catalog.trigger
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'policies_check_business_calendar';
COMMENT ON FUNCTION policies.check_business_calendar() IS
'Trigger: checks a business calendar, names the value at fault, and writes its time zone as the server does.';
GRANT EXECUTE ON FUNCTION policies.check_business_calendar() TO policies_admin;

CREATE FUNCTION policies.reset_sla_clocks() RETURNS pg_catalog.trigger
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'policies_reset_sla_clocks';
COMMENT ON FUNCTION policies.reset_sla_clocks() IS
'Trigger: has every backend read the SLA policies and business calendars anew once the change is committed.';
GRANT EXECUTE ON FUNCTION policies.reset_sla_clocks() TO policies_admin;

CREATE FUNCTION policies_api.import_holidays(
    calendar_id pg_catalog.text,
    icalendar pg_catalog.text,
    endless_until pg_catalog.date DEFAULT NULL
) RETURNS pg_catalog.int4
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'policies_import_holidays';
COMMENT ON FUNCTION policies_api.import_holidays(pg_catalog.text, pg_catalog.text, pg_catalog.date) IS
'Import holidays
Adds the events of an iCalendar text (RFC 5545) that cover whole days to the holidays of a business calendar, those it already has excepted. A rule without an end that is more than a date of the year is followed until endless_until. Returns how many holidays were added.';
GRANT EXECUTE ON FUNCTION policies_api.import_holidays(pg_catalog.text, pg_catalog.text, pg_catalog.date)
    TO policies_caller, policies_admin;
