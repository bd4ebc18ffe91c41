-- Which tables audit() looks at, and what it finds in their row security.

CREATE FUNCTION policies.audited_tables() RETURNS TABLE (
    id pg_catalog.oid,
    is_partition pg_catalog.bool,
    is_stamped pg_catalog.bool,
    keeps_history pg_catalog.bool,
    is_history pg_catalog.bool,
    is_read_only pg_catalog.bool,
    history_id pg_catalog.oid,
    history_name pg_catalog.text
)
    -- In PL/pgSQL, which keeps the plan: whatever audit() looks for begins here.
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
WITH RECURSIVE guard AS (
    SELECT t.tgrelid AS id, p.proname AS function
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE p.pronamespace = 'policies'::regnamespace AND p.proname IN ('stamp_write', 'record_history', 'soft_delete')
        -- Partitions have copies of their table's.
        AND t.tgparentid = 0
), guarded AS (
    SELECT g.id FROM guard g
    UNION
    SELECT p.polrelid FROM pg_catalog.pg_policy p
    WHERE p.polname IN ('policies_tenant_scope', 'policies_auditor_read', 'policies_admin_all')
    UNION
    SELECT d.refobjid
    FROM guard g
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = g.id
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_class'::regclass
    WHERE g.function = 'soft_delete'
    UNION
    SELECT h.oid
    FROM guard g
    JOIN pg_catalog.pg_class c ON c.oid = g.id
    JOIN pg_catalog.pg_class h ON h.relnamespace = c.relnamespace AND h.relname = c.relname || '_history'
    WHERE g.function = 'record_history'
), protected AS (
    SELECT c.oid AS id, c.relname, c.relnamespace,
        EXISTS (SELECT FROM guard g WHERE g.id = c.oid AND g.function = 'stamp_write') AS is_stamped,
        EXISTS (SELECT FROM guard g WHERE g.id = c.oid AND g.function = 'record_history') AS keeps_history,
        c.relname LIKE '%\_history' AND 2 = (
            SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attname IN ('valid_from', 'valid_to') AND NOT a.attisdropped
        ) AS is_history,
        EXISTS (
            SELECT FROM pg_catalog.pg_policy p
            WHERE p.polrelid = c.oid AND p.polname = 'policies_tenant_scope' AND p.polcmd = 'r'
        ) OR c.oid = pg_catalog.to_regclass('policies.policy_reviews') AS is_read_only
    FROM pg_catalog.pg_class c JOIN guarded g ON g.id = c.oid
    WHERE c.relkind IN ('r', 'p')
), below (id) AS (
    SELECT i.inhrelid FROM protected p JOIN pg_catalog.pg_inherits i ON i.inhparent = p.id
    UNION
    SELECT i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent = b.id
)
SELECT p.id, false, p.is_stamped, p.keeps_history, p.is_history AND NOT p.is_stamped,
    p.is_read_only OR p.is_history AND NOT p.is_stamped, h.oid, p.relname || '_history'
FROM protected p
LEFT JOIN pg_catalog.pg_class h ON h.relnamespace = p.relnamespace AND h.relname = p.relname || '_history'
UNION ALL
SELECT b.id, true, false, false, false, false, NULL, NULL
FROM below b JOIN pg_catalog.pg_class c ON c.oid = b.id
WHERE c.relkind IN ('r', 'p', 'f') AND b.id NOT IN (SELECT p.id FROM protected p);
END
$$;
COMMENT ON FUNCTION policies.audited_tables() IS
'The tables that audit() looks at: those with a trigger, a policy or a live view of the extension, their history tables, and their partitions and child tables.';
GRANT EXECUTE ON FUNCTION policies.audited_tables() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audited_condition(condition pg_catalog.pg_node_tree, table_id pg_catalog.oid)
    RETURNS pg_catalog.text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
SELECT pg_catalog.regexp_replace(
    pg_catalog.regexp_replace(pg_catalog.pg_get_expr(condition, table_id), '\s+', ' ', 'g'),
    '\((tenant_id|app_id)\)::text', '\1', 'g')
$$;
COMMENT ON FUNCTION policies.audited_condition(pg_catalog.pg_node_tree, pg_catalog.oid) IS
'A row security condition as audit() compares it: its SQL on one line, without casts of domains.';
GRANT EXECUTE ON FUNCTION policies.audited_condition(pg_catalog.pg_node_tree, pg_catalog.oid) TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_base_type(type pg_catalog.oid) RETURNS pg_catalog.oid
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_audit_base_type';
COMMENT ON FUNCTION policies.audit_base_type(pg_catalog.oid) IS 'The type under the domains of a type, or the type itself; NULL where there is no such type.';
GRANT EXECUTE ON FUNCTION policies.audit_base_type(pg_catalog.oid) TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_row_security() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH protected AS (
    SELECT t.*, c.relrowsecurity, c.relforcerowsecurity, c.relkind, c.relacl, c.relowner
    FROM policies.audited_tables() t JOIN pg_catalog.pg_class c ON c.oid = t.id
), policy AS (
    SELECT p.polrelid AS id, p.polname AS name, p.polcmd AS command, p.polpermissive AS is_permissive,
        t.is_history OR t.id = pg_catalog.to_regclass('policies.policy_reviews') AS is_record,
        policies.audited_condition(p.polqual, p.polrelid) AS using_condition,
        policies.audited_condition(p.polwithcheck, p.polrelid) AS check_condition,
        ARRAY(
            SELECT coalesce(r.rolname, 'PUBLIC')
            FROM pg_catalog.unnest(p.polroles) AS role (id) LEFT JOIN pg_catalog.pg_roles r ON r.oid = role.id
            ORDER BY 1
        )::text[] AS roles,
        p.polroles && ARRAY[0::oid, pg_catalog.to_regrole('policies_caller')] AS is_for_callers
    FROM pg_catalog.pg_policy p JOIN protected t ON t.id = p.polrelid
    WHERE NOT t.is_partition
-- As src/functions/guard_rails/scope_by_tenant.cpp creates them.
), expected (name, role, condition, commands) AS (
    VALUES
    ('policies_tenant_scope', 'policies_caller',
     '((tenant_id = policies.current_tenant_id()) AND policies.in_app_scope(app_id))', '*r'),
    ('policies_auditor_read', 'policies_auditor', 'true', 'r'),
    ('policies_admin_all', 'policies_admin', 'true', '*')
)
SELECT 'rls_disabled', 'pg_class'::regclass, t.id, NULL, NULL
FROM protected t WHERE NOT t.is_partition AND NOT t.relrowsecurity

UNION ALL
SELECT 'rls_not_forced', 'pg_class'::regclass, t.id, NULL, NULL
FROM protected t WHERE NOT t.is_partition AND NOT t.relforcerowsecurity

UNION ALL
SELECT CASE e.name WHEN 'policies_tenant_scope' THEN 'tenant_policy_missing' ELSE 'role_policy_missing' END,
    'pg_class'::regclass, t.id, e.name,
    CASE WHEN e.name = 'policies_admin_all' OR e.name = 'policies_tenant_scope' AND NOT t.is_read_only
        THEN pg_catalog.format('FOR ALL TO %1$s USING (%2$s) WITH CHECK (%2$s)', e.role, e.condition)
        ELSE pg_catalog.format('FOR SELECT TO %s USING (%s)', e.role, e.condition) END
FROM protected t CROSS JOIN expected e
WHERE NOT t.is_partition AND NOT EXISTS (SELECT FROM policy p WHERE p.id = t.id AND p.name = e.name)

UNION ALL
SELECT CASE p.name WHEN 'policies_tenant_scope' THEN 'tenant_policy_altered' ELSE 'role_policy_altered' END,
    'pg_class'::regclass, p.id, p.name, pg_catalog.concat_ws(', ', d.kind, d.command, d.roles, d.conditions)
FROM policy p JOIN expected e ON e.name = p.name
CROSS JOIN LATERAL (
    SELECT CASE WHEN NOT p.is_permissive THEN 'kind' END AS kind,
        CASE WHEN pg_catalog.strpos(e.commands, p.command::text) = 0
                OR p.name = 'policies_tenant_scope' AND p.command <> 'r' AND p.is_record
            THEN 'command' END AS command,
        CASE WHEN p.roles <> ARRAY[e.role] THEN 'roles' END AS roles,
        CASE WHEN p.using_condition IS DISTINCT FROM e.condition
                OR coalesce(p.check_condition, e.condition) <> e.condition THEN 'condition' END AS conditions
) d
WHERE pg_catalog.concat(d.kind, d.command, d.roles, d.conditions) <> ''

UNION ALL
SELECT CASE WHEN p.is_for_callers AND pg_catalog.concat_ws(' ', p.using_condition, p.check_condition)
            ~ '^\(*true\M|\mOR true\M|\mtrue\)* OR\M|\(1 = 1\)'
        THEN 'policy_always_true' ELSE 'additional_permissive_policy' END,
    'pg_class'::regclass, p.id, p.name, pg_catalog.array_to_string(p.roles, ', ')
FROM policy p
WHERE p.is_permissive AND NOT EXISTS (SELECT FROM expected e WHERE e.name = p.name)

UNION ALL
SELECT 'partition_not_closed', 'pg_class'::regclass, t.id, NULL, pg_catalog.concat_ws('; ', o.security, o.grants)
FROM protected t
CROSS JOIN LATERAL (
    SELECT
        -- A foreign table cannot have row security.
        CASE WHEN t.relkind <> 'f' AND NOT (t.relrowsecurity AND t.relforcerowsecurity)
            THEN 'its row security is not enabled and forced' END AS security,
        (SELECT 'it is granted to ' || pg_catalog.string_agg(DISTINCT coalesce(r.rolname, 'PUBLIC'), ', ')
         FROM pg_catalog.aclexplode(t.relacl) a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
         WHERE a.grantee <> t.relowner) AS grants
) o
WHERE t.is_partition AND pg_catalog.concat(o.security, o.grants) <> ''

UNION ALL
SELECT 'attached_to_table', 'pg_class'::regclass, t.id, NULL, i.inhparent::regclass::text
FROM protected t JOIN pg_catalog.pg_inherits i ON i.inhrelid = t.id
WHERE i.inhparent NOT IN (SELECT p.id FROM protected p)
$$;
COMMENT ON FUNCTION policies.audit_row_security() IS
'What audit() finds in the row security of protected tables and their partitions.';
GRANT EXECUTE ON FUNCTION policies.audit_row_security() TO policies_auditor, policies_admin;
