CREATE FUNCTION policies.close_review_cycle(
    id pg_catalog.text,
    note pg_catalog.text DEFAULT NULL,
    next_review_at pg_catalog.timestamptz DEFAULT NULL
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'policies_close_review_cycle';
COMMENT ON FUNCTION policies.close_review_cycle(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
'The work of policies_api.complete_policy(), without an outcome of the review.';
GRANT EXECUTE ON FUNCTION policies.close_review_cycle(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz)
    TO policies_caller, policies_admin;

CREATE FUNCTION policies.close_review_cycle(
    id pg_catalog.text,
    note pg_catalog.text,
    next_review_at pg_catalog.timestamptz,
    outcome pg_catalog.text
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_close_review_cycle_with_outcome';
COMMENT ON FUNCTION policies.close_review_cycle(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text) IS
'The work of policies_api.complete_policy(): locks the policy, logs its review with the outcome (confirmed, changed or retired) and sets when the next one is due. Raises PT404 for a policy that the caller does not see, PT409 for a cycle that is already completed, 22023 for an unknown outcome, or a next_review_at that is not in the future or is that of a retired policy.';
GRANT EXECUTE ON FUNCTION policies.close_review_cycle(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text)
    TO policies_caller, policies_admin;

CREATE FUNCTION policies.write_review_events(reviews pg_catalog.jsonb[]) RETURNS pg_catalog.text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_write_review_events';
COMMENT ON FUNCTION policies.write_review_events(pg_catalog.jsonb[]) IS
'The work of policies_api.review_calendar_icalendar(): due reviews, given as JSON objects, as an iCalendar text.';
GRANT EXECUTE ON FUNCTION policies.write_review_events(pg_catalog.jsonb[]) TO policies_caller, policies_auditor, policies_admin;
