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
        ('soft_delete', ARRAY['row', 'instead', 'delete'])
    ) AS f (function, events)
), trigger AS (
    SELECT t.oid AS trigger_id, t.tgrelid AS id, t.tgname AS name, t.tgenabled AS enabled, t.tgtype AS events,
        t.tgparentid = 0 AS is_own,
        t.tgqual IS NOT NULL OR t.tgattr::text <> '' AS is_conditional,
        p.oid AS function_id, p.proname AS function, p.prosecdef AS is_definer,
        p.pronamespace = 'policies'::regnamespace AS is_guard, p.pronamespace = 'pg_catalog'::regnamespace AS is_of_server
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

-- Those of others. On the register, which has none, audit_register() tells of them.
UNION ALL
SELECT CASE
        WHEN a.is_history OR a.is_read_only THEN 'trigger_on_record'
        WHEN place.is_before THEN 'trigger_before_stamp'
        WHEN t.is_definer THEN 'definer_trigger'
        WHEN place.is_after THEN 'trigger_after_stamp'
        ELSE 'foreign_trigger'
    END, 'pg_class'::regclass, t.id, t.name,
    CASE WHEN a.is_history OR a.is_read_only OR t.is_definer AND NOT place.is_before THEN t.function_id::regprocedure::text
        ELSE coalesce(stamp.name, t.function_id::regprocedure::text) END
FROM trigger t
JOIN audited a ON a.id = t.id
JOIN pg_catalog.pg_class c ON c.oid = t.id AND c.relnamespace <> 'policies'::regnamespace
LEFT JOIN trigger stamp ON stamp.id = t.id AND stamp.is_guard AND stamp.function = 'stamp_write'
CROSS JOIN LATERAL (
    SELECT w.may_write AND coalesce(t.name < stamp.name, false) AS is_before,
        w.may_write AND coalesce(t.name > stamp.name, false) AS is_after
    -- PostgreSQL's own read no stamps.
    FROM (SELECT NOT t.is_of_server AND t.events & 3 = 3 AND t.events & (4 | 16) <> 0) AS w (may_write)
) place
WHERE t.is_own AND NOT t.is_guard
    AND coalesce(pg_catalog.obj_description(t.trigger_id, 'pg_trigger'), '') NOT LIKE 'Cross-tenant:%'

UNION ALL
SELECT 'constraint_trigger_disabled', 'pg_class'::regclass, a.id, g.tgname, k.conname
FROM audited a
JOIN pg_catalog.pg_trigger g ON g.tgrelid = a.id AND g.tgisinternal AND g.tgenabled <> 'O'
JOIN pg_catalog.pg_constraint k ON k.oid = g.tgconstraint

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
    -- As keep_history() declares them: the type under the domains, and of what is stored.
    SELECT h.id, a.attname AS name, policies.audit_base_type(a.atttypid) AS type, a.atttypmod AS modifier,
        a.attnotnull AS is_required
    FROM history h
    JOIN pg_catalog.pg_attribute a ON a.attrelid = h.table_id
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v'
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
    pg_catalog.format_type(n.type, NULL)
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

UNION ALL
SELECT 'history_owner_wrong', 'pg_class'::regclass, h.id, pg_catalog.quote_ident(r.rolname), NULL
FROM history h
JOIN pg_catalog.pg_class c ON c.oid = h.id AND c.relnamespace <> 'policies'::regnamespace
JOIN pg_catalog.pg_roles r ON r.oid = c.relowner AND r.rolname <> 'policies_admin'

UNION ALL
SELECT 'history_key_missing', 'pg_class'::regclass, h.id, NULL, NULL
FROM history h
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint k
    WHERE k.conrelid = h.id AND k.contype IN ('p', 'u') AND ARRAY['id', 'tenant_id', 'valid_from'] = ARRAY(
        SELECT a.attname::text FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = h.id AND a.attnum = ANY (k.conkey) ORDER BY 1)
)
$$;
COMMENT ON FUNCTION policies.audit_history() IS
'What audit() finds in the history tables.';
GRANT EXECUTE ON FUNCTION policies.audit_history() TO policies_auditor, policies_admin;
