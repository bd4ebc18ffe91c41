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
SELECT 'base_column_wrong', 'pg_class'::regclass, t.id, b.name, wrong.reason
FROM policies.audited_tables() t
JOIN (
    SELECT l.name, l.type::regtype, l.is_required, l.name IN ('id', 'tenant_id', 'app_id') AS is_key
    FROM policies.list_base_columns() l
) b ON b.is_key OR t.is_stamped
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.id AND a.attname = b.name AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN a.attname IS NULL THEN 'is missing'
        WHEN policies.audit_base_type(a.atttypid) <> b.type
            THEN pg_catalog.format('is %s, not %s', pg_catalog.format_type(a.atttypid, NULL), b.type)
        WHEN EXISTS (
            WITH RECURSIVE domain (id, is_not_null, base) AS (
                SELECT d.oid, d.typnotnull, d.typbasetype FROM pg_catalog.pg_type d WHERE d.oid = a.atttypid AND d.typtype = 'd'
                UNION ALL
                SELECT d.oid, d.typnotnull, d.typbasetype FROM domain u JOIN pg_catalog.pg_type d ON d.oid = u.base
                WHERE d.typtype = 'd'
            )
            SELECT FROM domain d
            WHERE d.is_not_null OR EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.contypid = d.id)
        ) AND t.is_stamped THEN 'is of a domain with constraints, which no stamp is checked against'
        WHEN a.attnotnull AND b.name IN ('deleted_at', 'deleted_by')
            THEN 'is NOT NULL, though NULL in every row that is not deleted'
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

UNION ALL
SELECT 'foreign_key_from_unprotected', 'pg_class'::regclass, f.confrelid, f.conname, f.conrelid::regclass::text
FROM pg_catalog.pg_constraint f
WHERE f.contype = 'f' AND f.conparentid = 0
    AND (f.confrelid IN (SELECT p.id FROM protected p) OR f.confrelid IN (
        SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relnamespace = 'policies'::regnamespace))
    AND f.conrelid NOT IN (SELECT t.id FROM policies.audited_tables() t)
    AND f.conrelid NOT IN (SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relnamespace = 'policies'::regnamespace)

UNION ALL
SELECT 'tenant_key_missing', 'pg_class'::regclass, p.id, NULL, NULL
FROM protected p
WHERE NOT p.is_history AND NOT EXISTS (
    SELECT FROM key_index k JOIN pg_catalog.pg_index i ON i.indexrelid = k.indexrelid
    WHERE k.id = p.id AND k.is_unique AND i.indisvalid AND i.indpred IS NULL AND k.columns = ARRAY['tenant_id', 'id']
)

UNION ALL
SELECT 'constraint_not_valid', 'pg_class'::regclass, k.conrelid, k.conname, NULL
FROM pg_catalog.pg_constraint k
JOIN protected p ON p.id = k.conrelid
JOIN pg_catalog.pg_class c ON c.oid = p.id AND c.relnamespace <> 'policies'::regnamespace
WHERE NOT k.convalidated
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
    UNION
    -- The register's inner tables as well.
    SELECT c.oid, c.relispartition, c.relname, c.relpersistence, n.nspname
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'policies' AND c.relkind IN ('r', 'p')
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

CREATE FUNCTION policies.audit_views() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH role AS (
    SELECT * FROM policies.audit_roles_by_oid()
), made AS (
    SELECT v.id, v.shows_deleted, c.relowner, c.relacl, c.reloptions,
        -- On one line, and without the table's name, which PostgreSQL 15 puts before each column.
        pg_catalog.replace(pg_catalog.regexp_replace(pg_catalog.pg_get_viewdef(v.id), '\s+', ' ', 'g'),
            ' ' || pg_catalog.quote_ident(t.relname) || '.', ' ') AS definition,
        -- As src/functions/guard_rails/create_soft_delete_views.cpp creates it, of the columns that the view has.
        pg_catalog.regexp_replace(pg_catalog.format(' SELECT %s FROM %I.%I WHERE %s;', (
            SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a WHERE a.attrelid = v.id AND a.attnum > 0 AND NOT a.attisdropped
        ), n.nspname, t.relname, CASE WHEN v.shows_deleted THEN 'is_deleted' ELSE '(NOT is_deleted)' END), '\s+', ' ', 'g')
            AS wanted_definition
    FROM policies.audit_protected_views() v
    JOIN pg_catalog.pg_class c ON c.oid = v.id
    JOIN pg_catalog.pg_class t ON t.oid = v.table_id
    JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
), grants AS (
    SELECT m.id, r.name, pg_catalog.string_agg(DISTINCT a.privilege_type, ', ' ORDER BY a.privilege_type) AS privileges
    FROM made m CROSS JOIN pg_catalog.aclexplode(m.relacl) a JOIN role r ON r.id = a.grantee
    WHERE a.grantee <> m.relowner
    GROUP BY m.id, r.name
), wanted (name, of_live, of_deleted) AS (
    VALUES ('policies_caller', 'DELETE, INSERT, SELECT', 'SELECT'), ('policies_auditor', 'SELECT', 'SELECT')
)
SELECT 'protected_view_altered', 'pg_class'::regclass, m.id, d.what, d.note
FROM made m
CROSS JOIN LATERAL (
    SELECT 'owner' AS what, 'it belongs to ' || r.name AS note FROM role r WHERE r.id = m.relowner AND r.name <> 'policies_admin'
    UNION ALL
    SELECT 'options', pg_catalog.format('its options are "%s"', pg_catalog.array_to_string(m.reloptions, ', '))
    -- Without the option, view_without_security_invoker says more.
    WHERE m.reloptions <> ARRAY['security_invoker=true']
        AND pg_catalog.array_to_string(m.reloptions, ',') ~ 'security_invoker=(true|on|1|yes)'
    UNION ALL
    SELECT 'definition', 'it shows other columns or rows' WHERE m.definition <> m.wanted_definition
    UNION ALL
    SELECT 'trigger ' || g.tgname, 'the trigger is none of ours'
    FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
    WHERE g.tgrelid = m.id AND NOT (p.pronamespace = 'policies'::regnamespace AND p.proname = 'soft_delete')
    UNION ALL
    SELECT 'rule ' || w.rulename, 'the rule is none of ours'
    FROM pg_catalog.pg_rewrite w WHERE w.ev_class = m.id AND w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'privileges of ' || w.name, pg_catalog.format('%s has the privileges %s', w.name, coalesce(g.privileges, 'of none'))
    FROM wanted w LEFT JOIN grants g ON g.id = m.id AND g.name = w.name
    WHERE g.privileges IS DISTINCT FROM CASE WHEN m.shows_deleted THEN w.of_deleted ELSE w.of_live END
    UNION ALL
    SELECT 'privileges of ' || g.name, pg_catalog.format('%s has the privileges %s', g.name, g.privileges)
    FROM grants g
    WHERE g.id = m.id AND g.name NOT IN ('policies_caller', 'policies_auditor', 'policies_admin')
        AND (g.name = 'PUBLIC' OR g.privileges ~ 'UPDATE|TRUNCATE|TRIGGER|REFERENCES|MAINTAIN')
) d

UNION ALL
SELECT 'view_column_missing', 'pg_class'::regclass, v.id, a.attname, v.table_id::regclass::text
FROM policies.audit_protected_views() v
JOIN pg_catalog.pg_attribute a ON a.attrelid = v.table_id AND a.attnum > 0 AND NOT a.attisdropped
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute s WHERE s.attrelid = v.id AND s.attname = a.attname)
$$;
COMMENT ON FUNCTION policies.audit_views() IS
'What audit() finds in the views that protect_table() makes of tables outside the register.';
GRANT EXECUTE ON FUNCTION policies.audit_views() TO policies_auditor, policies_admin;
