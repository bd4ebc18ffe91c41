CREATE OR REPLACE FUNCTION policies.search_labels(tenant_id text, category text, status text, owner_id text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    -- No parser makes words with a control character. Of more than 2,046 bytes there can be none.
    SELECT array_to_tsvector(array_remove(ARRAY[
        CASE WHEN octet_length(search_labels.tenant_id) <= 1000 THEN E'\u0001' || search_labels.tenant_id END,
        CASE WHEN octet_length(search_labels.category) <= 1000 THEN E'\u0002' || search_labels.category END,
        CASE WHEN octet_length(search_labels.status) <= 1000 THEN E'\u0003' || search_labels.status END,
        CASE WHEN octet_length(search_labels.owner_id) <= 1000 THEN E'\u0004' || search_labels.owner_id END], NULL));
END;
COMMENT ON FUNCTION policies.search_labels(text, text, text, text) IS
'The words that stand for a policy''s tenant, category, status and owner in the documents that are searched.';

CREATE OR REPLACE FUNCTION policies.search_document(
    labels tsvector, name text, description text, tags jsonb, body text, language regconfig
) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- A tsvector holds a megabyte at most, whatever the characters, and no policy is to be refused for its words.
    SELECT search_document.labels
        || setweight(policies.search_words(search_document.name, 1000, search_document.language), 'A')
        || setweight(policies.search_words(search_document.description, 10000, search_document.language), 'B')
        || setweight(policies.search_words(search_document.tags::text, 10000, search_document.language), 'B')
        || setweight(policies.search_words(search_document.body, 100000, search_document.language), 'D');
END;
COMMENT ON FUNCTION policies.search_document(tsvector, text, text, jsonb, text, regconfig) IS
'The words of a policy in a language, weighted, with its labels: of the first 1,000 characters of its name, 10,000 each of its description and tags, and 100,000 of its body.';

CREATE OR REPLACE FUNCTION policies.search_language(tenant_id text) RETURNS regconfig
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT ('pg_catalog.' || coalesce((
        SELECT s.search_language FROM policies.policy_settings s
        WHERE s.tenant_id = search_language.tenant_id AND s.app_id IS NULL AND NOT s.is_deleted), 'simple'))::regconfig;
END;
COMMENT ON FUNCTION policies.search_language(text) IS 'The text search configuration of a tenant.';

CREATE OR REPLACE TRIGGER policies_content AFTER INSERT OR UPDATE ON policies.policies
    FOR EACH ROW EXECUTE FUNCTION policies.follow_content();
COMMENT ON TRIGGER policies_content ON policies.policies IS
'Keeps what is known of the draft, and the words by which the policy is searched.';

CREATE OR REPLACE TRIGGER policies_restore BEFORE INSERT ON policies.policy_search
    FOR EACH ROW EXECUTE FUNCTION policies.replace_known_row();
COMMENT ON TRIGGER policies_restore ON policies.policy_search IS
'Lets the rows of a restore of data alone replace those that the policies'' trigger made before.';

CREATE OR REPLACE TRIGGER policies_restore BEFORE INSERT ON policies.policy_drafts
    FOR EACH ROW EXECUTE FUNCTION policies.replace_known_row();
COMMENT ON TRIGGER policies_restore ON policies.policy_drafts IS
'Lets the rows of a restore of data alone replace those that the policies'' trigger made before.';

CREATE OR REPLACE FUNCTION policies.rewrite_search(only_tenant_id text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
DECLARE
    rebuilt bigint;
BEGIN
    DELETE FROM policies.policy_search s WHERE (only_tenant_id IS NULL OR s.tenant_id = only_tenant_id) AND NOT EXISTS (
        SELECT FROM policies.policies p WHERE p.tenant_id = s.tenant_id AND p.id = s.policy_id AND NOT p.is_deleted);
    -- The policies are locked first, and read as they are then: an edit that is under way is not undone.
    WITH policy AS MATERIALIZED (
        SELECT p.tenant_id, p.id, p.app_id, p.category, p.status, p.owner_id, p.tags, p.name, p.description, p.body
        FROM policies.policies p
        WHERE NOT p.is_deleted AND (only_tenant_id IS NULL OR p.tenant_id = only_tenant_id)
        ORDER BY p.tenant_id, p.id FOR SHARE
    )
    INSERT INTO policies.policy_search AS s (tenant_id, policy_id, app_id, category, status, owner_id, tags, document)
    SELECT p.tenant_id, p.id, p.app_id, p.category, p.status, p.owner_id, p.tags,
        policies.search_document(policies.search_labels(p.tenant_id, p.category, p.status, p.owner_id), p.name,
            p.description, p.tags,
            p.body, policies.search_language(p.tenant_id)) FROM policy p;
    GET DIAGNOSTICS rebuilt = ROW_COUNT;
    RETURN rebuilt;
END
$$;
COMMENT ON FUNCTION policies.rewrite_search(text) IS 'What rebuild_search() does, with the rights of policies_admin.';

CREATE OR REPLACE FUNCTION policies.follow_search_language() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM policies.rebuild_search(OLD.tenant_id);
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.tenant_id <> OLD.tenant_id) THEN
        PERFORM policies.rebuild_search(NEW.tenant_id);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION policies.follow_search_language() IS 'Trigger: has a tenant''s policies searched in its new language.';

CREATE OR REPLACE TRIGGER policies_search AFTER INSERT OR DELETE OR UPDATE OF tenant_id, search_language, is_deleted
    ON policies.policy_settings FOR EACH ROW EXECUTE FUNCTION policies.follow_search_language();
COMMENT ON TRIGGER policies_search ON policies.policy_settings IS 'Has the tenant''s policies searched in its language.';

CREATE OR REPLACE FUNCTION policies_api.search_policies(
    query text,
    category text DEFAULT NULL,
    status text DEFAULT NULL,
    tag text DEFAULT NULL,
    owner_id text DEFAULT NULL,
    after_rank real DEFAULT NULL,
    after_id text DEFAULT NULL,
    max_results integer DEFAULT 20
) RETURNS TABLE (
    id text, name text, category text, status text, version text, owner_id text, next_review_at timestamptz,
    rank real, name_snippet text, snippet text
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.id, p.name, p.category, p.status, p.version, p.owner_id, p.next_review_at, f.rank,
        policies.search_snippet(coalesce(p.name, ''), f.words, f.language, true),
        policies.search_snippet(left(concat_ws(E'\n', p.description, p.body), 110001), f.words, f.language, false)
    FROM policies.search_policies(search_policies.query, search_policies.category, search_policies.status, search_policies.tag,
        search_policies.owner_id, search_policies.after_rank, search_policies.after_id, search_policies.max_results) f
    -- OFFSET 0: a join could begin here, find no policy, and never ask who is calling.
    CROSS JOIN LATERAL (
        SELECT * FROM policies_api.policies p
        WHERE p.tenant_id = policies.current_tenant_id() AND p.id = f.policy_id OFFSET 0
    ) p
    ORDER BY f.rank DESC, f.policy_id;
END;
COMMENT ON FUNCTION policies_api.search_policies(text, text, text, text, text, real, text, integer) IS
'Search policies
Full-text search in the names, descriptions, tags and bodies of the live policies that the caller can read, in web-search syntax: words, "phrases", or, -without; the best first. Snippets are HTML-escaped, with matches in <mark>. For the next page give rank and id of the last result as after_rank and after_id.';
GRANT EXECUTE ON FUNCTION policies_api.search_policies(text, text, text, text, text, real, text, integer) TO policies_caller;
