CREATE FUNCTION policies.complete_policy(
    id pg_catalog.text,
    note pg_catalog.text,
    next_review_at pg_catalog.timestamptz,
    outcome pg_catalog.text
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_complete_policy';
COMMENT ON FUNCTION policies.complete_policy(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text) IS
'The work of policies_api.complete_policy(): locks the policy, logs its review with the outcome (confirmed, changed or retired) and sets when the next one is due. Raises PT404 for a policy that the caller does not see, PT409 for a cycle that is already completed, 22023 for an unknown outcome, or a next_review_at that is not in the future or is that of a retired policy.';
GRANT EXECUTE ON FUNCTION policies.complete_policy(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text)
    TO policies_caller, policies_admin;

CREATE FUNCTION policies.review_calendar_icalendar(
    from_time pg_catalog.timestamptz,
    until_time pg_catalog.timestamptz
) RETURNS pg_catalog.text
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_review_calendar_icalendar';
COMMENT ON FUNCTION policies.review_calendar_icalendar(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'The work of policies_api.review_calendar_icalendar(): writes the reviews of policies_api.review_calendar() that the caller sees as an iCalendar text.';
GRANT EXECUTE ON FUNCTION policies.review_calendar_icalendar(pg_catalog.timestamptz, pg_catalog.timestamptz)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.hand_over_policies(
    from_person pg_catalog.text,
    to_person pg_catalog.text
) RETURNS pg_catalog.int4
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_hand_over_policies';
COMMENT ON FUNCTION policies.hand_over_policies(pg_catalog.text, pg_catalog.text) IS
'The work of policies_api.hand_over_policies(). Raises 22023 for a person that cannot be.';
GRANT EXECUTE ON FUNCTION policies.hand_over_policies(pg_catalog.text, pg_catalog.text) TO policies_caller, policies_admin;
