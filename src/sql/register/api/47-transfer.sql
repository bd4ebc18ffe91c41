-- A policy as one JSON document with all that belongs to it, and back. For administrators, whose writes keep what they bring.
CREATE OR REPLACE FUNCTION policies.export_policy(tenant_id text, policy_id text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET intervalstyle = 'iso_8601'
AS $$
DECLARE
    document jsonb;
BEGIN
    SELECT jsonb_build_object('format', 'policies-export', 'format_version', 1, 'policy', to_jsonb(p),
        'draft', (SELECT to_jsonb(d) FROM policies.policy_drafts d WHERE d.tenant_id = p.tenant_id AND d.id = p.id),
        'history', (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.valid_from) FROM policies.policies_history h
            WHERE h.tenant_id = p.tenant_id AND h.id = p.id),
        'versions', (SELECT jsonb_agg(to_jsonb(v) ORDER BY v.version_sort_key) FROM policies.policy_versions v
            WHERE v.tenant_id = p.tenant_id AND v.policy_id = p.id),
        'approvals', (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.id) FROM policies.policy_approvals a
            WHERE a.tenant_id = p.tenant_id AND a.policy_id = p.id),
        'acknowledgements', (SELECT jsonb_agg(to_jsonb(k) ORDER BY k.id) FROM policies.policy_acknowledgements k
            WHERE k.tenant_id = p.tenant_id AND k.policy_id = p.id),
        'reviews', (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.id) FROM policies.policy_reviews r
            WHERE r.tenant_id = p.tenant_id AND r.policy_id = p.id))
    INTO document FROM policies.policies p
    WHERE p.tenant_id = export_policy.tenant_id AND p.id = policies.canonical_id(export_policy.policy_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'policy "%" of tenant "%" does not exist', policy_id, tenant_id USING ERRCODE = 'PT404';
    END IF;
    RETURN document;
END
$$;
COMMENT ON FUNCTION policies.export_policy(text, text) IS
'A policy with its history, versions, approvals, acknowledgements and reviews as one JSON document, from which import_policy() makes it again without loss. For administrators.';

CREATE OR REPLACE FUNCTION policies.import_policy(document jsonb, into_tenant_id text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET intervalstyle = 'iso_8601'
AS $$
DECLARE
    tenant jsonb;
    policy policies.policies;
    altered text;
BEGIN
    PERFORM policies.check_import(document, into_tenant_id);
    tenant := jsonb_build_object('tenant_id', coalesce(into_tenant_id, document #>> '{policy,tenant_id}'));
    policy := jsonb_populate_record(NULL::policies.policies, document -> 'policy' || tenant);
    INSERT INTO policies.policies SELECT policy.*;
    INSERT INTO policies.policy_drafts SELECT r.* FROM jsonb_populate_record(NULL::policies.policy_drafts, document -> 'draft' || tenant) AS r;
    INSERT INTO policies.policies_history
        SELECT r.* FROM jsonb_array_elements(coalesce(nullif(document -> 'history', 'null'), '[]')) AS e (value),
            jsonb_populate_record(NULL::policies.policies_history, e.value || tenant) AS r;
    INSERT INTO policies.policy_versions
        SELECT r.* FROM jsonb_array_elements(coalesce(nullif(document -> 'versions', 'null'), '[]')) AS e (value),
            jsonb_populate_record(NULL::policies.policy_versions, e.value || tenant) AS r;
    INSERT INTO policies.policy_approvals
        SELECT r.* FROM jsonb_array_elements(coalesce(nullif(document -> 'approvals', 'null'), '[]')) AS e (value),
            jsonb_populate_record(NULL::policies.policy_approvals, e.value || tenant) AS r;
    INSERT INTO policies.policy_acknowledgements
        SELECT r.* FROM jsonb_array_elements(coalesce(nullif(document -> 'acknowledgements', 'null'), '[]')) AS e (value),
            jsonb_populate_record(NULL::policies.policy_acknowledgements, e.value || tenant) AS r;
    INSERT INTO policies.policy_reviews
        SELECT r.* FROM jsonb_array_elements(coalesce(nullif(document -> 'reviews', 'null'), '[]')) AS e (value),
            jsonb_populate_record(NULL::policies.policy_reviews, e.value || tenant) AS r;
    -- A document that was altered on its way, or put together by hand, is not taken for what was published.
    SELECT v.version INTO altered
    FROM policies_api.verify_policy_history(policy.id, policy.tenant_id) v WHERE NOT v.is_intact LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'version "%" of the exported policy is not as it was published', coalesce(altered, 'none')
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = 'The SHA-256 chain of its versions does not match their content.';
    END IF;
    RETURN policy.id;
END
$$;
COMMENT ON FUNCTION policies.import_policy(jsonb, text) IS
'Makes a policy from what export_policy() returned, with everything as it was, in its own tenant or another one. Refuses one that is there already, or whose published versions do not match their hashes. Returns its id. For administrators, without claims.';
