CREATE TABLE policies.policy_versions (
    id text COLLATE "C" NOT NULL CHECK (policies.is_valid_id(id)),
    tenant_id text COLLATE "C" NOT NULL,
    app_id text COLLATE "C",
    policy_id text COLLATE "C" NOT NULL,
    version text NOT NULL CHECK (policies.is_valid_version(version)),
    version_sort_key text COLLATE "C" NOT NULL CHECK (version_sort_key = policies.version_sort_key(version)),
    change text NOT NULL CHECK (change IN ('major', 'minor', 'patch')),
    change_note text,
    published_at timestamptz NOT NULL,
    published_by text COLLATE "C",
    content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
    content_hash text COLLATE "C" NOT NULL,
    previous_hash text COLLATE "C",
    version_hash text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, policy_id, version_sort_key),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id)
);
COMMENT ON TABLE policies.policy_versions IS
'Policy version
The published versions of policies, each as it was published. Written by publish_policy(), and by import_policy(), only.';
COMMENT ON COLUMN policies.policy_versions.id IS 'Server-assigned ULID with type prefix.';
COMMENT ON COLUMN policies.policy_versions.tenant_id IS 'Tenant scope, as of the policy.';
COMMENT ON COLUMN policies.policy_versions.app_id IS 'App scope, as of the policy.';
COMMENT ON COLUMN policies.policy_versions.policy_id IS 'The policy.';
COMMENT ON COLUMN policies.policy_versions.version IS 'The version, higher than every earlier one.';
COMMENT ON COLUMN policies.policy_versions.version_sort_key IS 'A text whose order is that of the versions.';
COMMENT ON COLUMN policies.policy_versions.change IS 'What the step from the version before is: major, minor or patch.';
COMMENT ON COLUMN policies.policy_versions.change_note IS 'What changed, in the publisher''s words.';
COMMENT ON COLUMN policies.policy_versions.published_at IS 'When the version was published.';
COMMENT ON COLUMN policies.policy_versions.published_by IS 'Person who published it.';
COMMENT ON COLUMN policies.policy_versions.content IS 'The content of the policy as it was published.';
COMMENT ON COLUMN policies.policy_versions.content_hash IS 'The SHA-256 of the content.';
COMMENT ON COLUMN policies.policy_versions.previous_hash IS 'The version_hash of the version before; NULL for the first.';
COMMENT ON COLUMN policies.policy_versions.version_hash IS 'The SHA-256 of the version and previous_hash: it changes when anything before it does.';

CREATE INDEX policy_versions_published ON policies.policy_versions (tenant_id, policy_id, published_at);
COMMENT ON INDEX policies.policy_versions_published IS 'The version in force at an instant.';

SELECT policies.scope_by_tenant('policies.policy_versions', callers_may_write => false);
