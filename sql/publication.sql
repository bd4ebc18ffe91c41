-- Published versions: frozen as they were, chained, compared, and what is in force while a draft goes on.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "publication_a", "sub": "per_ann"}\';'
\set as_ben :caller '\'{"tenant_id": "publication_a", "sub": "per_ben"}\';'
\set as_app :caller '\'{"tenant_id": "publication_a", "app_id": "app_one"}\';'
\set as_other :caller '\'{"tenant_id": "publication_b", "sub": "per_bob"}\';'
\set auditor 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_auditor; SET request.jwt.claims = '
\set as_auditor :auditor '\'{"tenant_id": "publication_a", "sub": "per_olga"}\';'
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
CREATE FUNCTION pg_temp.first_version(kept_under text, word text) RETURNS text AS $$
DECLARE new_id text;
BEGIN
    INSERT INTO policies_api.policies (name, body, version) VALUES ('First of all', 'Text', kept_under) RETURNING id INTO new_id;
    RETURN (policies_api.publish_policy(new_id, word)).version;
END $$ LANGUAGE plpgsql;
:as_ann
INSERT INTO policies_api.policies (name, description, body, category, tags, owner_id, status, review_cadence) VALUES
    ('Acceptable use', 'How to use IT', E'# Scope\n\nEveryone.\n', 'security', '["it"]', 'per_ann', 'draft', '1 year')
    RETURNING id \gset
INSERT INTO policies_api.policies (name, body, version) VALUES ('Never published', 'As it stands', '0.9')
RETURNING id AS plain \gset
INSERT INTO policies_api.policies (name, body, status) VALUES ('Only a draft', 'Not yet', 'draft') RETURNING id AS draft \gset
-- Before the first publication nothing is in force, whatever its status says.
SELECT count(*) FROM policies_api.policies_in_force;
SELECT * FROM pg_temp.refused(format('policies_api.policy_as_of(%L)', :'id'));
SELECT * FROM pg_temp.refused(format('policies_api.diff_policy(%L, NULL)', :'id'));
SELECT version, status, published_at = now() AS published, next_review_at = now() + interval '1 year' AS scheduled, updated_by
FROM policies_api.publish_policy(:'id', '1.0', 'The first one');
-- The draft goes on, and what is in force stays.
UPDATE policies_api.policies SET body = E'# Scope\n\nEveryone and everything.\n\n# Exceptions\n\nNone.\n',
    name = 'Acceptable use of IT' WHERE id = :'id';
SELECT name, version, body, change_note, published_by FROM policies_api.policies_in_force WHERE id = :'id';
SELECT policies_api.diff_policy(:'id', '1.0');
SELECT policies_api.diff_policy(:'id', '1.0', '1.0');
SELECT policies_api.diff_policy(:'id', NULL) = replace(policies_api.diff_policy(:'id', '1.0'), '--- 1.0', '--- in force')
    AS of_what_is_in_force;
BEGIN;
UPDATE policies_api.policies SET body = E'# Scope\r\n\r\nEveryone else.\r\n' WHERE id = :'id';
SELECT policies_api.diff_policy(:'id', '1.0') AS as_if_it_had_the_same_line_ends;
ROLLBACK;
SELECT clock_timestamp() AS before \gset
SELECT version FROM policies_api.publish_policy(:'id', 'minor', 'Everything');
-- What was kept under a version before it was published here does not fall behind it.
BEGIN;
SELECT t.*, pg_temp.first_version(t.kept_under, t.word)
FROM (VALUES ('3.2', 'major'), ('3.2', 'minor'), ('3.2', 'patch'), ('1.0.0', 'major'), ('3.2', '3.2'), (NULL, 'minor'))
    AS t (kept_under, word);
ROLLBACK;
SELECT version FROM policies_api.publish_policy(:'id', 'patch');
SELECT version FROM policies_api.publish_policy(:'id', 'major');
SELECT version, change, change_note, published_by, size, length(content_hash), length(version_hash)
FROM policies_api.policy_versions WHERE policy_id = :'id' ORDER BY version_sort_key;
SELECT v.version, v.content ->> 'name' AS name, v.content -> 'tags' AS tags, v.content ? 'owner_id' AS has_owner
FROM policies_api.policy_version(:'id', '1.0.0') v;
SELECT v.version FROM policies_api.policy_as_of(lower(:'id'), :'before') v;
SELECT v.version FROM policies_api.policy_as_of(:'id') v;
SELECT policies_api.diff_policy(:'id', '1.0', '2.0.0', 0);
SELECT policies_api.diff_policy(:'id', '1.0', '2.0.0') =
    policies.unified_diff((policies_api.policy_version(:'id', '1.0')).content ->> 'body',
        (policies_api.policy_version(:'id', '2.0.0')).content ->> 'body', '1.0', '2.0.0') AS same;
SELECT version, is_intact, problem FROM policies_api.verify_policy_history(:'id');
SELECT count(*) FROM policies_api.verify_policy_history(:'plain');
-- What cannot be published, and what is not there.
SELECT r.* FROM (VALUES (:'id', '2.0.0'), (:'id', '1.9'), (:'id', '2.0.0+build'), (:'id', '3.0.0-rc.1'), (:'id', 'huge'), (:'id',
    ''),
    (:'id', NULL), (NULL, 'major'), ('nonsense', 'major'), ('pol_01ARZ3NDEKTSV4RRFFQ69G5FAV', 'major')) AS t (id, version),
    LATERAL pg_temp.refused(format('policies_api.publish_policy(%L, %L)', t.id, t.version)) r;
-- Nor what shows no text, though it may be kept as a draft. An argument that is wrong is told of first.
INSERT INTO policies_api.policies (name, body, status)
SELECT 'Shows nothing', t.body, 'draft'
FROM unnest(ARRAY[NULL, '', E' \t\r\n', E'\u00A0\u2003\u3000\u2028', E'\u200B\u2060\u00AD', E'\uFEFF\n']) AS t (body);
SELECT count(*), r.code, r.message, r.detail, r.hint
FROM policies_api.policies p, LATERAL pg_temp.refused(format('policies_api.publish_policy(%L, ''major'')', p.id)) r
WHERE p.name = 'Shows nothing' GROUP BY r.code, r.message, r.detail, r.hint;
SELECT DISTINCT r.code, r.message
FROM policies_api.policies p, LATERAL pg_temp.refused(format('policies_api.publish_policy(%L, ''huge'')', p.id)) r
WHERE p.name = 'Shows nothing';
SELECT count(*), count(v.id) AS versions
FROM policies_api.policies p LEFT JOIN policies_api.policy_versions v ON v.policy_id = p.id WHERE p.name = 'Shows nothing';
BEGIN;
UPDATE policies_api.policies SET body = E'\u200B' WHERE id = :'id';
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.publish_policy(%L, ''minor'')', :'id')) r;
SELECT v.version FROM policies_api.policy_as_of(:'id') v;
UPDATE policies_api.policies SET body = E'\u200B.' WHERE id = :'id';
SELECT version FROM policies_api.publish_policy(:'id', 'minor');
ROLLBACK;
SELECT r.*
FROM unnest(ARRAY['policies_api.policy_version(%L, ''7.7'')', 'policies_api.policy_version(%L, ''x'')',
    'policies_api.policy_as_of(%L, ''2020-01-01'')', 'policies_api.diff_policy(%L, ''7.7'')',
    'policies_api.diff_policy(%L, ''1.0'', context_lines => -1)']) AS call,
    LATERAL pg_temp.refused(format(call, :'id')) r;
-- Whatever is long is cut in the error.
SELECT r.code, octet_length(r.message || r.detail) < 300 AS is_cut
FROM unnest(ARRAY['policies_api.policy_version(%L, %L)', 'policies_api.policy_version(%2$L, ''1.0'')',
    'policies_api.policy_as_of(%2$L)', 'policies_api.policy_content_hash(%2$L)', 'policies_api.verify_policy_history(%2$L)',
    'policies_api.policy_markdown(%2$L)', 'policies_api.policy_markdown(%2$L, ''draft'')', 'policies_api.policy_markdown(%L, %L)',
    'policies_api.diff_policy(%L, %L)']) AS call,
    LATERAL pg_temp.refused(format(call, :'id', repeat('x', 100000))) r;
DELETE FROM policies_api.policies WHERE id = :'id';
SELECT r.*
FROM unnest(ARRAY['policies_api.publish_policy(%L, ''major'')', 'policies_api.diff_policy(%L, ''1.0'')',
    'policies_api.policy_content_hash(%L)']) AS call, LATERAL pg_temp.refused(format(call, :'id')) r;
SELECT count(*) FROM policies_api.policies_in_force WHERE id = :'id';
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE id = :'id';
-- Another tenant, an application, an auditor.
:as_other
SELECT count(*) FROM policies_api.policy_versions;
SELECT r.code, r.message
FROM unnest(ARRAY['policies_api.publish_policy(%L, ''major'')', 'policies_api.policy_version(%L, ''1.0'')',
    'policies_api.policy_as_of(%L)', 'policies_api.policy_content_hash(%L)', 'policies_api.verify_policy_history(%L)',
    'policies_api.diff_policy(%L, ''1.0'')']) AS call,
    LATERAL pg_temp.refused(format(call, :'id')) r;
:as_app
SELECT count(*) FROM policies_api.policy_versions;
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.publish_policy(%L, ''major'')', :'id')) r;
INSERT INTO policies_api.policies (name, body) VALUES ('Of the app', 'Its own') RETURNING id AS of_app \gset
SELECT version FROM policies_api.publish_policy(:'of_app', 'patch');
SELECT app_id, version, published_by FROM policies_api.policy_versions;
:as_auditor
SELECT count(*) FROM policies_api.policy_versions WHERE policy_id = :'id';
SELECT version, is_intact FROM policies_api.verify_policy_history(:'id') WHERE version = '2.0.0';
-- Without claims an auditor names the tenant.
SET request.jwt.claims = '';
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.policy_version(%L, ''1.0'')', :'id')) r;
SELECT v.version FROM policies_api.policy_version(:'id', '1.0', 'publication_a') v;
SELECT length(policies_api.policy_html(:'id', tenant_id => 'publication_a')) > 10 AS html,
       length(policies_api.diff_policy(:'id', '1.0', tenant_id => 'publication_a')) > 10 AS diff, count(*)
FROM policies_api.verify_policy_history(:'id', 'publication_a');
SET request.jwt.claims = '{"tenant_id": "publication_b"}';
SELECT r.code FROM pg_temp.refused(format('policies_api.publish_policy(%L, ''major'')', :'id')) r;
SET request.jwt.claims = '{"tenant_id": "publication_a"}';
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.publish_policy(%L, ''major'')', :'id')) r;
-- Nobody alters a version: callers may not, and an administrator's hand shows.
:as_ann
UPDATE policies.policy_versions SET change_note = 'forged';
DELETE FROM policies.policy_versions;
INSERT INTO policies.policy_versions (id, tenant_id) VALUES (policies.new_id('ver'), 'publication_a');
SELECT r.code, r.message
FROM unnest(ARRAY['policies.version_hash(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)',
    'policies.publish_policy(NULL, NULL, NULL)']) AS call, LATERAL pg_temp.refused(call) r;
:as_superuser
BEGIN;
UPDATE policies.policy_versions SET content = content || '{"body": "forged"}' WHERE policy_id = :'id' AND version = '1.1.0';
:as_ann
SELECT version, is_intact, problem FROM policies_api.verify_policy_history(:'id');
ROLLBACK;
:as_superuser
BEGIN;
UPDATE policies.policy_versions SET content = content || '{"body": "forged"}',
    content_hash = policies.content_hash(content || '{"body": "forged"}') WHERE policy_id = :'id' AND version = '1.1.0';
:as_ann
SELECT version, is_intact, problem FROM policies_api.verify_policy_history(:'id');
ROLLBACK;
:as_superuser
BEGIN;
UPDATE policies.policy_versions SET published_by = 'per_forged' WHERE policy_id = :'id' AND version = '1.0';
:as_ann
SELECT version, is_intact, problem FROM policies_api.verify_policy_history(:'id');
ROLLBACK;
:as_superuser
BEGIN;
DELETE FROM policies.policy_versions WHERE policy_id = :'id' AND version = '1.1.0';
:as_ann
SELECT version, is_intact, problem FROM policies_api.verify_policy_history(:'id');
ROLLBACK;
-- Nor is the end cut off unseen.
:as_superuser
BEGIN;
DELETE FROM policies.policy_versions WHERE policy_id = :'id' AND version = '2.0.0';
:as_ann
SELECT version, is_intact, problem FROM policies_api.verify_policy_history(:'id');
:as_superuser
DELETE FROM policies.policy_versions WHERE policy_id = :'id';
:as_ann
SELECT version, is_intact, problem FROM policies_api.verify_policy_history(:'id');
ROLLBACK;
-- What belongs to a policy follows it to another application, and stays what it was.
:as_superuser
BEGIN;
UPDATE policies.policies SET app_id = 'app_one' WHERE id = :'id';
:as_app
SELECT name, version FROM policies_api.policies_in_force WHERE id = :'id';
SELECT count(*), bool_and(is_intact) AS intact FROM policies_api.verify_policy_history(:'id');
SELECT version FROM policies_api.publish_policy(:'id', 'major');
ROLLBACK;
-- The SLA clock runs by the row: its fields are no content.
:as_ann
SELECT policies_api.policy_content_hash(:'plain') AS hash \gset
UPDATE policies_api.policies SET resolution_minutes = 5, owner_id = 'per_ben' WHERE id = :'plain';
SELECT policies_api.policy_content_hash(:'plain') = :'hash' AS same;
-- A publication that breaks the SLA rule leaves nothing behind.
:as_ann
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('holds the key', 'p1', '["incident"]');
INSERT INTO policies_api.policies (name, body, priority, applies_to, status)
    VALUES ('wants it', 'Be quick.', 'p1', '["incident"]', 'draft')
RETURNING id AS second \gset
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.publish_policy(%L, ''major'')', :'second')) r;
SELECT count(*) FROM policies_api.policy_versions WHERE policy_id = :'second';
SELECT status FROM policies_api.policies WHERE id = :'second';
:as_superuser
DELETE FROM policies.review_notices WHERE tenant_id LIKE 'publication\_%';
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'publication\_%';
DELETE FROM policies.policy_acknowledgements WHERE tenant_id LIKE 'publication\_%';
DELETE FROM policies.policy_approvals WHERE tenant_id LIKE 'publication\_%';
DELETE FROM policies.policy_versions WHERE tenant_id LIKE 'publication\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'publication\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'publication\_%';
DELETE FROM policies.policy_settings WHERE tenant_id LIKE 'publication\_%';
DELETE FROM policies.policy_settings_history WHERE tenant_id LIKE 'publication\_%';
