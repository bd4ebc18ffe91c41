-- The SLA clock: business time and deadlines, on the caller's calendar and by the caller's policies.

CREATE FUNCTION policies_api.current_business_calendar(
    as_of pg_catalog.timestamptz DEFAULT NULL,
    OUT calendar_id pg_catalog.text,
    OUT calendar_name pg_catalog.text,
    OUT time_zone pg_catalog.text
)
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_current_business_calendar';
COMMENT ON FUNCTION policies_api.current_business_calendar(pg_catalog.timestamptz) IS
'The business calendar in use
The caller''s default calendar, now or at as_of; without one calendar_id is NULL, and the clock runs around the clock in UTC.';
GRANT EXECUTE ON FUNCTION policies_api.current_business_calendar(pg_catalog.timestamptz)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies_api.add_business_minutes(
    start_at pg_catalog.timestamptz,
    minutes pg_catalog.int4,
    calendar_id pg_catalog.text DEFAULT NULL,
    pauses pg_catalog.tstzmultirange DEFAULT NULL
) RETURNS pg_catalog.timestamptz
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_add_business_minutes';
COMMENT ON FUNCTION policies_api.add_business_minutes(pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.text, pg_catalog.tstzmultirange) IS
'Add business minutes
The earliest time by which so many minutes of business time have elapsed since start_at, on the calendar given or the caller''s default one; negative minutes lead back, to the latest time from which they elapse until start_at. Pauses are no business time; NULL where one without an end stops the clock before.';
GRANT EXECUTE ON FUNCTION policies_api.add_business_minutes(pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.text,
    pg_catalog.tstzmultirange)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies_api.business_minutes_between(
    start_at pg_catalog.timestamptz,
    end_at pg_catalog.timestamptz,
    calendar_id pg_catalog.text DEFAULT NULL,
    pauses pg_catalog.tstzmultirange DEFAULT NULL
) RETURNS pg_catalog.float8
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_business_minutes_between';
COMMENT ON FUNCTION policies_api.business_minutes_between(pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.tstzmultirange) IS
'Business minutes between two times
The business time between two times in minutes, seconds as their fraction, on the calendar given or the caller''s default one; negative when the end comes first. Pauses are no business time.';
GRANT EXECUTE ON FUNCTION policies_api.business_minutes_between(pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text,
    pg_catalog.tstzmultirange)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies_api.is_business_time(
    instant pg_catalog.timestamptz,
    calendar_id pg_catalog.text DEFAULT NULL
) RETURNS pg_catalog.bool
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_business_time';
COMMENT ON FUNCTION policies_api.is_business_time(pg_catalog.timestamptz, pg_catalog.text) IS
'Is it business time
Tells whether the calendar given, or the caller''s default one, is open at a time. An interval is open from its opening up to, but not at, its closing.';
GRANT EXECUTE ON FUNCTION policies_api.is_business_time(pg_catalog.timestamptz, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies_api.next_business_opening(
    instant pg_catalog.timestamptz,
    calendar_id pg_catalog.text DEFAULT NULL
) RETURNS pg_catalog.timestamptz
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_next_business_opening';
COMMENT ON FUNCTION policies_api.next_business_opening(pg_catalog.timestamptz, pg_catalog.text) IS
'Next business opening
The first time from an instant on at which the calendar given, or the caller''s default one, is open: the instant itself when it is.';
GRANT EXECUTE ON FUNCTION policies_api.next_business_opening(pg_catalog.timestamptz, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies_api.sla_policy_for(
    ticket_type pg_catalog.text,
    priority pg_catalog.text,
    as_of pg_catalog.timestamptz DEFAULT NULL,
    rules pg_catalog.text DEFAULT NULL,
    OUT policy_id pg_catalog.text,
    OUT policy_name pg_catalog.text,
    OUT first_response_minutes pg_catalog.int4,
    OUT resolution_minutes pg_catalog.int4,
    OUT business_hours_only pg_catalog.bool,
    OUT rules_version pg_catalog.text
)
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_sla_policy_for';
COMMENT ON FUNCTION policies_api.sla_policy_for(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text) IS
'The SLA policy for a ticket
The one active SLA policy of the caller''s scope for tickets of a type and priority, now or as it was at as_of; all NULL when none applies. rules_version names the version of the policy, and of the calendar that its clock runs on: given as rules, with whatever type and priority, it leads to the same version for ever. The scope is the tenant and, for an application, its own policies; for a person those of no application.';
GRANT EXECUTE ON FUNCTION policies_api.sla_policy_for(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies_api.sla_deadlines(
    ticket_type pg_catalog.text,
    priority pg_catalog.text,
    opened_at pg_catalog.timestamptz,
    pauses pg_catalog.tstzmultirange DEFAULT NULL,
    as_of pg_catalog.timestamptz DEFAULT NULL,
    rules pg_catalog.text DEFAULT NULL,
    OUT policy_id pg_catalog.text,
    OUT first_response_due_at pg_catalog.timestamptz,
    OUT resolution_due_at pg_catalog.timestamptz,
    OUT calendar_id pg_catalog.text,
    OUT calendar_name pg_catalog.text,
    OUT rules_version pg_catalog.text
)
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_sla_deadlines';
COMMENT ON FUNCTION policies_api.sla_deadlines(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.tstzmultirange, pg_catalog.timestamptz, pg_catalog.text) IS
'SLA deadlines of a ticket
The policy for a ticket and when its targets are due: the earliest times by which they have fully elapsed since opened_at, pauses left out. All NULL when no policy applies; a due time is NULL without such a target, or where a pause without an end stops the clock. calendar_id is NULL, and calendar_name says so, where the clock runs around the clock. With as_of, by the policy and calendar that were in force then; with rules, by those of the version that an earlier answer named as rules_version.';
GRANT EXECUTE ON FUNCTION policies_api.sla_deadlines(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz,
    pg_catalog.tstzmultirange, pg_catalog.timestamptz, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies_api.sla_status(
    ticket_type pg_catalog.text,
    priority pg_catalog.text,
    opened_at pg_catalog.timestamptz,
    first_responded_at pg_catalog.timestamptz DEFAULT NULL,
    resolved_at pg_catalog.timestamptz DEFAULT NULL,
    pauses pg_catalog.tstzmultirange DEFAULT NULL,
    at_instant pg_catalog.timestamptz DEFAULT pg_catalog.now(),
    at_risk_minutes pg_catalog.int4 DEFAULT 60,
    as_of pg_catalog.timestamptz DEFAULT NULL,
    rules pg_catalog.text DEFAULT NULL
) RETURNS TABLE (
    target pg_catalog.text,
    state pg_catalog.text,
    due_at pg_catalog.timestamptz,
    minutes_left pg_catalog.float8,
    is_at_risk pg_catalog.bool,
    policy_id pg_catalog.text
)
    LANGUAGE c STABLE PARALLEL SAFE ROWS 2 AS 'MODULE_PATHNAME', 'policies_sla_status';
COMMENT ON FUNCTION policies_api.sla_status(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.tstzmultirange, pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.text) IS
'How a ticket stands
One row for each target (first_response, resolution) of the policy for a ticket, as it stands at at_instant: running, paused, met or breached; when it is due; the business minutes left until then, or at the time it was reached, negative if and only if it is breached; and whether it is still open with no more than at_risk_minutes left. What happened after at_instant has not happened yet, nor has a pause that begins after it; a resolved ticket has been responded to. No rows when no policy applies. With rules, by the version that sla_deadlines() named as rules_version.';
GRANT EXECUTE ON FUNCTION policies_api.sla_status(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz,
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.tstzmultirange, pg_catalog.timestamptz, pg_catalog.int4,
    pg_catalog.timestamptz, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;
