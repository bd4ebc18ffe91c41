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
    outcome text CHECK (outcome IN ('confirmed', 'changed', 'retired')),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id),
    -- Each review cycle is completed once.
    UNIQUE NULLS NOT DISTINCT (tenant_id, policy_id, due_at)
);
COMMENT ON TABLE policies.policy_reviews IS
'Policy review
The completed reviews: who reviewed which version of a policy when, and what was due. Written by complete_policy(), and by import_policy(), only.';
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
COMMENT ON COLUMN policies.policy_reviews.outcome IS
'What the review led to: confirmed, changed or retired; NULL where an import brought none.';

CREATE INDEX policy_reviews_policy ON policies.policy_reviews (tenant_id, policy_id, reviewed_at);
COMMENT ON INDEX policies.policy_reviews_policy IS 'The reviews of one policy, by time.';

SELECT policies.scope_by_tenant('policies.policy_reviews', callers_may_write => false);
