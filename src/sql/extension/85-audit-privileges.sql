-- What audit() finds in who may do what. A foreign role's SELECT, INSERT or UPDATE on a protected table is no weakness:
-- no policy lets it see or write a row.

CREATE FUNCTION policies.audit_privileges() RETURNS TABLE (
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
), caller AS (
    SELECT r.oid, r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname IN ('policies_caller', 'policies_gateway')
), grantee (oid, name) AS (
    SELECT r.oid, pg_catalog.quote_ident(r.rolname) FROM pg_catalog.pg_roles r
    UNION ALL
    SELECT 0::oid, 'PUBLIC'
), granted AS (
    SELECT c.oid AS id, a.grantee, a.privilege_type AS privilege
    FROM pg_catalog.pg_class c CROSS JOIN pg_catalog.aclexplode(c.relacl) a
    WHERE c.relkind IN ('r', 'p', 'f') AND a.grantee <> c.relowner
    UNION
    SELECT c.oid, a.grantee, a.privilege_type
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attacl IS NOT NULL AND NOT t.attisdropped
    CROSS JOIN pg_catalog.aclexplode(t.attacl) a
    WHERE c.relkind IN ('r', 'p', 'f') AND a.grantee <> c.relowner
), grants AS (
    SELECT g.id, g.grantee, r.name, r.name = 'policies_admin' AS is_administrator, a.is_read_only,
        pg_catalog.array_agg(g.privilege ORDER BY g.privilege) AS privileges
    FROM granted g
    JOIN audited a ON a.id = g.id AND NOT a.is_partition
    JOIN grantee r ON r.oid = g.grantee
    GROUP BY g.id, g.grantee, r.name, a.is_read_only
)
SELECT 'truncate_granted', 'pg_class'::regclass, g.id, g.name, NULL
FROM grants g WHERE 'TRUNCATE' = ANY (g.privileges)

UNION ALL
SELECT 'delete_granted', 'pg_class'::regclass, g.id, g.name, NULL
FROM grants g WHERE 'DELETE' = ANY (g.privileges) AND NOT g.is_administrator

UNION ALL
SELECT 'trigger_or_references_granted', 'pg_class'::regclass, g.id, g.name, p.privileges
FROM grants g CROSS JOIN LATERAL (
    SELECT pg_catalog.string_agg(p.name, ', ' ORDER BY p.name) AS privileges
    FROM pg_catalog.unnest(g.privileges) AS p (name) WHERE p.name IN ('TRIGGER', 'REFERENCES', 'MAINTAIN')
) p
WHERE p.privileges IS NOT NULL AND NOT g.is_administrator

UNION ALL
SELECT 'table_granted_to_public', 'pg_class'::regclass, g.id, NULL, pg_catalog.array_to_string(g.privileges, ', ')
FROM grants g WHERE g.grantee = 0

UNION ALL
SELECT CASE WHEN g.is_read_only THEN 'history_writable' ELSE 'auditor_may_write' END, 'pg_class'::regclass, g.id,
    CASE WHEN g.is_read_only THEN g.name END, w.privileges
FROM grants g CROSS JOIN LATERAL (
    SELECT pg_catalog.string_agg(p.name, ', ' ORDER BY p.name) AS privileges
    FROM pg_catalog.unnest(g.privileges) AS p (name) WHERE p.name IN ('INSERT', 'UPDATE')
) w
WHERE w.privileges IS NOT NULL AND NOT g.is_administrator AND (g.is_read_only OR g.name = 'policies_auditor')

-- UPDATE of the whole table, as LOCK TABLE asks for it; the register's is told as an altered privilege.
UNION ALL
SELECT 'table_update_granted', 'pg_class'::regclass, c.oid, r.name, NULL
FROM pg_catalog.pg_class c
JOIN audited t ON t.id = c.oid AND NOT t.is_read_only
CROSS JOIN pg_catalog.aclexplode(c.relacl) a
JOIN grantee r ON r.oid = a.grantee
WHERE a.privilege_type = 'UPDATE' AND a.grantee <> c.relowner AND r.name NOT IN ('policies_admin', 'policies_auditor')

UNION ALL
SELECT 'grant_option_granted', 'pg_class'::regclass, c.oid, r.name,
    pg_catalog.string_agg(DISTINCT a.privilege_type, ', ')
FROM pg_catalog.pg_class c
JOIN audited t ON t.id = c.oid
CROSS JOIN LATERAL (
    SELECT a.* FROM pg_catalog.aclexplode(c.relacl) a
    UNION ALL
    SELECT a.* FROM pg_catalog.pg_attribute k CROSS JOIN pg_catalog.aclexplode(k.attacl) a WHERE k.attrelid = c.oid
) a
JOIN grantee r ON r.oid = a.grantee
WHERE a.is_grantable AND a.grantee <> c.relowner AND r.name <> 'policies_admin'
GROUP BY c.oid, r.name

-- Whoever inserts needs the sequence of a serial column; that of an identity column needs no privilege.
UNION ALL
SELECT 'sequence_not_granted', 'pg_class'::regclass, t.id, k.attname, s.oid::regclass::text
FROM audited t
JOIN pg_catalog.pg_attribute k ON k.attrelid = t.id AND k.atthasdef AND NOT k.attisdropped
JOIN pg_catalog.pg_attrdef d ON d.adrelid = t.id AND d.adnum = k.attnum
JOIN pg_catalog.pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass
JOIN pg_catalog.pg_class s ON s.oid = p.refobjid AND s.relkind = 'S'
JOIN caller c ON c.rolname = 'policies_caller'
WHERE NOT (t.is_partition OR t.is_read_only) AND NOT pg_catalog.has_sequence_privilege(c.oid, s.oid, 'USAGE, UPDATE')

UNION ALL
SELECT 'foreign_server_granted', 'pg_foreign_server'::regclass, s.oid, r.name, NULL
FROM pg_catalog.pg_foreign_server s
CROSS JOIN pg_catalog.aclexplode(s.srvacl) a
JOIN grantee r ON r.oid = a.grantee
WHERE a.grantee = 0 OR a.grantee IN (SELECT caller.oid FROM caller)

UNION ALL
SELECT 'foreign_data_wrapper_granted', 'pg_foreign_data_wrapper'::regclass, w.oid, r.name, NULL
FROM pg_catalog.pg_foreign_data_wrapper w
CROSS JOIN pg_catalog.aclexplode(w.fdwacl) a
JOIN grantee r ON r.oid = a.grantee
WHERE a.grantee = 0 OR a.grantee IN (SELECT caller.oid FROM caller)

UNION ALL
SELECT 'public_user_mapping', 'pg_foreign_server'::regclass, m.srvid, NULL, NULL
FROM pg_catalog.pg_user_mappings m WHERE m.umuser = 0

-- The register's inner tables are granted to no caller, though they have row security of their own.
UNION ALL
SELECT 'unprotected_table_granted', 'pg_class'::regclass, c.oid, r.name, g.privileges
FROM pg_catalog.pg_class c
JOIN (
    SELECT g.id, g.grantee, pg_catalog.string_agg(g.privilege, ', ' ORDER BY g.privilege) AS privileges
    FROM granted g WHERE g.grantee = 0 OR g.grantee IN (SELECT caller.oid FROM caller)
    GROUP BY g.id, g.grantee
) g ON g.id = c.oid
JOIN grantee r ON r.oid = g.grantee
WHERE (NOT c.relrowsecurity OR c.relnamespace = 'policies'::regnamespace)
    AND c.oid >= 16384 AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM audited a WHERE a.id = c.oid)
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
    AND NOT (
        g.privileges = 'SELECT' AND c.relnamespace <> 'policies'::regnamespace
        AND coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), '') LIKE 'Cross-tenant:%'
    )

UNION ALL
SELECT 'schema_create_granted', 'pg_namespace'::regclass, n.oid, r.name, NULL
FROM pg_catalog.pg_namespace n
CROSS JOIN pg_catalog.aclexplode(n.nspacl) a
JOIN grantee r ON r.oid = a.grantee
WHERE n.nspname IN ('policies', 'policies_api') AND a.privilege_type = 'CREATE'
    AND a.grantee <> n.nspowner

UNION ALL
SELECT 'default_privileges_granted', 'pg_default_acl'::regclass, d.oid, r.name,
    pg_catalog.string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
FROM pg_catalog.pg_default_acl d
CROSS JOIN pg_catalog.aclexplode(d.defaclacl) a
JOIN grantee r ON r.oid = a.grantee
-- PUBLIC may execute functions and use types by PostgreSQL's own default.
WHERE a.grantee IN (SELECT caller.oid FROM caller) OR a.grantee = 0 AND d.defaclobjtype NOT IN ('f', 'T')
GROUP BY d.oid, r.name

UNION ALL
SELECT 'parameter_granted', 'pg_parameter_acl'::regclass, p.oid, r.name,
    pg_catalog.string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
FROM pg_catalog.pg_parameter_acl p
CROSS JOIN pg_catalog.aclexplode(p.paracl) a
JOIN grantee r ON r.oid = a.grantee
LEFT JOIN pg_catalog.pg_roles role ON role.oid = a.grantee
WHERE (p.parname = 'session_replication_role' OR p.parname LIKE 'policies.%' AND r.name <> 'policies_admin')
    AND role.rolsuper IS NOT TRUE
GROUP BY p.oid, r.name
$$;
COMMENT ON FUNCTION policies.audit_privileges() IS
'What audit() finds in the privileges on tables, schemas and settings.';
GRANT EXECUTE ON FUNCTION policies.audit_privileges() TO policies_auditor, policies_admin;
