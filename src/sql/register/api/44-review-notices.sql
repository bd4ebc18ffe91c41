CREATE OR REPLACE FUNCTION policies.write_review_notices(within interval) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    due_until timestamptz := policies.add_cadence(now(), within);
    notice record;
    notices bigint := 0;
BEGIN
    IF due_until IS NULL OR due_until < now() THEN
        RAISE EXCEPTION 'within must be a span of time, not negative: %', coalesce(within::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR notice IN
        INSERT INTO policies.review_notices AS n (id, tenant_id, app_id, policy_id, due_at, owner_id, noticed_at)
        SELECT policies.new_id('ntc'), p.tenant_id, p.app_id, p.id, p.next_review_at, p.owner_id, now()
        FROM policies.policies p WHERE NOT p.is_deleted AND p.status = 'active' AND p.next_review_at <= due_until
        ORDER BY p.next_review_at, p.tenant_id, p.id
        -- What became void is due again.
        ON CONFLICT (tenant_id, policy_id, due_at) DO UPDATE
            SET owner_id = excluded.owner_id, noticed_at = excluded.noticed_at, voided_at = NULL WHERE n.voided_at IS NOT NULL
        RETURNING n.id, n.due_at
    LOOP
        -- Any login of the database can listen: nothing of the tenant in it.
        PERFORM pg_notify('policies_review_due',
            jsonb_build_object('notice_id', notice.id, 'due_at', notice.due_at)::text);
        notices := notices + 1;
    END LOOP;
    RETURN notices;
END
$$;
COMMENT ON FUNCTION policies.write_review_notices(interval) IS 'What notify_reviews_due() does, with the rights of policies_admin.';

CREATE OR REPLACE FUNCTION policies.hand_out_review_notices(max_notices integer) RETURNS SETOF policies.review_notices
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF max_notices IS NULL OR max_notices <= 0 THEN
        RAISE EXCEPTION 'max_notices must be positive: %', coalesce(max_notices::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Until the oldest are all of reviews that were not done or moved meanwhile, of policies that are still active.
    LOOP
        WITH open AS MATERIALIZED (
            SELECT o.tenant_id, o.id FROM policies.review_notices o WHERE o.taken_at IS NULL AND o.voided_at IS NULL
            ORDER BY o.noticed_at, o.tenant_id, o.id LIMIT max_notices FOR UPDATE SKIP LOCKED
        )
        UPDATE policies.review_notices n SET voided_at = now()
        FROM open
        WHERE n.tenant_id = open.tenant_id AND n.id = open.id AND NOT EXISTS (
            SELECT FROM policies.policies p
            WHERE p.tenant_id = n.tenant_id AND p.id = n.policy_id AND p.next_review_at = n.due_at
                AND p.status = 'active' AND NOT p.is_deleted);
        EXIT WHEN NOT FOUND;
    END LOOP;
    RETURN QUERY
    -- Materialized: whatever the plan, the oldest are looked for once, and no more than so many.
    WITH open AS MATERIALIZED (
        SELECT o.tenant_id, o.id FROM policies.review_notices o WHERE o.taken_at IS NULL AND o.voided_at IS NULL
        ORDER BY o.noticed_at, o.tenant_id, o.id LIMIT max_notices FOR UPDATE SKIP LOCKED
    )
    UPDATE policies.review_notices n SET taken_at = now(), taken_by = session_user, owner_id = p.owner_id
    FROM open JOIN policies.policies p ON p.tenant_id = open.tenant_id
    WHERE n.tenant_id = open.tenant_id AND n.id = open.id AND p.id = n.policy_id
    RETURNING n.*;
END
$$;
COMMENT ON FUNCTION policies.hand_out_review_notices(integer) IS 'What take_review_notices() does, with the rights of policies_admin.';
