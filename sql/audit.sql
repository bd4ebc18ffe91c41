-- policies.audit(): one planted weakness per rule, and silence where there is none.
SELECT format('ALTER DATABASE %I SET session_preload_libraries = policies', current_database()) \gexec
\c -
SET client_min_messages = error;
-- A gateway that can become an administrator is a weakness, which other tests need.
REVOKE policies_admin FROM regress_gateway;

-- Well-made tables: one with everything, one partitioned, one with single building blocks.
CREATE SCHEMA regress_audit AUTHORIZATION policies_admin;
CREATE SCHEMA regress_audit_views AUTHORIZATION policies_admin;
SET ROLE policies_admin;
CREATE TABLE regress_audit.tickets (subject text, code varchar(20));
SELECT policies.protect_table('regress_audit.tickets', 'tic', 'regress_audit_views');
CREATE TABLE regress_audit.events (tenant_id text COLLATE "C" NOT NULL) PARTITION BY LIST (tenant_id);
CREATE TABLE regress_audit.events_acme PARTITION OF regress_audit.events FOR VALUES IN ('acme');
SELECT policies.protect_table('regress_audit.events', 'evt', 'regress_audit_views');
CREATE TABLE regress_audit.notes (body text);
SELECT policies.add_base_columns('regress_audit.notes'), policies.scope_by_tenant('regress_audit.notes'),
       policies.stamp_writes('regress_audit.notes', 'not');
CREATE INDEX ON regress_audit.notes (tenant_id, body);
RESET ROLE;

-- Silent on the register and on these.
SELECT * FROM policies.audit();

-- Plants a weakness, shows what audit() finds, mends it as audit() says where that is a statement, and undoes all.
CREATE TABLE regress_audit.planted (rule text);
CREATE FUNCTION regress_audit.plant(weakness text)
    RETURNS TABLE (name text, level text, detail text, is_mended boolean) LANGUAGE plpgsql
AS $$
DECLARE
    findings jsonb;
    remedy text;
BEGIN
    BEGIN
        EXECUTE weakness;
        SELECT jsonb_agg(to_jsonb(a) ORDER BY a.name, a.detail) INTO findings FROM policies.audit() a;
        remedy := findings -> 0 ->> 'remediation';
        IF jsonb_array_length(findings) = 1 AND remedy ~ '^(ALTER|CREATE|DROP|REVOKE|SELECT) .*;$'
                AND remedy !~ '\.\.\.|<|the next audit|ALTER EXTENSION|create_register' THEN
            EXECUTE remedy;
            is_mended := NOT EXISTS (SELECT FROM policies.audit());
        END IF;
        RAISE SQLSTATE 'UNDO1';
    EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    END;
    RETURN QUERY
        SELECT f.name, f.level,
               regexp_replace(regexp_replace(replace(f.detail, 'DATABASE ' || quote_ident(current_database()), 'DATABASE <name>'),
                              'version [0-9][0-9a-f.+]*', 'version N', 'g'), '(RI_ConstraintTrigger_._)\d+', '\1N'),
               is_mended
        FROM jsonb_to_recordset(findings) AS f (name text, level text, detail text);
    INSERT INTO regress_audit.planted SELECT f ->> 'name' FROM jsonb_array_elements(findings) f;
END
$$;
-- The condition of the tenant's policy, as scope_by_tenant() makes it.
SELECT pg_get_expr(polqual, polrelid) AS scope FROM pg_policy
WHERE polrelid = 'regress_audit.notes'::regclass AND polname = 'policies_tenant_scope' \gset

-- Row security
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets DISABLE ROW LEVEL SECURITY');
SELECT * FROM regress_audit.plant('ALTER TABLE policies.policies DISABLE ROW LEVEL SECURITY');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history NO FORCE ROW LEVEL SECURITY');
SELECT * FROM regress_audit.plant('DROP POLICY policies_tenant_scope ON regress_audit.tickets');
SELECT * FROM regress_audit.plant('DROP POLICY policies_tenant_scope ON regress_audit.tickets_history');
SELECT * FROM regress_audit.plant('DROP POLICY policies_tenant_scope ON policies.policy_reviews');
SELECT * FROM regress_audit.plant('ALTER POLICY policies_tenant_scope ON regress_audit.tickets USING (true)');
SELECT * FROM regress_audit.plant('ALTER POLICY policies_tenant_scope ON regress_audit.tickets WITH CHECK (true)');
SELECT * FROM regress_audit.plant('ALTER POLICY policies_tenant_scope ON regress_audit.tickets TO PUBLIC');
SELECT * FROM regress_audit.plant('ALTER POLICY policies_tenant_scope ON policies.policies
    USING (tenant_id = policies.current_tenant_id())');
SELECT * FROM regress_audit.plant('DROP POLICY policies_tenant_scope ON regress_audit.notes;
    CREATE POLICY policies_tenant_scope ON regress_audit.notes AS RESTRICTIVE FOR UPDATE TO policies_caller
    USING (' || :'scope' || ')');
SELECT * FROM regress_audit.plant('DROP POLICY policies_tenant_scope ON policies.policy_reviews;
    CREATE POLICY policies_tenant_scope ON policies.policy_reviews TO policies_caller USING (' || :'scope' || ')');
SELECT * FROM regress_audit.plant('DROP POLICY policies_tenant_scope ON regress_audit.tickets_history;
    CREATE POLICY policies_tenant_scope ON regress_audit.tickets_history TO policies_caller
    USING (' || :'scope' || ')');
SELECT * FROM regress_audit.plant('DROP POLICY policies_auditor_read ON policies.policies_history');
SELECT * FROM regress_audit.plant('DROP POLICY policies_admin_all ON policies.policies');
SELECT * FROM regress_audit.plant(
    'ALTER POLICY policies_auditor_read ON regress_audit.tickets TO policies_auditor, policies_caller');
SELECT * FROM regress_audit.plant('ALTER POLICY policies_admin_all ON regress_audit.tickets TO PUBLIC');
SELECT * FROM regress_audit.plant('DROP POLICY policies_auditor_read ON regress_audit.tickets;
    CREATE POLICY policies_auditor_read ON regress_audit.tickets TO policies_auditor USING (true)');
SELECT * FROM regress_audit.plant('CREATE POLICY open ON regress_audit.tickets TO policies_caller USING (true)');
SELECT * FROM regress_audit.plant('CREATE POLICY "Half open" ON regress_audit.tickets FOR INSERT
    WITH CHECK (tenant_id <> ''acme'' OR true)');
SELECT * FROM regress_audit.plant('CREATE POLICY shared ON policies.policies FOR SELECT TO policies_caller
    USING (source = ''shared'')');
SELECT * FROM regress_audit.plant('CREATE POLICY reporting ON regress_audit.tickets FOR SELECT TO regress_stranger
    USING (true)');
SELECT * FROM regress_audit.plant('CREATE TABLE regress_audit.events_new PARTITION OF regress_audit.events DEFAULT');
SELECT * FROM regress_audit.plant('GRANT SELECT ON regress_audit.events_acme TO policies_caller');
SELECT * FROM regress_audit.plant('CREATE TABLE regress_audit.child () INHERITS (regress_audit.tickets)');
-- A restrictive policy only narrows.
SELECT * FROM regress_audit.plant('CREATE POLICY narrow ON regress_audit.tickets AS RESTRICTIVE
    USING (source <> ''secret'')');

CREATE FUNCTION regress_audit.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
-- The register as a whole; test/t/079_audit.pl plants some thousands.
SELECT * FROM regress_audit.plant('DROP TABLE policies.policy_reviews CASCADE');
SELECT * FROM regress_audit.plant('DROP VIEW policies_api.policies_history');
SELECT * FROM regress_audit.plant('CREATE FUNCTION policies.protect_table(text, text) RETURNS void
    LANGUAGE sql AS $f$SELECT$f$; REVOKE ALL ON FUNCTION policies.protect_table(text, text) FROM PUBLIC');
SELECT * FROM regress_audit.plant('CREATE OPERATOR policies.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)');
SELECT * FROM regress_audit.plant('ALTER TABLE policies.policies ALTER COLUMN status SET DEFAULT ''inactive''');
SELECT * FROM regress_audit.plant('ALTER TABLE policies.policies DROP CONSTRAINT policies_status_check');
SELECT * FROM regress_audit.plant('ALTER TABLE policies.policy_search DISABLE TRIGGER ALL');
SELECT * FROM regress_audit.plant('CREATE TRIGGER zz AFTER INSERT ON policies.policies_history
    FOR EACH ROW EXECUTE FUNCTION regress_audit.touch()');
SELECT * FROM regress_audit.plant('CREATE OR REPLACE VIEW policies_api.policies WITH (security_invoker = true) AS
    SELECT * FROM policies.policies');
SELECT * FROM regress_audit.plant('ALTER SCHEMA policies OWNER TO regress_stranger');
SELECT * FROM regress_audit.plant('ALTER TABLE policies.sla_coverage OWNER TO regress_stranger');
SELECT * FROM regress_audit.plant('ALTER FUNCTION policies_api.publish_policy(text, text, text) OWNER TO regress_stranger');
SELECT * FROM regress_audit.plant('GRANT UPDATE ON policies_api.policies TO policies_caller');
SELECT * FROM regress_audit.plant('REVOKE SELECT ON policies.policies FROM policies_auditor');
SELECT * FROM regress_audit.plant('GRANT EXECUTE ON FUNCTION policies.stamp_write() TO policies_caller');
SELECT * FROM regress_audit.plant('SELECT policies.scope_by_tenant(''policies.policy_settings'')');
SELECT * FROM regress_audit.plant('DROP INDEX policies.policies_review');
SELECT * FROM regress_audit.plant('CREATE INDEX slow ON policies.policies (tenant_id, lower(name))');
SELECT * FROM regress_audit.plant('CREATE UNIQUE INDEX once ON policies.policies (tenant_id, name)');
SELECT * FROM regress_audit.plant('DELETE FROM policies.register_steps WHERE name = ''tables''');
SELECT * FROM regress_audit.plant('ALTER FUNCTION policies.in_app_scope(text) SET request.jwt.claims = ''{}''');
SELECT * FROM regress_audit.plant('CREATE OR REPLACE FUNCTION policies.is_valid_id(id text) RETURNS bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS ''$libdir/policies'', ''policies_is_valid_cadence''');

-- Triggers
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_stamp ON regress_audit.tickets');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_stamp ON policies.policies');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets DISABLE TRIGGER policies_stamp');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.events_acme DISABLE TRIGGER policies_history');
SELECT * FROM regress_audit.plant('ALTER TABLE policies.policies ENABLE REPLICA TRIGGER policies_coverage');
SELECT * FROM regress_audit.plant('ALTER TABLE policies.business_calendars DISABLE TRIGGER policies_check');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_stamp ON regress_audit.notes;
    CREATE TRIGGER policies_stamp BEFORE INSERT ON regress_audit.notes
    FOR EACH ROW EXECUTE FUNCTION policies.stamp_write(''not'', ''1'')');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_history ON policies.policies;
    CREATE TRIGGER policies_history AFTER UPDATE OR DELETE ON policies.policies
    FOR EACH ROW WHEN (old.status <> ''draft'') EXECUTE FUNCTION policies.record_history()');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_check ON policies.policies;
    CREATE TRIGGER policies_check BEFORE INSERT OR UPDATE OF name ON policies.policies
    FOR EACH ROW EXECUTE FUNCTION policies.check_policy()');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_check ON policies.policies');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_coverage ON policies.policies');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_check ON policies.business_calendars');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_clock ON policies.business_calendars');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_clock_insert ON policies.policies');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_clock_delete ON policies.policies');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_clock_truncate ON policies.policies');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_restore ON policies.sla_coverage');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_content ON policies.policies');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_restore ON policies.policy_search');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_restore ON policies.policy_drafts');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_check ON policies.policy_settings');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_search ON policies.policy_settings');
SELECT * FROM regress_audit.plant('CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON regress_audit.tickets
    FOR EACH ROW EXECUTE FUNCTION regress_audit.touch()');
SELECT * FROM regress_audit.plant('CREATE TRIGGER touch BEFORE UPDATE ON regress_audit.events_acme
    FOR EACH ROW EXECUTE FUNCTION regress_audit.touch()');
-- In time to be stamped over, and too late to change the row.
SELECT * FROM regress_audit.plant('CREATE TRIGGER "Touch" BEFORE INSERT OR UPDATE ON regress_audit.tickets
    FOR EACH ROW EXECUTE FUNCTION regress_audit.touch();
    CREATE TRIGGER touch AFTER INSERT OR UPDATE ON regress_audit.tickets
    FOR EACH ROW EXECUTE FUNCTION regress_audit.touch()');
SELECT * FROM regress_audit.plant('ALTER FUNCTION regress_audit.touch() SECURITY DEFINER;
    CREATE TRIGGER touch AFTER INSERT ON regress_audit.tickets
    FOR EACH ROW EXECUTE FUNCTION regress_audit.touch()');
SELECT * FROM regress_audit.plant('CREATE RULE copy AS ON INSERT TO regress_audit.tickets DO ALSO NOTHING');

SELECT * FROM regress_audit.plant('CREATE TRIGGER touch BEFORE INSERT ON regress_audit.tickets_history
    FOR EACH ROW EXECUTE FUNCTION regress_audit.touch()');
SELECT * FROM regress_audit.plant('CREATE TRIGGER touch AFTER INSERT ON regress_audit.tickets
    FOR EACH ROW EXECUTE FUNCTION regress_audit.touch();
    COMMENT ON TRIGGER touch ON regress_audit.tickets IS ''Cross-tenant: changes nothing.''');

-- History
SELECT * FROM regress_audit.plant('DROP TABLE regress_audit.tickets_history');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_history ON regress_audit.tickets');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets ADD COLUMN urgency integer');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history ALTER COLUMN subject TYPE varchar');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history ALTER COLUMN code TYPE varchar(10)');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history DROP COLUMN superseded_by');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history ALTER COLUMN subject SET NOT NULL');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history ADD COLUMN reason text NOT NULL');
-- It takes longer values than its table has, and fills in what its table has not.
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history ALTER COLUMN code TYPE varchar,
    ADD COLUMN kept_since timestamptz NOT NULL DEFAULT now()');
SELECT * FROM regress_audit.plant('CREATE UNIQUE INDEX tickets_once ON regress_audit.tickets_history (tenant_id, id)');
SELECT * FROM regress_audit.plant('REVOKE INSERT ON policies.policies_history FROM policies_admin');
SELECT * FROM regress_audit.plant('ALTER SCHEMA regress_audit OWNER TO regress_stranger');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history OWNER TO regress_stranger');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history DROP CONSTRAINT tickets_history_pkey');
-- The history has the type under a domain: whoever owns the domain must not run its condition there.
SELECT * FROM regress_audit.plant('CREATE DOMAIN regress_audit.word AS varchar(20) CHECK (VALUE <> '''');
    ALTER TABLE regress_audit.tickets ADD COLUMN word regress_audit.word');
SELECT * FROM regress_audit.plant('CREATE DOMAIN regress_audit.word AS varchar(20) CHECK (VALUE <> '''');
    ALTER TABLE regress_audit.tickets ADD COLUMN word regress_audit.word;
    SELECT policies.keep_history(''regress_audit.tickets'')');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets_history RENAME COLUMN code TO former_code;
    ALTER TABLE regress_audit.tickets_history ADD COLUMN code varchar; SELECT policies.keep_history(''regress_audit.tickets'')');

-- Privileges
SELECT * FROM regress_audit.plant('GRANT TRUNCATE ON regress_audit.tickets TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT TRUNCATE ON regress_audit.tickets_history TO regress_auditor');
SELECT * FROM regress_audit.plant('GRANT DELETE ON policies.policies TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT DELETE ON policies.policies_history TO policies_auditor');
SELECT * FROM regress_audit.plant('GRANT TRIGGER, REFERENCES ON regress_audit.tickets TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT REFERENCES (tenant_id, id) ON regress_audit.tickets TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT SELECT ON regress_audit.tickets TO PUBLIC');
SELECT * FROM regress_audit.plant('GRANT SELECT (subject) ON regress_audit.tickets TO PUBLIC');
SELECT * FROM regress_audit.plant('GRANT TRUNCATE ON regress_audit.tickets TO PUBLIC');
SELECT * FROM regress_audit.plant('GRANT INSERT ON regress_audit.tickets_history TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT UPDATE (note) ON policies.policy_reviews TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT INSERT, UPDATE ON regress_audit.tickets TO policies_auditor');
CREATE TABLE regress_audit.countries (name text);
SELECT * FROM regress_audit.plant('GRANT SELECT ON regress_audit.countries TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT SELECT, INSERT ON regress_audit.countries TO PUBLIC');
SELECT * FROM regress_audit.plant('GRANT SELECT, INSERT ON regress_audit.countries TO policies_caller;
    COMMENT ON TABLE regress_audit.countries IS ''Cross-tenant: the names of all countries.''');
SELECT * FROM regress_audit.plant('GRANT SELECT ON policies.sla_coverage TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT INSERT ON policies.register_steps TO PUBLIC');
-- Meant to be read by all, and a table with row security of its own.
SELECT * FROM regress_audit.plant('GRANT SELECT ON regress_audit.countries TO policies_caller;
    COMMENT ON TABLE regress_audit.countries IS ''Cross-tenant: the names of all countries.''');
SELECT * FROM regress_audit.plant('GRANT SELECT ON regress_audit.countries TO policies_caller;
    ALTER TABLE regress_audit.countries ENABLE ROW LEVEL SECURITY');
SELECT * FROM regress_audit.plant('GRANT UPDATE ON regress_audit.tickets TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT SELECT ON regress_audit.tickets TO policies_caller WITH GRANT OPTION');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.tickets ADD COLUMN number serial;
    SELECT policies.protect_table(''regress_audit.tickets'', ''tic'', ''regress_audit_views'');
    REVOKE USAGE ON SEQUENCE regress_audit.tickets_number_seq FROM policies_caller');
SELECT * FROM regress_audit.plant('CREATE FOREIGN DATA WRAPPER regress_wrapper;
    GRANT USAGE ON FOREIGN DATA WRAPPER regress_wrapper TO policies_caller');
SELECT * FROM regress_audit.plant('CREATE FOREIGN DATA WRAPPER regress_wrapper;
    CREATE SERVER regress_server FOREIGN DATA WRAPPER regress_wrapper;
    GRANT USAGE ON FOREIGN SERVER regress_server TO PUBLIC');
SELECT * FROM regress_audit.plant('CREATE FOREIGN DATA WRAPPER regress_wrapper;
    CREATE SERVER regress_server FOREIGN DATA WRAPPER regress_wrapper;
    CREATE USER MAPPING FOR PUBLIC SERVER regress_server');
SELECT * FROM regress_audit.plant('GRANT CREATE ON SCHEMA policies_api TO policies_caller');
SELECT * FROM regress_audit.plant('ALTER DEFAULT PRIVILEGES FOR ROLE policies_admin IN SCHEMA regress_audit
    GRANT SELECT ON TABLES TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT SET ON PARAMETER session_replication_role TO policies_admin');
SELECT * FROM regress_audit.plant('GRANT SET ON PARAMETER policies.tenant_claim TO policies_caller');
-- The settings of the extension are its administrators' business.
SELECT * FROM regress_audit.plant('GRANT SET ON PARAMETER policies.tenant_claim TO policies_admin');

-- Columns and keys
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes DROP COLUMN deleted_by');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes ALTER COLUMN schema_version TYPE bigint');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes ALTER COLUMN source DROP NOT NULL');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes DROP COLUMN deleted_by,
    ADD COLUMN deleted_by text GENERATED ALWAYS AS (''nobody'') STORED');
SELECT * FROM regress_audit.plant('
    CREATE COLLATION regress_audit.any_case (provider = icu, locale = ''und-u-ks-level2'', deterministic = false);
    DROP POLICY policies_tenant_scope ON regress_audit.notes;
    ALTER TABLE regress_audit.notes ALTER COLUMN app_id TYPE text COLLATE regress_audit.any_case;
    CREATE POLICY policies_tenant_scope ON regress_audit.notes TO policies_caller USING (' || :'scope' || ')');
-- A domain over a domain over the type will do, for the policy, too.
SELECT * FROM regress_audit.plant('CREATE DOMAIN regress_audit.word AS text;
    CREATE DOMAIN regress_audit.tag AS regress_audit.word;
    DROP POLICY policies_tenant_scope ON regress_audit.notes;
    ALTER TABLE regress_audit.notes ALTER COLUMN app_id TYPE regress_audit.tag;
    CREATE POLICY policies_tenant_scope ON regress_audit.notes TO policies_caller USING (' || :'scope' || ')');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes
    ADD COLUMN ticket_tenant text, ADD COLUMN ticket_id text,
    ADD CONSTRAINT notes_ticket FOREIGN KEY (ticket_tenant, ticket_id)
    REFERENCES regress_audit.tickets (tenant_id, id)');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes ADD COLUMN ticket_id text, ADD UNIQUE (id),
    ADD CONSTRAINT notes_reply FOREIGN KEY (ticket_id) REFERENCES regress_audit.notes (id)');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes ADD COLUMN ticket_id text,
    ADD CONSTRAINT notes_ticket FOREIGN KEY (ticket_id, tenant_id) REFERENCES regress_audit.tickets (id, tenant_id)');
SELECT * FROM regress_audit.plant('CREATE UNIQUE INDEX notes_body ON regress_audit.notes (body)');
SELECT * FROM regress_audit.plant('CREATE UNIQUE INDEX notes_body ON regress_audit.notes (lower(body))');
SELECT * FROM regress_audit.plant('CREATE UNIQUE INDEX notes_body ON regress_audit.notes (body) INCLUDE (tenant_id)');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes
    ADD CONSTRAINT notes_body EXCLUDE USING hash (body WITH =)');
SELECT * FROM regress_audit.plant('CREATE UNIQUE INDEX notes_body ON regress_audit.notes (body, tenant_id)');
SELECT * FROM regress_audit.plant('CREATE UNIQUE INDEX notes_id ON regress_audit.notes (id)');
SELECT * FROM regress_audit.plant('CREATE INDEX notes_by_body ON regress_audit.notes (lower(body))');
SELECT * FROM regress_audit.plant('CREATE INDEX notes_by_body ON regress_audit.notes (body);
    COMMENT ON INDEX regress_audit.notes_by_body IS ''Cross-tenant: the search of auditors.''');
SELECT * FROM regress_audit.plant('CREATE TABLE regress_audit.notices (a text, b text,
    CONSTRAINT notices_note FOREIGN KEY (a, b) REFERENCES regress_audit.notes (tenant_id, id))');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes DROP CONSTRAINT notes_pkey');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes ADD CONSTRAINT notes_body CHECK (body <> '''') NOT VALID');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes ADD COLUMN ticket_id text,
        ADD CONSTRAINT notes_ticket FOREIGN KEY (tenant_id, ticket_id) REFERENCES regress_audit.tickets (tenant_id, id);
    UPDATE pg_trigger SET tgenabled = ''D'' WHERE tgrelid = ''regress_audit.notes''::regclass AND tgtype = 5 AND tgisinternal');
SELECT * FROM regress_audit.plant('CREATE TABLE regress_audit.above (LIKE regress_audit.notes);
    ALTER TABLE regress_audit.notes INHERIT regress_audit.above');

-- What reads past row security
SELECT * FROM regress_audit.plant('CREATE VIEW regress_audit.all_tickets AS SELECT * FROM regress_audit.tickets');
SELECT * FROM regress_audit.plant('CREATE VIEW regress_audit.all_events WITH (security_invoker = off) AS
    SELECT count(*) FROM regress_audit.countries WHERE EXISTS (SELECT FROM regress_audit.events_acme)');
SELECT * FROM regress_audit.plant('ALTER VIEW policies_api.policies SET (security_invoker = false)');
SELECT * FROM regress_audit.plant('CREATE VIEW regress_audit.my_policies AS SELECT * FROM policies_api.policies;
    CREATE VIEW regress_audit.my_tickets WITH (security_invoker) AS SELECT * FROM regress_audit.tickets');
SELECT * FROM regress_audit.plant('CREATE MATERIALIZED VIEW regress_audit.kept AS SELECT * FROM regress_audit.notes');
SELECT * FROM regress_audit.plant('CREATE MATERIALIZED VIEW regress_audit.kept AS
    SELECT * FROM policies_api.deleted_policies');
SELECT * FROM regress_audit.plant('DROP TRIGGER policies_soft_delete ON policies_api.policies');
SELECT * FROM regress_audit.plant('CREATE VIEW regress_audit.urgent WITH (security_invoker) AS
    SELECT * FROM regress_audit.tickets; GRANT DELETE ON regress_audit.urgent TO policies_caller');
SELECT * FROM regress_audit.plant('CREATE PUBLICATION regress_audit FOR TABLE regress_audit.notes');
SELECT * FROM regress_audit.plant('CREATE PUBLICATION regress_audit FOR TABLE regress_audit.events');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes SET UNLOGGED');
SELECT * FROM regress_audit.plant('ALTER VIEW regress_audit_views.tickets OWNER TO regress_stranger');
SELECT * FROM regress_audit.plant('ALTER VIEW regress_audit_views.tickets SET (security_barrier)');
SELECT * FROM regress_audit.plant('CREATE OR REPLACE VIEW regress_audit_views.deleted_tickets WITH (security_invoker = true) AS
    SELECT * FROM regress_audit.tickets');
SELECT * FROM regress_audit.plant('CREATE TRIGGER touch INSTEAD OF INSERT ON regress_audit_views.tickets
    FOR EACH ROW EXECUTE FUNCTION regress_audit.touch()');
SELECT * FROM regress_audit.plant('GRANT TRIGGER ON regress_audit_views.tickets TO policies_caller');

-- Roles and settings
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes OWNER TO regress_administrator');
SELECT * FROM regress_audit.plant('CREATE ROLE regress_powerful SUPERUSER;
    ALTER TABLE regress_audit.notes OWNER TO regress_powerful');
SELECT * FROM regress_audit.plant('ALTER TABLE regress_audit.notes OWNER TO policies_caller');
SELECT * FROM regress_audit.plant('CREATE ROLE regress_team; ALTER TABLE regress_audit.notes OWNER TO regress_team;
    GRANT regress_team TO policies_auditor');
SELECT * FROM regress_audit.plant('ALTER ROLE policies_gateway LOGIN CREATEDB');
SELECT * FROM regress_audit.plant('ALTER ROLE policies_caller BYPASSRLS');
SELECT * FROM regress_audit.plant('GRANT policies_gateway TO policies_caller');
SELECT * FROM regress_audit.plant('GRANT policies_caller TO policies_auditor');
SELECT * FROM regress_audit.plant('CREATE ROLE regress_powerful BYPASSRLS; GRANT regress_powerful TO policies_admin');
SELECT * FROM regress_audit.plant('ALTER ROLE regress_stranger BYPASSRLS');
-- Who monitors the server may audit, and who sees all tenants may see all rows.
SELECT * FROM regress_audit.plant('GRANT pg_monitor TO policies_auditor; ALTER ROLE regress_auditor BYPASSRLS');
SELECT * FROM regress_audit.plant('ALTER ROLE regress_stranger SET session_replication_role = replica');
SELECT * FROM regress_audit.plant(format('ALTER DATABASE %I SET session_replication_role = replica',
    current_database()));
SELECT * FROM regress_audit.plant('GRANT policies_admin TO regress_gateway');
SELECT * FROM regress_audit.plant('CREATE ROLE regress_powerful BYPASSRLS; CREATE ROLE regress_between NOINHERIT;
    GRANT regress_powerful TO regress_between; GRANT regress_between TO regress_stranger');
SELECT * FROM regress_audit.plant('GRANT pg_write_all_data TO regress_stranger');
SELECT * FROM regress_audit.plant('GRANT policies_gateway TO regress_gateway WITH ADMIN OPTION');
SELECT * FROM regress_audit.plant('GRANT policies_gateway TO regress_stranger');
SELECT * FROM regress_audit.plant('ALTER ROLE regress_stranger SET session_replication_role = ''REPLICA''');
SELECT * FROM regress_audit.plant('ALTER ROLE regress_gateway SET "Request.JWT.Claims" = ''{}''');
SELECT * FROM regress_audit.plant('ALTER ROLE regress_gateway SET policies.tenant_claim = ''org''');
SELECT * FROM regress_audit.plant('ALTER ROLE policies_caller SET statement_timeout = ''1ms''');

-- Functions and versions
SELECT * FROM regress_audit.plant('ALTER FUNCTION policies.current_tenant_id() IMMUTABLE');
SELECT * FROM regress_audit.plant('CREATE OR REPLACE FUNCTION policies.current_app_id() RETURNS text
    LANGUAGE sql STABLE LEAKPROOF AS ''SELECT NULL''');
CREATE FUNCTION regress_audit.create_definer(schema text, settings text) RETURNS text LANGUAGE sql AS $$
    SELECT format('CREATE FUNCTION %1$I.count_all() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER %2$s
        AS ''SELECT count(*) FROM regress_audit.tickets'';
        ALTER FUNCTION %1$I.count_all() OWNER TO policies_admin;
        REVOKE ALL ON FUNCTION %1$I.count_all() FROM PUBLIC;', schema, settings)
$$;
SELECT * FROM regress_audit.plant(regress_audit.create_definer('policies_api', ''));
SELECT * FROM regress_audit.plant(regress_audit.create_definer('policies', 'SET search_path = "pg_catalog, pg_temp"'));
SELECT * FROM regress_audit.plant(regress_audit.create_definer('policies', 'SET search_path = pg_temp, public'));
SELECT * FROM regress_audit.plant(regress_audit.create_definer('policies', 'SET search_path = '''''));
SELECT * FROM regress_audit.plant(regress_audit.create_definer('policies_api', 'SET search_path = public, pg_temp'));
SELECT * FROM regress_audit.plant(regress_audit.create_definer('policies_api', 'SET search_path = ''''')
    || 'CREATE ROLE regress_powerful BYPASSRLS; ALTER FUNCTION policies_api.count_all() OWNER TO regress_powerful');
SELECT * FROM regress_audit.plant(regress_audit.create_definer('policies_api', 'SET search_path = ''''')
    || 'GRANT EXECUTE ON FUNCTION policies_api.count_all() TO policies_caller');
SELECT * FROM regress_audit.plant(regress_audit.create_definer('regress_audit', '')
    || 'GRANT EXECUTE ON FUNCTION regress_audit.count_all() TO PUBLIC');
SELECT * FROM regress_audit.plant(regress_audit.create_definer('regress_audit', '')
    || 'GRANT EXECUTE ON FUNCTION regress_audit.count_all() TO PUBLIC;
        COMMENT ON FUNCTION regress_audit.count_all() IS ''Cross-tenant: a count.''');
SELECT * FROM regress_audit.plant('CREATE FUNCTION policies_api.hello() RETURNS text LANGUAGE sql AS ''SELECT NULL''');
SELECT * FROM regress_audit.plant('GRANT EXECUTE ON FUNCTION policies.create_register() TO PUBLIC');
SELECT * FROM regress_audit.plant('ALTER FUNCTION regress_audit.touch() LEAKPROOF');
SELECT * FROM regress_audit.plant('ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF');
SELECT * FROM regress_audit.plant('UPDATE pg_extension SET extversion = ''0.0.1'' WHERE extname = ''policies''');
SELECT * FROM regress_audit.plant('DELETE FROM policies.register_steps WHERE name = ''api''');
SELECT * FROM regress_audit.plant('CREATE FUNCTION regress_audit.on_command() RETURNS event_trigger LANGUAGE plpgsql
    AS ''BEGIN END''; CREATE EVENT TRIGGER regress_command ON ddl_command_start EXECUTE FUNCTION regress_audit.on_command()');

-- Every rule was planted, and every finding has a rule. The three others are planted by
-- test/t/079_audit.pl.
SELECT name AS not_planted FROM policies.audit_rules() WHERE name NOT IN ('setting_of_server', 'extension_owner_wrong',
    'library_not_preloaded')
EXCEPT SELECT rule FROM regress_audit.planted;
SELECT rule AS without_rule FROM regress_audit.planted EXCEPT SELECT name FROM policies.audit_rules();
SELECT name AS incomplete FROM policies.audit_rules() WHERE level NOT IN ('ERROR', 'WARN', 'INFO')
    OR facing NOT IN ('EXTERNAL', 'INTERNAL') OR category NOT IN ('SECURITY', 'INTEGRITY', 'PERFORMANCE')
    OR title IS NULL OR description IS NULL OR detail IS NULL OR remediation IS NULL;
SELECT name, count(*) FROM policies.audit_rules() GROUP BY name HAVING count(*) > 1;

-- A whole row, and rows that a tool can tell apart.
BEGIN;
CREATE POLICY "An open ""door""" ON regress_audit.tickets USING (true);
\x
SELECT * FROM policies.audit();
\x
ALTER TABLE regress_audit.tickets DISABLE ROW LEVEL SECURITY, DISABLE TRIGGER USER;
GRANT ALL ON regress_audit.tickets, regress_audit.notes TO PUBLIC, policies_caller;
CREATE INDEX ON regress_audit.notes (body);
SELECT count(*) > 10 AS are_many, count(*) = count(DISTINCT cache_key) AS differ, bool_or(cache_key IS NULL) AS lacks
FROM policies.audit();
SELECT level FROM policies.audit() WITH ORDINALITY AS a GROUP BY level ORDER BY min(ordinality);
ROLLBACK;

-- A table that is no longer protected is no business of audit(); the history that it leaves is.
BEGIN;
SELECT policies.unprotect_table('regress_audit.tickets');
SELECT name, level, detail FROM policies.audit();
ALTER TABLE regress_audit.tickets_history DISABLE ROW LEVEL SECURITY;
SELECT name, level, detail FROM policies.audit();
ROLLBACK;

-- Auditors and administrators see what a superuser sees, whatever their search_path; nobody else may look.
BEGIN;
ALTER TABLE regress_audit.tickets DISABLE ROW LEVEL SECURITY;
CREATE VIEW regress_audit.pg_class AS SELECT NULL::oid AS oid;
SET SESSION AUTHORIZATION regress_auditor;
SELECT name, level, detail FROM policies.audit();
SET SESSION AUTHORIZATION regress_administrator;
SET LOCAL search_path = regress_audit, pg_catalog;
SELECT name, level, detail FROM policies.audit();
RESET SESSION AUTHORIZATION;
ROLLBACK;
SET SESSION AUTHORIZATION regress_stranger;
SELECT * FROM policies.audit();
SELECT * FROM policies.audit_rules();
SELECT * FROM policies.audited_tables();
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SELECT * FROM policies.audit();
RESET ROLE;
RESET SESSION AUTHORIZATION;

DROP SCHEMA regress_audit, regress_audit_views CASCADE;
SELECT * FROM policies.audit();

-- Before there is a register.
\set regress_database :DBNAME
CREATE DATABASE regress_audit_empty TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
\c regress_audit_empty
CREATE EXTENSION policies;
SELECT * FROM policies.audit();
SET SESSION AUTHORIZATION regress_auditor;
SELECT * FROM policies.audit();
RESET SESSION AUTHORIZATION;
GRANT CREATE ON SCHEMA policies TO policies_caller;
SELECT name, level, detail FROM policies.audit();
\c :regress_database
DROP DATABASE regress_audit_empty;
GRANT policies_admin TO regress_gateway;
SELECT format('ALTER DATABASE %I RESET session_preload_libraries', current_database()) \gexec
