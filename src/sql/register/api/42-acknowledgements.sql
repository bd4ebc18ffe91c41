CREATE OR REPLACE VIEW policies_api.policy_acknowledgements WITH (security_invoker = true) AS
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
GRANT SELECT ON policies_api.policy_acknowledgements TO policies_caller, policies_auditor;
COMMENT ON COLUMN policies_api.policy_acknowledgements.state IS
'How it stands now: outstanding, late, acknowledged, acknowledged_late or superseded.';

CREATE OR REPLACE FUNCTION policies_api.request_acknowledgements(id text, person_ids text[], due_at timestamptz DEFAULT NULL)
RETURNS integer
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.request_acknowledgements(request_acknowledgements.id, request_acknowledgements.person_ids,
        request_acknowledgements.due_at);
END;
COMMENT ON FUNCTION policies_api.request_acknowledgements(text, text[], timestamptz) IS
'Request acknowledgements
Asks persons to confirm by due_at that they have read the latest published version of a policy. Who was asked already keeps the later answer and gets the new due time. Returns how many of them have yet to answer. The next major version asks them again, a patch does not.';
GRANT EXECUTE ON FUNCTION policies_api.request_acknowledgements(text, text[], timestamptz) TO policies_caller;

CREATE OR REPLACE FUNCTION policies_api.acknowledge_policy(id text, version text DEFAULT NULL) RETURNS SETOF
    policies_api.policy_acknowledgements
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.acknowledge_policy(acknowledge_policy.id, acknowledge_policy.version);
    SELECT a FROM policies_api.policy_acknowledgements a
    WHERE a.tenant_id = policies.current_tenant_id() AND a.policy_id = policies.canonical_id(acknowledge_policy.id)
        AND a.person_id = policies.current_person_id() AND a.acknowledged_at = now();
END;
COMMENT ON FUNCTION policies_api.acknowledge_policy(text, text) IS
'Acknowledge a policy
Confirms that the caller has read the latest published version of a policy, whether asked to or not. Name the version that was read, and another one that was published meanwhile is not taken for it (409). A second time is refused (409). Returns the acknowledgements that this gave.';
GRANT EXECUTE ON FUNCTION policies_api.acknowledge_policy(text, text) TO policies_caller;
