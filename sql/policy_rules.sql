-- What a policy may say: every rule of the resource, with the value and the column at fault in the error, and the same
-- rules once more as constraints, for whoever writes without the trigger.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_caller :caller '\'{"tenant_id": "rules_a", "sub": "per_ann"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
-- Every bad value, as the SQL expression that a create or an update would send.
CREATE TEMP TABLE bad (number integer GENERATED ALWAYS AS IDENTITY, "column" text, value text);
GRANT SELECT ON bad TO policies_caller;
INSERT INTO bad ("column", value) VALUES
    ('first_response_minutes', '-1'), ('first_response_minutes', '0'), ('first_response_minutes', '-2147483648'),
    ('resolution_minutes', '-1'), ('resolution_minutes', '0'),
    ('applies_to', '''5'''), ('applies_to', '''true'''), ('applies_to', '''null'''), ('applies_to', '''"incident"'''),
    ('applies_to', '''{"incident": true}'''),
    ('applies_to', '''["incident", 5]'''), ('applies_to', '''["incident", null]'''), ('applies_to', '''[["incident"]]'''),
    ('applies_to', '''[""]'''), ('applies_to', '''["incident", " \t\n"]'''),
    ('applies_to', '''["incident", "question", "incident"]'''),
    ('applies_to', 'jsonb_build_array(repeat(''x'', 256))'), ('applies_to', 'jsonb_build_array(repeat(''é'', 128))'),
    ('priority', ''''''), ('priority', 'E'' \t\n'''), ('priority', 'repeat(''x'', 256)'), ('priority', 'repeat(''é'', 128)'),
    ('status', '''retired'''), ('status', ''''''), ('status', '''Active'''), ('status', '''active '''),
    ('category', '''legal'''), ('category', ''''''), ('category', '''HR'''),
    ('source_type', '''mobile'''), ('source_type', ''''''), ('source_type', '''API'''),
    ('version', '''1..2'''), ('version', ''''''), ('version', '''latest'''), ('version', '''1.2.'''), ('version', '''01.2'''),
    ('version', '''1.2-'''), ('version', '''v1'''), ('version', ''' 1.2'''),
    ('published_at', '''infinity'''), ('published_at', '''-infinity'''),
    ('next_review_at', '''infinity'''), ('next_review_at', '''-infinity'''),
    ('tags', '''5'''), ('tags', '''"a"'''), ('tags', '''true'''), ('tags', '''null'''),
    ('review_cadence', '''0'''), ('review_cadence', '''-1 month'''), ('review_cadence', '''1 year -1 day'''),
    ('review_cadence', '''-1 second'''), ('review_cadence', '''1 day -1 hour''');
-- What came of a statement: the parts of its error, shortened.
CREATE FUNCTION pg_temp.refused(statement text, OUT code text, OUT at text, OUT message text, OUT detail text) AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, at = COLUMN_NAME, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    message := regexp_replace(message, '([xé])\1{20,}', '\1\1\1');
END $$ LANGUAGE plpgsql;

-- Created so, and changed to it: refused alike, with the same words.
:as_caller
INSERT INTO policies_api.policies (name) VALUES ('to be changed');
\pset format unaligned
SELECT bad.value, inserted.code, inserted.at, inserted.message, inserted.detail,
       CASE WHEN updated IS DISTINCT FROM inserted THEN updated::text END AS otherwise_on_update
FROM bad,
     pg_temp.refused(format('INSERT INTO policies_api.policies (%I) VALUES (%s)', "column", value)) AS inserted,
     pg_temp.refused(format('UPDATE policies_api.policies SET %I = %s', "column", value)) AS updated
ORDER BY number;
\pset format aligned
SELECT count(*) AS wrong_column FROM bad,
    pg_temp.refused(format('INSERT INTO policies.policies (%I) VALUES (%s)', "column", value)) AS error
WHERE error.code <> '23514' OR error.at <> "column";

-- The order of the targets: both are needed to break it, and either write can.
INSERT INTO policies_api.policies (first_response_minutes, resolution_minutes) VALUES (60, 59);
\echo :SQLSTATE
SELECT * FROM pg_temp.refused('INSERT INTO policies_api.policies (first_response_minutes, resolution_minutes) VALUES (60, 59)');
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes)
    VALUES ('targets', 'high', '["incident"]', 60);
UPDATE policies_api.policies SET resolution_minutes = 59 WHERE name = 'targets';
\echo :SQLSTATE
UPDATE policies_api.policies SET resolution_minutes = 60 WHERE name = 'targets';
UPDATE policies_api.policies SET first_response_minutes = 61 WHERE name = 'targets';
\echo :SQLSTATE
SELECT first_response_minutes, resolution_minutes FROM policies_api.policies WHERE name = 'targets';
-- Several faults: one of them is told.
SELECT code, at FROM pg_temp.refused(
    'INSERT INTO policies_api.policies (version, status, resolution_minutes) VALUES (''1..2'', ''retired'', 0)');

-- What no column could hold is refused by its type.
INSERT INTO policies_api.policies (first_response_minutes) VALUES (3000000000);
\echo :SQLSTATE
INSERT INTO policies_api.policies (resolution_minutes) SELECT '3000000000'::text::integer;
\echo :SQLSTATE
INSERT INTO policies_api.policies (first_response_minutes) VALUES ('soon');
\echo :SQLSTATE
INSERT INTO policies_api.policies (applies_to) VALUES ('["incident"');
\echo :SQLSTATE
INSERT INTO policies_api.policies (business_hours_only) VALUES ('perhaps');
\echo :SQLSTATE
INSERT INTO policies_api.policies (next_review_at) VALUES ('2026-02-30');
\echo :SQLSTATE
INSERT INTO policies_api.policies (review_cadence) VALUES ('yearly');
\echo :SQLSTATE
-- A status can be changed, not taken away.
UPDATE policies_api.policies SET status = NULL WHERE name = 'targets';
\echo :SQLSTATE
:as_superuser
DELETE FROM policies.policies WHERE tenant_id = 'rules_a';

-- The bounds of what is allowed are allowed.
:as_caller
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, resolution_minutes)
    VALUES ('shortest', 'high', '["short"]', 1, 1), ('longest', 'high', '["long"]', 1, 2147483647);
INSERT INTO policies_api.policies (name, applies_to, priority)
    VALUES ('none', '[]', NULL), ('longest words', jsonb_build_array(repeat('x', 255), 'Incident', 'incident', ' incident'),
        repeat('y', 255));
INSERT INTO policies_api.policies (name, tags) VALUES ('array', '[1, "a", null]'), ('object', '{"a": {"b": []}}'),
    ('empty', '{}');
INSERT INTO policies_api.policies (name, version) SELECT 'version ' || v, v
    FROM unnest(ARRAY['1', '1.2', '1.2.0', '1.2.3.4', '1.0-rc.1', '1.0.0-alpha+build.7']) AS v;
INSERT INTO policies_api.policies (name, category, status, source_type) SELECT format('%s %s %s', c, s, t), c, s, t
    FROM unnest(ARRAY['security', 'privacy', 'hr', 'compliance', 'finance', 'operations', 'other']) AS c,
         unnest(ARRAY['active', 'inactive', 'draft']) AS s, unnest(ARRAY['frontend', 'backend', 'server', 'system', 'api']) AS t;
INSERT INTO policies_api.policies (name, published_at, next_review_at, review_cadence)
    VALUES ('times', '0001-01-01 00:00+00 BC', '9999-12-31 00:00+00', '1 microsecond'), ('years', NULL, NULL, '100 years');
SELECT count(*) FROM policies_api.policies;
SELECT count(DISTINCT (category, status, source_type)) FROM policies_api.policies WHERE category IS NOT NULL;
SELECT version FROM policies_api.policies WHERE version IS NOT NULL
ORDER BY policies.version_sort_key(version) COLLATE "C", version;
:as_superuser
DELETE FROM policies.policies WHERE tenant_id = 'rules_a';

-- Nothing is required.
:as_caller
INSERT INTO policies_api.policies DEFAULT VALUES;
\x on
SELECT policies.is_valid_id(id) AND id LIKE 'pol\_%' AS has_id, tenant_id, app_id, created_at = updated_at AS is_fresh,
       created_by, updated_by, source, source_type, is_deleted, deleted_at, deleted_by, schema_version,
       name, description, applies_to, priority, first_response_minutes, resolution_minutes, business_hours_only, status, body,
       version, category, owner_id, published_at, next_review_at, tags, review_cadence
FROM policies_api.policies;
\x off
-- As PostgREST inserts in bulk: a key that one object has and another lacks arrives as NULL.
INSERT INTO policies_api.policies (name, status, source, source_type)
SELECT name, status, source, source_type
FROM json_to_recordset('[{"name": "without"}, {"name": "with", "status": "draft", "source": "hr", "source_type": "system"}]')
    AS given (name text, status text, source text, source_type text);
SELECT name, status, source, source_type FROM policies_api.policies WHERE name IS NOT NULL ORDER BY name;
:as_superuser
DELETE FROM policies.policies WHERE tenant_id = 'rules_a';

-- An administrator's import obeys the same rules.
SELECT count(*) AS accepted FROM bad,
    pg_temp.refused(format('INSERT INTO policies.policies (tenant_id, %I) VALUES (''rules_a'', %s)', "column", value)) AS error
WHERE error.code IS DISTINCT FROM '23514' OR error.at <> "column";
SELECT code, at FROM pg_temp.refused($$INSERT INTO policies.policies (tenant_id, status) VALUES ('rules_a', NULL)$$);
DELETE FROM policies.policies WHERE tenant_id = 'rules_a';

-- The constraints refuse what the trigger does; they accept what it does.
BEGIN;
ALTER TABLE policies.policies DISABLE TRIGGER policies_check;
SELECT bad.value, error.code FROM bad,
    pg_temp.refused(format('INSERT INTO policies.policies (tenant_id, %I) VALUES (''rules_a'', %s)', "column", value)) AS error
WHERE error.code IS DISTINCT FROM '23514' ORDER BY number;
SELECT code, message FROM pg_temp.refused(
    $$INSERT INTO policies.policies (tenant_id, first_response_minutes, resolution_minutes) VALUES ('rules_a', 60, 59)$$);
SELECT code, at FROM pg_temp.refused($$INSERT INTO policies.policies (tenant_id, status) VALUES ('rules_a', NULL)$$);
INSERT INTO policies.policies (tenant_id, applies_to, priority, version, tags, review_cadence, published_at)
VALUES ('rules_a', jsonb_build_array(repeat('x', 255)), repeat('y', 255), '1.0-rc.1', '[]', '1 microsecond',
    '9999-12-31 00:00+00');
ROLLBACK;
DROP TABLE bad;
DELETE FROM policies.policies_history WHERE tenant_id = 'rules_a';
