-- The catalog of the schemas policies and policies_api as facts, and what the library says that they must be. The
-- difference is 82-audit-register.sql's. What is worked out here depends on no setting but those that audit() fixes.

CREATE FUNCTION policies.audit_wanted_surface() RETURNS pg_catalog.jsonb
    LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'policies_audit_wanted_surface';
COMMENT ON FUNCTION policies.audit_wanted_surface() IS
'The objects of the schemas policies and policies_api as the extension and create_register() make them: what audit_surface() finds in a sound database, kept in the library.';
GRANT EXECUTE ON FUNCTION policies.audit_wanted_surface() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_missing_steps() RETURNS pg_catalog.text[]
    LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'policies_audit_missing_steps';
COMMENT ON FUNCTION policies.audit_missing_steps() IS
'What create_register() has applied, and policies.register_steps does not tell, or with another text than the library''s.';
GRANT EXECUTE ON FUNCTION policies.audit_missing_steps() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_means_the_same(
    aspect pg_catalog.text, found pg_catalog.text, wanted pg_catalog.text, object pg_catalog.oid
) RETURNS pg_catalog.bool
    LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'policies_audit_means_the_same';
COMMENT ON FUNCTION policies.audit_means_the_same(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.oid) IS
'Whether the text that this server has of an expression, a query or a body means what the library wants, which another major version printed. The wanted text is analyzed and printed, never run.';
GRANT EXECUTE ON FUNCTION policies.audit_means_the_same(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.oid)
    TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_roles_by_oid() RETURNS TABLE (id pg_catalog.oid, name pg_catalog.text)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
SELECT r.oid, CASE r.oid WHEN e.extowner THEN 'the extension''s owner' ELSE pg_catalog.quote_ident(r.rolname) END
FROM pg_catalog.pg_roles r, pg_catalog.pg_extension e WHERE e.extname = 'policies'
UNION ALL
SELECT 0, 'PUBLIC'
$$;
COMMENT ON FUNCTION policies.audit_roles_by_oid() IS
'Every role as audit_surface() names it: whoever owns the extension bears another name in each database.';
GRANT EXECUTE ON FUNCTION policies.audit_roles_by_oid() TO policies_auditor, policies_admin;

-- What views a table in another schema has in ours: protect_table() makes them, and audit_protected_views() judges them.
CREATE FUNCTION policies.audit_protected_views() RETURNS TABLE (
    id pg_catalog.oid, table_id pg_catalog.oid, shows_deleted pg_catalog.bool
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH live AS (
    SELECT DISTINCT v.oid AS id, d.refobjid AS table_id, v.relname, v.relnamespace
    FROM pg_catalog.pg_trigger g
    JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
    JOIN pg_catalog.pg_class v ON v.oid = g.tgrelid AND v.relkind = 'v'
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
    JOIN pg_catalog.pg_class t ON t.oid = d.refobjid AND t.relnamespace <> 'policies'::regnamespace
    WHERE p.pronamespace = 'policies'::regnamespace AND p.proname = 'soft_delete'
        -- Somebody's own view may have the trigger as well. A table may have another name since, and one view be gone.
        AND (v.relname = t.relname OR EXISTS (
            SELECT FROM pg_catalog.pg_class s WHERE s.relnamespace = v.relnamespace AND s.relname = 'deleted_' || v.relname))
)
SELECT l.id, l.table_id, false FROM live l
UNION ALL
SELECT v.oid, l.table_id, true
FROM live l
JOIN pg_catalog.pg_class v ON v.relnamespace = l.relnamespace AND v.relname = 'deleted_' || l.relname AND v.relkind = 'v'
$$;
COMMENT ON FUNCTION policies.audit_protected_views() IS
'The views of live and of deleted rows that protect_table() makes of tables outside the register.';
GRANT EXECUTE ON FUNCTION policies.audit_protected_views() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_surface() RETURNS TABLE (
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    kind pg_catalog.text,
    identity pg_catalog.text,
    aspects pg_catalog.jsonb
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH role AS MATERIALIZED (
    SELECT * FROM policies.audit_roles_by_oid()
), schema AS (
    SELECT n.* FROM pg_catalog.pg_namespace n WHERE n.nspname IN ('policies', 'policies_api')
), relation AS MATERIALIZED (
    SELECT c.*, pg_catalog.format('%I.%I', n.nspname, c.relname) AS identity
    FROM pg_catalog.pg_class c JOIN schema n ON n.oid = c.relnamespace
    WHERE c.relkind NOT IN ('i', 'I', 't') AND c.oid NOT IN (SELECT v.id FROM policies.audit_protected_views() v)
), function AS MATERIALIZED (
    SELECT p.*, pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, (
            SELECT pg_catalog.string_agg(pg_catalog.format_type(t.type, NULL), ', ' ORDER BY t.place)
            FROM pg_catalog.unnest(p.proargtypes::oid[]) WITH ORDINALITY AS t (type, place))) AS identity
    FROM pg_catalog.pg_proc p JOIN schema n ON n.oid = p.pronamespace
), type AS MATERIALIZED (
    -- Row types and arrays come with what they are of.
    SELECT t.*, pg_catalog.format('%I.%I', n.nspname, t.typname) AS identity
    FROM pg_catalog.pg_type t JOIN schema n ON n.oid = t.typnamespace
    WHERE t.typrelid = 0 AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
), owned (catalog, object, part, owner, acl_kind, acl) AS (
    SELECT 'pg_namespace'::regclass, n.oid, NULL::text, n.nspowner, 'n'::"char", n.nspacl FROM schema n
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, NULL, c.relowner, CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relacl
    FROM relation c
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, a.attname, c.relowner, 'c', a.attacl
    FROM relation c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, NULL, p.proowner, 'f', p.proacl FROM function p
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, NULL, t.typowner, 'T', t.typacl FROM type t
), granted AS (
    SELECT o.catalog, o.object, o.part, o.owner, a.grantee, pg_catalog.string_agg(
            a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
            ORDER BY a.privilege_type) AS privileges
    FROM owned o CROSS JOIN pg_catalog.aclexplode(coalesce(o.acl, pg_catalog.acldefault(o.acl_kind, o.owner))) a
    WHERE a.grantee <> o.owner
    GROUP BY o.catalog, o.object, o.part, o.owner, a.grantee
    UNION ALL
    -- An owner has all privileges; what is taken from it counts.
    SELECT o.catalog, o.object, o.part, o.owner, o.owner, 'not ' || pg_catalog.string_agg(d.privilege_type, ', ')
    FROM owned o CROSS JOIN pg_catalog.aclexplode(pg_catalog.acldefault(o.acl_kind, o.owner)) d
    WHERE o.part IS NULL AND o.acl IS NOT NULL AND d.grantee = o.owner AND NOT EXISTS (
        SELECT FROM pg_catalog.aclexplode(o.acl) a WHERE a.grantee = o.owner AND a.privilege_type = d.privilege_type
    )
    GROUP BY o.catalog, o.object, o.part, o.owner
), privileges AS MATERIALIZED (
    SELECT g.catalog, g.object, g.part, pg_catalog.jsonb_object_agg('privileges of ' || r.name, g.privileges) AS aspects
    FROM granted g JOIN role r ON r.id = g.grantee
    GROUP BY g.catalog, g.object, g.part
), member AS MATERIALIZED (
    SELECT d.classid, d.objid, e.extname
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
), fact (catalog, object, part, kind, identity, aspects) AS (
    SELECT 'pg_namespace'::regclass, n.oid, NULL::text, 'schema', pg_catalog.quote_ident(n.nspname),
        pg_catalog.jsonb_build_object('owner', r.name, 'extension', m.extname)
    FROM schema n JOIN role r ON r.id = n.nspowner
    LEFT JOIN member m ON m.classid = 'pg_namespace'::regclass AND m.objid = n.oid

    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, NULL,
        CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
            WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' ELSE 'type' END,
        c.identity, pg_catalog.jsonb_build_object(
            'owner', r.name, 'extension', m.extname, 'persistence', nullif(c.relpersistence, 'p'),
            'row security', CASE WHEN c.relkind IN ('r', 'p') THEN CASE
                WHEN NOT c.relrowsecurity THEN 'off' WHEN c.relforcerowsecurity THEN 'forced' ELSE 'not forced' END END,
            'options', CASE c.relkind WHEN 'v' THEN pg_catalog.array_to_string(c.reloptions, ', ') END,
            'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
            'inherits', (
                SELECT pg_catalog.string_agg(i.inhparent::regclass::text, ', ')
                FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid),
            'inherited by', (
                SELECT pg_catalog.string_agg(i.inhrelid::regclass::text, ', ')
                FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid))
    FROM relation c JOIN role r ON r.id = c.relowner
    LEFT JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid

    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, a.attname, 'column', pg_catalog.format('%s.%I', c.identity, a.attname),
        pg_catalog.jsonb_build_object(
            'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'required', nullif(a.attnotnull, false),
            'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END,
            'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
            'generated', nullif(pg_catalog.concat(a.attgenerated, a.attidentity), ''))
    FROM relation c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum

    -- NOT NULL is a column's, though it is a constraint as well from PostgreSQL 18 on.
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, k.conname, 'constraint', pg_catalog.format('%I on %s', k.conname, c.identity),
        pg_catalog.jsonb_build_object(
            'definition of the constraint', CASE WHEN k.contype <> 'c' THEN pg_catalog.pg_get_constraintdef(k.oid) END,
            'condition', pg_catalog.pg_get_expr(k.conbin, k.conrelid),
            'validity', CASE WHEN NOT k.convalidated THEN 'not valid'
                WHEN pg_catalog.to_jsonb(k) -> 'conenforced' = 'false' THEN 'not enforced' END,
            'inheritance', CASE WHEN k.contype = 'c' AND k.connoinherit THEN 'not inherited' END,
            'internal triggers', (
                SELECT pg_catalog.string_agg(DISTINCT g.tgenabled::text, ', ') FROM pg_catalog.pg_trigger g
                WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O'))
    FROM relation c JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype NOT IN ('n', 't')

    -- Those of constraints are told there.
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, x.relname, CASE WHEN i.indisunique THEN 'unique index' ELSE 'index' END,
        pg_catalog.format('policies.%I', x.relname), pg_catalog.jsonb_build_object(
            'definition of the index', pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(x.oid), ' WHERE .*$', ''),
            'predicate', pg_catalog.pg_get_expr(i.indpred, i.indrelid),
            'validity', CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN 'not valid' END)
    FROM relation c JOIN pg_catalog.pg_index i ON i.indrelid = c.oid JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))

    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, p.polname, 'policy', pg_catalog.format('%I on %s', p.polname, c.identity),
        pg_catalog.jsonb_build_object(
            'command', p.polcmd, 'restrictive', nullif(NOT p.polpermissive, false),
            'roles', (SELECT pg_catalog.string_agg(r.name, ', ' ORDER BY r.name) FROM role r WHERE r.id = ANY (p.polroles)),
            'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
            'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
    FROM relation c JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid

    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, g.tgname, 'trigger', pg_catalog.format('%I on %s', g.tgname, c.identity),
        pg_catalog.jsonb_build_object(
            'enabled', g.tgenabled, 'events', g.tgtype, 'function', g.tgfoid::regprocedure,
            'arguments', nullif(pg_catalog.encode(g.tgargs, 'escape'), ''), 'columns', nullif(g.tgattr::text, ''),
            'condition of the trigger',
            pg_catalog.substring(pg_catalog.pg_get_triggerdef(g.oid), ' WHEN \((.*)\) EXECUTE FUNCTION '),
            'timing', CASE WHEN g.tgdeferrable THEN 'deferrable' END,
            'transition tables', nullif(pg_catalog.concat_ws(', ', g.tgoldtable, g.tgnewtable), ''))
    FROM relation c JOIN pg_catalog.pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal

    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, w.rulename, 'rule', pg_catalog.format('%I on %s', w.rulename, c.identity), '{}'
    FROM relation c JOIN pg_catalog.pg_rewrite w ON w.ev_class = c.oid AND w.rulename <> '_RETURN'

    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, NULL, CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'
        ELSE 'function' END,
        p.identity, pg_catalog.jsonb_build_object(
            'owner', r.name, 'extension', m.extname, 'language', l.lanname, 'library', p.probin,
            'body', CASE WHEN p.prosqlbody IS NULL
                THEN pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p.prosrc, 'UTF8')), 'hex') END,
            'statements', pg_catalog.pg_get_function_sqlbody(p.oid),
            'result', pg_catalog.pg_get_function_result(p.oid),
            'arguments', nullif(pg_catalog.array_to_string(p.proargnames, ', '), ''),
            'argument modes', nullif(pg_catalog.array_to_string(p.proargmodes, ''), ''),
            'argument defaults', pg_catalog.pg_get_expr(p.proargdefaults, 0),
            -- The names of the claims are settings of the register, which a superuser chooses.
            'settings', (
                SELECT pg_catalog.string_agg(s.setting, '; ' ORDER BY s.place)
                FROM pg_catalog.unnest(p.proconfig) WITH ORDINALITY AS s (setting, place)
                WHERE p.proname <> 'claim_settings' OR s.setting !~ '^policies\.(tenant|app|person)_claim='),
            'volatility', p.provolatile, 'parallel', p.proparallel, 'cost', p.procost,
            'support', nullif(p.prosupport::text, '-'),
            'security', CASE WHEN p.prosecdef THEN 'definer' END, 'leakproof', nullif(p.proleakproof, false),
            'strict', nullif(p.proisstrict, false))
    FROM function p JOIN role r ON r.id = p.proowner JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    LEFT JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid

    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, NULL, 'type', t.identity, pg_catalog.jsonb_build_object(
            'owner', r.name, 'extension', m.extname, 'domain of', CASE t.typtype
                WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END,
            'required', nullif(t.typnotnull, false), 'default', t.typdefault, 'constraints', (
                SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ', ') FROM pg_catalog.pg_constraint k
                WHERE k.contypid = t.oid AND k.contype <> 'n'))
    FROM type t JOIN role r ON r.id = t.typowner
    LEFT JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid

    -- Whatever else stands in one of the schemas, or converts its types: the extension makes nothing of the kind.
    UNION ALL
    SELECT DISTINCT d.classid::regclass, d.objid, NULL, o.type, o.identity, '{}'::jsonb
    FROM pg_catalog.pg_depend d
    CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) o
    -- What merely names a schema, such as a view's condition, depends on it as well.
    WHERE d.classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_rewrite'::regclass,
            'pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass)
        AND d.refclassid = 'pg_namespace'::regclass AND d.refobjid IN (SELECT n.oid FROM schema n)
        OR d.classid = 'pg_cast'::regclass AND (
            d.refclassid = 'pg_proc'::regclass AND d.refobjid IN (SELECT p.oid FROM function p)
            OR d.refclassid = 'pg_type'::regclass AND d.refobjid IN (
                SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typnamespace IN (SELECT n.oid FROM schema n)))
)
SELECT f.catalog, f.object, f.part, f.kind, f.identity,
    pg_catalog.jsonb_strip_nulls(f.aspects) || coalesce(p.aspects, '{}')
FROM fact f
LEFT JOIN privileges p ON p.catalog = f.catalog AND p.object = f.object AND p.part IS NOT DISTINCT FROM
    CASE WHEN f.kind NOT IN ('constraint', 'index', 'unique index', 'policy', 'trigger', 'rule') THEN f.part ELSE '' END
$$;
COMMENT ON FUNCTION policies.audit_surface() IS
'Every object of the schemas policies and policies_api with what is told of it by the catalog, apart from the views of tables that others have protected.';
GRANT EXECUTE ON FUNCTION policies.audit_surface() TO policies_auditor, policies_admin;
