-- Acknowledgements: who is asked to read what, who has, who is late, and what a new version changes.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "ack_a", "sub": "per_ann"}\';'
\set as_ben :caller '\'{"tenant_id": "ack_a", "sub": "per_ben"}\';'
\set as_app :caller '\'{"tenant_id": "ack_a", "app_id": "app_one"}\';'
\set as_other :caller '\'{"tenant_id": "ack_b", "sub": "per_bob"}\';'
\set auditor 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_auditor; SET request.jwt.claims = '
\set as_auditor :auditor '\'{"tenant_id": "ack_a", "sub": "per_olga"}\';'
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
SELECT left(t.person_id, 8) AS person_id, octet_length(t.person_id) AS length, policies.is_valid_person_id(t.person_id)
FROM (VALUES ('per_ann'), (''), (E' \t\n'), (repeat('x', 255)), (repeat('x', 256)), (repeat('ä', 128)), (NULL)) AS t (person_id);
:as_ann
INSERT INTO policies_api.policies (name, body) VALUES ('Code of conduct', 'Be kind.') RETURNING id \gset
SELECT r.* FROM pg_temp.refused(format('policies_api.request_acknowledgements(%L, %L)', :'id', '{per_ann}')) r;
SELECT r.* FROM pg_temp.refused(format('policies_api.acknowledge_policy(%L)', :'id')) r;
SELECT version FROM policies_api.publish_policy(:'id', 'major');
SELECT r.* FROM (VALUES ('{}', NULL), (NULL, NULL), ('{per_ann,NULL}', NULL), ('{per_ann," "}', NULL),
    ('{per_ann}', 'infinity'), ('{per_ann}', '2020-01-01 00:00+00')) AS t (persons, due),
    LATERAL pg_temp.refused(format('policies_api.request_acknowledgements(%L, %L, %L)', :'id', t.persons, t.due)) r;
SELECT r.code, r.message
FROM pg_temp.refused(format('policies_api.request_acknowledgements(%L, array_fill(repeat(''x'', 256), ARRAY[1]))', :'id')) r;
SELECT r.code, r.message
FROM pg_temp.refused(format('policies_api.request_acknowledgements(%L, ARRAY(SELECT n::text FROM generate_series(1, 10001) n))',
    :'id')) r;
SELECT policies_api.request_acknowledgements(:'id', '{per_ann,per_ben,per_cat,per_ben}', now() + interval '10 days');
\set shown 'SELECT person_id, version, requested_by, extract(day FROM due_at - requested_at) AS days, '
\set shown :shown 'acknowledged_version AS read, state FROM policies_api.policy_acknowledgements ORDER BY version, person_id;'
:as_ben
SELECT person_id, version, state FROM policies_api.acknowledge_policy(lower(:'id'));
SELECT r.* FROM pg_temp.refused(format('policies_api.acknowledge_policy(%L)', :'id')) r;
:shown
-- Asked again, only the due time moves; what was answered stays answered.
:as_ann
SELECT policies_api.request_acknowledgements(:'id', '{per_ben,per_cat}', now() + interval '5 days');
-- A patch asks nobody, but counts for who has yet to read.
UPDATE policies_api.policies SET body = 'Be kind, always.' WHERE id = :'id';
SELECT version FROM policies_api.publish_policy(:'id', 'patch');
SELECT person_id, version, acknowledged_version FROM policies_api.acknowledge_policy(:'id');
:shown
-- Unasked, and the second time after a patch.
SET request.jwt.claims = '{"tenant_id": "ack_a", "sub": "per_dan"}';
SELECT person_id, version, requested_by, state FROM policies_api.acknowledge_policy(:'id');
:as_ben
SELECT person_id, version, state FROM policies_api.acknowledge_policy(:'id');
-- Asked after having answered unasked, one is asked again like the others. Read another version than the latest, and it does not
-- count.
:as_ann
SELECT policies_api.request_acknowledgements(:'id', '{per_dan}', now() + interval '20 days');
SELECT r.* FROM (VALUES ('1.0.0'), ('7'), ('x')) AS t (version),
    LATERAL pg_temp.refused(format('policies_api.acknowledge_policy(%L, %L)', :'id', t.version)) r;
-- A new major version asks those who were asked, with as much time; what they had yet to read is superseded.
:as_ann
SELECT version FROM policies_api.publish_policy(:'id', 'major');
:shown
SELECT version FROM policies_api.publish_policy(:'id', 'minor');
SELECT count(*) FROM policies_api.policy_acknowledgements WHERE version = '2.1.0';
-- Late.
:as_superuser
UPDATE policies.policy_acknowledgements SET due_at = now() - interval '1 day', requested_at = now() - interval '11 days'
WHERE tenant_id = 'ack_a' AND version = '2.0.0';
:as_ann
SELECT person_id FROM policies_api.policy_acknowledgements WHERE state = 'late' ORDER BY person_id;
SELECT person_id, state FROM policies_api.acknowledge_policy(:'id', '2.1');
-- What nobody is to read any more, nobody is late with.
BEGIN;
SELECT status FROM policies_api.complete_policy(:'id', outcome => 'retired');
SELECT person_id, state FROM policies_api.policy_acknowledgements WHERE version = '2.0.0' ORDER BY person_id;
ROLLBACK;
BEGIN;
DELETE FROM policies_api.policies WHERE id = :'id';
SELECT person_id, state FROM policies_api.policy_acknowledgements WHERE version = '2.0.0' ORDER BY person_id;
ROLLBACK;
-- Nobody is asked to read what is not in force.
BEGIN;
UPDATE policies_api.policies SET status = 'inactive' WHERE id = :'id';
SELECT r.* FROM unnest(ARRAY['policies_api.request_acknowledgements(%L, ''{per_ann}'')', 'policies_api.acknowledge_policy(%L)'])
    AS call, LATERAL pg_temp.refused(format(call, :'id')) r;
ROLLBACK;
-- Back in force, closed requests stay closed until somebody asks again, and can be answered all the same.
\set closed 'SELECT person_id, requested_by, state FROM policies_api.policy_acknowledgements '
\set closed :closed 'WHERE version = \'2.1.0\' ORDER BY person_id;'
BEGIN;
SELECT policies_api.request_acknowledgements(:'id', '{per_ann,per_eve,per_fay}', now() + interval '5 days');
DELETE FROM policies_api.policies WHERE id = :'id';
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE id = :'id';
:closed
SET LOCAL request.jwt.claims = '{"tenant_id": "ack_a", "sub": "per_ben"}';
SELECT policies_api.request_acknowledgements(:'id', '{per_eve}', now() + interval '5 days');
:closed
SET LOCAL request.jwt.claims = '{"tenant_id": "ack_a", "sub": "per_eve"}';
SELECT person_id, state FROM policies_api.acknowledge_policy(:'id');
SET LOCAL request.jwt.claims = '{"tenant_id": "ack_a", "sub": "per_fay"}';
SELECT person_id, state FROM policies_api.acknowledge_policy(:'id');
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.acknowledge_policy(%L)', :'id')) r;
:closed
ROLLBACK;
-- As much time as then, while there is a time for it.
BEGIN;
SELECT policies_api.request_acknowledgements(:'id', '{per_eve}', '294276-12-31 23:59:59+00');
SELECT version FROM policies_api.publish_policy(:'id', 'major');
SELECT person_id, due_at = requested_at + interval '100 years' AS in_a_hundred_years FROM policies_api.policy_acknowledgements
WHERE version = '3.0.0' AND person_id = 'per_eve';
ROLLBACK;
-- Not for another's tenant, an application, an auditor; and nobody but for oneself.
:as_other
SELECT count(*) FROM policies_api.policy_acknowledgements;
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.acknowledge_policy(%L)', :'id')) r;
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.request_acknowledgements(%L, %L)', :'id', '{per_ann}')) r;
:as_app
SELECT r.* FROM pg_temp.refused(format('policies_api.acknowledge_policy(%L)', :'id')) r;
:as_auditor
SELECT count(*) FROM policies_api.policy_acknowledgements WHERE policy_id = :'id';
SELECT r.code, r.message FROM pg_temp.refused(format('policies_api.acknowledge_policy(%L)', :'id')) r;
:as_ann
UPDATE policies.policy_acknowledgements SET acknowledged_at = now();
DELETE FROM policies.policy_acknowledgements;
:as_superuser
DELETE FROM policies.review_notices WHERE tenant_id LIKE 'ack\_%';
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'ack\_%';
DELETE FROM policies.policy_acknowledgements WHERE tenant_id LIKE 'ack\_%';
DELETE FROM policies.policy_approvals WHERE tenant_id LIKE 'ack\_%';
DELETE FROM policies.policy_versions WHERE tenant_id LIKE 'ack\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'ack\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'ack\_%';
DELETE FROM policies.policy_settings WHERE tenant_id LIKE 'ack\_%';
DELETE FROM policies.policy_settings_history WHERE tenant_id LIKE 'ack\_%';
