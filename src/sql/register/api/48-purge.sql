CREATE OR REPLACE FUNCTION policies.remove_deleted(older_than interval, only_tenant_id text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted_before timestamptz := policies.add_cadence(now(), -older_than);
    tenants text[];
    ids text[];
    part record;
    purged bigint := 0;
BEGIN
    IF deleted_before IS NULL OR deleted_before > now() THEN
        RAISE EXCEPTION 'older_than must be a span of time, not negative: %', coalesce(older_than::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- No trigger can be put off until these rights are gone, and a foreign key of a protected table may be deferred.
    SET CONSTRAINTS ALL IMMEDIATE;
    LOOP
        SELECT array_agg(p.tenant_id), array_agg(p.id) INTO tenants, ids FROM (
            SELECT tenant_id, id FROM policies.policies
            WHERE is_deleted AND deleted_at <= deleted_before AND (only_tenant_id IS NULL OR tenant_id = only_tenant_id)
            ORDER BY tenant_id, id LIMIT 10000 FOR UPDATE
        ) p;
        EXIT WHEN ids IS NULL;
        FOR part IN SELECT t.table_name, t.policy_column FROM policies.tables_of_policies() t LOOP
            EXECUTE format('DELETE FROM policies.%I r USING unnest($1, $2) AS gone (tenant_id, id) '
                'WHERE r.tenant_id = gone.tenant_id AND r.%I = gone.id', part.table_name, part.policy_column)
                USING tenants, ids;
        END LOOP;
        purged := purged + cardinality(ids);
    END LOOP;
    RETURN purged;
END
$$;
COMMENT ON FUNCTION policies.remove_deleted(interval, text) IS 'What purge_deleted() does, with the rights of policies_admin.';
