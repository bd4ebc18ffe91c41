-- What audit() finds in the columns and keys of protected tables, and in what reads them past their row security.

CREATE FUNCTION policies.audit_columns() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH RECURSIVE base_type (type, base) AS (
    SELECT t.oid, t.oid FROM pg_catalog.pg_type t WHERE t.typtype <> 'd'
    UNION ALL
    SELECT t.oid, b.base FROM base_type b JOIN pg_catalog.pg_type t ON t.typbasetype = b.type AND t.typtype = 'd'
), base_column (name, type, is_required, is_key) AS (
    VALUES
    ('id', 'text'::regtype, true, true),
    ('tenant_id', 'text', true, true),
    ('app_id', 'text', false, true),
    ('created_at', 'timestamptz', true, false),
    ('updated_at', 'timestamptz', true, false),
    ('created_by', 'text', false, false),
    ('updated_by', 'text', false, false),
    ('source', 'text', true, false),
    ('source_type', 'text', true, false),
    ('is_deleted', 'bool', true, false),
    ('deleted_at', 'timestamptz', false, false),
    ('deleted_by', 'text', false, false),
    ('schema_version', 'int4', true, false)
)
SELECT 'base_column_wrong', 'pg_class'::regclass, t.id, b.name, wrong.reason
FROM policies.audited_tables() t
JOIN base_column b ON b.is_key OR t.is_stamped
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.id AND a.attname = b.name AND NOT a.attisdropped
LEFT JOIN base_type y ON y.type = a.atttypid
LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN a.attname IS NULL THEN 'is missing'
        WHEN y.base <> b.type THEN pg_catalog.format('is %s, not %s', pg_catalog.format_type(a.atttypid, NULL), b.type)
        WHEN a.attgenerated <> '' OR a.attidentity <> '' THEN 'is generated, and so cannot be stamped'
        WHEN b.is_required AND NOT a.attnotnull THEN 'may be NULL'
        WHEN b.is_key AND NOT c.collisdeterministic THEN 'has a collation that takes different texts for equal'
    END AS reason
) wrong
WHERE NOT t.is_partition AND wrong.reason IS NOT NULL
$$;
COMMENT ON FUNCTION policies.audit_columns() IS
'What audit() finds in the base columns of protected tables.';
GRANT EXECUTE ON FUNCTION policies.audit_columns() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_keys() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH protected AS (
    SELECT * FROM policies.audited_tables() t WHERE NOT t.is_partition
), key_index AS (
    SELECT t.id, t.is_stamped, i.indexrelid, c.relname AS name, i.indisunique OR i.indisexclusion AS is_unique,
        ARRAY(
            SELECT a.attname::text
            FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS key (number, place)
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.number AND a.attnum > 0
            WHERE key.place <= i.indnkeyatts ORDER BY key.place
        ) AS columns
    FROM protected t
    JOIN pg_catalog.pg_index i ON i.indrelid = t.id
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
), judged AS (
    -- A stamped table's ids come from the server: on them alone, nobody can bring a conflict about.
    SELECT k.*, k.is_unique AND 'tenant_id' <> ALL (pg_catalog.array_replace(k.columns, NULL, ''))
            AND NOT (k.is_stamped AND k.columns = ARRAY['id']) AS is_oracle
    FROM key_index k
)
SELECT 'unique_not_led_by_tenant', 'pg_class'::regclass, k.id, k.name::text, NULL
FROM judged k WHERE k.is_oracle

UNION ALL
SELECT 'index_not_led_by_tenant', 'pg_class'::regclass, k.id, k.name, NULL
FROM judged k
WHERE NOT k.is_oracle AND k.columns[1] IS DISTINCT FROM 'tenant_id'
    AND coalesce(pg_catalog.obj_description(k.indexrelid, 'pg_class'), '') NOT LIKE 'Cross-tenant:%'

UNION ALL
SELECT 'single_column_foreign_key', 'pg_class'::regclass, f.conrelid, f.conname, f.confrelid::regclass::text
FROM pg_catalog.pg_constraint f
JOIN protected t ON t.id = f.conrelid
JOIN protected r ON r.id = f.confrelid
WHERE f.contype = 'f' AND f.conparentid = 0 AND NOT EXISTS (
    SELECT FROM ROWS FROM (pg_catalog.unnest(f.conkey), pg_catalog.unnest(f.confkey)) AS key (own, referenced)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = key.own AND a.attname = 'tenant_id'
    JOIN pg_catalog.pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = key.referenced AND b.attname = 'tenant_id'
)
$$;
COMMENT ON FUNCTION policies.audit_keys() IS
'What audit() finds in the indexes and foreign keys of protected tables.';
GRANT EXECUTE ON FUNCTION policies.audit_keys() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_dependents() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH RECURSIVE audited AS (
    SELECT t.id, t.is_partition, c.relname, c.relpersistence, n.nspname
    FROM policies.audited_tables() t
    JOIN pg_catalog.pg_class c ON c.oid = t.id
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
), reads AS (
    SELECT DISTINCT v.oid AS id, v.relkind AS kind, d.refobjid AS source, EXISTS (
            SELECT FROM pg_catalog.pg_options_to_table(v.reloptions) o
            WHERE o.option_name = 'security_invoker' AND o.option_value::bool
        ) AS is_invoker
    FROM pg_catalog.pg_class v
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
    WHERE v.relkind IN ('v', 'm')
), reached (id, source) AS (
    SELECT r.id, r.source FROM reads r JOIN audited a ON a.id = r.source
    UNION
    SELECT r.id, b.source FROM reached b JOIN reads r ON r.source = b.id
)
-- A view on a view with security_invoker reads the table with the rights of its reader, whatever its own option.
SELECT 'view_without_security_invoker', 'pg_class'::regclass, r.id, r.source::regclass::text, NULL
FROM reads r JOIN audited a ON a.id = r.source
WHERE r.kind = 'v' AND NOT r.is_invoker

UNION ALL
SELECT DISTINCT 'materialized_view', 'pg_class'::regclass, r.id, r.source::regclass::text, NULL
FROM reached r JOIN pg_catalog.pg_class c ON c.oid = r.id
WHERE c.relkind = 'm'

UNION ALL
SELECT 'soft_delete_trigger_missing', 'pg_class'::regclass, v.oid, r.source::regclass::text, NULL
FROM reads r
JOIN audited a ON a.id = r.source
JOIN pg_catalog.pg_class v ON v.oid = r.id
-- Bit 4 tells whether the view passes DELETE on, other than through a trigger.
WHERE r.kind = 'v' AND pg_catalog.pg_relation_is_updatable(v.oid, false) & (1 << 4) <> 0
    AND EXISTS (
        SELECT FROM pg_catalog.aclexplode(v.relacl) g WHERE g.privilege_type = 'DELETE' AND g.grantee <> v.relowner
    )
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = v.oid AND p.pronamespace = 'policies'::regnamespace AND p.proname = 'soft_delete'
    )

UNION ALL
SELECT 'published_table', 'pg_class'::regclass, a.id, p.pubname, NULL
FROM audited a JOIN pg_catalog.pg_publication_tables p ON p.schemaname = a.nspname AND p.tablename = a.relname

UNION ALL
SELECT 'unlogged_table', 'pg_class'::regclass, a.id, NULL, NULL
FROM audited a WHERE a.relpersistence = 'u'
$$;
COMMENT ON FUNCTION policies.audit_dependents() IS
'What audit() finds in the views, publications and storage of protected tables.';
GRANT EXECUTE ON FUNCTION policies.audit_dependents() TO policies_auditor, policies_admin;
