-- The roles, the register, its counterparts without the extension, and what the measurements share.

CREATE EXTENSION policies;
CREATE EXTENSION pg_prewarm;
SELECT policies.create_register() \g /dev/null

CREATE ROLE bench_explicit;
CREATE ROLE bench_json;
CREATE ROLE bench_wrapped;
CREATE ROLE bench_owner;
-- The login of a gateway: it takes each variant's role in turn.
CREATE ROLE bench_gateway LOGIN;
GRANT policies_gateway, policies_caller, policies_admin, bench_explicit, bench_json, bench_wrapped, bench_owner
    TO bench_gateway;

CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO PUBLIC;

CREATE TABLE bench.samples (section text, subject text, variant text, round integer, milliseconds float8);
GRANT SELECT, INSERT ON bench.samples TO bench_gateway;

-- As long as the claims of a hosted issuer's token, since the hand-written policy parses them.
CREATE FUNCTION bench.claims_of(tenant text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '{"iss":"https://issuer.example/auth/v1","aud":"authenticated","exp":1893456000,"iat":1767225600,'
        || '"sub":"7d0cbf4e-5b1c-4f39-9f0a-2f6d2f0c5c11","email":"person@tenant.example","role":"policies_caller",'
        || '"tenant_id":"' || tenant || '","session_id":"c7e24a50-3b53-4d3f-8a54-6f1b7f0d4a02"}'
$$;

CREATE FUNCTION bench.milliseconds_since(start timestamptz) RETURNS float8 LANGUAGE sql VOLATILE AS $$
    SELECT 1000 * extract(epoch FROM clock_timestamp() - start)::float8
$$;

-- Takes the caller that a measurement is for.
CREATE PROCEDURE bench.become(role text, tenant text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('role', role, false);
    PERFORM set_config('request.jwt.claims', bench.claims_of(tenant), false);
END
$$;

CREATE PROCEDURE bench.empty_table(relation text, owner text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('role', owner, false);
    EXECUTE format('TRUNCATE %s CASCADE', relation);
    PERFORM set_config('role', 'none', false);
END
$$;

CREATE VIEW bench.rounds AS
    SELECT section, subject, round, jsonb_object_agg(variant, milliseconds) AS ms FROM bench.samples
    GROUP BY section, subject, round;

CREATE FUNCTION bench.shown(milliseconds float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN milliseconds >= 10 THEN round(milliseconds::numeric, 1) ELSE round(milliseconds::numeric, 4) END::text
$$;

CREATE FUNCTION bench.verdict(value float8, target float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN round(value::numeric, 2) <= target THEN 'met' ELSE 'NOT MET' END
$$;

-- A table of the register's columns, as one would write it without the extension: no domain, no checks, no triggers.
-- The defaults store what the stamps would, so that every variant writes the same bytes.
CREATE PROCEDURE bench.create_plain_table(relation text, has_all_indexes boolean) LANGUAGE plpgsql AS $$
DECLARE
    definition text;
BEGIN
    EXECUTE format('CREATE TABLE %s (LIKE policies.policies)', relation);
    EXECUTE format('ALTER TABLE %s ALTER id TYPE text COLLATE "C", ALTER created_at SET DEFAULT now(),
        ALTER updated_at SET DEFAULT now(), ALTER created_by SET DEFAULT %2$L, ALTER updated_by SET DEFAULT %2$L,
        ALTER source SET DEFAULT ''edm'', ALTER source_type SET DEFAULT ''api'', ALTER is_deleted SET DEFAULT false,
        ALTER schema_version SET DEFAULT 1, ALTER status SET DEFAULT ''active''',
        relation, bench.claims_of('')::json ->> 'sub');
    FOR definition IN
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'policies' AND tablename = 'policies'
            AND (has_all_indexes OR indexname = 'policies_pkey')
    LOOP
        -- With the register's names where the schema is free, so that plans compare.
        EXECUTE regexp_replace(definition, 'INDEX (\w+) ON policies\.policies',
            CASE WHEN relation LIKE 'bench.%' THEN 'INDEX ON ' ELSE 'INDEX \1 ON ' END || relation);
    END LOOP;
    EXECUTE format('ALTER TABLE %s OWNER TO bench_owner', relation);
END
$$;

-- Row security as most write it, and as hosting providers advise it: evaluated once per query.
CREATE PROCEDURE bench.add_handwritten_policies(relation text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($policy$
        ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY;
        CREATE POLICY json ON %1$s TO bench_json
            USING (tenant_id = current_setting('request.jwt.claims', true)::json ->> 'tenant_id');
        CREATE POLICY wrapped ON %1$s TO bench_wrapped
            USING (tenant_id = (SELECT current_setting('request.jwt.claims', true)::json ->> 'tenant_id'));
        GRANT SELECT, INSERT ON %1$s TO bench_json, bench_wrapped
    $policy$, relation);
END
$$;

CREATE FUNCTION bench.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    claims json := current_setting('request.jwt.claims', true)::json;
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.id := 'pol_' || replace(gen_random_uuid()::text, '-', '');
        NEW.tenant_id := claims ->> 'tenant_id';
        NEW.app_id := claims ->> 'app_id';
        NEW.created_at := now();
        NEW.created_by := claims ->> 'sub';
        NEW.is_deleted := false;
        NEW.deleted_at := NULL;
        NEW.deleted_by := NULL;
    ELSE
        NEW.id := OLD.id;
        NEW.tenant_id := OLD.tenant_id;
        NEW.app_id := OLD.app_id;
        NEW.created_at := OLD.created_at;
        NEW.created_by := OLD.created_by;
        IF NEW.is_deleted AND NOT OLD.is_deleted THEN
            NEW.deleted_at := now();
            NEW.deleted_by := claims ->> 'sub';
        END IF;
    END IF;
    NEW.updated_at := now();
    NEW.updated_by := claims ->> 'sub';
    NEW.source := coalesce(NEW.source, 'edm');
    NEW.source_type := coalesce(NEW.source_type, 'api');
    NEW.schema_version := 1;
    RETURN NEW;
END
$$;

CREATE TABLE bench.insert_variants (
    position integer, name text PRIMARY KEY, role text, relation text, owner text, stored_in text
);
INSERT INTO bench.insert_variants VALUES
    (1, 'bare', 'bench_explicit', 'bench.bare', 'bench_owner', 'bench.bare'),
    (2, 'stamped', 'policies_caller', 'bench.stamped', 'bench_owner', 'bench.stamped'),
    (3, 'plpgsql', 'bench_json', 'bench.plpgsql', 'bench_owner', 'bench.plpgsql'),
    (4, 'bare_indexed', 'bench_explicit', 'bench.bare_indexed', 'bench_owner', 'bench.bare_indexed'),
    (5, 'register', 'policies_caller', 'policies_api.policies', 'policies_admin', 'policies.policies'),
    (6, 'handwritten', 'bench_json', 'bench.handwritten', 'bench_owner', 'bench.handwritten');

CALL bench.create_plain_table('bench.bare', false);
CALL bench.create_plain_table('bench.stamped', false);
CALL bench.create_plain_table('bench.plpgsql', false);
CALL bench.create_plain_table('bench.bare_indexed', true);
CALL bench.create_plain_table('bench.handwritten', true);
SELECT policies.stamp_writes('bench.stamped', 'pol') \g /dev/null
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON bench.plpgsql FOR EACH ROW EXECUTE FUNCTION bench.stamp();
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON bench.handwritten FOR EACH ROW EXECUTE FUNCTION bench.stamp();
CALL bench.add_handwritten_policies('bench.handwritten');
GRANT INSERT ON bench.bare, bench.bare_indexed TO bench_explicit;
GRANT INSERT ON bench.stamped TO policies_caller;
GRANT INSERT ON bench.plpgsql TO bench_json;

-- The ids are ready beforehand: a bare insert is one that makes none.
CREATE TABLE bench.new_policies AS
    SELECT policies.new_id('pol')::text AS id, 'big' AS tenant_id, 'Policy ' || i AS name, repeat('text ', 30) AS body,
        'high' AS priority, 'security' AS category
    FROM generate_series(1, :insert_rows) i;
GRANT SELECT ON bench.new_policies, bench.insert_variants TO PUBLIC;
VACUUM ANALYZE bench.new_policies;

CREATE PROCEDURE bench.measure_ids(calls integer) LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
    expression text;
BEGIN
    FOR round IN 0..7 LOOP
        FOREACH expression IN ARRAY ARRAY['i', 'policies.new_id(''pol'')', 'gen_random_uuid()'] LOOP
            start := clock_timestamp();
            EXECUTE format('SELECT count(%s) FROM generate_series(1, $1) i', expression) USING calls;
            IF round > 0 THEN
                INSERT INTO bench.samples
                    VALUES ('ids', calls, expression, round, bench.milliseconds_since(start));
            END IF;
        END LOOP;
    END LOOP;
END
$$;
-- The gateway calls it as itself.
GRANT EXECUTE ON FUNCTION policies.new_id(text) TO bench_gateway;
