-- What is searched: kept apart from the policies, so that reading them does not carry it along. The tenant and what searches
-- filter by are words of each document: the index finds a tenant's matches, where row security would have it search everybody's.
CREATE TABLE policies.policy_search (
    tenant_id text COLLATE "C" NOT NULL,
    policy_id text COLLATE "C" NOT NULL,
    app_id text COLLATE "C",
    category text,
    status text,
    owner_id text COLLATE "C",
    tags jsonb,
    document tsvector NOT NULL,
    PRIMARY KEY (tenant_id, policy_id),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE policies.policy_search IS
'The words by which search_policies() finds policies, and what it filters them by: one row for each live policy, kept by the trigger policies_content.';
COMMENT ON COLUMN policies.policy_search.tenant_id IS 'The policy''s tenant.';
COMMENT ON COLUMN policies.policy_search.policy_id IS 'The policy.';
COMMENT ON COLUMN policies.policy_search.app_id IS 'The policy''s application.';
COMMENT ON COLUMN policies.policy_search.category IS 'The policy''s category.';
COMMENT ON COLUMN policies.policy_search.status IS 'The policy''s status.';
COMMENT ON COLUMN policies.policy_search.owner_id IS 'The policy''s owner.';
COMMENT ON COLUMN policies.policy_search.tags IS 'The policy''s tags.';
COMMENT ON COLUMN policies.policy_search.document IS
'The words of its name (weight A), description and tags (B) and body (D), and its labels: tenant, category, status and owner.';

CREATE INDEX policy_search_document ON policies.policy_search USING gin (document) WITH (fastupdate = off);
COMMENT ON INDEX policies.policy_search_document IS 'Cross-tenant: each document has its tenant as a label.';

ALTER TABLE policies.policy_search ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY policy_search_admin_all ON policies.policy_search FOR ALL TO policies_admin USING (true) WITH CHECK (true);
COMMENT ON POLICY policy_search_admin_all ON policies.policy_search IS 'Administrators, the trigger and search_policies().';
