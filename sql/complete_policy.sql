-- Completing a review: what is logged, when the next review is due, and who may complete what how often.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "complete_a", "sub": "per_ann"}\';'
\set as_app :caller '\'{"tenant_id": "complete_a", "app_id": "app_one", "sub": "svc_1"}\';'
\set as_b :caller '\'{"tenant_id": "complete_b", "sub": "per_bob"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
-- How a completion is refused, without ids and times.
CREATE FUNCTION pg_temp.refused(id text, note text DEFAULT NULL, next_review_at timestamptz DEFAULT NULL,
    OUT code text, OUT message text, OUT detail text, OUT hint text) AS $$
BEGIN
    PERFORM policies_api.complete_policy(id, note, next_review_at);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    message := regexp_replace(message, '[a-z]+_[0-9A-Z]{26}', '<id>');
    detail := regexp_replace(detail,
        '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00|[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9:. ]+ \d{4} [A-Z]+', '<time>', 'g');
END $$ LANGUAGE plpgsql;
CREATE FUNCTION pg_temp.id_of(name text) RETURNS text AS
    'SELECT id FROM policies.policies p WHERE p.name = id_of.name' LANGUAGE sql;
CREATE FUNCTION pg_temp.log() RETURNS TABLE (policy text, version text, due_at timestamptz, reviewed_by text,
    note text, next_is_later boolean, ids boolean, at_once boolean) AS $$
    SELECT p.name, r.policy_version, r.due_at, r.reviewed_by, r.note, r.next_review_at > r.reviewed_at,
           policies.is_valid_id(r.id) AND r.id LIKE 'rev\_%' AND r.tenant_id = p.tenant_id
           AND r.app_id IS NOT DISTINCT FROM p.app_id,
           date_trunc('milliseconds', r.reviewed_at) = p.updated_at
    FROM policies.policy_reviews r JOIN policies.policies p ON (p.tenant_id, p.id) = (r.tenant_id, r.policy_id) ORDER BY r.id
$$ LANGUAGE sql;
SET timezone = 'UTC';
SET datestyle = 'ISO';
:as_a
INSERT INTO policies_api.policies (name, version, next_review_at, review_cadence) VALUES
    ('overdue', '1.2', '2020-01-31 10:00+00', '1 year'), ('early', '2.0', now() + interval '10 days', '3 months'),
    ('no cadence', NULL, '2020-01-31 10:00+00', NULL), ('given', NULL, '2020-01-31 10:00+00', '1 year'),
    ('never scheduled', '0.1', NULL, NULL), ('never scheduled, cadence', NULL, NULL, '6 months'),
    ('deleted', NULL, '2020-01-31 10:00+00', '1 year'), ('untouched', NULL, '2020-01-31 10:00+00', '1 year'),
    ('month''s end', NULL, NULL, '1 month 15 minutes'), ('lower case', NULL, NULL, '1 day'),
    ('refused', NULL, '2020-01-31 10:00+00', '1 year');
DELETE FROM policies_api.policies WHERE name = 'deleted';
:as_app
INSERT INTO policies_api.policies (name, next_review_at) VALUES ('of the application', '2020-01-31 10:00+00');
:as_superuser
SELECT pg_temp.id_of('deleted') AS deleted_id, pg_temp.id_of('overdue') AS overdue_id,
       pg_temp.id_of('refused') AS refused_id \gset

-- Overdue: the next review is one cadence after the completion, not after the date that was missed.
:as_a
BEGIN;
SELECT name, version, updated_by, next_review_at = policies.add_cadence(now(), review_cadence) AS by_cadence,
       updated_at = date_trunc('milliseconds', now()) AS now
FROM policies_api.complete_policy(pg_temp.id_of('overdue'), 'nothing changed');
COMMIT;
SELECT * FROM pg_temp.log();
-- Early is allowed, and the cadence counts from the completion as well.
BEGIN;
SELECT name, next_review_at = policies.add_cadence(now(), '3 months') AS by_cadence
FROM policies_api.complete_policy(pg_temp.id_of('early'));
SELECT date_trunc('milliseconds', due_at) = p.created_at + interval '10 days' AS was_due FROM policies.policy_reviews r
    JOIN policies.policies p ON p.id = r.policy_id WHERE name = 'early';
SELECT next_review_at = policies.add_cadence(now(), review_cadence) AS by_cadence
FROM policies_api.complete_policy(pg_temp.id_of('month''s end'));
COMMIT;
-- Without a cadence the next time must be given, or that there is none; a given time is taken, with or without one.
SELECT * FROM pg_temp.refused(pg_temp.id_of('no cadence'));
SELECT count(*) FROM policies_api.policy_reviews WHERE policy_id = pg_temp.id_of('no cadence');
SELECT name, next_review_at FROM policies_api.complete_policy(pg_temp.id_of('no cadence'), next_review_at => 'infinity');
SELECT name, next_review_at FROM policies_api.complete_policy(pg_temp.id_of('given'), next_review_at => '2999-02-28 12:00+00');
-- The next time must be one, and after the completion.
BEGIN;
SELECT * FROM pg_temp.refused(:'refused_id', NULL, '2001-01-01 00:00+00');
SELECT code FROM pg_temp.refused(:'refused_id', NULL, now());
SELECT code FROM pg_temp.refused(:'refused_id', NULL, now() + interval '1 microsecond');
ROLLBACK;
SELECT code FROM pg_temp.refused(:'refused_id', NULL, '-infinity');
-- What was refused, or rolled back, left nothing.
BEGIN;
SELECT name FROM policies_api.complete_policy(:'refused_id');
ROLLBACK;
SELECT next_review_at, updated_at = created_at AS is_untouched FROM policies_api.policies WHERE id = :'refused_id';
SELECT count(*) FROM policies_api.policy_reviews WHERE policy_id = :'refused_id';
SELECT count(*) FROM policies_api.policies_history WHERE id = :'refused_id';

-- An id is read in lower case, too; anything else is no id.
SELECT name FROM policies_api.complete_policy('pol_' || lower(right(pg_temp.id_of('lower case'), 26)));
SELECT * FROM pg_temp.refused('pol_1');
SELECT * FROM pg_temp.refused('');
SELECT code FROM pg_temp.refused('pol_8ZZZZZZZZZZZZZZZZZZZZZZZZZ');
SELECT code, message FROM pg_temp.refused(NULL);
-- Not there, not visible, deleted: the same 404.
SELECT * FROM pg_temp.refused('pol_01ARYZ6S41TSV4RRFFQ69G5FAV')
UNION SELECT * FROM pg_temp.refused(:'deleted_id') UNION SELECT * FROM pg_temp.refused('tkt' || substr(:'overdue_id', 4));
:as_b
SELECT * FROM pg_temp.refused(:'overdue_id');
:as_app
SELECT * FROM pg_temp.refused(:'overdue_id');
SELECT name FROM policies_api.complete_policy(pg_temp.id_of('of the application'), 'by its application', 'infinity');
-- No context, no completion; nor by an auditor, whose claims may say what they like.
SET request.jwt.claims = '';
SELECT * FROM pg_temp.refused(:'overdue_id');
SET request.jwt.claims = '{"sub": "per_ann"}';
SELECT code, message FROM pg_temp.refused(:'overdue_id');
SET SESSION AUTHORIZATION regress_stranger;
SET request.jwt.claims = '{"tenant_id": "complete_a", "sub": "per_ann"}';
SELECT code, message FROM pg_temp.refused(:'overdue_id');
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_auditor;
SELECT code, message FROM pg_temp.refused(:'overdue_id');
SELECT policies.complete_policy(:'overdue_id', NULL, NULL, 'confirmed');
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_auditor;
SELECT code, message FROM pg_temp.refused(:'overdue_id');
-- A person completes the review of an application's policy; the log has the application's scope.
:as_superuser
SELECT count(*) FROM policies.policy_reviews WHERE tenant_id = 'complete_a';

-- A second completion of the same cycle is refused: with a next review scheduled, or without.
:as_a
SELECT * FROM pg_temp.refused(:'overdue_id');
SELECT code FROM pg_temp.refused(:'overdue_id', 'again', '2999-01-01 00:00+00');
SELECT * FROM pg_temp.refused(pg_temp.id_of('no cadence'));
SELECT code FROM pg_temp.refused(pg_temp.id_of('given'));
BEGIN;
SELECT name FROM policies_api.complete_policy(:'refused_id');
SAVEPOINT once;
SELECT code FROM pg_temp.refused(:'refused_id');
ROLLBACK;
-- A policy that was never scheduled is reviewed once; then a date must be set first.
SELECT name, next_review_at FROM policies_api.complete_policy(pg_temp.id_of('never scheduled'));
SELECT * FROM pg_temp.refused(pg_temp.id_of('never scheduled'));
SELECT code FROM pg_temp.refused(pg_temp.id_of('never scheduled'), next_review_at => '2999-01-01 00:00+00');
UPDATE policies_api.policies SET next_review_at = '2021-05-01 00:00+00' WHERE name = 'never scheduled';
SELECT name, next_review_at FROM policies_api.complete_policy(pg_temp.id_of('never scheduled'), 'second cycle', 'infinity');
SELECT name, next_review_at > now() AS scheduled FROM policies_api.complete_policy(pg_temp.id_of('never scheduled, cadence'));
SELECT code FROM pg_temp.refused(pg_temp.id_of('never scheduled, cadence'));
-- A date that is set back to the one that was completed is no new cycle.
UPDATE policies_api.policies SET next_review_at = '2021-05-01 00:00+00' WHERE name = 'never scheduled';
SELECT code FROM pg_temp.refused(pg_temp.id_of('never scheduled'), 'third time');
UPDATE policies_api.policies SET next_review_at = '2021-05-02 00:00+00' WHERE name = 'never scheduled';
SELECT name FROM policies_api.complete_policy(pg_temp.id_of('never scheduled'), 'third cycle', 'infinity');
-- Once the next cycle is a day old, it can be completed early.
:as_superuser
UPDATE policies.policy_reviews SET reviewed_at = reviewed_at - interval '23 hours 59 minutes' WHERE policy_id = :'overdue_id';
:as_a
SELECT code FROM pg_temp.refused(:'overdue_id');
:as_superuser
UPDATE policies.policy_reviews SET reviewed_at = reviewed_at - interval '2 minutes' WHERE policy_id = :'overdue_id';
:as_a
SELECT name FROM policies_api.complete_policy(:'overdue_id', 'early, next cycle');

-- The log is exact, and callers read their own and write none.
SELECT policy, version, CASE WHEN policy <> 'early' AND due_at < now() THEN due_at END AS due_in_the_past,
       reviewed_by, note, next_is_later, ids
FROM pg_temp.log() ORDER BY policy, note;
SELECT count(*) = (SELECT count(*) FROM policies.policy_reviews) AS all_in_api FROM policies_api.policy_reviews;
:as_b
SELECT count(*) FROM policies_api.policy_reviews;
:as_app
SELECT note FROM policies_api.policy_reviews;
:as_a
INSERT INTO policies.policy_reviews (id, tenant_id, policy_id, reviewed_at)
    VALUES ('rev_01ARYZ6S41TSV4RRFFQ69G5FAV', 'complete_a', :'overdue_id', now());
\echo :SQLSTATE
INSERT INTO policies_api.policy_reviews (policy_id) VALUES (:'overdue_id');
\echo :SQLSTATE
UPDATE policies.policy_reviews SET reviewed_by = 'per_forged';
\echo :SQLSTATE
UPDATE policies_api.policy_reviews SET reviewed_by = 'per_forged';
\echo :SQLSTATE
DELETE FROM policies.policy_reviews;
\echo :SQLSTATE
DELETE FROM policies_api.policy_reviews;
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_auditor;
SELECT count(*) > 8 AS auditor_reads FROM policies_api.policy_reviews WHERE tenant_id = 'complete_a';
DELETE FROM policies_api.policy_reviews;
\echo :SQLSTATE

-- No other write moves the date.
:as_a
UPDATE policies_api.policies SET name = 'untouched!', review_cadence = '1 month', version = '9', status = 'inactive',
    published_at = now() WHERE name = 'untouched';
DELETE FROM policies_api.policies WHERE name = 'untouched!';
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name = 'untouched!';
SELECT next_review_at, updated_at > created_at AS written FROM policies_api.policies WHERE name = 'untouched!';
:as_superuser
-- The completed policy is superseded as by any update.
SELECT count(*) FROM policies.policies_history WHERE id = :'overdue_id';
-- The next date does not depend on the session's time zone, nor does a date past the end of a month slip into the next.
SET timezone = 'Pacific/Auckland';
:as_a
SELECT next_review_at = policies.add_cadence(now(), review_cadence) AS by_cadence
FROM policies_api.complete_policy(:'refused_id');
RESET timezone;
:as_superuser
SELECT policies.add_cadence('2026-01-31 23:30+00', '1 month') AT TIME ZONE 'UTC' AS clamped;
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'complete\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'complete\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'complete\_%';
