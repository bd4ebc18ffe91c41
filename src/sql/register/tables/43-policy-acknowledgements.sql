CREATE TABLE policies.policy_acknowledgements (
    id text COLLATE "C" NOT NULL CHECK (policies.is_valid_id(id)),
    tenant_id text COLLATE "C" NOT NULL,
    app_id text COLLATE "C",
    policy_id text COLLATE "C" NOT NULL,
    version text NOT NULL,
    person_id text COLLATE "C" NOT NULL CHECK (policies.is_valid_person_id(person_id)),
    requested_at timestamptz,
    requested_by text COLLATE "C",
    due_at timestamptz CHECK (isfinite(due_at)),
    acknowledged_at timestamptz,
    acknowledged_version text,
    superseded_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, policy_id, version, person_id),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id)
);
COMMENT ON TABLE policies.policy_acknowledgements IS
'Policy acknowledgement
Who is to confirm having read which version of a policy, and who has. Written by request_acknowledgements(), acknowledge_policy() and publish_policy() only.';
COMMENT ON COLUMN policies.policy_acknowledgements.id IS 'Server-assigned ULID with type prefix.';
COMMENT ON COLUMN policies.policy_acknowledgements.tenant_id IS 'Tenant scope, as of the policy.';
COMMENT ON COLUMN policies.policy_acknowledgements.app_id IS 'App scope, as of the policy.';
COMMENT ON COLUMN policies.policy_acknowledgements.policy_id IS 'The policy.';
COMMENT ON COLUMN policies.policy_acknowledgements.version IS 'The version that is to be read.';
COMMENT ON COLUMN policies.policy_acknowledgements.person_id IS 'Person who is to read it.';
COMMENT ON COLUMN policies.policy_acknowledgements.requested_at IS 'When the acknowledgement was requested; NULL when it was given unasked.';
COMMENT ON COLUMN policies.policy_acknowledgements.requested_by IS 'Person who requested it.';
COMMENT ON COLUMN policies.policy_acknowledgements.due_at IS 'By when it is to be read.';
COMMENT ON COLUMN policies.policy_acknowledgements.acknowledged_at IS 'When the person confirmed having read it.';
COMMENT ON COLUMN policies.policy_acknowledgements.acknowledged_version IS 'The version that was in force then: this one or a patch of it.';
COMMENT ON COLUMN policies.policy_acknowledgements.superseded_at IS 'When a later major version asked anew, or the policy was retired or deleted, so that this one needs no answer any more.';

CREATE INDEX policy_acknowledgements_person ON policies.policy_acknowledgements (tenant_id, person_id, due_at)
    WHERE acknowledged_at IS NULL AND superseded_at IS NULL;
COMMENT ON INDEX policies.policy_acknowledgements_person IS 'What a person has yet to read.';

SELECT policies.scope_by_tenant('policies.policy_acknowledgements', callers_may_write => false);
