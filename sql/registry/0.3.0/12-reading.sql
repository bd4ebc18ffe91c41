-- The body of what is in force, or of a version: one row of text, or a 404.
CREATE FUNCTION policies.body_of(policy_id text, version text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    body text;
BEGIN
    IF version IS NOT NULL THEN
        RETURN coalesce((policies_api.policy_version(policy_id, version)).content ->> 'body', '');
    END IF;
    SELECT p.body INTO body FROM policies_api.policies_in_force p
    WHERE p.tenant_id = policies.current_tenant_id() AND p.id = policies.canonical_id(body_of.policy_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'policy "%" is not in force', policy_id USING ERRCODE = 'PT404';
    END IF;
    RETURN coalesce(body, '');
END
$$;
COMMENT ON FUNCTION policies.body_of(text, text) IS
'The body of a version of a policy, or of the policy as it is in force where no version is given.';

CREATE FUNCTION policies_api.policy_markdown(policy_id text, version text DEFAULT NULL) RETURNS policies_api."text/markdown"
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT policies.body_of(policy_markdown.policy_id, policy_markdown.version);
END;
COMMENT ON FUNCTION policies_api.policy_markdown(text, text) IS
'A policy as Markdown
The body of a policy as it is in force, or of a version, as text/markdown.';

CREATE FUNCTION policies_api.policy_html(policy_id text, version text DEFAULT NULL) RETURNS policies_api."text/html"
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT policies.markdown_to_html(policies.body_of(policy_html.policy_id, policy_html.version));
END;
COMMENT ON FUNCTION policies_api.policy_html(text, text) IS
'A policy as HTML
The body of a policy as it is in force, or of a version, as safe text/html: CommonMark with tables, raw HTML left out, links filtered.';

CREATE FUNCTION policies_api.policy_table_of_contents(policy_id text, version text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT policies.markdown_contents(policies.body_of(policy_table_of_contents.policy_id, policy_table_of_contents.version));
END;
COMMENT ON FUNCTION policies_api.policy_table_of_contents(text, text) IS
'A policy''s table of contents
The headings of a policy as it is in force, or of a version: level, title, and the anchor that policy_html() gives each.';

REVOKE ALL ON FUNCTION policies.body_of(text, text), policies_api.policy_markdown(text, text),
    policies_api.policy_html(text, text), policies_api.policy_table_of_contents(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION policies.body_of(text, text), policies_api.policy_markdown(text, text),
    policies_api.policy_html(text, text), policies_api.policy_table_of_contents(text, text)
    TO policies_caller, policies_auditor;
