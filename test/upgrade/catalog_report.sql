-- Everything a dump, an upgrade or an update must preserve: objects with their definitions, owners, privileges and comments,
-- in an order and a spelling that do not depend on how they came to be. Two databases are equal when their reports are.
-- Row data follows from data_report.sql.
SET search_path = pg_catalog;
\pset format unaligned
\pset tuples_only on

CREATE TEMP VIEW scope AS
SELECT oid, nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema';

CREATE FUNCTION pg_temp.privileges(acl aclitem[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s=%s%s/%s', coalesce(e.grantee::regrole::text, 'PUBLIC'), e.privilege_type,
                             CASE WHEN e.is_grantable THEN '*' END, e.grantor::regrole),
                      ' ' ORDER BY coalesce(e.grantee::regrole::text, ''), e.privilege_type)
    FROM aclexplode(acl) e WHERE e.grantee <> 0
$$;
CREATE FUNCTION pg_temp.public_privileges(acl aclitem[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(e.privilege_type, ' ' ORDER BY e.privilege_type) FROM aclexplode(acl) e WHERE e.grantee = 0
$$;

SELECT 'extension', e.extname, e.extversion FROM pg_extension e ORDER BY e.extname;

SELECT 'schema', n.nspname, pg_get_userbyid(n.nspowner),
       pg_temp.privileges(coalesce(n.nspacl, acldefault('n', n.nspowner))),
       pg_temp.public_privileges(coalesce(n.nspacl, acldefault('n', n.nspowner))), obj_description(n.oid, 'pg_namespace')
FROM pg_namespace n JOIN scope USING (oid) ORDER BY n.nspname;

SELECT 'member', pg_describe_object(d.classid, d.objid, d.objsubid), e.extname
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname <> 'plpgsql' ORDER BY 2;

SELECT 'domain', scope.nspname, t.typname, format_type(t.typbasetype, t.typtypmod), c.collname, pg_get_userbyid(t.typowner),
       pg_temp.privileges(coalesce(t.typacl, acldefault('T', t.typowner))),
       pg_temp.public_privileges(coalesce(t.typacl, acldefault('T', t.typowner))), obj_description(t.oid, 'pg_type')
FROM pg_type t JOIN scope ON scope.oid = t.typnamespace LEFT JOIN pg_collation c ON c.oid = t.typcollation
WHERE t.typtype = 'd' ORDER BY 2, 3;

SELECT 'function', scope.nspname, p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
       p.provolatile, p.proparallel, p.proisstrict, p.prosecdef, p.proleakproof, p.proconfig::text, pg_get_userbyid(p.proowner),
       pg_temp.privileges(coalesce(p.proacl, acldefault('f', p.proowner))),
       pg_temp.public_privileges(coalesce(p.proacl, acldefault('f', p.proowner))), obj_description(p.oid, 'pg_proc'),
       p.probin, p.prosrc, pg_get_function_sqlbody(p.oid)
FROM pg_proc p JOIN scope ON scope.oid = p.pronamespace ORDER BY 2, 3, 4;

SELECT 'relation', scope.nspname, c.relname, c.relkind, c.relpersistence, pg_get_userbyid(c.relowner), c.relrowsecurity,
       c.relforcerowsecurity, c.reloptions::text, c.relispartition, pg_get_expr(c.relpartbound, c.oid),
       pg_temp.privileges(coalesce(c.relacl, acldefault('r', c.relowner))),
       pg_temp.public_privileges(coalesce(c.relacl, acldefault('r', c.relowner))), obj_description(c.oid, 'pg_class'),
       CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END
FROM pg_class c JOIN scope ON scope.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'p', 'm', 'S') ORDER BY 2, 3;

SELECT 'column', scope.nspname, c.relname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname,
       format_type(a.atttypid, a.atttypmod), l.collname, a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated,
       a.attidentity, pg_temp.privileges(a.attacl), col_description(c.oid, a.attnum)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN scope ON scope.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'p', 'm') ORDER BY 2, 3, 4;

SELECT 'constraint', scope.nspname, c.relname, k.conname, k.contype, k.convalidated, pg_get_constraintdef(k.oid),
       obj_description(k.oid, 'pg_constraint')
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN scope ON scope.oid = c.relnamespace
WHERE k.contype <> 'n' ORDER BY 2, 3, 4;

SELECT 'index', scope.nspname, c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid, obj_description(i.indexrelid, 'pg_class')
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN scope ON scope.oid = c.relnamespace ORDER BY 2, 3, 4;

SELECT 'policy', scope.nspname, c.relname, p.polname, p.polcmd, p.polpermissive,
       (SELECT string_agg(r::regrole::text, ',' ORDER BY r::regrole::text) FROM unnest(p.polroles) r),
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), obj_description(p.oid, 'pg_policy')
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN scope ON scope.oid = c.relnamespace ORDER BY 2, 3, 4;

SELECT 'trigger', scope.nspname, c.relname, pg_get_triggerdef(t.oid), t.tgenabled, obj_description(t.oid, 'pg_trigger')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN scope ON scope.oid = c.relnamespace
WHERE NOT t.tgisinternal ORDER BY 2, 3, 4;
