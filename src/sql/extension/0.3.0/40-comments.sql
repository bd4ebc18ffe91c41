-- For whoever reads it in the OpenAPI document: how to ask for many tickets in SQL stands in docs/sla-clock.md.
COMMENT ON FUNCTION policies_api.sla_deadlines(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.tstzmultirange,
    pg_catalog.timestamptz) IS
'SLA deadlines of a ticket
The policy for a ticket and when its targets are due: the earliest times by which they have fully elapsed since opened_at, pauses left out. All NULL when no policy applies; a due time is NULL without such a target, or where a pause without an end stops the clock. calendar_id is NULL, and calendar_name says so, where the clock runs around the clock. With as_of, by the policy and calendar that were in force then.';
