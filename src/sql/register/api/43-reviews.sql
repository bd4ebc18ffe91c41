CREATE OR REPLACE VIEW policies_api.policy_reviews WITH (security_invoker = true) AS SELECT * FROM policies.policy_reviews;
COMMENT ON VIEW policies_api.policy_reviews IS
'Policy review
The completed reviews: who reviewed which version of a policy when, and what was due.';
GRANT SELECT ON policies_api.policy_reviews TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.complete_policy(
    id text, note text DEFAULT NULL, next_review_at timestamptz DEFAULT NULL, outcome text DEFAULT 'confirmed'
) RETURNS policies_api.policies
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.complete_policy(complete_policy.id, complete_policy.note, complete_policy.next_review_at,
        complete_policy.outcome);
    SELECT p FROM policies_api.policies p
    WHERE p.tenant_id = policies.current_tenant_id() AND p.id = policies.canonical_id(complete_policy.id);
END;
COMMENT ON FUNCTION policies_api.complete_policy(text, text, timestamptz, text) IS
'Complete the current review of a policy
Records who reviewed which version, what was due and the outcome (confirmed, changed or retired), and sets next_review_at to the given time, else one review_cadence (the policy''s or the tenant''s) after now, on the clock of the tenant''s time zone; a retired policy becomes inactive and is reviewed no more. Overdue or early; a second completion of the same cycle is refused (409), and so is (400) that of a review that was due, where nothing says when the next one is: "infinity" says that there is none.';
GRANT EXECUTE ON FUNCTION policies_api.complete_policy(text, text, timestamptz, text) TO policies_caller;

CREATE OR REPLACE FUNCTION policies_api.review_due(
    within interval DEFAULT '0', as_of timestamptz DEFAULT now()
) RETURNS SETOF policies_api.policies
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.* FROM policies_api.policies p
    WHERE p.status = 'active' AND p.next_review_at <= policies.add_cadence(review_due.as_of, review_due.within)
    ORDER BY p.next_review_at, p.tenant_id, p.id;
END;
COMMENT ON FUNCTION policies_api.review_due(interval, timestamptz) IS
'Policies due for review
The active policies whose review is overdue, or due within the given time from as_of, the longest overdue first: a caller''s own, or an auditor''s of all tenants.';
GRANT EXECUTE ON FUNCTION policies_api.review_due(interval, timestamptz) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.review_calendar(from_time timestamptz DEFAULT NULL, until_time timestamptz DEFAULT NULL)
RETURNS TABLE (
    due_at timestamptz, policy_id text, tenant_id text, name text, category text, owner_id text, version text, is_overdue boolean
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.next_review_at, p.id, p.tenant_id, p.name, p.category, p.owner_id, p.version, p.next_review_at < now()
    FROM policies_api.policies p
    WHERE p.status = 'active' AND p.next_review_at >= coalesce(review_calendar.from_time, '-infinity')
        -- In the last year of all there is none later.
        AND p.next_review_at < coalesce(review_calendar.until_time,
            CASE WHEN coalesce(review_calendar.from_time, now()) < '294275-01-01 00:00+00'
            THEN policies.add_cadence(coalesce(review_calendar.from_time, now()), '1 year') ELSE 'infinity' END)
    ORDER BY p.next_review_at, p.tenant_id, p.id;
END;
COMMENT ON FUNCTION policies_api.review_calendar(timestamptz, timestamptz) IS
'Review calendar
The reviews of active policies that are due from from_time until before until_time (a year later, or from now), in order; without from_time all that are overdue as well, until they are done: a caller''s own, or an auditor''s of all tenants.';
GRANT EXECUTE ON FUNCTION policies_api.review_calendar(timestamptz, timestamptz) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.review_calendar_icalendar(
    from_time timestamptz DEFAULT NULL, until_time timestamptz DEFAULT NULL
)
RETURNS policies_api."text/calendar"
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT policies.review_calendar_icalendar(review_calendar_icalendar.from_time, review_calendar_icalendar.until_time);
END;
COMMENT ON FUNCTION policies_api.review_calendar_icalendar(timestamptz, timestamptz) IS
'Review calendar for calendar programs
review_calendar() as iCalendar (RFC 5545, text/calendar): one event for each policy, of the same UID whenever its review moves.';
GRANT EXECUTE ON FUNCTION policies_api.review_calendar_icalendar(timestamptz, timestamptz) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.overdue_reviews(as_of timestamptz DEFAULT now())
RETURNS TABLE (tenant_id text, owner_id text, category text, overdue bigint, oldest_due_at timestamptz)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.tenant_id, p.owner_id, p.category, count(*), min(p.next_review_at)
    FROM policies_api.policies p WHERE p.status = 'active' AND p.next_review_at < overdue_reviews.as_of
    GROUP BY p.tenant_id, p.owner_id, p.category ORDER BY min(p.next_review_at), p.tenant_id, p.owner_id, p.category;
END;
COMMENT ON FUNCTION policies_api.overdue_reviews(timestamptz) IS
'Overdue reviews
How many reviews of active policies are overdue by owner and category, and the oldest: in the caller''s tenant, or for an auditor in all of them.';
GRANT EXECUTE ON FUNCTION policies_api.overdue_reviews(timestamptz) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.hand_over_policies(from_person text, to_person text) RETURNS bigint
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.hand_over_policies(hand_over_policies.from_person, hand_over_policies.to_person);
END;
COMMENT ON FUNCTION policies_api.hand_over_policies(text, text) IS
'Hand policies over
Gives all live policies that one person owns to another, for somebody who leaves. Returns how many.';
GRANT EXECUTE ON FUNCTION policies_api.hand_over_policies(text, text) TO policies_caller;
