-- What is known of a policy's draft: kept by a trigger with the owner's rights, so that no caller can write it.
CREATE TABLE policies.policy_drafts (
    id text COLLATE "C" NOT NULL,
    tenant_id text COLLATE "C" NOT NULL,
    app_id text COLLATE "C",
    content_since timestamptz NOT NULL,
    author_ids text[] COLLATE "C" NOT NULL,
    published_hash text COLLATE "C",
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, id) REFERENCES policies.policies (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE policies.policy_drafts IS
'Policy draft
Since when each policy has its content, and who wrote it since the last publication. Kept by the trigger policies_content and by publish_policy().';
COMMENT ON COLUMN policies.policy_drafts.id IS 'The policy.';
COMMENT ON COLUMN policies.policy_drafts.tenant_id IS 'Tenant scope, as of the policy.';
COMMENT ON COLUMN policies.policy_drafts.app_id IS 'App scope, as of the policy.';
COMMENT ON COLUMN policies.policy_drafts.content_since IS 'When the content was last changed: approvals from before count no more.';
COMMENT ON COLUMN policies.policy_drafts.author_ids IS 'The persons who changed the content since the last publication: they cannot approve it.';
COMMENT ON COLUMN policies.policy_drafts.published_hash IS 'The version_hash of the last published version; NULL before the first.';

SELECT policies.scope_by_tenant('policies.policy_drafts', callers_may_write => false);
