-- What makes the content of a policy: what a version freezes and an approval is about.
CREATE OR REPLACE FUNCTION policies.policy_content(policy jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(policy_content.policy) AS f
    WHERE f.key = ANY (policies.content_fields());
END;
COMMENT ON FUNCTION policies.policy_content(jsonb) IS
'The content of a policy''s row: the fields that a version freezes and an approval is about. Those of an SLA policy are not: the SLA clock runs by the row, and by its history.';
GRANT EXECUTE ON FUNCTION policies.policy_content(jsonb) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies.content_hash(content jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT encode(sha256(convert_to(content_hash.content::text, 'UTF8')), 'hex');
END;
COMMENT ON FUNCTION policies.content_hash(jsonb) IS 'The SHA-256 of a policy''s content, in hexadecimal.';
GRANT EXECUTE ON FUNCTION policies.content_hash(jsonb) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies.version_hash(
    previous_hash text, policy_id text, version text, change text, change_note text, published_at timestamptz,
    published_by text, content_hash text
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT encode(sha256(convert_to(jsonb_build_array(
        version_hash.previous_hash, version_hash.policy_id, version_hash.version, version_hash.change,
        version_hash.change_note, trunc(extract(epoch FROM version_hash.published_at) * 1000000),
        version_hash.published_by, version_hash.content_hash)::text, 'UTF8')), 'hex');
END;
COMMENT ON FUNCTION policies.version_hash(text, text, text, text, text, timestamptz, text, text) IS
'The SHA-256 that chains a published version to the one before it.';
GRANT EXECUTE ON FUNCTION policies.version_hash(text, text, text, text, text, timestamptz, text, text)
    TO policies_caller, policies_auditor;

CREATE OR REPLACE VIEW policies_api.policy_versions WITH (security_invoker = true) AS
    SELECT v.id, v.tenant_id, v.app_id, v.policy_id, v.version, v.change, v.change_note, v.published_at, v.published_by,
        octet_length(v.content ->> 'body') AS size, v.content_hash, v.version_hash, v.version_sort_key
    FROM policies.policy_versions v;
COMMENT ON VIEW policies_api.policy_versions IS
'Policy version
The published versions of policies: who published which when, with what note. Their content is that of policy_version().';
GRANT SELECT ON policies_api.policy_versions TO policies_caller, policies_auditor;
COMMENT ON COLUMN policies_api.policy_versions.size IS 'The size of the body in bytes.';

-- Only what was published: a draft may be active already, and approvals may be required.
CREATE OR REPLACE VIEW policies_api.policies_in_force WITH (security_invoker = true) AS
    SELECT p.id, p.tenant_id, p.app_id, v.version, v.content ->> 'name' AS name, v.content ->> 'description' AS description,
        v.content ->> 'body' AS body, v.content ->> 'category' AS category, nullif(v.content -> 'tags', 'null') AS tags,
        p.owner_id, p.next_review_at, v.published_at, v.published_by, v.change_note, v.content_hash
    FROM policies.policies p CROSS JOIN LATERAL (
        SELECT * FROM policies.policy_versions v
        WHERE v.tenant_id = p.tenant_id AND v.policy_id = p.id ORDER BY v.version_sort_key DESC LIMIT 1
    ) v
    WHERE NOT p.is_deleted AND p.status = 'active';
COMMENT ON VIEW policies_api.policies_in_force IS
'Policy in force
The active policies as they are in force: the latest published version of each, whatever its draft says meanwhile. What was never published is not in force.';
GRANT SELECT ON policies_api.policies_in_force TO policies_caller, policies_auditor;
COMMENT ON COLUMN policies_api.policies_in_force.published_by IS 'Person who published the version.';
COMMENT ON COLUMN policies_api.policies_in_force.change_note IS 'What changed with the version, in the publisher''s words.';
COMMENT ON COLUMN policies_api.policies_in_force.content_hash IS 'The SHA-256 of the version''s content.';

CREATE OR REPLACE FUNCTION policies_api.publish_policy(id text, version text, change_note text DEFAULT NULL)
RETURNS policies_api.policies
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT policies.publish_policy(publish_policy.id, publish_policy.version, publish_policy.change_note);
    SELECT p FROM policies_api.policies p
    WHERE p.tenant_id = policies.current_tenant_id() AND p.id = policies.canonical_id(publish_policy.id);
END;
COMMENT ON FUNCTION policies_api.publish_policy(text, text, text) IS
'Publish a policy
Freezes the policy as it is now as a version: major, minor or patch for the next such one, or a version of your own, higher than the last. Sets version, published_at, status active and, unless a review is overdue, next_review_at by the review cadence. Needs a body with visible text, and the approvals that the tenant requires (409).';
GRANT EXECUTE ON FUNCTION policies_api.publish_policy(text, text, text) TO policies_caller;

CREATE OR REPLACE FUNCTION policies_api.policy_version(
    policy_id text, version text, tenant_id text DEFAULT policies.current_tenant_id()
) RETURNS policies.policy_versions
LANGUAGE sql STABLE
BEGIN ATOMIC
    -- A LEFT JOIN has the function called, which refuses what is not there, in every plan.
    SELECT v FROM policies.policy_version(policy_version.policy_id, policy_version.version, policy_version.tenant_id)
        AS found (id)
    LEFT JOIN policies.policy_versions v ON v.tenant_id = policy_version.tenant_id AND v.id = found.id;
END;
COMMENT ON FUNCTION policies_api.policy_version(text, text, text) IS
'A version of a policy
A published version with its content, exactly as it was published (404 when there is none).';
GRANT EXECUTE ON FUNCTION policies_api.policy_version(text, text, text) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.policy_as_of(
    policy_id text, as_of timestamptz DEFAULT now(), tenant_id text DEFAULT policies.current_tenant_id()
) RETURNS policies.policy_versions
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT v FROM policies.policy_as_of(policy_as_of.policy_id, policy_as_of.as_of, policy_as_of.tenant_id) AS found (id)
    LEFT JOIN policies.policy_versions v ON v.tenant_id = policy_as_of.tenant_id AND v.id = found.id;
END;
COMMENT ON FUNCTION policies_api.policy_as_of(text, timestamptz, text) IS
'A policy as it was
The version of a policy that was the latest at an instant, exactly as it was published (404 when there was none).';
GRANT EXECUTE ON FUNCTION policies_api.policy_as_of(text, timestamptz, text) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.policy_content_hash(
    policy_id text, tenant_id text DEFAULT policies.current_tenant_id()
) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT policies.policy_content_hash(policy_content_hash.policy_id, policy_content_hash.tenant_id);
END;
COMMENT ON FUNCTION policies_api.policy_content_hash(text, text) IS
'The content hash of a draft
The SHA-256 of a policy''s content as it is now: what approve_policy() approves, and publish_policy() would freeze.';
GRANT EXECUTE ON FUNCTION policies_api.policy_content_hash(text, text) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.verify_policy_history(policy_id text, tenant_id text DEFAULT policies.current_tenant_id())
RETURNS TABLE (version text, published_at timestamptz, is_intact boolean, problem text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT v.version, v.published_at, v.is_intact, v.problem
    FROM policies.verify_policy_history(verify_policy_history.policy_id, verify_policy_history.tenant_id) v;
END;
COMMENT ON FUNCTION policies_api.verify_policy_history(text, text) IS
'Verify a policy''s history
Recomputes the SHA-256 chain over the published versions of a policy, and tells of each whether it is as it was published, and whether any is missing.';
GRANT EXECUTE ON FUNCTION policies_api.verify_policy_history(text, text) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.diff_policy(
    policy_id text, from_version text, to_version text DEFAULT 'draft', context_lines integer DEFAULT 3,
    tenant_id text DEFAULT policies.current_tenant_id()
) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
    -- An editor that ends lines otherwise has changed none of them.
    SELECT policies.unified_diff(
        replace(policies.body_of(diff_policy.policy_id, diff_policy.from_version, diff_policy.tenant_id), E'\r\n', E'\n'),
        replace(policies.body_of(diff_policy.policy_id, diff_policy.to_version, diff_policy.tenant_id), E'\r\n', E'\n'),
        coalesce(diff_policy.from_version, 'in force'), coalesce(diff_policy.to_version, 'in force'),
        diff_policy.context_lines);
END;
COMMENT ON FUNCTION policies_api.diff_policy(text, text, text, integer, text) IS
'Differences between versions
The differences between the bodies of two versions of a policy, draft being the version that is edited, line by line in the unified format, and after them the count of lines added and removed. Line ends of CR and LF count as those of LF.';
GRANT EXECUTE ON FUNCTION policies_api.diff_policy(text, text, text, integer, text) TO policies_caller, policies_auditor;
