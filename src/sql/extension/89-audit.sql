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
    -- What catalogs print, and how texts of the library are read, depends on these. Compiling takes longer than running.
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
    SET standard_conforming_strings = on SET transform_null_equals = off SET intervalstyle = postgres
    SET datestyle = iso SET timezone = 'UTC' SET bytea_output = hex SET extra_float_digits = 1 SET jit = off
AS $$
WITH named AS MATERIALIZED (
    SELECT * FROM policies.audit_row_security()
    UNION ALL SELECT * FROM policies.audit_triggers()
    UNION ALL SELECT * FROM policies.audit_history()
    UNION ALL SELECT * FROM policies.audit_privileges()
    UNION ALL SELECT * FROM policies.audit_columns()
    UNION ALL SELECT * FROM policies.audit_keys()
    UNION ALL SELECT * FROM policies.audit_dependents()
    UNION ALL SELECT * FROM policies.audit_views()
    UNION ALL SELECT * FROM policies.audit_roles()
    UNION ALL SELECT * FROM policies.audit_settings()
    UNION ALL SELECT * FROM policies.audit_functions()
    UNION ALL SELECT * FROM policies.audit_versions()
-- What a rule is about, where that is not the part it names: audit_register() does not tell of it again.
), about (rule, subject) AS (
    VALUES ('rls_disabled', 'row security'), ('rls_not_forced', 'row security'), ('unlogged_table', 'persistence'),
        ('owner_can_log_in', 'owner'), ('owner_is_caller', 'owner'), ('view_without_security_invoker', 'options'),
        ('stamp_trigger_missing', 'policies_stamp'), ('history_trigger_missing', 'policies_history'),
        ('soft_delete_trigger_missing', 'policies_soft_delete'), ('table_granted_to_public', 'PUBLIC'),
        ('function_executable_by_public', 'PUBLIC'), ('auditor_may_write', 'policies_auditor'),
        ('history_owner_locked_out', 'policies_admin'), ('leakproof_user_function', 'leakproof')
), found AS (
    SELECT n.*, NULL::text AS remedy, NULL::text AS whole_name FROM named n
    UNION ALL
    SELECT g.rule, g.catalog, g.object, g.part, g.note, g.remedy, g.whole_name
    FROM policies.audit_register() g
    WHERE NOT EXISTS (
        SELECT FROM named n LEFT JOIN about a ON a.rule = n.rule
        WHERE n.catalog = g.catalog AND n.object = g.object AND coalesce(a.subject, n.part) = g.subject
    )
)
SELECT r.name, r.title, r.level, r.facing, ARRAY[r.category], r.description,
    pg_catalog.format(r.detail, o.identity, f.part, f.note, f.whole_name),
    coalesce(f.remedy, pg_catalog.format(r.remediation, o.identity, f.part, f.note, f.whole_name)),
    pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        'schema', o.schema, 'name', coalesce(o.name, o.identity), 'type', o.type,
        coalesce(r.part_type, 'part'), f.part)),
    pg_catalog.concat_ws('_', r.name, o.identity, f.part, CASE WHEN f.whole_name IS NOT NULL THEN f.note END)
FROM found f
LEFT JOIN policies.audit_rules() r ON r.name = f.rule
CROSS JOIN LATERAL pg_catalog.pg_identify_object(f.catalog, f.object, 0) o
ORDER BY pg_catalog.array_position(ARRAY['ERROR', 'WARN', 'INFO'], r.level), r.name, o.identity, f.part, f.note
$$;
COMMENT ON FUNCTION policies.audit() IS
'Looks for weaknesses in what protects the tables of this database: one row for each that it finds, the gravest first, with the object and how to mend it; none when all is well. The columns are those of Supabase''s database linter.';
GRANT EXECUTE ON FUNCTION policies.audit() TO policies_auditor, policies_admin;
