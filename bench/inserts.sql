-- The same statement into every variant, each in a transaction and an empty table of its own.

-- Every row is there, and says who wrote it.
CREATE PROCEDURE bench.check_inserts(variant bench.insert_variants, expected bigint) LANGUAGE plpgsql AS $$
DECLARE
    sound bigint;
BEGIN
    PERFORM set_config('role', variant.owner, false);
    EXECUTE format('SELECT count(DISTINCT id) FROM %s WHERE tenant_id = ''big'' AND source = ''edm''
        AND source_type = ''api'' AND NOT is_deleted AND schema_version = 1 AND status = ''active''
        AND (created_by, updated_by) = ($1, $1) AND created_at = updated_at AND app_id IS NULL', variant.stored_in)
        INTO sound USING bench.claims_of('big')::json ->> 'sub';
    PERFORM set_config('role', 'none', false);
    IF sound <> expected THEN
        RAISE EXCEPTION '% wrote % sound rows, not %', variant.name, sound, expected;
    END IF;
END
$$;

CREATE PROCEDURE bench.measure_inserts() LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
    variant bench.insert_variants;
    milliseconds float8;
    row_count bigint := (SELECT count(*) FROM bench.new_policies);
BEGIN
    PERFORM set_config('request.jwt.claims', bench.claims_of('big'), false);
    FOR round IN 0..7 LOOP
        FOR variant IN SELECT * FROM bench.insert_variants ORDER BY (position + round) % 6 LOOP
            CALL bench.empty_table(variant.stored_in, variant.owner);
            COMMIT;
            PERFORM set_config('role', variant.role, false);
            start := clock_timestamp();
            EXECUTE format('INSERT INTO %s (id, tenant_id, name, body, priority, category)
                SELECT id, tenant_id, name, body, priority, category FROM bench.new_policies', variant.relation);
            milliseconds := bench.milliseconds_since(start);
            PERFORM set_config('role', 'none', false);
            IF round = 0 THEN
                CALL bench.check_inserts(variant, row_count);
            ELSE
                INSERT INTO bench.samples VALUES ('bulk', row_count, variant.name, round, milliseconds);
            END IF;
            COMMIT;
        END LOOP;
    END LOOP;
    FOR variant IN SELECT * FROM bench.insert_variants LOOP
        CALL bench.empty_table(variant.stored_in, variant.owner);
        COMMIT;
    END LOOP;
END
$$;

-- The single inserts that a client sends, burst by burst.
CREATE VIEW bench.insert_bursts AS
    SELECT round, name, role, bench.claims_of('big'), relation FROM bench.insert_variants, generate_series(1, 7) round
    ORDER BY round, (position + round) % 6;
