-- Review notices: one for each policy and due date, to be taken once.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "notice_a", "sub": "per_ann"}\';'
\set as_ben :caller '\'{"tenant_id": "notice_a", "sub": "per_ben"}\';'
\set as_app :caller '\'{"tenant_id": "notice_a", "app_id": "app_one"}\';'
\set as_other :caller '\'{"tenant_id": "notice_b", "sub": "per_bob"}\';'
\set auditor 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_auditor; SET request.jwt.claims = '
\set as_auditor :auditor '\'{"tenant_id": "notice_a", "sub": "per_olga"}\';'
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
INSERT INTO policies_api.policies (name, owner_id, next_review_at) VALUES ('overdue', 'per_ann', '2020-01-01 00:00+00'),
    ('soon', 'per_ben', '2020-01-02 00:00+00'),
    ('in a week', NULL, now() + interval '6 days'), ('far', NULL, '2999-01-01'), ('unscheduled', NULL, NULL);
INSERT INTO policies_api.policies (name, next_review_at) VALUES ('deleted', '2020-01-01 00:00+00');
DELETE FROM policies_api.policies WHERE name = 'deleted';
:as_other
INSERT INTO policies_api.policies (name, next_review_at) VALUES ('of another tenant', '2020-01-03 00:00+00');
-- Callers and auditors have no part in it.
SELECT r.code, r.message FROM unnest(ARRAY['policies.notify_reviews_due()', 'policies.take_review_notices()']) AS call,
    LATERAL pg_temp.refused(call) r;
:as_auditor
SELECT r.code, r.message FROM unnest(ARRAY['policies.notify_reviews_due()', 'policies.take_review_notices()']) AS call,
    LATERAL pg_temp.refused(call) r;
SET SESSION AUTHORIZATION regress_administrator;
SET request.jwt.claims = '';
SELECT r.* FROM unnest('{-1 day,NULL}'::text[]) AS within,
    LATERAL pg_temp.refused(format('policies.notify_reviews_due(%L)', nullif(within, 'NULL'))) r;
SELECT r.* FROM unnest(ARRAY[0, NULL]) AS n, LATERAL pg_temp.refused(format('policies.take_review_notices(%L)', n)) r;
SELECT policies.notify_reviews_due();
SELECT policies.notify_reviews_due();
SELECT policies.notify_reviews_due('7 days');
SELECT p.name, n.tenant_id, n.owner_id, n.due_at = p.next_review_at AS due, n.taken_at
FROM policies.review_notices n JOIN policies.policies p ON (p.tenant_id, p.id) = (n.tenant_id, n.policy_id)
WHERE n.tenant_id LIKE 'notice\_%' ORDER BY n.due_at;
-- A new due date is a new notice.
UPDATE policies.policies SET next_review_at = '2020-02-01 00:00+00' WHERE name = 'soon' AND tenant_id = 'notice_a';
SELECT policies.notify_reviews_due();
-- Taken once, and not when the consumer's transaction is undone.
BEGIN;
SELECT count(*) FROM policies.take_review_notices(2);
ROLLBACK;
SELECT count(*), count(DISTINCT policy_id), bool_and(taken_by = session_user) AS by_this_login
FROM policies.take_review_notices(2);
SELECT count(*) FROM policies.take_review_notices();
SELECT count(*) FROM policies.take_review_notices();
-- What is no longer due when it would be taken is void: done, moved, deleted, not in force.
INSERT INTO policies.policies (tenant_id, name, owner_id, next_review_at)
    SELECT 'notice_c', name, 'per_old', '2020-03-01 00:00+00'
FROM unnest(ARRAY['still due', 'done', 'moved', 'deleted later', 'retired', 'draft again']) AS name;
SELECT policies.notify_reviews_due();
:caller '{"tenant_id": "notice_c", "sub": "per_cy"}';
SELECT r.name FROM policies_api.policies p, LATERAL policies_api.complete_policy(p.id, next_review_at => '2999-01-01') r
    WHERE p.name = 'done';
SET SESSION AUTHORIZATION regress_administrator;
SET request.jwt.claims = '';
UPDATE policies.policies SET next_review_at = '2020-04-01' WHERE tenant_id = 'notice_c' AND name = 'moved';
UPDATE policies.policies SET is_deleted = true WHERE tenant_id = 'notice_c' AND name = 'deleted later';
UPDATE policies.policies SET status = 'inactive' WHERE tenant_id = 'notice_c' AND name = 'retired';
UPDATE policies.policies SET status = 'draft' WHERE tenant_id = 'notice_c' AND name = 'draft again';
UPDATE policies.policies SET owner_id = 'per_new' WHERE tenant_id = 'notice_c' AND name = 'still due';
-- Also when all of the oldest are.
SELECT p.name, n.owner_id FROM policies.take_review_notices(1) n
    JOIN policies.policies p ON (p.tenant_id, p.id) = (n.tenant_id, n.policy_id);
CREATE TEMPORARY VIEW state AS
SELECT p.name, n.due_at, n.taken_at IS NOT NULL AS taken, n.voided_at IS NOT NULL AS void
FROM policies.review_notices n JOIN policies.policies p ON (p.tenant_id, p.id) = (n.tenant_id, n.policy_id)
WHERE n.tenant_id = 'notice_c' ORDER BY p.name, n.due_at;
SELECT * FROM policies.take_review_notices();
SELECT * FROM state;
-- Due again on the same day, it is noticed again; what was taken is not.
UPDATE policies.policies SET next_review_at = '2020-03-01 00:00+00' WHERE tenant_id = 'notice_c' AND name = 'moved';
UPDATE policies.policies SET is_deleted = false WHERE tenant_id = 'notice_c' AND name = 'deleted later';
SELECT policies.notify_reviews_due();
SELECT policies.notify_reviews_due();
SELECT count(*) FROM policies.take_review_notices();
SELECT * FROM state;
DROP VIEW state;
-- A tenant reads its own.
:as_ann
SELECT count(*) FROM policies.review_notices;
UPDATE policies.review_notices SET taken_at = NULL;
:as_superuser
DELETE FROM policies.review_notices WHERE tenant_id LIKE 'notice\_%';
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'notice\_%';
DELETE FROM policies.policy_acknowledgements WHERE tenant_id LIKE 'notice\_%';
DELETE FROM policies.policy_approvals WHERE tenant_id LIKE 'notice\_%';
DELETE FROM policies.policy_versions WHERE tenant_id LIKE 'notice\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'notice\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'notice\_%';
DELETE FROM policies.policy_settings WHERE tenant_id LIKE 'notice\_%';
DELETE FROM policies.policy_settings_history WHERE tenant_id LIKE 'notice\_%';
