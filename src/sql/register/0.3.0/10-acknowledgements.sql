CREATE TABLE policies.policy_acknowledgements (
    id text COLLATE "C" NOT NULL CHECK (policies.is_valid_id(id)),
    tenant_id text COLLATE "C" NOT NULL,
    app_id text COLLATE "C",
    policy_id text COLLATE "C" NOT NULL,
    version text NOT NULL,
    person_id text COLLATE "C" NOT NULL CHECK (person_id <> '' AND octet_length(person_id) <= 255),
    requested_at timestamptz,
    requested_by text COLLATE "C",
    due_at timestamptz CHECK (isfinite(due_at)),
    acknowledged_at timestamptz,
    acknowledged_version text,
    superseded_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, policy_id, version, person_id),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id) ON UPDATE CASCADE
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

CREATE VIEW policies_api.policy_acknowledgements WITH (security_invoker = true) AS
    SELECT a.id, a.tenant_id, a.app_id, a.policy_id, a.version, a.person_id, a.requested_at, a.requested_by, a.due_at,
        a.acknowledged_at, a.acknowledged_version, a.superseded_at, CASE
        WHEN a.acknowledged_at > a.due_at THEN 'acknowledged_late'
        WHEN a.acknowledged_at IS NOT NULL THEN 'acknowledged'
        WHEN a.superseded_at IS NOT NULL THEN 'superseded'
        WHEN a.due_at < now() THEN 'late'
        ELSE 'outstanding'
    END AS state
    FROM policies.policy_acknowledgements a;
COMMENT ON VIEW policies_api.policy_acknowledgements IS
'Policy acknowledgement
Who is to confirm having read which version of a policy, who has, who has not, and who is late.';
COMMENT ON COLUMN policies_api.policy_acknowledgements.state IS
'How it stands now: outstanding, late, acknowledged, acknowledged_late or superseded.';
GRANT SELECT ON policies_api.policy_acknowledgements TO policies_caller, policies_auditor;

DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT t.relname, a.attname, col_description(t.oid, a.attnum) AS comment
             FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0
             WHERE t.oid IN ('policies.policy_acknowledgements'::regclass, 'policies.policy_approvals'::regclass)
    LOOP
        EXECUTE format('COMMENT ON COLUMN policies_api.%I.%I IS %L', c.relname, c.attname, c.comment);
    END LOOP;
END
$$;

CREATE FUNCTION policies_api.request_acknowledgements(id text, person_ids text[], due_at timestamptz DEFAULT NULL)
RETURNS integer
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.add_acknowledgement_requests(request_acknowledgements.id, request_acknowledgements.person_ids,
        request_acknowledgements.due_at);
END;
COMMENT ON FUNCTION policies_api.request_acknowledgements(text, text[], timestamptz) IS
'Request acknowledgements
Asks persons to confirm by due_at that they have read the latest published version of a policy. Who was asked already keeps the later answer and gets the new due time. Returns how many of them have yet to answer. The next major version asks them again, a patch does not.';

CREATE FUNCTION policies_api.acknowledge_policy(id text, version text DEFAULT NULL) RETURNS SETOF policies_api.policy_acknowledgements
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.record_acknowledgement(acknowledge_policy.id, acknowledge_policy.version);
    SELECT a FROM policies_api.policy_acknowledgements a
    WHERE a.tenant_id = policies.current_tenant_id() AND a.policy_id = policies.canonical_id(acknowledge_policy.id)
        AND a.person_id = policies.current_person_id() AND a.acknowledged_at = now();
END;
COMMENT ON FUNCTION policies_api.acknowledge_policy(text, text) IS
'Acknowledge a policy
Confirms that the caller has read the latest published version of a policy, whether asked to or not. Name the version that was read, and another one that was published meanwhile is not taken for it (409). A second time is refused (409). Returns the acknowledgements that this gave.';
REVOKE ALL ON FUNCTION policies_api.request_acknowledgements(text, text[], timestamptz),
    policies_api.acknowledge_policy(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION policies_api.request_acknowledgements(text, text[], timestamptz),
    policies_api.acknowledge_policy(text, text) TO policies_caller;
