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
WITH RECURSIVE ours AS (
    SELECT r.*, pg_catalog.concat_ws(', ',
            CASE WHEN r.rolcanlogin THEN 'LOGIN' END, CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
            CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
            CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END) AS powers
    FROM pg_catalog.pg_roles r
    WHERE r.rolname IN ('policies_caller', 'policies_gateway', 'policies_auditor', 'policies_admin')
), grant_of AS (
    -- PostgreSQL 15 has no options of a single grant. ADMIN OPTION lets a member grant itself the rest.
    SELECT m.member, m.roleid AS role, m.admin_option,
        coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::bool, r.rolinherit) AS inherits,
        coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::bool, true) AS may_set
    FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.member
), reach (member, role, inherits) AS (
    SELECT g.member, g.role, g.inherits FROM grant_of g WHERE g.inherits OR g.may_set OR g.admin_option
    UNION
    SELECT r.member, g.role, r.inherits AND g.inherits
    FROM reach r JOIN grant_of g ON g.member = r.role WHERE g.inherits OR g.may_set OR g.admin_option
), audited AS (
    SELECT t.id, c.relowner AS owner, c.relnamespace = 'policies'::regnamespace AS is_register
    FROM policies.audited_tables() t JOIN pg_catalog.pg_class c ON c.oid = t.id
), power AS (
    SELECT r.oid, r.rolname FROM pg_catalog.pg_roles r
    WHERE r.rolname NOT IN ('policies_caller', 'policies_gateway', 'policies_auditor')
        AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.oid IN (SELECT a.owner FROM audited a) OR r.rolname IN (
        'policies_admin', 'pg_read_all_data', 'pg_write_all_data', 'pg_execute_server_program', 'pg_read_server_files',
        'pg_write_server_files', 'pg_maintain', 'pg_signal_backend', 'pg_create_subscription'))
), trusted AS (
    SELECT DISTINCT r.member, m.rolname, m.rolcanlogin
    FROM reach r
    JOIN ours o ON o.oid = r.role AND o.rolname IN ('policies_caller', 'policies_gateway')
    JOIN pg_catalog.pg_roles m ON m.oid = r.member AND NOT m.rolsuper AND m.oid NOT IN (SELECT ours.oid FROM ours)
)
-- Of the register, audit_register() tells that it belongs to another.
SELECT 'owner_can_log_in', 'pg_class'::regclass, a.id, pg_catalog.quote_ident(r.rolname), CASE
        WHEN r.rolsuper THEN 'is a superuser' WHEN r.rolcanlogin THEN 'can log in'
        ELSE 'has the member ' || l.rolname || ', which can log in' END
FROM audited a
JOIN pg_catalog.pg_roles r ON r.oid = a.owner
LEFT JOIN LATERAL (
    SELECT pg_catalog.quote_ident(m.rolname) AS rolname
    FROM reach e JOIN pg_catalog.pg_roles m ON m.oid = e.member AND m.rolcanlogin AND NOT m.rolsuper
    WHERE e.role = r.oid AND r.oid NOT IN (SELECT ours.oid FROM ours) ORDER BY m.rolname LIMIT 1
) l ON true
WHERE NOT a.is_register AND (r.rolsuper OR r.rolcanlogin OR l.rolname IS NOT NULL)

UNION ALL
SELECT 'owner_is_caller', 'pg_class'::regclass, a.id, pg_catalog.quote_ident(r.rolname), o.rolname
FROM audited a
JOIN pg_catalog.pg_roles r ON r.oid = a.owner
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
SELECT DISTINCT 'caller_can_become', 'pg_authid'::regclass, t.member, pg_catalog.quote_ident(p.rolname),
    CASE WHEN t.rolcanlogin THEN ', and can log in' END
FROM trusted t JOIN reach r ON r.member = t.member JOIN power p ON p.oid = r.role

UNION ALL
SELECT DISTINCT 'role_admin_option', 'pg_authid'::regclass, g.member, o.rolname, NULL
FROM grant_of g
JOIN ours o ON o.oid = g.role
JOIN pg_catalog.pg_roles m ON m.oid = g.member AND NOT m.rolsuper
WHERE g.admin_option

UNION ALL
SELECT DISTINCT 'gateway_inherited', 'pg_authid'::regclass, m.oid, o.rolname, NULL
FROM reach r
JOIN ours o ON o.oid = r.role AND o.rolname = 'policies_gateway'
JOIN pg_catalog.pg_roles m ON m.oid = r.member AND m.rolcanlogin AND NOT m.rolsuper
WHERE r.inherits

UNION ALL
SELECT 'extension_owner_wrong', 'pg_extension'::regclass, e.oid, pg_catalog.quote_ident(r.rolname), NULL
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_roles r ON r.oid = e.extowner
WHERE e.extname = 'policies' AND NOT r.rolsuper
$$;
COMMENT ON FUNCTION policies.audit_roles() IS
'What audit() finds in the owners of protected tables, the roles of the extension and their members.';
GRANT EXECUTE ON FUNCTION policies.audit_roles() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_file_settings() RETURNS TABLE (name pg_catalog.text, value pg_catalog.text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- For superusers and members of pg_read_all_settings.
    IF pg_catalog.has_function_privilege('pg_show_all_file_settings()', 'EXECUTE') THEN
        RETURN QUERY SELECT f.name, f.setting FROM pg_catalog.pg_show_all_file_settings() f;
    END IF;
END
$$;
COMMENT ON FUNCTION policies.audit_file_settings() IS
'The settings in the server''s files, for who may see them.';
GRANT EXECUTE ON FUNCTION policies.audit_file_settings() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_settings() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH setting AS (
    -- Names count without case.
    SELECT s.setrole, d.oid AS database, pg_catalog.lower(pg_catalog.split_part(c.entry, '=', 1)) AS name,
        pg_catalog.substr(c.entry, pg_catalog.strpos(c.entry, '=') + 1) AS value,
        r.rolname IN ('policies_caller', 'policies_gateway', 'policies_auditor', 'policies_admin') AS is_of_ours
    FROM pg_catalog.pg_db_role_setting s
    CROSS JOIN pg_catalog.unnest(s.setconfig) AS c (entry)
    JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
    WHERE s.setdatabase IN (0, d.oid)
), judged AS (
    SELECT s.*, CASE
            WHEN s.name = 'session_replication_role' AND pg_catalog.lower(s.value) = 'replica' THEN 'triggers_off_by_setting'
            WHEN s.name LIKE 'request.%' OR s.name IN ('role', 'session_authorization') THEN 'identity_by_setting'
            WHEN s.name LIKE 'policies.%' THEN 'claim_by_setting'
            -- It is what library_not_preloaded asks for.
            WHEN s.name = 'session_preload_libraries' AND s.setrole = 0 AND s.value ~ '(^|[ ,"/])policies(\.so)?($|[ ,"])'
                THEN NULL
            WHEN s.is_of_ours OR s.name IN ('row_security', 'session_preload_libraries', 'local_preload_libraries')
                THEN 'setting_of_callers'
        END AS rule
    FROM setting s
)
SELECT j.rule, CASE j.setrole WHEN 0 THEN 'pg_database'::regclass ELSE 'pg_authid'::regclass END,
    CASE j.setrole WHEN 0 THEN j.database ELSE j.setrole END,
    CASE WHEN j.rule <> 'triggers_off_by_setting' THEN j.name END,
    CASE WHEN j.setrole = 0 THEN 'DATABASE' ELSE 'ROLE' END
FROM judged j WHERE j.rule IS NOT NULL

UNION ALL
SELECT 'setting_of_server', 'pg_database'::regclass, d.oid, f.name, NULL
FROM (
    SELECT pg_catalog.lower(f.name) AS name, f.value FROM policies.audit_file_settings() f
    UNION
    -- For those who may not look into the files; what a database or a role sets is told above.
    SELECT s.name, s.reset_val FROM pg_catalog.pg_settings s
    WHERE s.name IN ('session_replication_role', 'row_security') AND s.source = 'configuration file'
) f
JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
WHERE f.name = 'session_replication_role' AND pg_catalog.lower(f.value) = 'replica'
    OR f.name LIKE 'request.%' OR f.name IN ('role', 'session_authorization')
    OR f.name = 'row_security' AND pg_catalog.lower(f.value) IN ('off', 'false', 'no', '0')
GROUP BY d.oid, f.name

-- Where it is set for a role, that is told above. Who may not see these settings finds nothing.
UNION ALL
SELECT 'library_not_preloaded', 'pg_database'::regclass, d.oid, NULL, NULL
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database()
    AND EXISTS (SELECT FROM policies.audited_tables())
    AND EXISTS (SELECT FROM pg_catalog.pg_settings s WHERE s.name = 'session_preload_libraries')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_settings s
        WHERE s.name IN ('session_preload_libraries', 'shared_preload_libraries')
            AND s.reset_val ~ '(^|[ ,"/])policies(\.so)?($|[ ,"])'
    )
$$;
COMMENT ON FUNCTION policies.audit_settings() IS
'What audit() finds in the settings that a database, a role or the server keeps for its sessions.';
GRANT EXECUTE ON FUNCTION policies.audit_settings() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_functions() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH table_owner AS MATERIALIZED (
    SELECT DISTINCT c.relowner AS id FROM policies.audited_tables() t JOIN pg_catalog.pg_class c ON c.oid = t.id
), function AS (
    SELECT p.oid AS id, p.proowner AS owner_id, p.prosecdef AS is_definer, p.proleakproof AS is_leakproof, p.prorettype,
        n.nspname AS schema, pg_catalog.quote_ident(o.rolname) AS owner,
        o.rolsuper OR o.rolbypassrls AS owner_bypasses,
        o.rolsuper OR o.rolbypassrls OR pg_catalog.pg_has_role(o.oid, pg_catalog.to_regrole('policies_admin'), 'MEMBER')
            OR pg_catalog.pg_has_role(o.oid, pg_catalog.to_regrole('policies_auditor'), 'MEMBER')
            -- To the owner of a table even forced row security shows all rows, inside of a foreign key's action.
            OR o.oid IN (SELECT w.id FROM table_owner w) AS owner_sees_all,
        (SELECT pg_catalog.substr(s.setting, 13) FROM pg_catalog.unnest(p.proconfig) AS s (setting)
         WHERE s.setting LIKE 'search\_path=%') AS search_path,
        EXISTS (SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') AS is_of_extension,
        ARRAY(SELECT a.grantee
            FROM pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a) AS grantees
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_roles o ON o.oid = p.proowner
    -- The first OID that is not PostgreSQL's own.
    WHERE p.oid >= 16384
)
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
    -- Whoever sees every tenant itself gains nothing.
    AND EXISTS (
        SELECT FROM pg_catalog.unnest(f.grantees) AS g (grantee) LEFT JOIN pg_catalog.pg_roles r ON r.oid = g.grantee
        WHERE g.grantee <> f.owner_id AND (g.grantee = 0 OR NOT (r.rolsuper OR r.rolbypassrls
            OR pg_catalog.pg_has_role(r.oid, pg_catalog.to_regrole('policies_admin'), 'MEMBER')
            OR pg_catalog.pg_has_role(r.oid, pg_catalog.to_regrole('policies_auditor'), 'MEMBER')))
    )
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

UNION ALL
SELECT 'event_trigger', 'pg_event_trigger'::regclass, e.oid, NULL, e.evtfoid::regprocedure::text
FROM pg_catalog.pg_event_trigger e
WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e'
    )
    AND coalesce(pg_catalog.obj_description(e.oid, 'pg_event_trigger'), '') NOT LIKE 'Cross-tenant:%'
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
