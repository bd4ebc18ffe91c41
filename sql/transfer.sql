-- Export and import: a policy as one document and back, in another tenant, with all that belongs to it.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "transfer_a", "sub": "per_ann"}\';'
\set as_ben :caller '\'{"tenant_id": "transfer_a", "sub": "per_ben"}\';'
\set as_app :caller '\'{"tenant_id": "transfer_a", "app_id": "app_one"}\';'
\set as_other :caller '\'{"tenant_id": "transfer_b", "sub": "per_bob"}\';'
\set auditor 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_auditor; SET request.jwt.claims = '
\set as_auditor :auditor '\'{"tenant_id": "transfer_a", "sub": "per_olga"}\';'
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
INSERT INTO policies.policy_settings (tenant_id, required_approvals) VALUES ('transfer_a', 1);
:as_ann
INSERT INTO policies_api.policies (name, body, tags, review_cadence, next_review_at)
    VALUES ('Moving', E'Body ''"\\\t\u00e4', '{"a": [1.50, null]}', '1 year 2 days 03:04:05.678', '2020-01-01 00:00:00.123456+00')
    RETURNING id \gset
:as_ben
SELECT policies_api.approve_policy(:'id', policies_api.policy_content_hash(:'id'), 'fine');
SELECT version FROM policies_api.publish_policy(:'id', 'major', 'note');
SELECT policies_api.request_acknowledgements(:'id', '{per_ann,per_ben}', now() + interval '1 day');
SELECT person_id FROM policies_api.acknowledge_policy(:'id');
SELECT name FROM policies_api.complete_policy(:'id', 'reviewed');
:as_ann
UPDATE policies_api.policies SET body = 'Edited since' WHERE id = :'id';
SELECT r.code, r.message FROM unnest(ARRAY['policies.export_policy(''transfer_a'', ''x'')', 'policies.import_policy(''{}'')'])
    AS call, LATERAL pg_temp.refused(call) r;
SET SESSION AUTHORIZATION regress_administrator;
SET request.jwt.claims = '';
SELECT policies.export_policy('transfer_a', :'id') AS document \gset
SELECT key, jsonb_typeof(value), CASE jsonb_typeof(value) WHEN 'array' THEN jsonb_array_length(value) END AS length
FROM jsonb_each(:'document') ORDER BY key;
SELECT policies.import_policy(:'document', 'transfer_b') = :'id' AS same_id;
SELECT replace(:'document', '"transfer_a"', '"transfer_b"')::jsonb = policies.export_policy('transfer_b', :'id') AS loss_free;
:as_other
SELECT version, is_intact, problem FROM policies_api.verify_policy_history(:'id');
SELECT name, body FROM policies_api.policies;
SELECT name FROM policies_api.search_policies('edited');
-- What was published elsewhere without a text is imported as it is.
:as_superuser
BEGIN;
UPDATE policies.policy_versions SET content = content || '{"body": null}' WHERE tenant_id = 'transfer_a';
UPDATE policies.policy_versions SET content_hash = policies.content_hash(content) WHERE tenant_id = 'transfer_a';
UPDATE policies.policy_versions SET version_hash = policies.version_hash(previous_hash, policy_id, version, change, change_note,
    published_at, published_by, content_hash) WHERE tenant_id = 'transfer_a';
UPDATE policies.policy_drafts d SET published_hash = v.version_hash FROM policies.policy_versions v
WHERE d.tenant_id = 'transfer_a' AND v.tenant_id = d.tenant_id AND v.policy_id = d.id;
SELECT policies.export_policy('transfer_a', :'id') AS textless \gset
ROLLBACK;
SELECT policies.import_policy(:'textless', 'transfer_d') = :'id' AS same_id;
SET request.jwt.claims = '{"tenant_id": "transfer_d", "sub": "per_dan"}';
SELECT version, is_intact, problem FROM policies_api.verify_policy_history(:'id');
SELECT version, body FROM policies_api.policies_in_force WHERE tenant_id = 'transfer_d';
SELECT policies_api.policy_html(:'id') AS empty, policies_api.policy_table_of_contents(:'id') AS none;
-- The session's settings have no part in it.
SET SESSION AUTHORIZATION regress_administrator;
SET request.jwt.claims = '';
SET timezone = 'Asia/Kolkata';
SET datestyle = 'SQL, DMY';
SET intervalstyle = 'sql_standard';
SELECT policies.export_policy('transfer_a', :'id') = :'document' AS same;
RESET timezone;
RESET datestyle;
RESET intervalstyle;
-- What is refused.
SELECT r.* FROM (VALUES ('{}'), ('[]'), ('null'), ('{"format": "policies-export", "format_version": 2, "policy": {}}'),
    ('{"format": "policies-export", "format_version": 1, "policy": {}}'),
    ('{"format": "policies-export", "format_version": 1, "policy": {"id": "x", "tenant_id": "transfer_a"}}')) AS t (document),
    LATERAL pg_temp.refused(format('policies.import_policy(%L)', t.document)) r;
SELECT r.* FROM pg_temp.refused(format('policies.import_policy(%L)', :'document')) r;
SELECT r.*
FROM pg_temp.refused(format('policies.import_policy(%L, ''transfer_c'')',
    jsonb_set(:'document', '{versions,0,content,body}', '"forged"'))) r;
SELECT r.*
FROM pg_temp.refused(format('policies.import_policy(%L, ''transfer_c'')',
    jsonb_set(:'document', '{versions,0,policy_id}', '"pol_01ARZ3NDEKTSV4RRFFQ69G5FAV"'))) r;
SELECT r.*
FROM pg_temp.refused(format('policies.import_policy(%L, ''transfer_c'')',
    jsonb_set(:'document', '{reviews,0,policy_id}', '"pol_01ARZ3NDEKTSV4RRFFQ69G5FAV"'))) r;
SELECT r.*
FROM pg_temp.refused(format('policies.import_policy(%L, ''transfer_c'')',
    jsonb_set(:'document', '{history,0,id}', '"pol_01ARZ3NDEKTSV4RRFFQ69G5FAV"'))) r;
SELECT r.*
FROM pg_temp.refused(format('policies.import_policy(%L, ''transfer_c'')',
    jsonb_set(:'document', '{versions,0,content_hash}', '"forged"'))) r;
SELECT r.*
FROM pg_temp.refused(format('policies.import_policy(%L, ''transfer_c'')', jsonb_set(:'document', '{versions}', '[]'))) r;
SELECT r.* FROM (VALUES ('versions', '{}'), ('history', '"x"'), ('reviews', '1')) AS t (part, value),
    LATERAL pg_temp.refused(format('policies.import_policy(%L, ''transfer_c'')',
        jsonb_set(:'document', ARRAY[t.part], t.value::jsonb))) r;
SELECT r.* FROM pg_temp.refused(format('policies.import_policy(%L, '''')', :'document')) r;
SELECT r.* FROM pg_temp.refused('policies.export_policy(''transfer_c'', ''pol_01ARZ3NDEKTSV4RRFFQ69G5FAV'')') r;
-- Whatever is long is cut in the error.
SELECT r.code, octet_length(r.message) < 300 AS is_cut
FROM unnest(ARRAY['policies.export_policy(%L, ''pol_01ARZ3NDEKTSV4RRFFQ69G5FAV'')', 'policies.export_policy(''transfer_c'', %L)',
    'policies.import_policy(jsonb_set(%2$L, ''{policy,id}'', to_jsonb(%1$L::text)))']) AS call,
    LATERAL pg_temp.refused(format(call, repeat('x', 100000), :'document')) r;
SELECT count(*) FROM policies.policies WHERE tenant_id = 'transfer_c';
SET request.jwt.claims = '{"tenant_id": "transfer_a", "sub": "per_root"}';
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_admin;
SELECT r.* FROM pg_temp.refused(format('policies.import_policy(%L, ''transfer_c'')', :'document')) r;
-- Purging takes everything along.
RESET ROLE;
RESET SESSION AUTHORIZATION;
SET request.jwt.claims = '';
UPDATE policies.policies SET is_deleted = true WHERE tenant_id = 'transfer_b';
SELECT policies.purge_deleted('0', 'transfer_b');
SELECT count(*) FROM policies.policy_versions WHERE tenant_id = 'transfer_b';
:as_superuser
DELETE FROM policies.review_notices WHERE tenant_id LIKE 'transfer\_%';
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'transfer\_%';
DELETE FROM policies.policy_acknowledgements WHERE tenant_id LIKE 'transfer\_%';
DELETE FROM policies.policy_approvals WHERE tenant_id LIKE 'transfer\_%';
DELETE FROM policies.policy_versions WHERE tenant_id LIKE 'transfer\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'transfer\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'transfer\_%';
DELETE FROM policies.policy_settings WHERE tenant_id LIKE 'transfer\_%';
DELETE FROM policies.policy_settings_history WHERE tenant_id LIKE 'transfer\_%';
