-- A table that has base columns of its own before it is protected: which of their types, domains and precisions the stamps
-- honour, which are refused, and what becomes of rows that were deleted before.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "cols_a", "sub": "per_ann"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE SCHEMA columns;
CREATE FUNCTION pg_temp.protection(relation text, OUT code text, OUT "column" text, OUT message text, OUT detail text,
    OUT hint text) AS $$
BEGIN
    PERFORM policies.protect_table(relation, 'prt', existing_rows_tenant_id => 'cols_a');
    RAISE EXCEPTION 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, "column" = COLUMN_NAME, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$ LANGUAGE plpgsql;

-- Domains with constraints, direct or below another domain, on any column that is stamped.
CREATE DOMAIN columns.ulid AS text CHECK (char_length(VALUE) = 26);
CREATE DOMAIN columns.key AS columns.ulid;
CREATE DOMAIN columns.given AS text NOT NULL;
CREATE DOMAIN columns.recent AS timestamptz(0) CHECK (VALUE > '2020-01-01 00:00+00');
CREATE DOMAIN columns.name AS text COLLATE "C";
CREATE DOMAIN columns.second AS timestamptz(0);
CREATE TABLE columns.by_ulid (id columns.ulid PRIMARY KEY, updated_at timestamptz(0) NOT NULL DEFAULT now());
CREATE TABLE columns.by_key (id columns.key);
CREATE TABLE columns.by_tenant (tenant_id columns.given);
CREATE TABLE columns.by_time (updated_at columns.recent);
CREATE TABLE columns.by_person (created_by columns.given);
-- A NOT NULL that no live row could obey.
CREATE TABLE columns.never_null (deleted_at timestamptz NOT NULL DEFAULT 'infinity');
CREATE TABLE columns.never_unnamed (deleted_by text NOT NULL DEFAULT '');
\x on
SELECT e.* FROM unnest(ARRAY['by_ulid', 'by_key', 'by_tenant', 'by_time', 'by_person', 'never_null', 'never_unnamed'])
    WITH ORDINALITY AS t (name, number), pg_temp.protection('columns.' || t.name) AS e ORDER BY number;
\x off
-- The block alone refuses, too.
CREATE TABLE columns.by_block (LIKE policies.policies);
ALTER TABLE columns.by_block ALTER COLUMN updated_by TYPE columns.given USING '';
SELECT policies.stamp_writes('columns.by_block', 'prt');
\echo :SQLSTATE

-- Domains without constraints are honoured, and so is the precision of times, in a domain or not: what is stamped is what a
-- dump restores. Each write is later by a unit of it.
CREATE TABLE columns.parts (id columns.name PRIMARY KEY, tenant_id columns.name, created_at timestamptz(0),
    updated_at columns.second NOT NULL DEFAULT now(), deleted_at timestamptz(1), name text);
SELECT policies.protect_table('columns.parts', 'prt');
:as_ann
INSERT INTO policies_api.parts (name) VALUES ('bolt');
CREATE TEMPORARY TABLE seen AS SELECT updated_at FROM policies_api.parts;
UPDATE policies_api.parts SET name = 'nut';
INSERT INTO seen SELECT updated_at FROM policies_api.parts;
UPDATE policies_api.parts SET name = 'washer';
INSERT INTO seen SELECT updated_at FROM policies_api.parts;
DELETE FROM policies_api.parts;
SELECT updated_at > (SELECT max(updated_at) FROM seen) AS later, created_at = date_trunc('second', created_at) AS created,
    updated_at = date_trunc('second', updated_at) AS updated, deleted_at = updated_at AS deleted
FROM policies_api.deleted_parts;
SELECT count(DISTINCT updated_at) AS times, bool_and(updated_at = date_trunc('second', updated_at)) AS whole FROM seen;
:as_superuser
SELECT name, valid_from = date_trunc('second', valid_from) AS whole, valid_from < valid_to AS forward
FROM columns.parts_history ORDER BY valid_from;
SELECT policies.is_valid_id(id) AS id, tenant_id FROM columns.parts;
-- What an administrator imports gets times of that precision, too, where none are given.
INSERT INTO columns.parts (tenant_id, name) VALUES ('cols_a', 'imported');
SELECT created_at = date_trunc('second', created_at) AS created, updated_at = date_trunc('second', updated_at) AS updated
FROM columns.parts WHERE name = 'imported';
-- A domain that gets a constraint afterwards, and a column that gets another precision.
BEGIN;
DROP VIEW policies_api.parts, policies_api.deleted_parts;
ALTER TABLE columns.parts ALTER COLUMN created_at TYPE timestamptz(2);
SELECT policies.protect_table('columns.parts', 'prt');
COMMIT;
INSERT INTO columns.parts (tenant_id, name) VALUES ('cols_a', 'finer');
SELECT created_at = created_at::timestamptz(2) AS created FROM columns.parts WHERE name = 'finer';
ALTER DOMAIN columns.name ADD CHECK (char_length(VALUE) < 31);
:as_ann
\x on
INSERT INTO policies_api.parts (name) VALUES ('after');
UPDATE policies_api.parts SET name = 'after';
\x off
:as_superuser
SELECT detail FROM policies.audit() WHERE name = 'base_column_wrong' ORDER BY detail;
ALTER DOMAIN columns.name DROP CONSTRAINT name_check;
:as_ann
INSERT INTO policies_api.parts (name) VALUES ('after') RETURNING name;
:as_superuser

-- Stamps have whole milliseconds: a client that reads times with milliseconds, as JavaScript does, names what it has read.
CREATE TABLE columns.plain (name text);
INSERT INTO columns.plain VALUES ('from before');
SELECT policies.protect_table('columns.plain', 'pln', existing_rows_tenant_id => 'cols_a');
INSERT INTO columns.plain (tenant_id, name) VALUES ('cols_a', 'imported');
:as_ann
INSERT INTO policies_api.plain (name) VALUES ('written'), ('deleted');
DELETE FROM policies_api.plain WHERE name = 'deleted';
:as_superuser
SELECT name, created_at = date_trunc('milliseconds', created_at) AS created,
    updated_at = date_trunc('milliseconds', updated_at) AS updated, deleted_at = updated_at AS deleted
FROM columns.plain ORDER BY name;
:as_ann
SELECT to_char(updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.MSOF') AS read_by_javascript
FROM policies_api.plain WHERE name = 'written' \gset
UPDATE policies_api.plain SET name = 'written again' WHERE name = 'written' AND updated_at = :'read_by_javascript' RETURNING name;
UPDATE policies_api.plain SET name = 'too late' WHERE updated_at = :'read_by_javascript' RETURNING name;
DELETE FROM policies_api.plain WHERE name = 'written again' AND updated_at = :'read_by_javascript' RETURNING name;
-- Writes of one row in one transaction are a millisecond apart.
BEGIN;
CREATE TEMPORARY TABLE seen_times AS SELECT updated_at FROM policies_api.plain WHERE name = 'written again';
UPDATE policies_api.plain SET name = name WHERE name = 'written again';
INSERT INTO seen_times SELECT updated_at FROM policies_api.plain WHERE name = 'written again';
UPDATE policies_api.plain SET name = name WHERE name = 'written again';
INSERT INTO seen_times SELECT updated_at FROM policies_api.plain WHERE name = 'written again';
COMMIT;
SELECT count(DISTINCT updated_at) AS times, bool_and(updated_at = date_trunc('milliseconds', updated_at)) AS whole
FROM seen_times;
:as_superuser
-- A time with microseconds that was imported stays until the next write, which is later.
UPDATE columns.plain SET updated_at = '2999-01-01 00:00:00.000999+00' WHERE name = 'imported';
SELECT updated_at AS updated FROM columns.plain WHERE name = 'imported';
:as_ann
UPDATE policies_api.plain SET name = name WHERE name = 'imported' RETURNING updated_at AS updated;
:as_superuser
-- The last time that there is has none after it.
UPDATE columns.plain SET updated_at = '294276-12-31 23:59:59.999+00' WHERE name = 'imported';
UPDATE columns.plain SET name = name WHERE name = 'imported';

-- An id of another type keeps its values, keys, references and default under another name.
CREATE TABLE columns.orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), note text);
CREATE TABLE columns.order_lines (order_id uuid REFERENCES columns.orders (id), amount integer);
WITH ordered AS (INSERT INTO columns.orders (note) VALUES ('first') RETURNING id)
INSERT INTO columns.order_lines SELECT id, 3 FROM ordered;
\x on
SELECT * FROM pg_temp.protection('columns.orders');
\x off
ALTER TABLE columns.orders RENAME COLUMN id TO row_id;
SELECT policies.protect_table('columns.orders', 'ord', existing_rows_tenant_id => 'cols_a');
:as_ann
INSERT INTO policies_api.orders (note) VALUES ('second') RETURNING row_id IS NOT NULL AS row_id, id LIKE 'ord\_%' AS id;
:as_superuser
SELECT o.note, l.amount, o.id LIKE 'ord\_%' AS id FROM columns.orders o LEFT JOIN columns.order_lines l ON l.order_id = o.row_id
ORDER BY 1;
-- The other hints do as they say.
CREATE TABLE columns.notes (id varchar(40) PRIMARY KEY, created_at timestamp, is_deleted integer, note text);
INSERT INTO columns.notes VALUES ('1', '2020-01-01 10:00', 0, 'kept'), ('2', '2020-01-01 10:00', 1, 'deleted');
SELECT "column", hint FROM pg_temp.protection('columns.notes');
ALTER TABLE columns.notes ALTER COLUMN id TYPE text COLLATE "C" USING id::text;
SELECT "column", hint FROM pg_temp.protection('columns.notes');
ALTER TABLE columns.notes ALTER COLUMN created_at TYPE timestamp with time zone USING created_at::timestamp AT TIME ZONE 'UTC';
SELECT "column", hint FROM pg_temp.protection('columns.notes');
ALTER TABLE columns.notes ALTER COLUMN is_deleted TYPE boolean USING is_deleted::boolean;
SELECT policies.protect_table('columns.notes', 'nts', existing_rows_tenant_id => 'cols_a');
SELECT id, created_at AS created, is_deleted, deleted_at = updated_at AS deleted FROM columns.notes ORDER BY id;

-- Rows that were deleted before stay deleted: by deleted_at alone, which they keep; without a trigger of the table's firing.
CREATE FUNCTION columns.refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'fired'; END$$;
CREATE TABLE columns.by_date (title text, deleted_at timestamptz);
INSERT INTO columns.by_date VALUES ('live', NULL), ('deleted', '2020-01-01 00:00:00.123456+00');
CREATE TRIGGER refuse BEFORE UPDATE ON columns.by_date FOR EACH ROW EXECUTE FUNCTION columns.refuse();
SELECT policies.protect_table('columns.by_date', 'dat', existing_rows_tenant_id => 'cols_a');
DROP TRIGGER refuse ON columns.by_date;
:as_ann
SELECT title, is_deleted, deleted_at FROM policies_api.by_date;
SELECT title, is_deleted, deleted_at AS deleted, deleted_by FROM policies_api.deleted_by_date;
UPDATE policies_api.deleted_by_date SET is_deleted = false RETURNING title, is_deleted, deleted_at;
INSERT INTO policies_api.by_date (title) VALUES ('new') RETURNING title, is_deleted, deleted_at;
:as_superuser
-- By is_deleted alone: since their last write, as far as the table knows it.
CREATE TABLE columns.by_flag (title text, is_deleted boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now());
INSERT INTO columns.by_flag VALUES ('live', false, '2020-01-01 00:00+00'), ('deleted', true, '2020-01-02 00:00+00');
SELECT policies.protect_table('columns.by_flag', 'flg', existing_rows_tenant_id => 'cols_a');
CREATE TABLE columns.by_flag_alone (title text, is_deleted boolean);
INSERT INTO columns.by_flag_alone VALUES ('live', false), ('deleted', true);
SELECT policies.protect_table('columns.by_flag_alone', 'flg', existing_rows_tenant_id => 'cols_a');
:as_ann
SELECT title, is_deleted, deleted_at FROM policies_api.by_flag;
SELECT title, is_deleted, deleted_at AS deleted FROM policies_api.deleted_by_flag;
UPDATE policies_api.deleted_by_flag SET is_deleted = false RETURNING title, is_deleted, deleted_at;
SELECT title, is_deleted, deleted_at FROM policies_api.by_flag_alone;
SELECT title, is_deleted, deleted_at = updated_at AS deleted FROM policies_api.deleted_by_flag_alone;
:as_superuser
-- By both, which agree, or contradict each other: refused, one way and the other. From then on they cannot.
CREATE TABLE columns.by_both (title text, is_deleted boolean, deleted_at timestamptz);
INSERT INTO columns.by_both VALUES ('live', false, NULL), ('deleted', true, '2020-01-01 00:00+00'), ('torn', true, NULL);
\x on
SELECT * FROM pg_temp.protection('columns.by_both');
UPDATE columns.by_both SET is_deleted = false, deleted_at = '2020-01-01 00:00+00' WHERE title = 'torn';
SELECT * FROM pg_temp.protection('columns.by_both');
\x off
SELECT attname FROM pg_attribute WHERE attrelid = 'columns.by_both'::regclass AND attnum > 0 ORDER BY attnum;
UPDATE columns.by_both SET is_deleted = deleted_at IS NOT NULL WHERE is_deleted <> (deleted_at IS NOT NULL);
SELECT policies.protect_table('columns.by_both', 'bth', existing_rows_tenant_id => 'cols_a');
SELECT policies.protect_table('columns.by_both', 'bth', existing_rows_tenant_id => 'cols_a');
SELECT title, is_deleted, deleted_at IS NULL AS no_time FROM columns.by_both ORDER BY title;
SELECT t.name, c.conname, pg_get_constraintdef(c.oid) AS definition
FROM unnest(ARRAY['by_date', 'by_flag', 'by_both', 'plain']) AS t (name)
JOIN pg_constraint c ON c.conrelid = ('columns.' || t.name)::regclass AND c.contype = 'c'
    AND pg_get_constraintdef(c.oid) LIKE '%deleted%' ORDER BY 1, 2;
\set VERBOSITY sqlstate
INSERT INTO columns.by_both (tenant_id, title, deleted_at) VALUES ('cols_a', 'torn again', '2020-01-01 00:00+00');
\set VERBOSITY default
-- A partitioned table adopts them in its partitions.
CREATE TABLE columns.split (tenant_id text NOT NULL, title text, deleted_at timestamptz) PARTITION BY LIST (tenant_id);
CREATE TABLE columns.split_a PARTITION OF columns.split FOR VALUES IN ('cols_a');
CREATE TABLE columns.split_others PARTITION OF columns.split DEFAULT;
INSERT INTO columns.split VALUES ('cols_a', 'live', NULL), ('cols_a', 'deleted', '2020-01-01 00:00+00'),
    ('cols_b', 'deleted', '2020-01-01 00:00+00');
SELECT policies.protect_table('columns.split', 'spl');
SELECT tenant_id, title, is_deleted FROM columns.split ORDER BY 1, 2;
-- What an expression of the owner's computes, it computes with the owner's rights.
CREATE ROLE regress_columns_owner NOLOGIN;
GRANT USAGE, CREATE ON SCHEMA columns TO regress_columns_owner;
CREATE TABLE columns.watched (title text, deleted_at timestamptz);
INSERT INTO columns.watched VALUES ('deleted', '2020-01-01 00:00+00');
CREATE FUNCTION columns.watch(title text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'regress_columns_owner' THEN
        RAISE EXCEPTION 'computed as %', current_user;
    END IF;
    RETURN title;
END $$;
ALTER TABLE columns.watched OWNER TO regress_columns_owner;
SET ROLE regress_columns_owner;
CREATE INDEX ON columns.watched (columns.watch(title));
RESET ROLE;
SELECT policies.add_base_columns('columns.watched', 'wat', existing_rows_tenant_id => 'cols_a');
SELECT title, is_deleted FROM columns.watched;

DROP SCHEMA columns CASCADE;
DROP ROLE regress_columns_owner;
