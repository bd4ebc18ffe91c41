-- What must hold of a register after whatever happened to its server: each row of the result is a violation. For psql.
WITH covered AS (
    SELECT p.tenant_id, coalesce(p.app_id, '') AS app_scope, p.priority, t.ticket_type COLLATE "C" AS ticket_type,
        p.id AS policy_id
    FROM policies.policies p CROSS JOIN jsonb_array_elements_text(p.applies_to) AS t (ticket_type)
    WHERE p.status = 'active' AND NOT p.is_deleted AND p.priority IS NOT NULL
), coverage AS (
    SELECT tenant_id, app_scope, priority, ticket_type, policy_id FROM policies.sla_coverage
), versions AS (
    SELECT tenant_id, id, valid_from, valid_to FROM policies.policies_history
    UNION ALL
    SELECT tenant_id, id, updated_at, 'infinity' FROM policies.policies
), chain AS (
    SELECT v.tenant_id, v.id, v.valid_from, v.valid_to,
           lag(v.valid_to) OVER (PARTITION BY v.tenant_id, v.id ORDER BY v.valid_from) AS previous_end
    FROM versions v
)
SELECT 'not in the coverage' AS violation, to_jsonb(c) FROM (SELECT * FROM covered EXCEPT SELECT * FROM coverage) c
UNION ALL
SELECT 'covered without a policy', to_jsonb(c) FROM (SELECT * FROM coverage EXCEPT SELECT * FROM covered) c
UNION ALL
SELECT 'history with a gap or an overlap', to_jsonb(chain) FROM chain WHERE previous_end <> valid_from
UNION ALL
SELECT 'history that does not begin with the row', to_jsonb(c)
FROM (SELECT chain.* FROM chain JOIN policies.policies p USING (tenant_id, id)
      WHERE chain.previous_end IS NULL AND chain.valid_from <> p.created_at) c
UNION ALL
SELECT 'history without its row', to_jsonb(h) FROM policies.policies_history h
WHERE NOT EXISTS (SELECT FROM policies.policies p WHERE p.tenant_id = h.tenant_id AND p.id = h.id)
UNION ALL
SELECT 'id of two tenants', to_jsonb(p) FROM (SELECT id FROM policies.policies GROUP BY id HAVING count(*) > 1) p
UNION ALL
SELECT 'review without its due date moved', to_jsonb(r) FROM policies.policy_reviews r
WHERE NOT EXISTS (SELECT FROM policies.policies p WHERE p.tenant_id = r.tenant_id AND p.id = r.policy_id
                  AND p.updated_at >= date_trunc('milliseconds', r.reviewed_at))
UNION ALL
SELECT 'row of another writer', to_jsonb(p) FROM policies.policies p
WHERE p.updated_by NOT LIKE '%' || p.tenant_id AND p.updated_by LIKE 'per\_%\_tenant%';

SELECT to_regclass('policies.business_calendars') IS NOT NULL AS has_calendars \gset
\if :has_calendars
WITH versions AS (
    SELECT tenant_id, app_id, id, valid_from, valid_to FROM policies.business_calendars_history
    UNION ALL
    SELECT tenant_id, app_id, id, updated_at, 'infinity' FROM policies.business_calendars
), chain AS (
    SELECT v.*, lag(v.valid_to) OVER (PARTITION BY v.tenant_id, v.id ORDER BY v.valid_from) AS previous_end FROM versions v
)
SELECT 'two default calendars' AS violation, to_jsonb(d)
FROM (SELECT tenant_id, app_id FROM policies.business_calendars WHERE is_default AND NOT is_deleted
      GROUP BY tenant_id, app_id HAVING count(*) > 1) d
UNION ALL
SELECT 'calendar history with a gap or an overlap', to_jsonb(chain) FROM chain WHERE previous_end <> valid_from
UNION ALL
SELECT 'calendar history that does not begin with the row', to_jsonb(c)
FROM (SELECT chain.* FROM chain JOIN policies.business_calendars b USING (tenant_id, id)
      WHERE chain.previous_end IS NULL AND chain.valid_from <> b.created_at) c
UNION ALL
SELECT 'calendar history without its row', to_jsonb(h) FROM policies.business_calendars_history h
WHERE NOT EXISTS (SELECT FROM policies.business_calendars b
                  WHERE b.tenant_id = h.tenant_id AND b.id = h.id AND b.app_id IS NOT DISTINCT FROM h.app_id)
UNION ALL
SELECT 'calendar id of two tenants', to_jsonb(b) FROM (SELECT id FROM policies.business_calendars
    GROUP BY id HAVING count(*) > 1) b
UNION ALL
SELECT 'calendar that no clock can run on', to_jsonb(b) FROM policies.business_calendars b
WHERE NOT policies.is_valid_opening_hours(opening_hours) OR NOT policies.is_valid_holidays(holidays)
    OR NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = b.time_zone)
UNION ALL
SELECT 'holiday twice', to_jsonb(b) FROM (
    SELECT b.id, h.value FROM policies.business_calendars b CROSS JOIN jsonb_array_elements(b.holidays) h
        GROUP BY b.id, h.value HAVING count(*) > 1) b
UNION ALL
SELECT 'calendar of another writer', to_jsonb(b) FROM policies.business_calendars b
WHERE b.updated_by NOT LIKE '%' || b.tenant_id AND b.updated_by LIKE 'per\_%\_tenant%';
\endif
