-- What must hold of a register after whatever happened to its server: each row of the result is a violation.
WITH covered AS (
    SELECT p.tenant_id, coalesce(p.app_id, '') AS app_scope, p.priority, t.ticket_type COLLATE "C" AS ticket_type, p.id AS policy_id
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
                  AND p.updated_at >= r.reviewed_at)
UNION ALL
SELECT 'row of another writer', to_jsonb(p) FROM policies.policies p
WHERE p.updated_by NOT LIKE '%' || p.tenant_id AND p.updated_by LIKE 'per\_%\_tenant%';
