-- Reviews: outcomes, the tenant's cadence, the calendar, what is overdue, and handing policies over.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "review_a", "sub": "per_ann"}\';'
\set as_ben :caller '\'{"tenant_id": "review_a", "sub": "per_ben"}\';'
\set as_app :caller '\'{"tenant_id": "review_a", "app_id": "app_one"}\';'
\set as_other :caller '\'{"tenant_id": "review_b", "sub": "per_bob"}\';'
\set auditor 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_auditor; SET request.jwt.claims = '
\set as_auditor :auditor '\'{"tenant_id": "review_a", "sub": "per_olga"}\';'
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
INSERT INTO policies.policy_settings (tenant_id, review_cadence) VALUES ('review_a', '6 months');
:as_ann
INSERT INTO policies_api.policies (name, category, owner_id, next_review_at, review_cadence, version) VALUES
    ('confirmed', 'security', 'per_ann', '2020-01-31 10:00+00', '1 year', '1.0'),
    ('changed', 'security', 'per_ann', '2020-02-01 10:00+00', NULL, NULL),
    ('retired', 'hr', 'per_ben', '2020-03-01 10:00+00', '1 year', NULL),
    ('later', 'hr', 'per_ann', now() + interval '10 days', NULL, NULL),
    (E'Sché"dule; with,\\ signs\nand a line', 'privacy', 'per_ben', '2099-12-31 23:59:59+00', NULL, '2.0'),
    ('never', NULL, 'per_ann', NULL, NULL, NULL);
CREATE FUNCTION pg_temp.id_of(name text) RETURNS text AS
    'SELECT id FROM policies_api.policies p WHERE p.name = id_of.name' LANGUAGE sql;
-- What is overdue and what is due when.
SELECT owner_id, category, overdue, oldest_due_at FROM policies_api.overdue_reviews();
SELECT due_at, name, category, owner_id, is_overdue FROM policies_api.review_calendar('2020-01-01', '2020-03-01 10:00+00');
SELECT name, is_overdue FROM policies_api.review_calendar();
SELECT r.code, r.message FROM pg_temp.refused($$policies_api.review_calendar('294276-12-01')$$) r;
-- Outcomes. Without a cadence of its own a policy follows the tenant's; a retired one is reviewed no more.
SELECT name, status, next_review_at = now() + interval '1 year' AS in_a_year
FROM policies_api.complete_policy(pg_temp.id_of('confirmed'), 'fine');
SELECT name, status, next_review_at = policies.add_cadence(now(), '6 months') AS in_half_a_year
FROM policies_api.complete_policy(pg_temp.id_of('changed'), outcome => 'changed');
SELECT r.* FROM (VALUES ('lost', NULL), (NULL, NULL), ('retired', now() + interval '1 year')) AS t (outcome, next),
    LATERAL pg_temp.refused(format('policies_api.complete_policy(%L, outcome => %L, next_review_at => %L)',
        pg_temp.id_of('retired'), outcome, next)) r;
SELECT name, status, next_review_at FROM policies_api.complete_policy(pg_temp.id_of('retired'), outcome => 'retired');
SELECT p.name, r.outcome, r.note, r.due_at FROM policies_api.policy_reviews r JOIN policies_api.policies p ON p.id = r.policy_id
ORDER BY r.due_at;
SELECT owner_id, category, overdue FROM policies_api.overdue_reviews();
-- Publishing starts the cadence, but a review that is overdue stays so.
UPDATE policies_api.policies SET body = 'Text' WHERE name = 'never';
SELECT next_review_at = policies.add_cadence(now(), '6 months') AS scheduled
FROM policies_api.publish_policy(pg_temp.id_of('never'), 'major');
UPDATE policies_api.policies SET next_review_at = '2020-05-05' WHERE name = 'never';
SELECT next_review_at FROM policies_api.publish_policy(pg_temp.id_of('never'), 'major');
UPDATE policies_api.policies SET version = '9.9' WHERE name = 'never';
SELECT name FROM policies_api.complete_policy(pg_temp.id_of('never'));
SELECT policy_version FROM policies_api.policy_reviews WHERE policy_id = pg_temp.id_of('never');
-- A cadence is added in the tenant's time zone, whose clocks change at some time of the year.
:as_superuser
UPDATE policies.policy_settings SET time_zone = 'america/los_angeles' WHERE tenant_id = 'review_a';
SELECT time_zone FROM policies.policy_settings WHERE tenant_id = 'review_a';
:as_ann
BEGIN;
INSERT INTO policies_api.policies (name, body, next_review_at, review_cadence)
SELECT 'zoned ' || months, 'x', '2020-01-01', make_interval(months => months) FROM generate_series(1, 11) AS months;
CREATE TEMPORARY TABLE zoned AS SELECT r.* FROM policies_api.policies p, LATERAL policies_api.complete_policy(p.id) r
    WHERE p.name LIKE 'zoned %';
SELECT bool_and(next_review_at = policies.add_cadence(now(), review_cadence, 'America/Los_Angeles')) AS there,
    bool_and(next_review_at = policies.add_cadence(now(), review_cadence)) AS in_utc FROM zoned;
SELECT bool_and(r.next_review_at = policies.add_cadence(now(), r.review_cadence, 'America/Los_Angeles')) AS there,
    bool_and(r.next_review_at = policies.add_cadence(now(), r.review_cadence)) AS in_utc
FROM zoned, LATERAL policies_api.publish_policy(zoned.id, 'major') r;
ROLLBACK;
:as_superuser
UPDATE policies.policy_settings SET time_zone = 'EST5EDT4,M3' WHERE tenant_id = 'review_a';
UPDATE policies.policy_settings SET time_zone = 'UTC' WHERE tenant_id = 'review_a';
:as_ann
-- For calendar programs: folded, escaped, the same event wherever it moves.
SELECT regexp_replace(regexp_replace(policies_api.review_calendar_icalendar('2099-01-01', '2100-01-01'),
    'pol_\w{26}', '<id>', 'g'), '(DTSTAMP|SEQUENCE):\w+', '\1', 'g');
SELECT length(line) FROM regexp_split_to_table(policies_api.review_calendar_icalendar('2099-01-01', '2100-01-01'), E'\r\n')
    AS line WHERE octet_length(line) > 75;
SELECT policies_api.review_calendar_icalendar('1999-01-01', '2000-01-01');
SELECT substring(policies_api.review_calendar_icalendar('2099-01-01') FROM 'UID:\S+') AS uid \gset
UPDATE policies_api.policies SET next_review_at = '2098-01-01' WHERE next_review_at > '2099-01-01';
SELECT substring(policies_api.review_calendar_icalendar('2097-12-01') FROM 'UID:\S+') = :'uid' AS same_event;
SELECT pg_typeof(policies_api.review_calendar_icalendar());
-- Handing over.
SELECT policies_api.hand_over_policies('per_ben', 'per_cat');
SELECT policies_api.hand_over_policies('per_ben', 'per_cat');
SELECT name FROM policies_api.policies WHERE owner_id = 'per_cat' ORDER BY name COLLATE "C";
SELECT r.code, r.message FROM (VALUES (NULL, 'x'), ('x', NULL), ('x', ' '), ('x', repeat('y', 256))) AS t (a, b),
    LATERAL pg_temp.refused(format('policies_api.hand_over_policies(%L, %L)', a, b)) r;
:as_other
SELECT policies_api.hand_over_policies('per_cat', 'per_thief');
SELECT count(*) FROM policies_api.review_calendar('2000-01-01', '2100-01-01');
:as_auditor
SELECT count(*) FROM policies_api.review_calendar('2000-01-01', '2100-01-01') WHERE tenant_id = 'review_a';
SELECT r.code, r.message FROM pg_temp.refused($$policies_api.hand_over_policies('per_cat', 'per_thief')$$) r;
:as_superuser
SELECT count(*) FROM policies.policies WHERE owner_id = 'per_thief';
:as_superuser
DELETE FROM policies.review_notices WHERE tenant_id LIKE 'review\_%';
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'review\_%';
DELETE FROM policies.policy_acknowledgements WHERE tenant_id LIKE 'review\_%';
DELETE FROM policies.policy_approvals WHERE tenant_id LIKE 'review\_%';
DELETE FROM policies.policy_versions WHERE tenant_id LIKE 'review\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'review\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'review\_%';
DELETE FROM policies.policy_settings WHERE tenant_id LIKE 'review\_%';
DELETE FROM policies.policy_settings_history WHERE tenant_id LIKE 'review\_%';
