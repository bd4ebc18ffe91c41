-- Where a history could break: clocks set back, rows deleted and imported again, no stamps, renamed schemas and tables, and
-- a trigger of the history that leads back to its table.
CREATE SCHEMA regress_edges;
CREATE TABLE regress_edges.orders (label text);
SELECT policies.protect_table('regress_edges.orders', 'ord');
CREATE VIEW regress_edges.periods AS
    SELECT count(*) AS versions, bool_and(valid_from < valid_to) AS forward,
           coalesce(bool_and(previous_end <= valid_from), true) AS apart
    FROM (SELECT valid_from, valid_to, lag(valid_to) OVER (PARTITION BY tenant_id, id ORDER BY valid_from) AS previous_end
          FROM regress_edges.orders_history) h;

-- A row that an administrator deletes and imports again from a backup.
INSERT INTO regress_edges.orders (tenant_id, label) VALUES ('acme', 'first');
UPDATE regress_edges.orders SET label = 'second';
CREATE TABLE regress_edges.backup AS SELECT * FROM regress_edges.orders;
DELETE FROM regress_edges.orders;
INSERT INTO regress_edges.orders SELECT * FROM regress_edges.backup;
UPDATE regress_edges.orders SET label = 'third';
UPDATE regress_edges.orders SET label = 'fourth';
SELECT * FROM regress_edges.periods;

-- A clock that is set back, again and again to the same time.
UPDATE regress_edges.orders SET updated_at = '2001-01-01 00:00+00';
UPDATE regress_edges.orders SET label = 'fifth', updated_at = '2001-01-01 00:00+00';
UPDATE regress_edges.orders SET updated_at = '2001-01-01 00:00+00';
UPDATE regress_edges.orders SET label = 'sixth';
SELECT * FROM regress_edges.periods;

-- A history alone, of a table whose application leaves updated_at as it is.
CREATE TABLE regress_edges.plain (label text);
SELECT policies.add_base_columns('regress_edges.plain');
SELECT policies.keep_history('regress_edges.plain');
INSERT INTO regress_edges.plain (id, tenant_id, label) VALUES (policies.new_id('pln'), 'acme', 'a');
BEGIN;
UPDATE regress_edges.plain SET label = 'b';
UPDATE regress_edges.plain SET label = 'c';
COMMIT;
UPDATE regress_edges.plain SET label = 'd';
SELECT label, valid_from < valid_to AS forward FROM regress_edges.plain_history ORDER BY valid_from;

-- The plan of the insert follows a schema that is renamed, even when another takes its name.
ALTER SCHEMA regress_edges RENAME TO regress_renamed;
CREATE SCHEMA regress_edges;
CREATE TABLE regress_edges.orders_history (LIKE regress_renamed.orders_history);
UPDATE regress_renamed.orders SET label = 'seventh';
SELECT (SELECT count(*) FROM regress_edges.orders_history) AS in_the_wrong_one,
       (SELECT count(*) FROM regress_renamed.orders_history WHERE label = 'sixth') AS in_the_right_one;
DROP SCHEMA regress_edges CASCADE;
ALTER SCHEMA regress_renamed RENAME TO regress_edges;

-- A table that is renamed keeps no history until it has one of its new name; nothing is lost meanwhile.
ALTER TABLE regress_edges.orders RENAME TO purchases;
UPDATE regress_edges.purchases SET label = 'eighth';
ALTER TABLE regress_edges.orders_history RENAME TO purchases_history;
UPDATE regress_edges.purchases SET label = 'eighth';
SELECT policies.keep_history('regress_edges.purchases');
UPDATE regress_edges.purchases SET label = 'eighth';
SELECT label FROM regress_edges.purchases_history ORDER BY valid_from DESC LIMIT 1;
-- Its views are found by what they show, not by their name.
SELECT policies.unprotect_table('regress_edges.purchases');
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'policies_api'::regnamespace AND c.relname LIKE '%orders';

-- A trigger of the history that changes the table once more, while the plans of both are made anew.
SELECT policies.protect_table('regress_edges.purchases', 'ord');
CREATE FUNCTION regress_edges.again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.label LIKE 'again%' THEN
        -- Changes the history's entry in the catalog, as a statistics run beside it would.
        GRANT UPDATE ON regress_edges.purchases_history TO policies_auditor;
        REVOKE UPDATE ON regress_edges.purchases_history FROM policies_auditor;
        UPDATE regress_edges.purchases SET label = substr(NEW.label, 7);
    END IF;
    RETURN NULL;
END
$$;
ALTER FUNCTION regress_edges.again() OWNER TO policies_admin;
GRANT USAGE, CREATE ON SCHEMA regress_edges TO policies_admin;
ALTER TABLE regress_edges.purchases OWNER TO policies_admin;
CREATE TRIGGER again AFTER INSERT ON regress_edges.purchases_history FOR EACH ROW EXECUTE FUNCTION regress_edges.again();
UPDATE regress_edges.purchases SET label = 'again again again ';
UPDATE regress_edges.purchases SET label = 'end';
SELECT label FROM regress_edges.purchases;
SELECT label FROM regress_edges.purchases_history WHERE label LIKE '%again%' OR label = '' ORDER BY valid_from;

-- A policy stays with its tenant: what belongs to it says so as well.
INSERT INTO policies.policies (tenant_id, name, priority, applies_to) VALUES ('edges_a', 'moving', 'high', '["incident"]');
\set VERBOSITY sqlstate
UPDATE policies.policies SET tenant_id = 'edges_b' WHERE name = 'moving';
UPDATE policies.policies SET tenant_id = 'edges_c', status = 'inactive' WHERE name = 'moving';
\set VERBOSITY default
SELECT tenant_id, priority, ticket_type FROM policies.sla_coverage WHERE tenant_id LIKE 'edges\_%';
UPDATE policies.policies SET status = 'inactive' WHERE name = 'moving';
SELECT count(*) FROM policies.sla_coverage WHERE tenant_id LIKE 'edges\_%';
DELETE FROM policies.policies WHERE name = 'moving';
DELETE FROM policies.policies_history WHERE name = 'moving';

SET client_min_messages = warning;
DROP VIEW policies_api.purchases, policies_api.deleted_purchases;
DROP SCHEMA regress_edges CASCADE;
