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
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id) ON UPDATE CASCADE
);
COMMENT ON TABLE policies.policy_approvals IS
'Policy approval
Who approved which content of a policy. Written by approve_policy() only; an edit of the content leaves it behind.';
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

CREATE VIEW policies_api.policy_approvals WITH (security_invoker = true) AS
    SELECT a.id, a.tenant_id, a.app_id, a.policy_id, a.content_hash, a.content_since, a.approved_at, a.approved_by, a.note,
        a.content_since = d.content_since AS is_current
    FROM policies.policy_approvals a JOIN policies.policy_drafts d ON d.tenant_id = a.tenant_id AND d.id = a.policy_id;
COMMENT ON VIEW policies_api.policy_approvals IS
'Policy approval
Who approved which content of a policy, and whether it has not been edited since.';
COMMENT ON COLUMN policies_api.policy_approvals.is_current IS 'Whether the content was not edited since it was approved.';
GRANT SELECT ON policies_api.policy_approvals TO policies_caller, policies_auditor;

CREATE FUNCTION policies_api.approve_policy(id text, content_hash text, note text DEFAULT NULL) RETURNS integer
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.approve_content(approve_policy.id, approve_policy.content_hash, approve_policy.note);
END;
COMMENT ON FUNCTION policies_api.approve_policy(text, text, text) IS
'Approve a draft
Approves the content of a policy that has this hash, as policy_content_hash() told it: another content is refused (409), and so are its authors (403). An edit voids the approval. Returns how many approvals the content has.';
REVOKE ALL ON FUNCTION policies_api.approve_policy(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION policies_api.approve_policy(text, text, text) TO policies_caller;
