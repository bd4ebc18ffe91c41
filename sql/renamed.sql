-- A protected table whose name, schema or columns change: its history and its views follow, or say what to do.
\set as_a 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = \'{"tenant_id": "renamed_a"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
SET client_min_messages = warning;
CREATE SCHEMA renamed;
CREATE SCHEMA renamed_too;
CREATE TABLE renamed.orders (label text, amount integer, note text);
SELECT policies.protect_table('renamed.orders', 'ord');
CREATE FUNCTION pg_temp.kept(history text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT (to_jsonb(h) - ARRAY(SELECT name FROM policies.list_base_columns())
        - ARRAY[''valid_from'', ''valid_to'', ''superseded_by''])::text FROM %s h ORDER BY valid_from', history);
END
$$;
:as_a
INSERT INTO policies_api.orders (label, amount, note) VALUES ('first', 1, 'n');
UPDATE policies_api.orders SET label = 'second';

-- A column that was renamed: no write, and no second column, before its history has the name.
:as_superuser
ALTER TABLE renamed.orders RENAME COLUMN label TO title;
:as_a
UPDATE policies_api.orders SET amount = 2;
:as_superuser
SELECT name, detail FROM policies.audit() WHERE metadata ->> 'name' LIKE '%orders%' AND name <> 'owner_can_log_in' ORDER BY 1, 2;
SELECT policies.protect_table('renamed.orders', 'ord');
ALTER TABLE renamed.orders_history RENAME COLUMN label TO title;
SELECT policies.protect_table('renamed.orders', 'ord');
:as_a
UPDATE policies_api.orders SET title = 'third';
:as_superuser
SELECT pg_temp.kept('renamed.orders_history');

-- One that took the place of another is not taken for it; a new one behind all is simply added, what was dropped stays.
DROP VIEW policies_api.orders, policies_api.deleted_orders;
ALTER TABLE renamed.orders DROP COLUMN amount, ADD COLUMN price integer;
SELECT policies.protect_table('renamed.orders', 'ord');
:as_a
UPDATE policies_api.orders SET price = 5;
UPDATE policies_api.orders SET price = 6;
:as_superuser
SELECT pg_temp.kept('renamed.orders_history');
-- Of the last column nobody could tell.
DROP VIEW policies_api.orders, policies_api.deleted_orders;
ALTER TABLE renamed.orders DROP COLUMN price, ADD COLUMN cost integer;
SELECT policies.keep_history('renamed.orders');
ALTER TABLE renamed.orders_history ADD COLUMN cost integer;
SELECT policies.protect_table('renamed.orders', 'ord');
-- Another type is no other name.
DROP VIEW policies_api.orders, policies_api.deleted_orders;
ALTER TABLE renamed.orders ALTER COLUMN cost TYPE numeric;
SELECT policies.protect_table('renamed.orders', 'ord');
ALTER TABLE renamed.orders_history RENAME COLUMN cost TO cost_before;
SELECT policies.protect_table('renamed.orders', 'ord');

-- A column that was added, and keep_history() alone: the views have it, and callers write it.
ALTER TABLE renamed.orders ADD COLUMN extra text, ADD COLUMN number serial;
SELECT name, detail FROM policies.audit() WHERE metadata ->> 'name' LIKE '%orders%' AND name LIKE 'view%' ORDER BY 1, 2;
SELECT policies.keep_history('renamed.orders');
:as_a
UPDATE policies_api.orders SET extra = 'x' RETURNING extra;
INSERT INTO policies_api.orders (title) VALUES ('numbered') RETURNING number;
:as_superuser
SELECT name, detail FROM policies.audit() WHERE metadata ->> 'name' LIKE '%orders%' AND name <> 'owner_can_log_in';

-- A table that was renamed: its history and its views have the new name, and what they had.
CREATE VIEW renamed.report WITH (security_invoker = true) AS SELECT title FROM policies_api.orders;
SELECT count(*) AS kept FROM renamed.orders_history \gset
ALTER TABLE renamed.orders RENAME TO purchases;
SELECT name, detail FROM policies.audit() WHERE metadata ->> 'name' LIKE '%purchases%' AND name <> 'owner_can_log_in';
:as_a
UPDATE policies_api.orders SET extra = 'y';
:as_superuser
SELECT policies.protect_table('renamed.purchases', 'ord');
SELECT to_regclass('renamed.orders_history'), to_regclass('policies_api.orders'), to_regclass('policies_api.deleted_orders');
SELECT count(*) = :kept AS is_whole, obj_description('renamed.purchases_history'::regclass) FROM renamed.purchases_history;
SELECT pg_get_viewdef('renamed.report') LIKE '%policies_api.purchases%' AS follows;
:as_a
UPDATE policies_api.purchases SET extra = 'z' WHERE title <> 'numbered';
SELECT count(*) FROM policies_api.deleted_purchases;
:as_superuser
SELECT extra FROM renamed.purchases_history ORDER BY valid_from DESC LIMIT 1;
DROP VIEW renamed.report;

-- Another table that takes the name gets a history of its own, not that of the one before.
ALTER TABLE renamed.purchases RENAME TO purchases_old;
CREATE TABLE renamed.purchases (title text);
SELECT policies.keep_history('renamed.purchases_old');
SELECT policies.add_base_columns('renamed.purchases'), policies.keep_history('renamed.purchases');
SELECT (SELECT count(*) FROM renamed.purchases_history), (SELECT count(*) > 0 FROM renamed.purchases_old_history) AS has_kept;
ALTER TABLE renamed.purchases_old RENAME TO purchases_older;
CREATE TABLE renamed.purchases_old (title text);
SELECT policies.add_base_columns('renamed.purchases_old'), policies.keep_history('renamed.purchases_old');
SELECT policies.keep_history('renamed.purchases_older');
SELECT policies.add_base_columns('renamed.purchases_old'), policies.keep_history('renamed.purchases_old');
-- The name that goes with the table's may be taken.
ALTER TABLE renamed.purchases_older RENAME TO purchases_oldest;
CREATE TABLE renamed.purchases_oldest_history (title text);
SELECT policies.keep_history('renamed.purchases_oldest');
DROP TABLE renamed.purchases_oldest_history;

-- A table that moved to another schema left its history behind.
ALTER TABLE renamed.purchases_oldest SET SCHEMA renamed_too;
SELECT policies.keep_history('renamed_too.purchases_oldest');
ALTER TABLE renamed.purchases_older_history SET SCHEMA renamed_too;
SELECT policies.keep_history('renamed_too.purchases_oldest');
SELECT count(*) > 0 AS has_kept FROM renamed_too.purchases_oldest_history;
-- A history that was dropped begins anew.
DROP TABLE renamed_too.purchases_oldest_history;
SELECT policies.keep_history('renamed_too.purchases_oldest');
SELECT count(*) FROM renamed_too.purchases_oldest_history;

SELECT policies.unprotect_table('renamed_too.purchases_oldest');
DROP SCHEMA renamed, renamed_too CASCADE;
SELECT relname FROM pg_class WHERE relnamespace = 'policies_api'::regnamespace AND relname ~ 'orders|purchases' ORDER BY 1;
