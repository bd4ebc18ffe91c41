CREATE TABLE policies.review_notices (
    id text COLLATE "C" NOT NULL CHECK (policies.is_valid_id(id)),
    tenant_id text COLLATE "C" NOT NULL,
    app_id text COLLATE "C",
    policy_id text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    owner_id text COLLATE "C",
    noticed_at timestamptz NOT NULL,
    taken_at timestamptz,
    taken_by text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, policy_id, due_at),
    FOREIGN KEY (tenant_id, policy_id) REFERENCES policies.policies (tenant_id, id) ON UPDATE CASCADE
);
COMMENT ON TABLE policies.review_notices IS
'Review notice
The outbox of due reviews: one row for each policy and due date, written by notify_reviews_due(), for consumers to take.';
COMMENT ON COLUMN policies.review_notices.id IS 'Server-assigned ULID with type prefix.';
COMMENT ON COLUMN policies.review_notices.tenant_id IS 'Tenant scope, as of the policy.';
COMMENT ON COLUMN policies.review_notices.app_id IS 'App scope, as of the policy.';
COMMENT ON COLUMN policies.review_notices.policy_id IS 'The policy whose review is due.';
COMMENT ON COLUMN policies.review_notices.due_at IS 'When the review is due.';
COMMENT ON COLUMN policies.review_notices.owner_id IS 'The policy''s owner at the time of the notice.';
COMMENT ON COLUMN policies.review_notices.noticed_at IS 'When the notice was written.';
COMMENT ON COLUMN policies.review_notices.taken_at IS 'When a consumer took it; NULL until then.';
COMMENT ON COLUMN policies.review_notices.taken_by IS 'The login role of the consumer.';
CREATE INDEX review_notices_open ON policies.review_notices (noticed_at, tenant_id, id) WHERE taken_at IS NULL;
COMMENT ON INDEX policies.review_notices_open IS 'Cross-tenant: the notices that no consumer has taken.';
SELECT policies.scope_by_tenant('policies.review_notices', callers_may_write => false);

CREATE FUNCTION policies.notify_reviews_due(within interval DEFAULT '0') RETURNS bigint
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
        INSERT INTO policies.review_notices (id, tenant_id, app_id, policy_id, due_at, owner_id, noticed_at)
        SELECT policies.new_id('ntc'), p.tenant_id, p.app_id, p.id, p.next_review_at, p.owner_id, now()
        FROM policies.policies p WHERE NOT p.is_deleted AND p.next_review_at <= due_until
        ORDER BY p.next_review_at, p.tenant_id, p.id
        ON CONFLICT (tenant_id, policy_id, due_at) DO NOTHING
        RETURNING id, due_at
    LOOP
        -- Any login of the database can listen: nothing of the tenant in it.
        PERFORM pg_notify('policies_review_due',
            jsonb_build_object('notice_id', notice.id, 'due_at', notice.due_at)::text);
        notices := notices + 1;
    END LOOP;
    RETURN notices;
END
$$;
COMMENT ON FUNCTION policies.notify_reviews_due(interval) IS
'Writes a notice for each live policy of any tenant whose review is overdue or due within the given time, never twice for the same due date, and notifies policies_review_due of it with a small JSON object, its notice_id and due_at. Returns how many. For administrators, and the scheduler that runs as one.';

CREATE FUNCTION policies.take_review_notices(max_notices integer DEFAULT 100) RETURNS SETOF policies.review_notices
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF max_notices IS NULL OR max_notices <= 0 THEN
        RAISE EXCEPTION 'max_notices must be positive: %', coalesce(max_notices::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
    -- Materialized: whatever the plan, the oldest are looked for once, and no more than so many.
    WITH open AS MATERIALIZED (
        SELECT o.tenant_id, o.id FROM policies.review_notices o WHERE o.taken_at IS NULL
        ORDER BY o.noticed_at, o.tenant_id, o.id LIMIT max_notices FOR UPDATE SKIP LOCKED
    )
    UPDATE policies.review_notices n SET taken_at = now(), taken_by = session_user
    FROM open
    WHERE n.tenant_id = open.tenant_id AND n.id = open.id
    RETURNING n.*;
END
$$;
COMMENT ON FUNCTION policies.take_review_notices(integer) IS
'Takes the oldest notices that no consumer has taken, each for one consumer only, for good once the transaction commits. For administrators.';
REVOKE ALL ON FUNCTION policies.notify_reviews_due(interval), policies.take_review_notices(integer) FROM PUBLIC;
