-- The register: made by one call, by an administrator, again without harm; owned, and described, as it should be.
\set as_a 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = \'{"tenant_id": "register_a", "sub": "per_ann"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
-- Called again, it changes nothing and loses no row.
:as_a
INSERT INTO policies_api.policies (name, priority, applies_to, next_review_at, review_cadence)
    VALUES ('kept', 'high', '["incident"]', '2020-01-01', '1 year');
UPDATE policies_api.policies SET description = 'changed';
SELECT name FROM policies_api.complete_policy((SELECT id FROM policies_api.policies));
:as_superuser
CREATE FUNCTION pg_temp.state() RETURNS TABLE (line text) AS $$
    SELECT format('relation %s %s %s %s %s %s', oid, relname, relowner, relacl, relrowsecurity, relforcerowsecurity) FROM pg_class
        WHERE relnamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    UNION ALL SELECT format('policy %s %s %s', xmin, polrelid, polname) FROM pg_policy UNION ALL
        SELECT format('trigger %s %s %s', xmin, tgrelid, tgname) FROM pg_trigger
    UNION ALL SELECT format('schema %s %s %s', xmin, nspname, nspacl) FROM pg_namespace
    UNION ALL SELECT format('function %s %s %s %s', xmin, oid, proname, proacl) FROM pg_proc
        WHERE pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    UNION ALL SELECT p::text FROM policies.policies p UNION ALL SELECT h::text FROM policies.policies_history h UNION ALL
        SELECT r::text FROM policies.policy_reviews r
    UNION ALL SELECT c::text FROM policies.sla_coverage c UNION ALL SELECT s::text FROM policies.register_steps s
$$ LANGUAGE sql;
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.state();
SELECT policies.create_register() = policies.register_version() AS same_version, policies.register_version() =
    policies.latest_register_version() AS is_latest;
SELECT count(*) AS lost FROM (TABLE before EXCEPT SELECT * FROM pg_temp.state()) AS t;
SELECT count(*) AS new FROM (SELECT * FROM pg_temp.state() EXCEPT TABLE before) AS t;
SELECT count(*) FROM before WHERE line LIKE '%register\_a%';
SELECT name, version = (SELECT extversion FROM pg_extension WHERE extname = 'policies') AS is_of_extension,
    digest ~ '^[0-9a-f]{64}$' AS has_digest,
    applied_at <= now() AS applied, applied_by = session_user AS by_this_login FROM policies.register_steps ORDER BY name;
SELECT policies.register_version() = format('%s+%s', version, left(digest, 12)) AS tells_what FROM policies.register_steps
    WHERE name = 'api';
-- Where its API is of another text, that is applied again, to the same catalog.
CREATE FUNCTION pg_temp.definitions() RETURNS TABLE (line text) AS $$
    SELECT format('%s %s', oid::regprocedure, md5(pg_get_functiondef(oid) || proacl::text || obj_description(oid, 'pg_proc')))
        FROM pg_proc
        WHERE pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    UNION ALL SELECT format('%s %s', oid::regclass, md5(pg_get_viewdef(oid) || relacl::text || obj_description(oid, 'pg_class')))
        FROM pg_class
        WHERE relkind = 'v' AND relnamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    UNION ALL SELECT format('%s %s %s', tgenabled, pg_get_triggerdef(oid), obj_description(oid, 'pg_trigger')) FROM pg_trigger
        WHERE NOT tgisinternal
    UNION ALL SELECT format('%s %s %s', attrelid::regclass, attname, col_description(attrelid, attnum)) FROM pg_attribute
        WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace IN ('policies'::regnamespace,
            'policies_api'::regnamespace))
$$ LANGUAGE sql;
CREATE TEMP TABLE defined AS SELECT * FROM pg_temp.definitions();
BEGIN;
UPDATE policies.register_steps SET digest = repeat('0', 64) WHERE name = 'api';
GRANT EXECUTE ON FUNCTION policies_api.policy_html(text, text, text) TO PUBLIC;
CREATE OR REPLACE FUNCTION policies.content_hash(content jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE BEGIN ATOMIC
    SELECT ''; END;
ALTER TABLE policies.policies DISABLE TRIGGER policies_clock;
SELECT count(*) FROM (SELECT * FROM pg_temp.definitions() EXCEPT TABLE defined) AS t;
SELECT policies.register_version() = policies.latest_register_version() AS is_latest;
SELECT name, level FROM policies.audit() WHERE name = 'register_outdated';
SELECT policies.create_register() = policies.latest_register_version() AS is_latest;
SELECT * FROM pg_temp.definitions() EXCEPT TABLE defined;
TABLE defined EXCEPT SELECT * FROM pg_temp.definitions();
ROLLBACK;
-- What was attached while it waited, it must see.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT policies.create_register();
ROLLBACK;
-- Under the SQL of another version it is not touched.
\set VERBOSITY sqlstate
BEGIN;
UPDATE pg_extension SET extversion = '0.9.0' WHERE extname = 'policies';
SELECT policies.create_register();
ROLLBACK;
BEGIN;
UPDATE pg_extension SET extversion = '999.0.0' WHERE extname = 'policies';
SELECT policies.create_register();
ROLLBACK;
\set VERBOSITY default
DELETE FROM policies.policy_reviews WHERE tenant_id = 'register_a';
DELETE FROM policies.policies WHERE tenant_id = 'register_a';
DELETE FROM policies.policies_history WHERE tenant_id = 'register_a';
-- Administrators may call it; nobody else.
SET SESSION AUTHORIZATION regress_administrator;
SELECT policies.create_register() = policies.latest_register_version() AS is_latest;
SET SESSION AUTHORIZATION regress_auditor;
SELECT policies.create_register();
\echo :SQLSTATE
SELECT policies.register_version() = policies.latest_register_version() AS is_latest;
SET SESSION AUTHORIZATION regress_stranger;
SELECT policies.create_register();
\echo :SQLSTATE
SELECT policies.register_version();
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_register_nobody;
SET ROLE regress_register_nobody;
SELECT policies.create_register();
\echo :SQLSTATE
RESET ROLE;
DROP ROLE regress_register_nobody;
-- Within a transaction it is undone with it, and a step that fails leaves none behind.
CREATE DATABASE regress_register ENCODING 'UTF8' TEMPLATE template0;
\set main :DBNAME
\c regress_register
CREATE EXTENSION policies;
SELECT policies.register_version() IS NULL AS none, policies.latest_register_version() IS NOT NULL AS known;
BEGIN;
SELECT policies.create_register() AS created \gset
SELECT policies.register_version() = :'created' AS same_version;
ROLLBACK;
SELECT policies.register_version(), to_regclass('policies.policies'), to_regclass('policies.register_steps');
CREATE TABLE policies.sla_coverage (in_the_way integer);
\set VERBOSITY terse
SELECT policies.create_register();
\echo :SQLSTATE
\set VERBOSITY default
SELECT policies.register_version(), to_regclass('policies.policies');
DROP TABLE policies.sla_coverage;
-- An administrator who is no superuser builds the same as a superuser does.
SET SESSION AUTHORIZATION regress_stranger;
SELECT policies.create_register();
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_administrator;
SELECT policies.create_register() = policies.latest_register_version() AS is_latest;
RESET SESSION AUTHORIZATION;
SELECT DISTINCT applied_by FROM policies.register_steps;
CREATE FUNCTION pg_temp.objects() RETURNS TABLE (line text) AS $$
    SELECT format('%s %s %s %s', relkind, relname, relowner::regrole, (SELECT array_agg(a ORDER BY a::text)
        FROM unnest(relacl) AS a)) FROM pg_class
        WHERE relnamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    UNION ALL SELECT format('%s %s %s', proname, proowner::regrole, proacl) FROM pg_proc
        WHERE pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    UNION ALL SELECT format('%s %s %s', polname, polrelid::regclass, polroles) FROM pg_policy
        WHERE polrelid::regclass::text LIKE 'policies%'
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'policies%'
$$ LANGUAGE sql;
SELECT md5(string_agg(line, E'\n' ORDER BY line COLLATE "C")) AS by_administrator FROM pg_temp.objects() \gset
\c :main
CREATE FUNCTION pg_temp.objects() RETURNS TABLE (line text) AS $$
    SELECT format('%s %s %s %s', relkind, relname, relowner::regrole, (SELECT array_agg(a ORDER BY a::text)
        FROM unnest(relacl) AS a)) FROM pg_class
        WHERE relnamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    UNION ALL SELECT format('%s %s %s', proname, proowner::regrole, proacl) FROM pg_proc
        WHERE pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    UNION ALL SELECT format('%s %s %s', polname, polrelid::regclass, polroles) FROM pg_policy
        WHERE polrelid::regclass::text LIKE 'policies%'
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'policies%'
$$ LANGUAGE sql;
SELECT md5(string_agg(line, E'\n' ORDER BY line COLLATE "C")) = :'by_administrator' AS as_by_administrator FROM pg_temp.objects();
DROP DATABASE regress_register;
-- A database of another encoding cannot hold claims.
CREATE DATABASE regress_ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
\c regress_ascii
-- From PostgreSQL 18 on, the context of an error in an extension's script says where in it.
\set SHOW_CONTEXT never
CREATE EXTENSION policies;
\echo :SQLSTATE
\set SHOW_CONTEXT errors
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'policies%';
\c :main
DROP DATABASE regress_ascii;
-- Everything that create_register() made belongs to policies_admin; everything else is the extension's own.
SELECT d.classid::regclass, pg_describe_object(d.classid, d.objid, 0) AS not_the_administrators
FROM (SELECT 'pg_class'::regclass AS classid, oid AS objid, relowner AS owner FROM pg_class
    WHERE relnamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
      UNION ALL SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc WHERE pronamespace IN ('policies'::regnamespace,
          'policies_api'::regnamespace)
      UNION ALL SELECT 'pg_type'::regclass, oid, typowner FROM pg_type WHERE typnamespace IN ('policies'::regnamespace,
          'policies_api'::regnamespace)) AS d
WHERE d.owner <> 'policies_admin'::regrole
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
  AND NOT EXISTS (SELECT FROM pg_type a JOIN pg_depend e ON e.objid = a.typelem AND e.deptype = 'e' WHERE a.oid = d.objid
      AND d.classid = 'pg_type'::regclass);
SELECT count(*) AS tables_of_the_extension FROM pg_depend e JOIN pg_class c ON e.classid = 'pg_class'::regclass
    AND e.objid = c.oid WHERE e.deptype = 'e' AND c.relkind IN ('r', 'p', 'S');
SELECT c.relname, c.relkind FROM pg_class c WHERE relnamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    AND relkind NOT IN ('i') ORDER BY relkind, relname;

-- Everything has a comment.
SELECT 'schema' AS kind, nspname::text AS without_comment FROM pg_namespace WHERE nspname LIKE 'policies%'
    AND obj_description(oid, 'pg_namespace') IS NULL
UNION ALL SELECT 'extension', extname FROM pg_extension WHERE extname = 'policies'
    AND obj_description(oid, 'pg_extension') IS NULL
UNION ALL SELECT 'relation', oid::regclass::text FROM pg_class WHERE relnamespace::regnamespace::text LIKE 'policies%'
    AND relkind NOT IN ('i', 'I', 't')
    AND obj_description(oid, 'pg_class') IS NULL
UNION ALL SELECT 'index', oid::regclass::text FROM pg_class c WHERE relnamespace::regnamespace::text LIKE 'policies%'
    AND relkind IN ('i', 'I')
    AND obj_description(oid, 'pg_class') IS NULL AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid)
UNION ALL SELECT 'column', attrelid::regclass || '.' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace::regnamespace::text LIKE 'policies%' AND relkind IN ('r', 'p', 'v', 'm') AND attnum > 0
        AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL
UNION ALL SELECT 'function', oid::regprocedure::text FROM pg_proc WHERE pronamespace::regnamespace::text LIKE 'policies%'
    AND obj_description(oid, 'pg_proc') IS NULL
UNION ALL SELECT 'type', oid::regtype::text FROM pg_type WHERE typnamespace::regnamespace::text LIKE 'policies%'
    AND typtype NOT IN ('c') AND typelem = 0 AND obj_description(oid, 'pg_type') IS NULL
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    WHERE relnamespace::regnamespace::text LIKE 'policies%' AND NOT tgisinternal AND obj_description(t.oid, 'pg_trigger') IS NULL
UNION ALL SELECT 'policy', polrelid::regclass || '.' || polname FROM pg_policy p JOIN pg_class c ON c.oid = polrelid
    WHERE relnamespace::regnamespace::text LIKE 'policies%' AND obj_description(p.oid, 'pg_policy') IS NULL
ORDER BY 1, 2;
-- The comments of the views tell of rows as the table's do; each of their columns says what the table's says.
SELECT v.attrelid::regclass, v.attname FROM pg_attribute v JOIN pg_attribute t ON t.attname = v.attname
    AND t.attrelid = 'policies.policies'::regclass
WHERE v.attrelid IN ('policies_api.policies'::regclass, 'policies_api.deleted_policies'::regclass)
  AND col_description(v.attrelid, v.attnum) IS DISTINCT FROM col_description(t.attrelid, t.attnum);
