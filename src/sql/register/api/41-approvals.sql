CREATE OR REPLACE VIEW policies_api.policy_approvals WITH (security_invoker = true) AS
    SELECT a.id, a.tenant_id, a.app_id, a.policy_id, a.content_hash, a.content_since, a.approved_at, a.approved_by, a.note,
        a.content_since = d.content_since AS is_current
    FROM policies.policy_approvals a JOIN policies.policy_drafts d ON d.tenant_id = a.tenant_id AND d.id = a.policy_id;
COMMENT ON VIEW policies_api.policy_approvals IS
'Policy approval
Who approved which content of a policy, and whether it has not been edited since.';
GRANT SELECT ON policies_api.policy_approvals TO policies_caller, policies_auditor;
COMMENT ON COLUMN policies_api.policy_approvals.is_current IS 'Whether the content was not edited since it was approved.';

CREATE OR REPLACE FUNCTION policies_api.approve_policy(id text, content_hash text, note text DEFAULT NULL) RETURNS integer
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.approve_policy(approve_policy.id, approve_policy.content_hash, approve_policy.note);
END;
COMMENT ON FUNCTION policies_api.approve_policy(text, text, text) IS
'Approve a draft
Approves the content of a policy that has this hash, as policy_content_hash() told it: another content is refused (409), and so are its authors (403). An edit voids the approval. Returns how many approvals the content has.';
GRANT EXECUTE ON FUNCTION policies_api.approve_policy(text, text, text) TO policies_caller;
