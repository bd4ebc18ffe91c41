-- One active SLA policy per tenant, application scope, priority and ticket type, and the table that sees to it.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_a :caller '\'{"tenant_id": "sla_a", "sub": "per_ann"}\';'
\set as_b :caller '\'{"tenant_id": "sla_b", "sub": "per_bob"}\';'
\set as_app_one :caller '\'{"tenant_id": "sla_a", "app_id": "app_one", "sub": "svc_1"}\';'
\set as_app_two :caller '\'{"tenant_id": "sla_a", "app_id": "app_two", "sub": "svc_2"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
-- The error of a statement, with each id replaced by the name of its policy.
CREATE FUNCTION pg_temp.named(words text) RETURNS text AS $$
DECLARE
    found text;
BEGIN
    FOR found IN SELECT DISTINCT m[1] FROM regexp_matches(words, 'pol_[0-9A-Z]{26}', 'g') AS m LOOP
        words := replace(words, found,
            coalesce((SELECT format('<id of %s>', name) FROM policies_api.policies WHERE id = found), '<id of a new one>'));
    END LOOP;
    RETURN words;
END $$ LANGUAGE plpgsql;
CREATE FUNCTION pg_temp.refused(statement text, OUT code text, OUT message text, OUT detail text, OUT hint text) AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    message := pg_temp.named(message);
    detail := pg_temp.named(detail);
END $$ LANGUAGE plpgsql;
-- What is covered, and whether the coverage is exactly what the policies say.
CREATE FUNCTION pg_temp.covered() RETURNS TABLE (tenant text, scope text, priority text, ticket_type text, policy text) AS $$
    SELECT c.tenant_id, c.app_scope, c.priority, c.ticket_type, p.name
    FROM policies.sla_coverage c LEFT JOIN policies.policies p ON p.tenant_id = c.tenant_id AND p.id = c.policy_id
    WHERE c.tenant_id LIKE 'sla\_%' ORDER BY 1, 2, 3, 4
$$ LANGUAGE sql;
CREATE FUNCTION pg_temp.is_exact() RETURNS boolean AS $$
    WITH wanted AS (
        SELECT p.tenant_id, coalesce(p.app_id, ''), p.priority, t.ticket_type, p.id
        FROM policies.policies p, jsonb_array_elements_text(p.applies_to) AS t (ticket_type)
        WHERE p.status = 'active' AND NOT p.is_deleted AND p.priority IS NOT NULL AND p.tenant_id LIKE 'sla\_%'
    ), found AS (
        SELECT tenant_id, app_scope, priority, ticket_type, policy_id FROM policies.sla_coverage WHERE tenant_id LIKE 'sla\_%'
    )
    SELECT NOT EXISTS (TABLE wanted EXCEPT TABLE found) AND NOT EXISTS (TABLE found EXCEPT TABLE wanted)
$$ LANGUAGE sql;

-- The second policy for the same tickets is refused, by both names.
:as_a
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('first', 'high', '["incident", "question"]');
\x on
SELECT * FROM pg_temp.refused($$INSERT INTO policies_api.policies (name, priority, applies_to)
    VALUES ('second', 'high', '["change", "question"]')$$);
SELECT * FROM pg_temp.refused($$INSERT INTO policies_api.policies (priority, applies_to) VALUES ('high', '["incident"]')$$);
-- On an update of each field that makes it so.
INSERT INTO policies_api.policies (name, priority, applies_to, status) VALUES
    ('inactive', 'high', '["question"]', 'inactive'), ('draft', 'high', '["question"]', 'draft');
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES
    ('low', 'low', '["question"]'), ('other type', 'high', '["change"]'), ('no priority', NULL, '["question"]'),
    ('no types', 'high', NULL), ('empty', 'high', '[]');
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('deleted', 'medium', '["question"]');
DELETE FROM policies_api.policies WHERE name = 'deleted';
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('in its place', 'medium', '["question"]');
SELECT * FROM pg_temp.refused($$UPDATE policies_api.policies SET status = 'active' WHERE name = 'inactive'$$);
\x off
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.policies SET status = 'active' WHERE name = 'draft'$$);
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.policies SET priority = 'high' WHERE name = 'low'$$);
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.policies SET priority = 'high' WHERE name = 'no priority'$$);
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.policies SET applies_to = '["change", "incident"]'
    WHERE name = 'other type'$$);
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.policies SET applies_to = '["incident"]'
    WHERE name = 'no types'$$);
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.policies SET applies_to = '["incident"]' WHERE name = 'empty'$$);
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name = 'deleted'$$);
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.policies SET status = 'active'$$);
-- An update that leaves the tickets as they are is no conflict with itself.
UPDATE policies_api.policies SET description = 'changed', priority = 'high', applies_to = '["question", "incident"]'
WHERE name = 'first';
-- Priorities and ticket types are compared byte by byte.
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('capital', 'High', '["incident"]'),
    ('spaced', 'high', '["incident "]');

-- No conflict across tenants and application scopes.
:as_app_one
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('of app one', 'high', '["incident"]');
SELECT code, message FROM pg_temp.refused($$INSERT INTO policies_api.policies (name, priority, applies_to)
    VALUES ('of app one, too', 'high', '["incident"]')$$);
:as_app_two
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('of app two', 'high', '["incident"]');
:as_b
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('of b', 'high', '["incident"]');
-- A person who changes an application's policy stays in the application's scope.
:as_a
UPDATE policies_api.policies SET priority = 'low', applies_to = '["incident", "question"]' WHERE name = 'of app one';
:as_superuser
SELECT * FROM pg_temp.covered();
SELECT pg_temp.is_exact();

-- The coverage follows every change.
CREATE TEMP TABLE change (number integer GENERATED ALWAYS AS IDENTITY, statement text);
INSERT INTO change (statement) VALUES
    ($$INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('moving', 'urgent', '["b", "a", "c"]')$$),
    ($$UPDATE policies_api.policies SET applies_to = '["c", "d"]' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET priority = 'critical' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET description = 'changed' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET status = 'inactive' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET priority = 'urgent' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET status = 'active' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET status = 'draft' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET status = 'active', applies_to = '["a"]' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET applies_to = '[]' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET applies_to = '["a"]' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET applies_to = NULL WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET applies_to = '["a"]' WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET priority = NULL WHERE name = 'moving'$$),
    ($$UPDATE policies_api.policies SET priority = 'urgent' WHERE name = 'moving'$$),
    ($$DELETE FROM policies_api.policies WHERE name = 'moving'$$),
    ($$UPDATE policies_api.deleted_policies SET is_deleted = false, applies_to = '["a", "z"]' WHERE name = 'moving'$$);
GRANT SELECT ON change TO policies_caller;
CREATE FUNCTION pg_temp.changed() RETURNS TABLE (number integer, covered text, exact boolean) AS $$
DECLARE
    step record;
BEGIN
    FOR step IN SELECT * FROM change ORDER BY change.number LOOP
        SET SESSION AUTHORIZATION regress_gateway;
        SET ROLE policies_caller;
        PERFORM set_config('request.jwt.claims', '{"tenant_id": "sla_a", "sub": "per_ann"}', false);
        EXECUTE step.statement;
        RESET SESSION AUTHORIZATION;
        PERFORM set_config('request.jwt.claims', '', false);
        RETURN QUERY SELECT step.number,
               (SELECT string_agg(c.priority || ' ' || c.ticket_type, ', ' ORDER BY c.priority, c.ticket_type)
                FROM policies.sla_coverage c JOIN policies.policies p ON (p.tenant_id, p.id) = (c.tenant_id, c.policy_id)
                WHERE p.name = 'moving'),
            pg_temp.is_exact();
    END LOOP;
END $$ LANGUAGE plpgsql;
SELECT * FROM pg_temp.changed();
DROP TABLE change;
-- The rule holds at the end of a statement: one statement exchanges priorities, or moves them round, also between triggers.
:as_a
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('round 1', 'r1', '["r"]'), ('round 2', 'r2', '["r"]'),
    ('round 3', 'r3', '["r"]');
UPDATE policies_api.policies SET priority = CASE priority WHEN 'r1' THEN 'r2' ELSE 'r1' END WHERE priority IN ('r1', 'r2');
UPDATE policies_api.policies SET priority = 'r' || 1 + right(priority, 1)::integer % 3 WHERE priority IN ('r1', 'r2', 'r3');
SELECT name, priority, (SELECT policy_name FROM policies_api.sla_policy_for('r', priority)) AS policy
FROM policies_api.policies WHERE name LIKE 'round%' ORDER BY name;
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.policies SET priority = 'r1' WHERE priority IN ('r2', 'r3')$$);
SELECT code, message FROM pg_temp.refused($$UPDATE policies_api.policies SET priority = 'r2' WHERE priority IN ('r2', 'r3')$$);
-- What failed takes nothing later, in the same transaction.
BEGIN;
SELECT code FROM pg_temp.refused($$UPDATE policies_api.policies SET priority = 'r2' WHERE priority IN ('r2', 'r3')$$);
UPDATE policies_api.policies SET priority = CASE priority WHEN 'r1' THEN 'r2' ELSE 'r1' END WHERE priority IN ('r1', 'r2');
COMMIT;
-- Nor does a statement inside a trigger take what the one outside has still to take, or give up.
:as_superuser
CREATE FUNCTION pg_temp.rename_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE policies_api.policies SET priority = 'r4' WHERE name = 'round 1';
    RETURN NULL;
END $$;
CREATE TRIGGER rename_another AFTER UPDATE ON policies.policies FOR EACH ROW WHEN (NEW.name = 'round 3')
    EXECUTE FUNCTION pg_temp.rename_another();
:as_a
UPDATE policies_api.policies SET priority = CASE priority WHEN 'r1' THEN 'r2' ELSE 'r1' END WHERE priority IN ('r1', 'r2');
:as_superuser
DROP TRIGGER rename_another ON policies.policies;
SELECT name, priority, (SELECT string_agg(c.priority || ' ' || c.ticket_type, ', ') FROM policies.sla_coverage c
    WHERE (c.tenant_id, c.policy_id) = (p.tenant_id, p.id)) AS covered
FROM policies.policies p WHERE name LIKE 'round%' ORDER BY name;
SELECT pg_temp.is_exact();
-- A rollback takes the coverage back; so does a savepoint.
BEGIN;
:as_a
UPDATE policies_api.policies SET applies_to = '["q"]' WHERE name = 'moving';
SAVEPOINT before;
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('undone', 'urgent', '["r"]');
ROLLBACK TO before;
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('kept for now', 'urgent', '["r"]');
:as_superuser
SELECT ticket_type, policy FROM pg_temp.covered() WHERE priority = 'urgent';
ROLLBACK;
SELECT ticket_type, policy FROM pg_temp.covered() WHERE priority = 'urgent';
SELECT pg_temp.is_exact();

-- Two policies trade their tickets in one statement, back in steps, and once more.
:as_a
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('left', 'trade', '["x"]'), ('right', 'trade', '["y"]');
UPDATE policies_api.policies SET applies_to = CASE name WHEN 'left' THEN '["y"]'::jsonb ELSE '["x"]' END WHERE priority = 'trade';
BEGIN;
UPDATE policies_api.policies SET status = 'inactive' WHERE name = 'left';
UPDATE policies_api.policies SET applies_to = '["y"]' WHERE name = 'right';
UPDATE policies_api.policies SET status = 'active', applies_to = '["x"]' WHERE name = 'left';
COMMIT;
UPDATE policies_api.policies SET applies_to = CASE name WHEN 'left' THEN '["y"]'::jsonb ELSE '["x"]' END WHERE priority = 'trade';
-- The successor of a policy takes over when it gives up, in one transaction.
BEGIN;
DELETE FROM policies_api.policies WHERE name = 'left';
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('left, second edition', 'trade', '["y"]');
COMMIT;
-- Rows of one statement conflict as those of two do, and none of them stays.
SELECT code, message, detail FROM pg_temp.refused($$INSERT INTO policies_api.policies (name, priority, applies_to) VALUES
    ('twin one', 'trade', '["z", "w"]'), ('between', 'other', '["z"]'), ('twin two', 'trade', '["v", "z"]')$$);
SELECT count(*) FROM policies_api.policies WHERE name IN ('twin one', 'between', 'twin two');
:as_superuser
SELECT ticket_type, policy FROM pg_temp.covered() WHERE priority = 'trade';
SELECT pg_temp.is_exact();

-- Callers neither read nor write it, whatever they are told by the errors above.
:as_a
SELECT count(*) FROM policies.sla_coverage;
\echo :SQLSTATE
INSERT INTO policies.sla_coverage (tenant_id, app_scope, priority, ticket_type, policy_id)
    VALUES ('sla_b', '', 'high', 'squatted', 'pol_1');
\echo :SQLSTATE
UPDATE policies.sla_coverage SET priority = 'none';
\echo :SQLSTATE
DELETE FROM policies.sla_coverage;
\echo :SQLSTATE
TRUNCATE policies.sla_coverage;
\echo :SQLSTATE
-- An auditor reads it and writes nothing.
SET SESSION AUTHORIZATION regress_auditor;
RESET request.jwt.claims;
SELECT count(DISTINCT tenant_id) FROM policies.sla_coverage WHERE tenant_id LIKE 'sla\_%';
DELETE FROM policies.sla_coverage;
\echo :SQLSTATE
-- The trigger works with its own operators, whatever a caller has put before them.
:as_superuser
CREATE SCHEMA sla_trap;
GRANT ALL ON SCHEMA sla_trap TO policies_caller;
:as_a
CREATE FUNCTION sla_trap.never(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR sla_trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = sla_trap.never);
SET search_path = sla_trap, pg_catalog;
SELECT 'a'::text = 'a'::text AS operator_of_the_trap;
\set VERBOSITY sqlstate
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('trap', 'trade', '["y"]');
UPDATE policies_api.policies SET applies_to = '["y2"]' WHERE name OPERATOR(pg_catalog.=) 'left, second edition';
RESET search_path;
:as_superuser
\set VERBOSITY default
DROP OPERATOR sla_trap.= (text, text);
DROP FUNCTION sla_trap.never;
DROP SCHEMA sla_trap;
SELECT ticket_type, policy FROM pg_temp.covered() WHERE priority = 'trade';
SELECT pg_temp.is_exact();

-- Removing policies for good removes their coverage.
DELETE FROM policies.policies WHERE tenant_id LIKE 'sla\_%';
SELECT count(*) FROM policies.sla_coverage WHERE tenant_id LIKE 'sla\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'sla\_%';
