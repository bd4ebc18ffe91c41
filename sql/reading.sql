-- Reading formats: Markdown, HTML that is safe, and the table of contents, of what is in force or of a version.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "reading_a", "sub": "per_ann"}\';'
\set as_ben :caller '\'{"tenant_id": "reading_a", "sub": "per_ben"}\';'
\set as_app :caller '\'{"tenant_id": "reading_a", "app_id": "app_one"}\';'
\set as_other :caller '\'{"tenant_id": "reading_b", "sub": "per_bob"}\';'
\set auditor 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_auditor; SET request.jwt.claims = '
\set as_auditor :auditor '\'{"tenant_id": "reading_a", "sub": "per_olga"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
SET timezone = 'UTC';
SET datestyle = 'ISO';
-- How a call is refused, without ids, hashes and times.
CREATE FUNCTION pg_temp.refused(call text, OUT code text, OUT message text, OUT detail text, OUT hint text) AS $$
BEGIN
    EXECUTE 'SELECT ' || call;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    message := regexp_replace(regexp_replace(message, '[a-z]+_[0-9A-Z]{26}', '<id>'), '[0-9a-f]{64}', '<hash>');
    message := regexp_replace(message, '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00', '<time>', 'g');
END $$ LANGUAGE plpgsql;
:as_ann
INSERT INTO policies_api.policies (name, body)
    VALUES ('Guide', E'# Scope & aim\n\nSee [rules](https://example.com/?a=1&b=2 "t") and [x](javascript:alert(1)).\n'
    '\n| a | b |\n|---|--:|\n| 1 | ~~2~~ |\n\n## Scope & aim\n\n<b>raw</b> <script>alert(1)</script>\n\n- [x] done\n')
RETURNING id \gset
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.policy_html(%L)', :'id')) r;
SELECT policies_api.policy_html(:'id', 'draft');
SELECT FROM policies_api.publish_policy(:'id', 'major');
SELECT policies_api.policy_markdown(:'id');
SELECT policies_api.policy_table_of_contents(:'id');
SELECT pg_typeof(policies_api.policy_html(:'id')), pg_typeof(policies_api.policy_markdown(:'id'));
UPDATE policies_api.policies SET body = NULL WHERE id = :'id';
SELECT substr(policies_api.policy_markdown(:'id'), 1, 13) AS in_force;
SELECT policies_api.policy_html(:'id', 'draft') AS empty, policies_api.policy_table_of_contents(:'id', 'draft') AS none,
       length(policies_api.policy_html(:'id', '1.0.0')) AS earlier;
SELECT r.code, r.message FROM unnest(ARRAY['policies_api.policy_html(%L, ''7.0'')', 'policies_api.policy_html(%L, ''x'')'])
    AS call, LATERAL pg_temp.refused(format(call, :'id')) r;
UPDATE policies_api.policies SET status = 'inactive' WHERE id = :'id';
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.policy_html(%L)', :'id')) r;
:as_other
SELECT r.code, r.message
FROM unnest(ARRAY['policies_api.policy_html(%L)', 'policies_api.policy_markdown(%L)', 'policies_api.policy_table_of_contents(%L)',
    'policies_api.policy_html(%L, ''1.0.0'')']) AS call, LATERAL pg_temp.refused(format(call, :'id')) r;
-- The functions alone.
SELECT policies.markdown_to_html(E'a\u0007b <a href="x" onclick="y">z</a> ![i](data:image/png;base64,AA) '
    '<https://example.com> &lt;b&gt;');
SELECT policies.markdown_to_html('') = '' AS empty, policies.markdown_to_html(NULL) IS NULL AS null;
SELECT r.* FROM pg_temp.refused('policies.markdown_to_html(repeat(''word '', 1000000))') r;
SELECT policies.unified_diff(E'a\nb\nc', E'a\nc\n', 'one', E'two\nlines', 1);
:as_superuser
DELETE FROM policies.review_notices WHERE tenant_id LIKE 'reading\_%';
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'reading\_%';
DELETE FROM policies.policy_acknowledgements WHERE tenant_id LIKE 'reading\_%';
DELETE FROM policies.policy_approvals WHERE tenant_id LIKE 'reading\_%';
DELETE FROM policies.policy_versions WHERE tenant_id LIKE 'reading\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'reading\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'reading\_%';
DELETE FROM policies.policy_settings WHERE tenant_id LIKE 'reading\_%';
DELETE FROM policies.policy_settings_history WHERE tenant_id LIKE 'reading\_%';
