-- What audit() finds in the triggers of protected tables and in the history that they keep.

CREATE FUNCTION policies.audit_triggers() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH audited AS (
    SELECT * FROM policies.audited_tables()
), event (bit, name) AS (
    VALUES (1, 'row'), (2, 'before'), (4, 'insert'), (8, 'delete'), (16, 'update'), (64, 'instead')
), guard (function, events) AS (
    SELECT f.function, (SELECT pg_catalog.sum(e.bit) FROM event e WHERE e.name = ANY (f.events))
    FROM (VALUES
        ('stamp_write', ARRAY['row', 'before', 'insert', 'update']),
        ('record_history', ARRAY['row', 'delete', 'update']),
        ('soft_delete', ARRAY['row', 'instead', 'delete']),
        ('check_policy', ARRAY['row', 'before', 'insert', 'update']),
        ('cover_ticket_types', ARRAY['row', 'insert', 'update']),
        ('skip_known_coverage', ARRAY['row', 'before', 'insert']),
        ('check_business_calendar', ARRAY['row', 'before', 'insert', 'update']),
        ('follow_content', ARRAY['row', 'insert', 'update']),
        ('replace_known_row', ARRAY['row', 'before', 'insert'])
    ) AS f (function, events)
), trigger AS (
    SELECT t.tgrelid AS id, t.tgname AS name, t.tgenabled AS enabled, t.tgtype AS events, t.tgparentid = 0 AS is_own,
        t.tgqual IS NOT NULL OR t.tgattr::text <> '' AS is_conditional,
        p.oid AS function_id, p.proname AS function, p.prosecdef AS is_definer,
        p.pronamespace = 'policies'::regnamespace AS is_guard
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal OR t.tgparentid <> 0
)
SELECT 'stamp_trigger_missing', 'pg_class'::regclass, t.id, NULL, NULL
FROM audited t WHERE NOT (t.is_partition OR t.is_stamped OR t.is_read_only)

UNION ALL
SELECT 'guard_trigger_disabled', 'pg_class'::regclass, g.id, g.name,
    CASE g.enabled WHEN 'R' THEN ' but for replication' ELSE '' END
FROM trigger g WHERE g.is_guard AND g.enabled IN ('D', 'R')

UNION ALL
SELECT 'guard_trigger_altered', 'pg_class'::regclass, t.id, t.name, t.function
FROM trigger t JOIN guard g ON g.function = t.function
WHERE t.is_guard AND (t.events <> g.events OR t.is_conditional)

UNION ALL
SELECT 'register_trigger_missing', 'pg_class'::regclass, pg_catalog.to_regclass(needed.relation), needed.function, NULL
FROM (VALUES
    ('policies.policies', 'check_policy', 0),
    ('policies.policies', 'cover_ticket_types', 0),
    ('policies.sla_coverage', 'skip_known_coverage', 0),
    -- After INSERT (4), DELETE (8), UPDATE (16) and TRUNCATE (32), by several triggers.
    ('policies.policies', 'reset_sla_clocks', 4 | 8 | 16 | 32),
    ('policies.business_calendars', 'reset_sla_clocks', 4 | 8 | 16),
    ('policies.business_calendars', 'check_business_calendar', 0),
    ('policies.policies', 'follow_content', 0),
    ('policies.policy_search', 'replace_known_row', 0),
    ('policies.policy_drafts', 'replace_known_row', 0),
    ('policies.policy_settings', 'check_policy_settings', 0),
    ('policies.policy_settings', 'follow_search_language', 0)
) AS needed (relation, function, events)
WHERE pg_catalog.to_regclass(needed.relation) IS NOT NULL AND (
    SELECT pg_catalog.bit_or(t.events) & needed.events FROM trigger t
    WHERE t.id = pg_catalog.to_regclass(needed.relation) AND t.is_guard AND t.function = needed.function
) IS DISTINCT FROM needed.events

UNION ALL
SELECT 'trigger_after_stamp', 'pg_class'::regclass, t.id, t.name, stamp.name
FROM trigger t
JOIN trigger stamp ON stamp.id = t.id AND stamp.is_guard AND stamp.function = 'stamp_write'
WHERE t.is_own AND NOT t.is_guard AND t.name > stamp.name
    AND t.events & 3 = 3 AND t.events & (4 | 16) <> 0

UNION ALL
SELECT 'definer_trigger', 'pg_class'::regclass, t.id, t.name, t.function_id::regprocedure::text
FROM trigger t JOIN audited a ON a.id = t.id
WHERE t.is_own AND NOT t.is_guard AND t.is_definer

UNION ALL
SELECT 'rewrite_rule', 'pg_class'::regclass, t.id, r.rulename, NULL
FROM audited t JOIN pg_catalog.pg_rewrite r ON r.ev_class = t.id

UNION ALL
SELECT 'history_table_missing', 'pg_class'::regclass, t.id, t.history_name, NULL
FROM audited t WHERE t.keeps_history AND t.history_id IS NULL

UNION ALL
SELECT 'history_trigger_missing', 'pg_class'::regclass, t.id, t.history_name, NULL
FROM audited t JOIN audited h ON h.id = t.history_id AND h.is_history
WHERE NOT t.keeps_history
$$;
COMMENT ON FUNCTION policies.audit_triggers() IS
'What audit() finds in the triggers of protected tables.';
GRANT EXECUTE ON FUNCTION policies.audit_triggers() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_history() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH history AS (
    SELECT t.id AS table_id, t.history_id AS id
    FROM policies.audited_tables() t WHERE t.keeps_history AND t.history_id IS NOT NULL
), needed AS (
    SELECT h.id, a.attname AS name, a.atttypid AS type, a.atttypmod AS modifier, a.attnotnull AS is_required
    FROM history h JOIN pg_catalog.pg_attribute a ON a.attrelid = h.table_id
    WHERE a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT h.id, p.name, p.type, -1, p.is_required
    FROM history h CROSS JOIN (VALUES
        ('valid_from', 'timestamptz'::regtype, true),
        ('valid_to', 'timestamptz'::regtype, true),
        ('superseded_by', 'text'::regtype, false)
    ) AS p (name, type, is_required)
), kept AS (
    SELECT h.id, a.attname AS name, a.atttypid AS type, a.atttypmod AS modifier,
        a.attnotnull AND NOT a.atthasdef AS is_required
    FROM history h JOIN pg_catalog.pg_attribute a ON a.attrelid = h.id
    WHERE a.attnum > 0 AND NOT a.attisdropped
)
-- A length or precision of another number cuts, rounds or refuses the old value; none at all takes every value.
SELECT 'history_column_missing', 'pg_class'::regclass, n.id, n.name::text,
    pg_catalog.format_type(n.type, n.modifier)
FROM needed n LEFT JOIN kept k ON k.id = n.id AND k.name = n.name
WHERE k.type IS DISTINCT FROM n.type OR k.modifier <> -1 AND k.modifier <> n.modifier

UNION ALL
SELECT 'history_column_required', 'pg_class'::regclass, k.id, k.name, NULL
FROM kept k LEFT JOIN needed n ON n.id = k.id AND n.name = k.name
WHERE k.is_required AND n.is_required IS NOT TRUE

UNION ALL
SELECT 'history_unique_key', 'pg_class'::regclass, h.id, c.relname, NULL
FROM history h
JOIN pg_catalog.pg_index i ON i.indrelid = h.id AND i.indisunique
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = h.id AND a.attname = 'valid_from' AND a.attnum = ANY (i.indkey::int2[])
)

UNION ALL
SELECT 'history_owner_locked_out', 'pg_class'::regclass, h.id, pg_catalog.quote_ident(r.rolname),
    pg_catalog.concat_ws(', ', lack.usage, lack.insert)
FROM history h
JOIN pg_catalog.pg_class c ON c.oid = h.id
JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
CROSS JOIN LATERAL (
    SELECT CASE WHEN NOT pg_catalog.has_schema_privilege(c.relowner, c.relnamespace, 'USAGE')
            THEN 'USAGE on its schema' END AS usage,
        CASE WHEN NOT pg_catalog.has_table_privilege(c.relowner, h.id, 'INSERT') THEN 'INSERT on it' END AS insert
) lack
WHERE pg_catalog.concat(lack.usage, lack.insert) <> ''
$$;
COMMENT ON FUNCTION policies.audit_history() IS
'What audit() finds in the history tables.';
GRANT EXECUTE ON FUNCTION policies.audit_history() TO policies_auditor, policies_admin;
