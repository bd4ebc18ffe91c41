-- audit() as it was, knowing the documents as well.

CREATE OR REPLACE FUNCTION policies.audit_triggers() RETURNS TABLE (
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

CREATE OR REPLACE FUNCTION policies.audit_functions() RETURNS TABLE (
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
