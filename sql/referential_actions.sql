-- What a foreign key does to the rows of protected tables, whose owner has no tenant: for all tenants, with history, and no
-- more than that.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "refer_a", "sub": "per_ann"}\';'
\set as_b :caller '\'{"tenant_id": "refer_b", "sub": "per_bob"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
\set as_owner 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims; SET ROLE refer_owner;'
SET client_min_messages = warning;
CREATE ROLE refer_owner NOLOGIN;
CREATE SCHEMA refer;
-- Not protected.
CREATE TABLE refer.persons (id text COLLATE "C" PRIMARY KEY);
INSERT INTO refer.persons VALUES ('per_ann'), ('per_bob'), ('per_eve'), ('per_desk');
CREATE TABLE refer.docs (
    title text,
    policy_id text COLLATE "C",
    editor text COLLATE "C" REFERENCES refer.persons ON UPDATE CASCADE ON DELETE SET NULL,
    desk text COLLATE "C" DEFAULT 'per_desk' REFERENCES refer.persons ON UPDATE SET NULL ON DELETE SET DEFAULT,
    -- A stamp that is a reference.
    created_by text COLLATE "C" REFERENCES refer.persons ON UPDATE CASCADE ON DELETE SET NULL
);
CREATE TABLE refer.files (name text, doc_id text COLLATE "C");
CREATE TABLE refer.links (name text, doc_id text COLLATE "C");
-- All columns of the key are set, the tenant among them.
CREATE TABLE refer.marks (policy_id text COLLATE "C");
-- It does nothing, and does it late.
CREATE TABLE refer.holds (policy_id text COLLATE "C");
CREATE TABLE refer.parts (tenant_id text COLLATE "C" NOT NULL, policy_id text COLLATE "C") PARTITION BY LIST (tenant_id);
CREATE TABLE refer.parts_a PARTITION OF refer.parts FOR VALUES IN ('refer_a');
CREATE TABLE refer.parts_b PARTITION OF refer.parts FOR VALUES IN ('refer_b');
SELECT policies.protect_table(t, 'ref')
FROM unnest('{refer.docs,refer.files,refer.links,refer.marks,refer.holds,refer.parts}'::regclass[]) t;
ALTER TABLE refer.docs ADD FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id)
    ON DELETE SET NULL (policy_id);
ALTER TABLE refer.files ADD FOREIGN KEY (tenant_id, doc_id) REFERENCES refer.docs (tenant_id, id)
    ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE refer.links ADD FOREIGN KEY (tenant_id, doc_id) REFERENCES refer.docs (tenant_id, id)
    ON UPDATE CASCADE ON DELETE SET NULL (doc_id);
ALTER TABLE refer.marks ADD FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id) ON DELETE SET NULL;
ALTER TABLE refer.holds ADD FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE refer.parts ADD FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id)
    ON DELETE SET NULL (policy_id);
SELECT format('ALTER TABLE %s OWNER TO refer_owner', c.oid::regclass) FROM pg_class c
WHERE c.relnamespace = 'refer'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE '%history' \gexec
GRANT USAGE, CREATE ON SCHEMA refer TO refer_owner;
GRANT USAGE ON SCHEMA refer TO policies_caller;
GRANT SELECT, UPDATE, DELETE ON refer.persons TO policies_caller;
CREATE VIEW pg_temp.kept AS
    SELECT tenant_id, title, policy_id IS NULL AS is_undone, editor, desk, created_by, updated_by
    FROM refer.docs ORDER BY tenant_id, title;
GRANT SELECT ON pg_temp.kept TO policies_caller;

:as_a
INSERT INTO policies_api.policies (name) VALUES ('refer');
INSERT INTO policies_api.docs (title, policy_id, editor, desk) SELECT 'of a', id, 'per_eve', 'per_eve' FROM policies_api.policies;
INSERT INTO policies_api.marks (policy_id) SELECT id FROM policies_api.policies;
INSERT INTO policies_api.parts (policy_id) SELECT id FROM policies_api.policies;
INSERT INTO policies_api.files (name, doc_id) SELECT 'file', id FROM policies_api.docs;
INSERT INTO policies_api.links (name, doc_id) SELECT 'link', id FROM policies_api.docs;
:as_b
INSERT INTO policies_api.policies (name) VALUES ('refer');
INSERT INTO policies_api.docs (title, policy_id, editor) SELECT 'of b', id, 'per_eve' FROM policies_api.policies;
INSERT INTO policies_api.parts (policy_id) SELECT id FROM policies_api.policies;

-- From the register: policies that are purged.
:as_a
DELETE FROM policies_api.policies WHERE name = 'refer';
:as_b
DELETE FROM policies_api.policies WHERE name = 'refer';
SET SESSION AUTHORIZATION regress_administrator;
RESET request.jwt.claims;
SELECT policies.purge_deleted('0', 'refer_a'), policies.purge_deleted('0', 'refer_b');
:as_superuser
SELECT * FROM pg_temp.kept;
SELECT tenant_id, title, policy_id IS NULL AS is_undone, updated_by, superseded_by, valid_from < valid_to AS forward
FROM refer.docs_history ORDER BY tenant_id, valid_from;
SELECT tenant_id, policy_id FROM refer.marks;
SELECT tenant_id, policy_id, updated_by FROM refer.parts ORDER BY 1;
SELECT count(*) FROM refer.parts_history;

-- What is still held is not purged.
:as_a
INSERT INTO policies_api.policies (name) VALUES ('held');
INSERT INTO policies_api.holds (policy_id) SELECT id FROM policies_api.policies WHERE name = 'held';
DELETE FROM policies_api.policies WHERE name = 'held';
SET SESSION AUTHORIZATION regress_administrator;
RESET request.jwt.claims;
\set VERBOSITY terse
SELECT policies.purge_deleted('0', 'refer_a');
\set VERBOSITY default
DELETE FROM refer.holds;
SELECT policies.purge_deleted('0', 'refer_a');

-- From a table that is not protected, by its owner without any claims: every tenant's rows follow, stamps as well.
:as_owner
UPDATE refer.persons SET id = 'per_eva' WHERE id = 'per_eve';
UPDATE refer.persons SET id = 'per_anne' WHERE id = 'per_ann';
:as_superuser
SELECT * FROM pg_temp.kept;
UPDATE refer.docs SET desk = 'per_eva';
:as_owner
DELETE FROM refer.persons WHERE id IN ('per_eva', 'per_anne');
:as_superuser
SELECT * FROM pg_temp.kept;
-- By a caller, who is then the writer. The rows stay with their tenants.
:as_a
DELETE FROM refer.persons WHERE id = 'per_bob';
:as_superuser
SELECT * FROM pg_temp.kept;

-- Between protected tables.
UPDATE refer.docs SET id = policies.new_id('ref');
SELECT l.name, d.title FROM refer.links l JOIN refer.docs d ON d.tenant_id = l.tenant_id AND d.id = l.doc_id;
DELETE FROM refer.docs WHERE tenant_id = 'refer_a';
SELECT (SELECT count(*) FROM refer.files) AS files, (SELECT count(*) FROM refer.files_history) AS files_kept, name, doc_id
FROM refer.links;

-- The tenant of a row is nothing that a foreign key could change.
CREATE TABLE refer.tenants (id text COLLATE "C" PRIMARY KEY);
INSERT INTO refer.tenants VALUES ('refer_a'), ('refer_b');
ALTER TABLE refer.tenants OWNER TO refer_owner;
GRANT UPDATE, DELETE, SELECT ON refer.tenants TO policies_caller;
ALTER TABLE refer.links ADD CONSTRAINT of_tenant FOREIGN KEY (tenant_id) REFERENCES refer.tenants ON UPDATE CASCADE
    ON DELETE SET NULL;
:as_owner
UPDATE refer.tenants SET id = 'refer_c' WHERE id = 'refer_a';
DELETE FROM refer.tenants WHERE id = 'refer_a';
:as_a
UPDATE refer.tenants SET id = 'refer_c' WHERE id = 'refer_a';
DELETE FROM refer.tenants WHERE id = 'refer_a';
:as_superuser
SELECT DISTINCT tenant_id FROM refer.links;

-- Nothing else passes for a foreign key. What the owner runs has no tenant, also where it runs for another.
CREATE FUNCTION refer.rewrite(assignment text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    written bigint;
BEGIN
    EXECUTE 'UPDATE refer.docs SET ' || assignment;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;
ALTER FUNCTION refer.rewrite(text) OWNER TO refer_owner;
GRANT USAGE ON SCHEMA refer TO PUBLIC;
SET SESSION AUTHORIZATION regress_stranger;
SELECT refer.rewrite('policy_id = NULL');
-- Inside of a foreign key's action PostgreSQL shows its rows to the owner; still no column but a key's can be written, the last.
CREATE TEMP TABLE above (id integer PRIMARY KEY);
CREATE TEMP TABLE below (id integer REFERENCES above ON DELETE CASCADE, assignment text);
CREATE FUNCTION pg_temp.inside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refer.rewrite(OLD.assignment);
    RETURN OLD;
END
$$;
CREATE TRIGGER inside BEFORE DELETE ON below FOR EACH ROW EXECUTE FUNCTION pg_temp.inside();
INSERT INTO above SELECT generate_series(1, 8);
INSERT INTO below VALUES (1, 'title = ''forged'''), (2, 'title = title'), (3, 'policy_id = NULL, title = ''forged'''),
    (4, 'tenant_id = ''refer_c'''), (5, 'updated_by = ''per_forged'''), (6, 'is_deleted = true'), (7, 'id = ''ref_forged'''),
    (8, 'policy_id = NULL');
DO $$
BEGIN
    FOR number IN 1 .. 8 LOOP
        BEGIN
            DELETE FROM above WHERE id = number;
            RAISE WARNING '%: passed', number;
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING '%: % %', number, SQLSTATE, SQLERRM;
        END;
    END LOOP;
END
$$;
-- A caller inside of one of its own has its own rights, and no others'.
UPDATE below SET assignment = NULL;
CREATE OR REPLACE FUNCTION pg_temp.inside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE refer.docs SET policy_id = NULL;
    RETURN OLD;
END
$$;
DELETE FROM above WHERE id = 1;
DROP TABLE below, above;
:as_superuser
SELECT * FROM pg_temp.kept;
SELECT name, metadata ->> 'name' AS object FROM policies.audit() WHERE name LIKE 'definer%' AND detail LIKE '%refer.%';

DROP VIEW pg_temp.kept;
SELECT policies.unprotect_table(t)
FROM unnest('{refer.docs,refer.files,refer.links,refer.marks,refer.holds,refer.parts}'::regclass[]) t;
DROP SCHEMA refer CASCADE;
DROP OWNED BY refer_owner;
DROP ROLE refer_owner;
DELETE FROM policies.policies WHERE tenant_id LIKE 'refer\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'refer\_%';
