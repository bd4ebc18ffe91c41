-- What audit() finds in the roles, the functions and the versions that the guard rails rest on.

CREATE FUNCTION policies.audit_roles() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH ours AS (
    SELECT r.*, pg_catalog.concat_ws(', ',
            CASE WHEN r.rolcanlogin THEN 'LOGIN' END, CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
            CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
            CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END) AS powers
    FROM pg_catalog.pg_roles r
    WHERE r.rolname IN ('policies_caller', 'policies_gateway', 'policies_auditor', 'policies_admin')
)
SELECT 'owner_can_log_in', 'pg_class'::regclass, t.id, pg_catalog.quote_ident(r.rolname),
    CASE WHEN r.rolsuper THEN 'is a superuser' ELSE 'can log in' END
FROM policies.audited_tables() t
JOIN pg_catalog.pg_class c ON c.oid = t.id
JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
WHERE NOT t.is_partition AND (r.rolsuper OR r.rolcanlogin)

UNION ALL
SELECT 'owner_is_caller', 'pg_class'::regclass, t.id, pg_catalog.quote_ident(r.rolname), o.rolname
FROM policies.audited_tables() t
JOIN pg_catalog.pg_class c ON c.oid = t.id
JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
JOIN ours o ON o.rolname <> 'policies_admin' AND NOT o.rolsuper AND pg_catalog.pg_has_role(o.oid, r.oid, 'MEMBER')

UNION ALL
SELECT 'role_too_powerful', 'pg_authid'::regclass, r.oid, NULL, r.powers
FROM ours r WHERE r.powers <> ''

-- Callers and gateways should be members of nothing; the others, of nothing that lifts what sets them apart.
UNION ALL
SELECT 'role_membership_too_powerful', 'pg_authid'::regclass, r.oid, pg_catalog.quote_ident(m.rolname), NULL
FROM ours r JOIN pg_catalog.pg_roles m ON m.oid <> r.oid AND pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER')
WHERE NOT r.rolsuper AND (
    r.rolname IN ('policies_caller', 'policies_gateway')
    OR m.rolsuper OR m.rolbypassrls
    OR m.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
    OR r.rolname = 'policies_auditor'
        AND m.rolname IN ('policies_admin', 'policies_caller', 'policies_gateway', 'pg_write_all_data')
)

UNION ALL
SELECT 'bypassrls_role', 'pg_authid'::regclass, r.oid, o.rolname, NULL
FROM pg_catalog.pg_roles r
JOIN ours o ON o.rolname IN ('policies_caller', 'policies_gateway') AND pg_catalog.pg_has_role(r.oid, o.oid, 'MEMBER')
WHERE r.rolbypassrls AND NOT r.rolsuper AND NOT EXISTS (SELECT FROM ours WHERE ours.oid = r.oid)

UNION ALL
SELECT 'triggers_off_by_setting',
    CASE s.setrole WHEN 0 THEN 'pg_database'::regclass ELSE 'pg_authid'::regclass END,
    CASE s.setrole WHEN 0 THEN d.oid ELSE s.setrole END, NULL,
    CASE s.setrole WHEN 0 THEN 'DATABASE' ELSE 'ROLE' END
FROM pg_catalog.pg_db_role_setting s
JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
WHERE s.setdatabase IN (0, d.oid) AND 'session_replication_role=replica' = ANY (s.setconfig)
$$;
COMMENT ON FUNCTION policies.audit_roles() IS
'What audit() finds in the owners of protected tables, the roles of the extension and their members.';
GRANT EXECUTE ON FUNCTION policies.audit_roles() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_functions() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH guard (name, volatility) AS (
    VALUES
    ('current_tenant_id', 's'), ('current_app_id', 's'), ('current_person_id', 's'), ('context_problem', 's'),
    ('stamp_write', 'v'), ('record_history', 'v'), ('soft_delete', 'v'),
    ('check_policy', 'v'), ('cover_ticket_types', 'v'), ('skip_known_coverage', 'v'),
    ('check_business_calendar', 'v'), ('reset_sla_clocks', 'v'), ('follow_content', 'v'), ('replace_known_row', 'v')
), function AS (
    SELECT p.oid AS id, p.proname AS name, p.prosrc AS source, p.provolatile::text AS volatility,
        p.prosecdef AS is_definer, p.proleakproof AS is_leakproof, p.prorettype,
        l.lanname AS language, n.nspname AS schema, pg_catalog.quote_ident(o.rolname) AS owner,
        o.rolsuper OR o.rolbypassrls AS owner_bypasses,
        o.rolsuper OR o.rolbypassrls OR pg_catalog.pg_has_role(o.oid, pg_catalog.to_regrole('policies_admin'), 'MEMBER')
            OR pg_catalog.pg_has_role(o.oid, pg_catalog.to_regrole('policies_auditor'), 'MEMBER') AS owner_sees_all,
        (SELECT pg_catalog.substr(s.setting, 13) FROM pg_catalog.unnest(p.proconfig) AS s (setting)
         WHERE s.setting LIKE 'search\_path=%') AS search_path,
        EXISTS (SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') AS is_of_extension,
        ARRAY(SELECT a.grantee
            FROM pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a) AS grantees
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_roles o ON o.oid = p.proowner
    -- The first OID that is not PostgreSQL's own.
    WHERE p.oid >= 16384
)
SELECT 'extension_function_altered', 'pg_proc'::regclass, f.id, NULL, altered.how
FROM function f JOIN guard g ON g.name = f.name
CROSS JOIN LATERAL (
    SELECT pg_catalog.concat_ws(', ',
        CASE WHEN f.language <> 'c' OR f.source <> 'policies_' || f.name THEN 'it runs other code' END,
        CASE WHEN f.volatility <> g.volatility THEN 'its volatility' END,
        CASE WHEN f.is_definer THEN 'it runs with its owner''s rights' END,
        CASE WHEN f.is_leakproof THEN 'it is declared leakproof' END) AS how
) altered
WHERE f.schema = 'policies' AND altered.how <> ''

UNION ALL
SELECT 'definer_function_without_search_path', 'pg_proc'::regclass, f.id, NULL,
    coalesce('has the search_path ' || f.search_path, 'has no search_path of its own')
FROM function f
WHERE f.schema IN ('policies', 'policies_api') AND f.is_definer
    AND (coalesce(f.search_path, '') !~ '^""$|(^|, )pg_temp$' OR f.search_path ~ '(^|, )(public|"\$user"),')

UNION ALL
SELECT 'definer_function_of_superuser', 'pg_proc'::regclass, f.id, f.owner, NULL
FROM function f
WHERE f.schema IN ('policies', 'policies_api') AND f.is_definer AND f.owner_bypasses

UNION ALL
SELECT 'definer_function_executable_by_callers', 'pg_proc'::regclass, f.id, f.owner, NULL
FROM function f
WHERE f.is_definer AND f.owner_sees_all AND NOT f.is_of_extension AND f.prorettype <> 'trigger'::regtype
    AND f.grantees && ARRAY[0::oid, pg_catalog.to_regrole('policies_caller')]
    AND coalesce(pg_catalog.obj_description(f.id, 'pg_proc'), '') NOT LIKE 'Cross-tenant:%'

UNION ALL
SELECT 'function_executable_by_public', 'pg_proc'::regclass, f.id, NULL, NULL
FROM function f
WHERE f.schema IN ('policies', 'policies_api') AND 0::oid = ANY (f.grantees)

UNION ALL
SELECT 'leakproof_user_function', 'pg_proc'::regclass, f.id, NULL, ''
FROM function f WHERE f.is_leakproof AND NOT f.is_of_extension

-- Built-in functions that some declare leakproof for the sake of an index.
UNION ALL
SELECT 'leakproof_user_function', 'pg_proc'::regclass, p.oid, NULL, ', though it can tell of the rows that it sees'
FROM pg_catalog.pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proleakproof AND p.proname IN (
    'ts_match_vq', 'ts_match_qv', 'ts_match_tt', 'ts_match_tq', 'textlike', 'texticlike', 'textregexeq',
    'texticregexeq', 'jsonb_contains', 'jsonb_exists', 'arraycontains', 'arrayoverlap')
$$;
COMMENT ON FUNCTION policies.audit_functions() IS
'What audit() finds in the functions of the extension and in those that callers may execute.';
GRANT EXECUTE ON FUNCTION policies.audit_functions() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_versions() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
SELECT 'extension_outdated', 'pg_extension'::regclass, e.oid, NULL,
    pg_catalog.format('version %s, and version %s is installed', e.extversion, a.default_version)
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_available_extensions() a ON a.name = e.extname
WHERE e.extname = 'policies' AND e.extversion <> a.default_version

UNION ALL
SELECT 'register_outdated', 'pg_namespace'::regclass, 'policies'::regnamespace, NULL,
    pg_catalog.format('version %s, and version %s is the latest', coalesce(v.current, 'none'), v.latest)
FROM (SELECT policies.register_version(), policies.latest_register_version()) AS v (current, latest)
WHERE pg_catalog.to_regclass('policies.register_steps') IS NOT NULL AND v.current IS DISTINCT FROM v.latest
$$;
COMMENT ON FUNCTION policies.audit_versions() IS
'What audit() finds in the versions of the extension and the register.';
GRANT EXECUTE ON FUNCTION policies.audit_versions() TO policies_auditor, policies_admin;
