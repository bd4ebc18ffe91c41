CREATE FUNCTION policies.audit() RETURNS TABLE (
    name pg_catalog.text,
    title pg_catalog.text,
    level pg_catalog.text,
    facing pg_catalog.text,
    categories pg_catalog.text[],
    description pg_catalog.text,
    detail pg_catalog.text,
    remediation pg_catalog.text,
    metadata pg_catalog.jsonb,
    cache_key pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH found AS (
    SELECT * FROM policies.audit_row_security()
    UNION ALL SELECT * FROM policies.audit_triggers()
    UNION ALL SELECT * FROM policies.audit_history()
    UNION ALL SELECT * FROM policies.audit_privileges()
    UNION ALL SELECT * FROM policies.audit_columns()
    UNION ALL SELECT * FROM policies.audit_keys()
    UNION ALL SELECT * FROM policies.audit_dependents()
    UNION ALL SELECT * FROM policies.audit_roles()
    UNION ALL SELECT * FROM policies.audit_functions()
    UNION ALL SELECT * FROM policies.audit_versions()
)
SELECT r.name, r.title, r.level, r.facing, ARRAY[r.category], r.description,
    pg_catalog.format(r.detail, o.identity, f.part, f.note),
    pg_catalog.format(r.remediation, o.identity, f.part, f.note),
    pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        'schema', o.schema, 'name', coalesce(o.name, o.identity), 'type', o.type,
        coalesce(r.part_type, 'part'), f.part)),
    pg_catalog.concat_ws('_', r.name, o.identity, f.part)
FROM found f
LEFT JOIN policies.audit_rules() r ON r.name = f.rule
CROSS JOIN LATERAL pg_catalog.pg_identify_object(f.catalog, f.object, 0) o
ORDER BY pg_catalog.array_position(ARRAY['ERROR', 'WARN', 'INFO'], r.level), r.name, o.identity, f.part
$$;
COMMENT ON FUNCTION policies.audit() IS
'Looks for weaknesses in what protects the tables of this database: one row for each that it finds, the gravest first, with the object and how to mend it; none when all is well. The columns are those of Supabase''s database linter.';
GRANT EXECUTE ON FUNCTION policies.audit() TO policies_auditor, policies_admin;
