CREATE TABLE policies.policy_approvals (
    id text COLLATE "C" NOT NULL CHECK (policies.is_valid_id(id)),
    tenant_id text COLLATE "C" NOT NULL,
    app_id text COLLATE "C",
    policy_id text COLLATE "C" NOT NULL,
    content_hash text COLLATE "C" NOT NULL,
    content_since timestamptz NOT NULL,
    approved_at timestamptz NOT NULL,
    approved_by text COLLATE "C" NOT NULL,
    note text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, policy_id, content_since, approved_by),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id)
);
COMMENT ON TABLE policies.policy_approvals IS
'Policy approval
Who approved which content of a policy. Written by approve_policy(), and by import_policy(), only; an edit of the content leaves it behind.';
COMMENT ON COLUMN policies.policy_approvals.id IS 'Server-assigned ULID with type prefix.';
COMMENT ON COLUMN policies.policy_approvals.tenant_id IS 'Tenant scope, as of the policy.';
COMMENT ON COLUMN policies.policy_approvals.app_id IS 'App scope, as of the policy.';
COMMENT ON COLUMN policies.policy_approvals.policy_id IS 'The policy.';
COMMENT ON COLUMN policies.policy_approvals.content_hash IS 'The SHA-256 of the content that was approved.';
COMMENT ON COLUMN policies.policy_approvals.content_since IS 'When the policy got that content: an edit since, even back to it, voids the approval.';
COMMENT ON COLUMN policies.policy_approvals.approved_at IS 'When it was approved.';
COMMENT ON COLUMN policies.policy_approvals.approved_by IS 'Person who approved it.';
COMMENT ON COLUMN policies.policy_approvals.note IS 'What the approver noted.';

SELECT policies.scope_by_tenant('policies.policy_approvals', callers_may_write => false);
