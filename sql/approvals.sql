-- Approvals: how many a tenant requires, of which content, and by whom.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "approval_a", "sub": "per_ann"}\';'
\set as_ben :caller '\'{"tenant_id": "approval_a", "sub": "per_ben"}\';'
\set as_app :caller '\'{"tenant_id": "approval_a", "app_id": "app_one"}\';'
\set as_other :caller '\'{"tenant_id": "approval_b", "sub": "per_bob"}\';'
\set auditor 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_auditor; SET request.jwt.claims = '
\set as_auditor :auditor '\'{"tenant_id": "approval_a", "sub": "per_olga"}\';'
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
INSERT INTO policies.policy_settings (tenant_id, required_approvals) VALUES ('approval_a', 2);
:as_ann
SELECT required_approvals, review_cadence, search_language FROM policies_api.policy_settings;
INSERT INTO policies_api.policies (name, body, status) VALUES ('Draft', 'One', 'draft') RETURNING id \gset
\set publish 'SELECT r.* FROM pg_temp.refused(format(\'policies_api.publish_policy(%L, \'\'major\'\')\', :\'id\')) r;'
:publish
-- Nobody is sent for approvals of what shows no text.
BEGIN;
UPDATE policies_api.policies SET body = ' ' WHERE id = :'id';
:publish
ROLLBACK;
SELECT policies_api.policy_content_hash(:'id') AS hash \gset
-- Not by an author, nor by who is no person, nor of another content.
SELECT r.* FROM pg_temp.refused(format('policies_api.approve_policy(%L, %L)', :'id', :'hash')) r;
:as_app
SELECT r.* FROM pg_temp.refused(format('policies_api.approve_policy(%L, %L)', :'id', :'hash')) r;
:as_ben
SELECT r.* FROM (VALUES ('0123'), (''), (NULL)) AS t (hash),
    LATERAL pg_temp.refused(format('policies_api.approve_policy(%L, %L)', :'id', t.hash)) r;
SELECT policies_api.approve_policy(:'id', :'hash', 'fine');
SELECT r.* FROM pg_temp.refused(format('policies_api.approve_policy(%L, %L)', :'id', :'hash')) r;
:publish
-- A write that does not touch the content keeps the approval; an edit voids it, and makes its author one.
:as_ann
UPDATE policies_api.policies SET owner_id = 'per_ben', next_review_at = '2999-01-01' WHERE id = :'id';
SELECT approved_by, note, is_current FROM policies_api.policy_approvals;
UPDATE policies_api.policies SET body = 'Two' WHERE id = :'id';
SELECT approved_by, note, is_current FROM policies_api.policy_approvals;
:as_ben
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.approve_policy(%L, %L)', :'id', :'hash')) r;
SELECT policies_api.policy_content_hash(:'id') AS hash \gset
SELECT policies_api.approve_policy(:'id', :'hash');
SET request.jwt.claims = '{"tenant_id": "approval_a", "sub": "per_cat"}';
SELECT policies_api.approve_policy(:'id', :'hash');
-- Who approves and then edits back and forth counts no more, nor do the approvals from before.
:as_ben
UPDATE policies_api.policies SET body = 'Three' WHERE id = :'id';
UPDATE policies_api.policies SET body = 'Two' WHERE id = :'id';
SELECT policies_api.policy_content_hash(:'id') = :'hash' AS same_content;
:publish
SET request.jwt.claims = '{"tenant_id": "approval_a", "sub": "per_dan"}';
SELECT policies_api.approve_policy(:'id', :'hash');
SET request.jwt.claims = '{"tenant_id": "approval_a", "sub": "per_cat"}';
SELECT policies_api.approve_policy(:'id', :'hash');
SELECT version FROM policies_api.publish_policy(:'id', 'major');
-- The next draft starts over: who wrote the last version may approve this one.
SET request.jwt.claims = '{"tenant_id": "approval_a", "sub": "per_cat"}';
UPDATE policies_api.policies SET body = 'Four' WHERE id = :'id';
:publish
:as_ann
SELECT policies_api.approve_policy(:'id', policies_api.policy_content_hash(:'id'));
-- Back to what was published before: that needs its approvals as well.
SET request.jwt.claims = '{"tenant_id": "approval_a", "sub": "per_eve"}';
UPDATE policies_api.policies SET body = 'Two' WHERE id = :'id';
:publish
-- Nobody nameless edits where approvals are required, and an application's policies need them as the tenant's do.
SET request.jwt.claims = '{"tenant_id": "approval_a"}';
UPDATE policies_api.policies SET body = 'Five' WHERE id = :'id';
UPDATE policies_api.policies SET owner_id = 'per_ann' WHERE id = :'id';
SET request.jwt.claims = '{"tenant_id": "approval_a", "app_id": "app_one", "sub": "per_fay"}';
INSERT INTO policies_api.policies (name, body) VALUES ('Of the app', 'Its own') RETURNING id AS of_app \gset
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.publish_policy(%L, ''major'')', :'of_app')) r;
:as_superuser
INSERT INTO policies.policy_settings (tenant_id, app_id, required_approvals) VALUES ('approval_a', 'app_one', 0);
:as_ann
SELECT version FROM policies_api.publish_policy(:'of_app', 'major');
:as_superuser
DELETE FROM policies.policy_settings WHERE app_id = 'app_one';
-- Other tenants and applications have their own settings, and nobody's approvals.
:as_other
SELECT count(*) FROM policies_api.policy_settings;
SELECT count(*) FROM policies_api.policy_approvals;
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.approve_policy(%L, %L)', :'id', :'hash')) r;
INSERT INTO policies_api.policies (name, body) VALUES ('Free', 'For all') RETURNING id AS free \gset
SELECT version FROM policies_api.publish_policy(:'free', 'patch');
-- Settings are for administrators.
:as_ann
UPDATE policies.policy_settings SET required_approvals = 0;
INSERT INTO policies.policy_settings (required_approvals) VALUES (0);
UPDATE policies_api.policy_settings SET required_approvals = 0;
DELETE FROM policies.policy_approvals;
SET SESSION AUTHORIZATION regress_administrator;
SET request.jwt.claims = '';
UPDATE policies.policy_settings SET required_approvals = 101 WHERE tenant_id = 'approval_a';
UPDATE policies.policy_settings SET search_language = 'klingon' WHERE tenant_id = 'approval_a';
UPDATE policies.policy_settings SET search_language = 'pg_catalog.english''' WHERE tenant_id = 'approval_a';
UPDATE policies.policy_settings SET review_cadence = '-1 day' WHERE tenant_id = 'approval_a';
UPDATE policies.policy_settings SET search_language = repeat('x', 1000) WHERE tenant_id = 'approval_a';
INSERT INTO policies.policy_settings (tenant_id) VALUES ('approval_a');
UPDATE policies.policy_settings SET required_approvals = 1 WHERE tenant_id = 'approval_a';
:as_ann
SELECT policies_api.approve_policy(:'id', policies_api.policy_content_hash(:'id'));
SELECT version FROM policies_api.publish_policy(:'id', 'minor');
:as_superuser
SELECT required_approvals, valid_to IS NOT NULL AS superseded FROM policies.policy_settings_history
WHERE tenant_id = 'approval_a';
:as_superuser
DELETE FROM policies.review_notices WHERE tenant_id LIKE 'approval\_%';
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'approval\_%';
DELETE FROM policies.policy_acknowledgements WHERE tenant_id LIKE 'approval\_%';
DELETE FROM policies.policy_approvals WHERE tenant_id LIKE 'approval\_%';
DELETE FROM policies.policy_versions WHERE tenant_id LIKE 'approval\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'approval\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'approval\_%';
DELETE FROM policies.policy_settings WHERE tenant_id LIKE 'approval\_%';
DELETE FROM policies.policy_settings_history WHERE tenant_id LIKE 'approval\_%';
