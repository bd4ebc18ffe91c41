CREATE TABLE policies.policy_reviews (
    id text COLLATE "C" NOT NULL CHECK (policies.is_valid_id(id)),
    tenant_id text COLLATE "C" NOT NULL,
    app_id text COLLATE "C",
    policy_id text COLLATE "C" NOT NULL,
    policy_version text,
    due_at timestamptz,
    reviewed_at timestamptz NOT NULL,
    reviewed_by text COLLATE "C",
    note text,
    next_review_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id) ON UPDATE CASCADE,
    -- Each review cycle is completed once.
    UNIQUE NULLS NOT DISTINCT (tenant_id, policy_id, due_at)
);
COMMENT ON TABLE policies.policy_reviews IS
'Policy review
The completed reviews: who reviewed which version of a policy when, and what was due. Written by complete_policy() only.';
COMMENT ON COLUMN policies.policy_reviews.id IS 'Server-assigned ULID with type prefix.';
COMMENT ON COLUMN policies.policy_reviews.tenant_id IS 'Tenant scope, as of the policy.';
COMMENT ON COLUMN policies.policy_reviews.app_id IS 'App scope, as of the policy.';
COMMENT ON COLUMN policies.policy_reviews.policy_id IS 'The reviewed policy.';
COMMENT ON COLUMN policies.policy_reviews.policy_version IS 'The version that was reviewed.';
COMMENT ON COLUMN policies.policy_reviews.due_at IS 'When the review was due; NULL when none had been scheduled.';
COMMENT ON COLUMN policies.policy_reviews.reviewed_at IS 'When the review was completed.';
COMMENT ON COLUMN policies.policy_reviews.reviewed_by IS 'Person who completed the review.';
COMMENT ON COLUMN policies.policy_reviews.note IS 'What the reviewer noted.';
COMMENT ON COLUMN policies.policy_reviews.next_review_at IS 'When the next review was set to be due.';

CREATE INDEX policy_reviews_policy ON policies.policy_reviews (tenant_id, policy_id, reviewed_at);
COMMENT ON INDEX policies.policy_reviews_policy IS 'The reviews of one policy, by time.';

SELECT policies.scope_by_tenant('policies.policy_reviews', callers_may_write => false);

CREATE VIEW policies_api.policy_reviews WITH (security_invoker = true) AS SELECT * FROM policies.policy_reviews;
COMMENT ON VIEW policies_api.policy_reviews IS
'Policy review
The completed reviews: who reviewed which version of a policy when, and what was due.';
GRANT SELECT ON policies_api.policy_reviews TO policies_caller, policies_auditor;

-- The columns of the two views that only read say what those of their tables say.
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT t.relname, a.attname, col_description(t.oid, a.attnum) AS comment
             FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0
             WHERE t.oid IN ('policies.policies_history'::regclass, 'policies.policy_reviews'::regclass)
    LOOP
        EXECUTE format('COMMENT ON COLUMN policies_api.%I.%I IS %L', c.relname, c.attname, c.comment);
    END LOOP;
END
$$;

CREATE FUNCTION policies_api.complete_policy(
    id text, note text DEFAULT NULL, next_review_at timestamptz DEFAULT NULL
) RETURNS policies_api.policies
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.close_review_cycle(complete_policy.id, complete_policy.note, complete_policy.next_review_at);
    SELECT p FROM policies_api.policies p
    WHERE p.tenant_id = policies.current_tenant_id() AND p.id = policies.canonical_id(complete_policy.id);
END;
COMMENT ON FUNCTION policies_api.complete_policy(text, text, timestamptz) IS
'Complete the current review of a policy
Records who reviewed which version and what was due, and sets next_review_at to the given time, else one review_cadence after now. Overdue or early; a second completion of the same cycle is refused (409).';
REVOKE ALL ON FUNCTION policies_api.complete_policy(text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION policies_api.complete_policy(text, text, timestamptz) TO policies_caller;

CREATE FUNCTION policies_api.review_due(
    within interval DEFAULT '0', as_of timestamptz DEFAULT now()
) RETURNS SETOF policies_api.policies
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.* FROM policies_api.policies p
    WHERE p.next_review_at <= policies.add_cadence(review_due.as_of, review_due.within)
    ORDER BY p.next_review_at, p.tenant_id, p.id;
END;
COMMENT ON FUNCTION policies_api.review_due(interval, timestamptz) IS
'Policies due for review
The live policies whose review is overdue, or due within the given time from as_of, the longest overdue first: a caller''s own, or an auditor''s of all tenants.';
REVOKE ALL ON FUNCTION policies_api.review_due(interval, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION policies_api.review_due(interval, timestamptz) TO policies_caller, policies_auditor;
