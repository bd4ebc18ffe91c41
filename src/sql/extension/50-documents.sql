-- What the document half of the register is made of: the functions that need the library, or another's rights.

CREATE FUNCTION policies.markdown_to_html(markdown pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_markdown_to_html';
COMMENT ON FUNCTION policies.markdown_to_html(pg_catalog.text) IS
'Markdown (CommonMark, with GitHub''s tables, strikethrough and autolinks) as HTML that is safe to show: raw HTML is left out, links to anything but web, mail and telephone addresses lose their target. Headings have anchors.';
GRANT EXECUTE ON FUNCTION policies.markdown_to_html(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.table_of_contents(markdown pg_catalog.text) RETURNS pg_catalog.jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_table_of_contents';
COMMENT ON FUNCTION policies.table_of_contents(pg_catalog.text) IS
'The headings of a Markdown text in order, each with its level, its title and its anchor in markdown_to_html().';
GRANT EXECUTE ON FUNCTION policies.table_of_contents(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.unified_diff(
    old_text pg_catalog.text,
    new_text pg_catalog.text,
    old_label pg_catalog.text DEFAULT 'old',
    new_label pg_catalog.text DEFAULT 'new',
    context_lines pg_catalog.int4 DEFAULT 3
) RETURNS pg_catalog.text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_unified_diff';
COMMENT ON FUNCTION policies.unified_diff(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.int4) IS
'The differences between two texts line by line, in the unified format, and after them the count of lines added and removed.';
GRANT EXECUTE ON FUNCTION policies.unified_diff(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text,
    pg_catalog.int4)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.content_fields() RETURNS pg_catalog.text[]
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_content_fields';
COMMENT ON FUNCTION policies.content_fields() IS
'The fields that make the content of a policy: what a version freezes and an approval is about.';
GRANT EXECUTE ON FUNCTION policies.content_fields() TO policies_caller, policies_auditor, policies_admin;

-- The row of a version is read with it: an extension cannot name the type of a table that the register makes.
CREATE FUNCTION policies.policy_version(
    policy_id pg_catalog.text,
    version pg_catalog.text,
    tenant_id pg_catalog.text
) RETURNS pg_catalog.text
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_policy_version';
COMMENT ON FUNCTION policies.policy_version(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'The work of policies_api.policy_version(): the id of a published version. Raises PT404 when the caller sees none.';
GRANT EXECUTE ON FUNCTION policies.policy_version(pg_catalog.text, pg_catalog.text, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.policy_as_of(
    policy_id pg_catalog.text,
    as_of pg_catalog.timestamptz,
    tenant_id pg_catalog.text
) RETURNS pg_catalog.text
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_policy_as_of';
COMMENT ON FUNCTION policies.policy_as_of(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text) IS
'The work of policies_api.policy_as_of(): the id of the version that was the latest then. Raises PT404 when there was none that the caller sees.';
GRANT EXECUTE ON FUNCTION policies.policy_as_of(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.policy_content_hash(
    policy_id pg_catalog.text,
    tenant_id pg_catalog.text
) RETURNS pg_catalog.text
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_policy_content_hash';
COMMENT ON FUNCTION policies.policy_content_hash(pg_catalog.text, pg_catalog.text) IS
'The work of policies_api.policy_content_hash(). Raises PT404 for a policy that the caller does not see.';
GRANT EXECUTE ON FUNCTION policies.policy_content_hash(pg_catalog.text, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.verify_policy_history(
    policy_id pg_catalog.text,
    tenant_id pg_catalog.text
) RETURNS TABLE (
    version pg_catalog.text,
    published_at pg_catalog.timestamptz,
    is_intact pg_catalog.bool,
    problem pg_catalog.text
)
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_verify_policy_history';
COMMENT ON FUNCTION policies.verify_policy_history(pg_catalog.text, pg_catalog.text) IS
'The work of policies_api.verify_policy_history(). Raises PT404 for a policy that the caller does not see.';
GRANT EXECUTE ON FUNCTION policies.verify_policy_history(pg_catalog.text, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.body_of(
    policy_id pg_catalog.text,
    version pg_catalog.text,
    tenant_id pg_catalog.text
) RETURNS pg_catalog.text
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_body_of';
COMMENT ON FUNCTION policies.body_of(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'The body of a version of a policy, of its draft where version is draft, or of the policy as it is in force where it is NULL. Raises PT404 for one that the caller does not see.';
GRANT EXECUTE ON FUNCTION policies.body_of(pg_catalog.text, pg_catalog.text, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.publish_policy(
    id pg_catalog.text,
    version pg_catalog.text,
    change_note pg_catalog.text
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_publish_policy';
COMMENT ON FUNCTION policies.publish_policy(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'The work of policies_api.publish_policy(): locks the policy, freezes its content as a version and makes it active. Raises PT404 for a policy that the caller does not see, 23514 for a version that is not higher than the last, PT409 where the body has no visible text or approvals are missing.';
GRANT EXECUTE ON FUNCTION policies.publish_policy(pg_catalog.text, pg_catalog.text, pg_catalog.text)
    TO policies_caller, policies_admin;

CREATE FUNCTION policies.approve_policy(
    id pg_catalog.text,
    content_hash pg_catalog.text,
    note pg_catalog.text
) RETURNS pg_catalog.int4
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_approve_policy';
COMMENT ON FUNCTION policies.approve_policy(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'The work of policies_api.approve_policy(). Raises PT404 for a policy that the caller does not see, PT409 for another content or a second approval, 42501 for an author or a caller who is no person.';
GRANT EXECUTE ON FUNCTION policies.approve_policy(pg_catalog.text, pg_catalog.text, pg_catalog.text)
    TO policies_caller, policies_admin;

CREATE FUNCTION policies.request_acknowledgements(
    id pg_catalog.text,
    person_ids pg_catalog.text[],
    due_at pg_catalog.timestamptz
) RETURNS pg_catalog.int4
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_request_acknowledgements';
COMMENT ON FUNCTION policies.request_acknowledgements(pg_catalog.text, pg_catalog.text[], pg_catalog.timestamptz) IS
'The work of policies_api.request_acknowledgements(). Raises PT404 for a policy that the caller does not see, PT409 for one without a published version, 22023 for persons or a due time that cannot be.';
GRANT EXECUTE ON FUNCTION policies.request_acknowledgements(pg_catalog.text, pg_catalog.text[], pg_catalog.timestamptz)
    TO policies_caller, policies_admin;

CREATE FUNCTION policies.acknowledge_policy(
    id pg_catalog.text,
    version pg_catalog.text
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_acknowledge_policy';
COMMENT ON FUNCTION policies.acknowledge_policy(pg_catalog.text, pg_catalog.text) IS
'The work of policies_api.acknowledge_policy(). Raises PT404 for a policy that the caller does not see, PT409 for one without a published version, of which another version is the latest, or already acknowledged, 42501 for a caller who is no person.';
GRANT EXECUTE ON FUNCTION policies.acknowledge_policy(pg_catalog.text, pg_catalog.text) TO policies_caller, policies_admin;

CREATE FUNCTION policies.follow_content() RETURNS pg_catalog.trigger
    -- Without a notice for each word that is too long to be searched.
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
    AS 'MODULE_PATHNAME', 'policies_follow_content';
COMMENT ON FUNCTION policies.follow_content() IS
'Trigger: keeps since when a policy has its content and who wrote it, and the words by which it is searched; closes the acknowledgements of a policy that is retired or deleted. Raises 42501 for an edit by no person where approvals are required.';
GRANT EXECUTE ON FUNCTION policies.follow_content() TO policies_admin;

CREATE FUNCTION policies.replace_known_row() RETURNS pg_catalog.trigger
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_replace_known_row';
COMMENT ON FUNCTION policies.replace_known_row() IS
'Trigger: lets a row that is inserted take the place of the one with its primary key.';
GRANT EXECUTE ON FUNCTION policies.replace_known_row() TO policies_admin;

CREATE FUNCTION policies.search_policies(
    query pg_catalog.text,
    category pg_catalog.text,
    status pg_catalog.text,
    tag pg_catalog.text,
    owner_id pg_catalog.text,
    after_rank pg_catalog.float4,
    after_id pg_catalog.text,
    max_results pg_catalog.int4
) RETURNS TABLE (
    policy_id pg_catalog.text,
    rank pg_catalog.float4,
    words pg_catalog.tsquery,
    language pg_catalog.regconfig
)
    -- Without a notice for each call that a query of stop words finds nothing.
    LANGUAGE c STABLE ROWS 20 SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
    AS 'MODULE_PATHNAME', 'policies_search_policies';
COMMENT ON FUNCTION policies.search_policies(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.float4, pg_catalog.text, pg_catalog.int4) IS
'The work of policies_api.search_policies(): the ids of the caller''s live policies that match, with their rank. It searches with the rights of the register''s owner and applies the caller''s tenant and app itself, so that the index serves it; what is shown of the policies is read with the caller''s own.';
GRANT EXECUTE ON FUNCTION policies.search_policies(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text,
    pg_catalog.text, pg_catalog.float4, pg_catalog.text, pg_catalog.int4)
    TO policies_caller, policies_admin;

CREATE FUNCTION policies.search_words(
    source pg_catalog.text,
    max_length pg_catalog.int4,
    language pg_catalog.regconfig
) RETURNS pg_catalog.tsvector
    LANGUAGE c IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_search_words';
COMMENT ON FUNCTION policies.search_words(pg_catalog.text, pg_catalog.int4, pg_catalog.regconfig) IS
'The words by which a text is found, in a language: of its first max_length characters, in eight bytes for each of them at most. A NULL has none.';
GRANT EXECUTE ON FUNCTION policies.search_words(pg_catalog.text, pg_catalog.int4, pg_catalog.regconfig) TO policies_admin;

CREATE FUNCTION policies.search_snippet(
    source pg_catalog.text,
    words pg_catalog.tsquery,
    language pg_catalog.regconfig,
    whole pg_catalog.bool
) RETURNS pg_catalog.text
    LANGUAGE c STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_search_snippet';
COMMENT ON FUNCTION policies.search_snippet(pg_catalog.text, pg_catalog.tsquery, pg_catalog.regconfig, pg_catalog.bool) IS
'A text with the words of a query marked, escaped for HTML: all of it, or the passages around them.';
GRANT EXECUTE ON FUNCTION policies.search_snippet(pg_catalog.text, pg_catalog.tsquery, pg_catalog.regconfig, pg_catalog.bool)
    TO policies_caller, policies_admin;
