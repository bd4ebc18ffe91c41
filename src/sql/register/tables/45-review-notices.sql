CREATE TABLE policies.review_notices (
    id text COLLATE "C" NOT NULL CHECK (policies.is_valid_id(id)),
    tenant_id text COLLATE "C" NOT NULL,
    app_id text COLLATE "C",
    policy_id text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    owner_id text COLLATE "C",
    noticed_at timestamptz NOT NULL,
    taken_at timestamptz,
    taken_by text,
    voided_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, policy_id, due_at),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id)
);
COMMENT ON TABLE policies.review_notices IS
'Review notice
The outbox of due reviews: one row for each policy and due date, written by notify_reviews_due(), for consumers to take.';
COMMENT ON COLUMN policies.review_notices.id IS 'Server-assigned ULID with type prefix.';
COMMENT ON COLUMN policies.review_notices.tenant_id IS 'Tenant scope, as of the policy.';
COMMENT ON COLUMN policies.review_notices.app_id IS 'App scope, as of the policy.';
COMMENT ON COLUMN policies.review_notices.policy_id IS 'The policy whose review is due.';
COMMENT ON COLUMN policies.review_notices.due_at IS 'When the review is due.';
COMMENT ON COLUMN policies.review_notices.owner_id IS 'The policy''s owner when the notice was written, and then when it was taken.';
COMMENT ON COLUMN policies.review_notices.noticed_at IS 'When the notice was written.';
COMMENT ON COLUMN policies.review_notices.taken_at IS 'When a consumer took it; NULL until then.';
COMMENT ON COLUMN policies.review_notices.taken_by IS 'The login role of the consumer.';
COMMENT ON COLUMN policies.review_notices.voided_at IS
'When it was found that the review had been done or moved, or the policy deleted or made inactive, before any consumer took the notice.';

CREATE INDEX review_notices_open ON policies.review_notices (noticed_at, tenant_id, id)
    WHERE taken_at IS NULL AND voided_at IS NULL;
COMMENT ON INDEX policies.review_notices_open IS 'Cross-tenant: the notices that a consumer can take.';

SELECT policies.scope_by_tenant('policies.review_notices', callers_may_write => false);
