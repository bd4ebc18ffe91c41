CREATE OR REPLACE FUNCTION policies_api.policy_markdown(
    policy_id text, version text DEFAULT NULL, tenant_id text DEFAULT policies.current_tenant_id()
) RETURNS policies_api."text/markdown"
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT policies.body_of(policy_markdown.policy_id, policy_markdown.version, policy_markdown.tenant_id);
END;
COMMENT ON FUNCTION policies_api.policy_markdown(text, text, text) IS
'A policy as Markdown
The body of a policy as it is in force, of a version, or of its draft, as text/markdown.';
GRANT EXECUTE ON FUNCTION policies_api.policy_markdown(text, text, text) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.policy_html(
    policy_id text, version text DEFAULT NULL, tenant_id text DEFAULT policies.current_tenant_id()
) RETURNS policies_api."text/html"
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT policies.markdown_to_html(policies.body_of(policy_html.policy_id, policy_html.version, policy_html.tenant_id));
END;
COMMENT ON FUNCTION policies_api.policy_html(text, text, text) IS
'A policy as HTML
The body of a policy as it is in force, of a version, or of its draft, as safe text/html: CommonMark with tables, raw HTML left out, links filtered.';
GRANT EXECUTE ON FUNCTION policies_api.policy_html(text, text, text) TO policies_caller, policies_auditor;

CREATE OR REPLACE FUNCTION policies_api.policy_table_of_contents(
    policy_id text, version text DEFAULT NULL, tenant_id text DEFAULT policies.current_tenant_id()
) RETURNS jsonb
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT policies.table_of_contents(policies.body_of(policy_table_of_contents.policy_id, policy_table_of_contents.version,
        policy_table_of_contents.tenant_id));
END;
COMMENT ON FUNCTION policies_api.policy_table_of_contents(text, text, text) IS
'A policy''s table of contents
The headings of a policy as it is in force, of a version, or of its draft: level, title, and the anchor that policy_html() gives each.';
GRANT EXECUTE ON FUNCTION policies_api.policy_table_of_contents(text, text, text) TO policies_caller, policies_auditor;
