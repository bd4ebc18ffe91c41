-- What cannot be protected, and why; a refusal changes nothing.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "refuse_a", "sub": "per_ann"}\';'
\set as_b :caller '\'{"tenant_id": "refuse_b", "sub": "per_bob"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
SET client_min_messages = warning;
-- How a statement is refused; whatever it did is undone.
CREATE FUNCTION pg_temp.refused(statement text, OUT code text, OUT "column" text, OUT message text, OUT detail text,
    OUT hint text) AS $$
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, "column" = COLUMN_NAME, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$ LANGUAGE plpgsql;
-- The refusals of protect_table(), and of whichever block of it does not say the same.
CREATE FUNCTION pg_temp.protection(relation text, OUT code text, OUT message text, OUT detail text, OUT hint text,
    OUT blocks_differ text) AS $$
    SELECT e.code, e.message, e.detail, e.hint,
           (SELECT string_agg(b.name || ': ' || r.message, ', ')
            FROM (VALUES ('add_base_columns', ''), ('scope_by_tenant', ''), ('stamp_writes', ', ''ref'''),
                ('keep_history', ''), ('create_soft_delete_views', ''),
                ('unprotect_table', '')) AS b (name, more),
                 LATERAL pg_temp.refused(format('SELECT policies.%I(%L%s)', b.name, relation, b.more)) AS r
            WHERE (r.code, r.message) IS DISTINCT FROM (e.code, e.message))
    FROM pg_temp.refused(format('SELECT policies.protect_table(%L, ''ref'')', relation)) AS e
$$ LANGUAGE sql;
CREATE SCHEMA refusals;
CREATE TABLE refusals.plain (note text);

-- Not a table, or not one that a row outlives its session in.
CREATE VIEW refusals.a_view AS TABLE refusals.plain;
CREATE MATERIALIZED VIEW refusals.a_materialized_view AS TABLE refusals.plain;
CREATE FOREIGN DATA WRAPPER regress_wrapper;
CREATE SERVER regress_server FOREIGN DATA WRAPPER regress_wrapper;
CREATE FOREIGN TABLE refusals.a_foreign_table (note text) SERVER regress_server;
CREATE SEQUENCE refusals.a_sequence;
CREATE INDEX an_index ON refusals.plain (note);
CREATE TYPE refusals.a_type AS (note text);
CREATE TEMP TABLE a_temporary_table (note text);
CREATE TABLE refusals.parent (note text);
CREATE TABLE refusals.child () INHERITS (refusals.parent);
CREATE TABLE refusals.partitioned (tenant_id text) PARTITION BY LIST (tenant_id);
CREATE TABLE refusals.a_partition PARTITION OF refusals.partitioned DEFAULT;
CREATE TABLE refusals.of_an_extension (note text);
ALTER EXTENSION policies ADD TABLE refusals.of_an_extension;
\x on
SELECT relation, e.*
FROM unnest(ARRAY['refusals.a_view', 'refusals.a_materialized_view', 'refusals.a_foreign_table', 'refusals.a_sequence',
    'refusals.an_index', 'refusals.a_type', 'pg_temp.a_temporary_table', 'pg_catalog.pg_class', 'pg_catalog.pg_tables',
    'information_schema.tables', 'information_schema.sql_features', 'refusals.parent', 'refusals.child', 'refusals.a_partition',
    'refusals.of_an_extension', 'policies_api.policies', 'policies.policies_history'])
    AS relation, LATERAL pg_temp.protection(relation) AS e;
SELECT code, detail, blocks_differ
FROM pg_temp.protection((SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = 'refusals.plain'::regclass));
\x off
SELECT code, message FROM pg_temp.refused('SELECT policies.protect_table(''refusals.absent'', ''ref'')');
SELECT code, message FROM pg_temp.refused('SELECT policies.protect_table(4000000000::oid::regclass, ''ref'')');
ALTER EXTENSION policies DROP TABLE refusals.of_an_extension;

-- Not by whoever does not own it, nor by an owner who is no administrator.
CREATE ROLE regress_owner_only NOLOGIN;
CREATE ROLE regress_admin_only NOLOGIN IN ROLE policies_admin;
GRANT USAGE, CREATE ON SCHEMA refusals TO regress_owner_only, regress_admin_only;
CREATE TABLE refusals.owned (note text);
ALTER TABLE refusals.owned OWNER TO regress_owner_only;
SET ROLE regress_owner_only;
SELECT code, message FROM pg_temp.refused('SELECT policies.protect_table(''refusals.owned'', ''ref'')');
SET ROLE regress_admin_only;
SELECT code, message, blocks_differ FROM pg_temp.protection('refusals.owned');
SELECT code, message, blocks_differ FROM pg_temp.protection('pg_catalog.pg_authid');
SET ROLE policies_auditor;
SELECT code, message FROM pg_temp.refused('SELECT policies.protect_table(''policies.policies'', ''ref'')');
RESET ROLE;
:as_a
SELECT code, message FROM pg_temp.refused('SELECT policies.unprotect_table(''policies.policies'')');
:as_superuser
SET client_min_messages = warning;

-- Names that are taken. What is in the way stays as it is: nobody else's table becomes a history.
CREATE TABLE refusals.tickets (note text);
CREATE VIEW policies_api.tickets AS SELECT 1 AS something_else;
SELECT code, message, detail, hint FROM pg_temp.refused('SELECT policies.protect_table(''refusals.tickets'', ''ref'')');
DROP VIEW policies_api.tickets;
CREATE TABLE policies_api.deleted_tickets (something_else integer);
SELECT code, message FROM pg_temp.refused('SELECT policies.protect_table(''refusals.tickets'', ''ref'')');
DROP TABLE policies_api.deleted_tickets;
CREATE TABLE refusals.tickets_history (something_else integer);
SELECT code FROM pg_temp.refused('SELECT policies.protect_table(''refusals.tickets'', ''ref'')');
DROP TABLE refusals.tickets_history;
CREATE TABLE refusals.tickets_history (id text, tenant_id text, app_id text, what_happened text);
ALTER TABLE refusals.tickets_history OWNER TO regress_owner_only;
SELECT code FROM pg_temp.refused('SELECT policies.protect_table(''refusals.tickets'', ''ref'')');
DROP TABLE refusals.tickets_history;
CREATE VIEW refusals.tickets_history AS SELECT 1 AS something_else;
SELECT code FROM pg_temp.refused('SELECT policies.protect_table(''refusals.tickets'', ''ref'')');
DROP VIEW refusals.tickets_history;
CREATE INDEX tickets_history ON refusals.tickets (note);
SELECT code FROM pg_temp.refused('SELECT policies.protect_table(''refusals.tickets'', ''ref'')');
DROP INDEX refusals.tickets_history;
-- Another table of that name has the views.
CREATE SCHEMA refusals_too;
CREATE TABLE refusals_too.tickets (note text);
SELECT policies.protect_table('refusals_too.tickets', 'ref');
SELECT code, message FROM pg_temp.refused('SELECT policies.protect_table(''refusals.tickets'', ''ref'')');
SELECT policies.unprotect_table('refusals_too.tickets');
-- A column of the table is in the way of one of the history.
CREATE TABLE refusals.periods (valid_from timestamptz);
SELECT code, message FROM pg_temp.refused('SELECT policies.protect_table(''refusals.periods'', ''ref'')');

-- Columns of the base that are there but are something else. Nothing is changed, and the message tells what.
CREATE COLLATION refusals.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE refusals.types (number integer, definition text);
INSERT INTO refusals.types VALUES (1, 'id bigint'), (2, 'id uuid'), (3, 'id varchar(40)'), (4, 'tenant_id uuid'),
    (5, 'tenant_id integer'), (6, 'app_id integer'), (7, 'created_at timestamp'),
    (8, 'updated_at date'), (9, 'created_by integer'), (10, 'is_deleted integer'),
    (11, 'is_deleted text'), (12, 'deleted_at timestamp'), (13, 'schema_version bigint'),
    (14, 'schema_version text'), (15, 'source jsonb'),
    (16, 'tenant_id text GENERATED ALWAYS AS (''a'') STORED'),
    (17, 'number integer, schema_version integer GENERATED ALWAYS AS (number) STORED'),
    (18, 'schema_version integer GENERATED ALWAYS AS IDENTITY'),
    (19, 'id text, tenant_id text, is_deleted boolean, deleted_at text'), (20, 'tenant_id text COLLATE refusals.any_case');
CREATE FUNCTION pg_temp.conflict(definition text, OUT code text, OUT at text, OUT message text, OUT hint text) AS $$
BEGIN
    EXECUTE format('CREATE TABLE refusals.conflict (%s)', definition);
    SELECT e.code, e."column", e.message, e.hint INTO code, at, message, hint
    FROM pg_temp.refused('SELECT policies.protect_table(''refusals.conflict'', ''ref'', existing_rows_tenant_id => ''t'')') AS e;
    DROP TABLE refusals.conflict;
END $$ LANGUAGE plpgsql;
SELECT t.definition, c.* FROM refusals.types t, pg_temp.conflict(t.definition) AS c ORDER BY number;
CREATE TABLE refusals.conflict (number integer, schema_version bigint, created_by text);
CREATE TEMP TABLE columns_before AS SELECT attname, atttypid, attnotnull, atthasdef FROM pg_attribute
WHERE attrelid = 'refusals.conflict'::regclass;
SELECT policies.protect_table('refusals.conflict', 'ref');
\echo :SQLSTATE
SELECT count(*) AS changed FROM (
    (TABLE columns_before EXCEPT SELECT attname, atttypid, attnotnull, atthasdef FROM pg_attribute
        WHERE attrelid = 'refusals.conflict'::regclass)
    UNION ALL (SELECT attname, atttypid, attnotnull, atthasdef FROM pg_attribute
        WHERE attrelid = 'refusals.conflict'::regclass EXCEPT TABLE columns_before)) AS c;
SELECT relrowsecurity, relhastriggers, relhasindex, relacl,
       (SELECT count(*) FROM pg_constraint WHERE conrelid = c.oid AND contype <> 'n') AS constraints
FROM pg_class c WHERE oid = 'refusals.conflict'::regclass;

-- Rows that would have no tenant, or no sound one.
CREATE TABLE refusals.with_rows (note text);
INSERT INTO refusals.with_rows VALUES ('x');
SELECT code, "column", message, hint FROM pg_temp.refused('SELECT policies.protect_table(''refusals.with_rows'', ''ref'')');
SELECT code, "column", message, hint
FROM pg_temp.refused('SELECT policies.add_base_columns(''refusals.with_rows'', existing_rows_tenant_id => ''t'')');
SELECT code, message
FROM pg_temp.refused('SELECT policies.protect_table(''refusals.with_rows'', ''ref'', existing_rows_tenant_id => '''')');
ALTER TABLE refusals.with_rows ADD COLUMN tenant_id text;
SELECT code, "column" FROM pg_temp.refused('SELECT policies.protect_table(''refusals.with_rows'', ''ref'')');
-- Ids that are there and are none: kept, since what refers to them must go on doing so; but two rows of a tenant need two.
CREATE TABLE refusals.with_ids (id text, tenant_id text);
INSERT INTO refusals.with_ids VALUES ('1', 't'), ('1', 't');
SELECT code FROM pg_temp.refused('SELECT policies.protect_table(''refusals.with_ids'', ''ref'')');
-- A policy of its own, which would add up.
CREATE TABLE refusals.with_policy (note text);
CREATE POLICY everybody ON refusals.with_policy USING (true);
\x on
SELECT * FROM pg_temp.refused('SELECT policies.protect_table(''refusals.with_policy'', ''ref'')');
\x off
-- Arguments.
SELECT arguments, e.code, e.message
FROM unnest(ARRAY['NULL, ''ref''', '''refusals.plain'', NULL', '''refusals.plain'', ''''', '''refusals.plain'', ''Ref''',
    '''refusals.plain'', ''ref1''', '''refusals.plain'', ''re f''', '''refusals.plain'', ''_ref''',
    '''refusals.plain'', repeat(''r'', 64)', '''refusals.plain'', ''ref'', schema_version => 0',
    '''refusals.plain'', ''ref'', schema_version => -1', '''refusals.plain'', ''ref'', schema_version => NULL',
    '''refusals.plain'', ''ref'', view_schema => NULL',
    '''refusals.plain'', ''ref'', view_schema => ''absent''', '''refusals.plain'', ''ref'', view_schema => ''refusals''',
    '''refusals.plain'', ''ref'', view_schema => ''pg_catalog'''])
    AS arguments, pg_temp.refused(format('SELECT policies.protect_table(%s)', arguments)) AS e;
SELECT call, e.code, e.message
FROM unnest(ARRAY['add_base_columns(NULL)', 'scope_by_tenant(NULL)', 'scope_by_tenant(''refusals.plain'', NULL)',
    'stamp_writes(NULL, ''ref'')', 'stamp_writes(''refusals.plain'', NULL)', 'stamp_writes(''refusals.plain'', ''ref'', NULL)',
    'stamp_writes(''refusals.plain'', ''ref'', 0)', 'stamp_writes(''refusals.plain'', ''R'')',
    'keep_history(NULL)', 'create_soft_delete_views(NULL)', 'create_soft_delete_views(''refusals.plain'', NULL)',
    'unprotect_table(NULL)', 'protect_table(NULL, NULL)'])
    AS call, pg_temp.refused('SELECT policies.' || call) AS e;

-- A partitioned table is protected with its partitions, or told why not.
\x on
CREATE TABLE refusals.by_time (created_at timestamptz NOT NULL DEFAULT now(), note text) PARTITION BY RANGE (created_at);
SELECT * FROM pg_temp.refused('SELECT policies.protect_table(''refusals.by_time'', ''ref'')');
CREATE TABLE refusals.by_expression (note text) PARTITION BY LIST (lower(note));
SELECT * FROM pg_temp.refused('SELECT policies.protect_table(''refusals.by_expression'', ''ref'')');
\x off
CREATE TABLE refusals.split (tenant_id text NOT NULL DEFAULT policies.current_tenant_id(),
    note text) PARTITION BY LIST (tenant_id);
CREATE TABLE refusals.split_a PARTITION OF refusals.split FOR VALUES IN ('refuse_a');
CREATE TABLE refusals.split_others PARTITION OF refusals.split DEFAULT PARTITION BY HASH (tenant_id);
CREATE TABLE refusals.split_others_0 PARTITION OF refusals.split_others FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE refusals.split_others_1 PARTITION OF refusals.split_others FOR VALUES WITH (MODULUS 2, REMAINDER 1);
GRANT ALL ON refusals.split_a, refusals.split_others, refusals.split_others_0, refusals.split_others_1 TO PUBLIC, policies_caller;
GRANT SELECT ON refusals.split_a TO regress_stranger;
SELECT policies.protect_table('refusals.split', 'spl');
GRANT USAGE ON SCHEMA refusals TO policies_caller, regress_stranger, policies_auditor, policies_admin;
:as_a
INSERT INTO policies_api.split (note) VALUES ('a1'), ('a2');
UPDATE policies_api.split SET note = 'a1, changed' WHERE note = 'a1';
DELETE FROM policies_api.split WHERE note = 'a2';
:as_b
INSERT INTO policies_api.split (note) VALUES ('b1');
UPDATE policies_api.split SET note = 'b1, changed', tenant_id = 'refuse_a' RETURNING note, tenant_id;
SELECT note FROM policies_api.split;
SELECT note FROM refusals.split_a;
\echo :SQLSTATE
INSERT INTO refusals.split_a (tenant_id, note) VALUES ('refuse_a', 'planted');
\echo :SQLSTATE
:as_superuser
SELECT CASE tableoid::regclass::text WHEN 'refusals.split_a' THEN 'a' ELSE 'others' END AS partition,
       tenant_id, note, policies.is_valid_id(id) AS id, created_by, is_deleted
FROM refusals.split ORDER BY 1, 3;
SELECT tenant_id, note, superseded_by FROM refusals.split_history ORDER BY tenant_id, valid_from;
SELECT c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity,
       (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid) AS policies,
       (SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, ', ')
           FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner) AS granted_to
FROM pg_partition_tree('refusals.split') t JOIN pg_class c ON c.oid = t.relid ORDER BY 1;
SELECT relname FROM pg_class WHERE relnamespace = 'refusals'::regnamespace AND relname LIKE 'split%history' AND relkind = 'r';
SET SESSION AUTHORIZATION regress_stranger;
SELECT count(*) FROM refusals.split_a;
SET SESSION AUTHORIZATION regress_auditor;
SELECT tenant_id, note FROM policies_api.split ORDER BY 1;
:as_superuser
SET client_min_messages = warning;
SELECT policies.unprotect_table('refusals.split');
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, (SELECT count(*) FROM pg_trigger WHERE tgrelid = c.oid) AS triggers
FROM pg_partition_tree('refusals.split') t JOIN pg_class c ON c.oid = t.relid ORDER BY 1;

-- A trigger that would run before the stamps sees a tenant that nobody has checked: what the caller sent.
CREATE TABLE refusals.counted (note text);
CREATE TABLE refusals.counters (tenant_id text PRIMARY KEY, taken integer);
CREATE FUNCTION refusals.count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO refusals.counters AS c VALUES (NEW.tenant_id, 1) ON CONFLICT (tenant_id) DO UPDATE SET taken = c.taken + 1;
    RETURN NEW;
END
$$;
GRANT SELECT, INSERT, UPDATE ON refusals.counters TO policies_caller;
CREATE TRIGGER count BEFORE INSERT ON refusals.counted FOR EACH ROW EXECUTE FUNCTION refusals.count();
\x on
SELECT code, message, detail, hint FROM pg_temp.refused('SELECT policies.protect_table(''refusals.counted'', ''ref'')');
SELECT code, message
FROM pg_temp.refused('SELECT policies.add_base_columns(t), policies.stamp_writes(t, ''ref'')
    FROM CAST(''refusals.counted'' AS regclass) t');
\x off
ALTER TRIGGER count ON refusals.counted RENAME TO z_count;
SELECT policies.protect_table('refusals.counted', 'ref');
:as_a
INSERT INTO policies_api.counted (tenant_id, note) VALUES ('refuse_b', 'forged') RETURNING tenant_id;
:as_superuser
SELECT * FROM refusals.counters;
-- One that was renamed since is an error of audit(), also where it runs with its owner's rights, and protection says it again.
ALTER TRIGGER z_count ON refusals.counted RENAME TO " count";
SELECT name, level, detail, remediation FROM policies.audit() WHERE detail LIKE '%refusals.counted%' AND name LIKE '%stamp%';
ALTER FUNCTION refusals.count() SECURITY DEFINER;
SELECT name, level, detail FROM policies.audit() WHERE detail LIKE '%refusals.counted%' AND name ~ 'stamp|definer';
SELECT code, message FROM pg_temp.refused('SELECT policies.protect_table(''refusals.counted'', ''ref'')');
-- A comment says that it reads none of it; a trigger that does not see the row, or sees it later, is none to refuse.
COMMENT ON TRIGGER " count" ON refusals.counted IS 'Cross-tenant: counts nobody''s.';
CREATE TRIGGER at_once BEFORE INSERT ON refusals.counted EXECUTE FUNCTION refusals.count();
CREATE TRIGGER later AFTER INSERT ON refusals.counted FOR EACH ROW EXECUTE FUNCTION refusals.count();
CREATE TRIGGER gone BEFORE DELETE ON refusals.counted FOR EACH ROW EXECUTE FUNCTION refusals.count();
SELECT policies.protect_table('refusals.counted', 'ref');
-- On a partition, as well.
CREATE TABLE refusals.parted (tenant_id text NOT NULL) PARTITION BY LIST (tenant_id);
CREATE TABLE refusals.parted_a PARTITION OF refusals.parted DEFAULT;
CREATE TRIGGER count BEFORE UPDATE ON refusals.parted_a FOR EACH ROW EXECUTE FUNCTION refusals.count();
SELECT code, message, hint FROM pg_temp.refused('SELECT policies.protect_table(''refusals.parted'', ''ref'')');

-- A schema of views is one that callers may use; whoever may not let them is told.
CREATE SCHEMA refusals_views;
CREATE SCHEMA refusals_closed;
CREATE TABLE refusals.viewed (note text);
SELECT policies.protect_table('refusals.viewed', 'ref', view_schema => 'refusals_views');
SELECT a.grantee::regrole, a.privilege_type FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) a
WHERE n.nspname = 'refusals_views' AND a.grantee <> n.nspowner ORDER BY 1;
:as_a
INSERT INTO refusals_views.viewed (note) VALUES ('seen') RETURNING note;
:as_superuser
SELECT count(*) FROM policies.audit() WHERE detail ~ 'refusals_views';
GRANT USAGE, CREATE ON SCHEMA refusals_closed TO regress_owner_only, policies_admin;
GRANT USAGE, CREATE ON SCHEMA refusals TO regress_owner_only;
GRANT policies_admin TO regress_owner_only;
ALTER TABLE refusals.viewed OWNER TO regress_owner_only;
SET ROLE regress_owner_only;
\x on
SELECT code, message, detail, hint
FROM pg_temp.refused('SELECT policies.create_soft_delete_views(''refusals.viewed'', ''refusals_closed'')');
\x off
RESET ROLE;
SELECT policies.unprotect_table(t) FROM unnest('{refusals.viewed,refusals.counted}'::regclass[]) t;
DROP SCHEMA refusals_views, refusals_closed CASCADE;

DROP SCHEMA refusals, refusals_too CASCADE;
DROP FOREIGN DATA WRAPPER regress_wrapper CASCADE;
DROP OWNED BY regress_owner_only, regress_admin_only;
DROP ROLE regress_owner_only, regress_admin_only;
