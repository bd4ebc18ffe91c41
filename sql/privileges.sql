-- Least privilege: all that PUBLIC and the four roles may do in the two schemas, and how the functions are declared.
-- Those that ordinary members of a role share, but for the owner of each object.
CREATE FUNCTION pg_temp.grantees(acl aclitem[], owner oid, kind "char") RETURNS TABLE (grantee text, privileges text) AS $$
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
           string_agg(a.privilege_type || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END, ', '
               ORDER BY a.privilege_type)
    FROM aclexplode(coalesce(acl, acldefault(kind, owner))) AS a WHERE a.grantee <> owner GROUP BY 1
$$ LANGUAGE sql;
-- Schemas; tables and views; columns: callers update every one of them, which is less than the table and lets them take no
-- lock on it that others feel.
SELECT n.nspname, g.* FROM pg_namespace n, pg_temp.grantees(n.nspacl, n.nspowner, 'n') AS g WHERE nspname LIKE 'policies%'
ORDER BY 1, 2;
SELECT c.oid::regclass AS relation, pg_get_userbyid(c.relowner) AS owner, g.grantee, g.privileges
FROM pg_class c LEFT JOIN LATERAL pg_temp.grantees(c.relacl, c.relowner, 'r') AS g ON true
WHERE c.relnamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'S')
ORDER BY c.oid::regclass::text COLLATE "C", 3;
SELECT c.oid::regclass AS relation, g.grantee, g.privileges, count(*) = c.relnatts AS on_every_column
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, pg_temp.grantees(a.attacl, c.relowner, 'c') AS g
WHERE c.relnamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace) AND a.attnum > 0
GROUP BY c.oid, c.relnatts, g.grantee, g.privileges ORDER BY c.oid::regclass::text COLLATE "C", 2;
-- Nothing is granted for objects to come.
SELECT count(*) FROM pg_default_acl;
-- Functions by who may call them. The audit's are listed by its own test.
SELECT coalesce(string_agg(replace(g.grantee, 'policies_', ''), ', ' ORDER BY g.grantee), 'the owner alone') AS may_execute,
       p.oid::regprocedure AS function
FROM pg_proc p LEFT JOIN LATERAL pg_temp.grantees(p.proacl, p.proowner, 'f') AS g ON true
WHERE p.pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace) AND p.proname NOT LIKE 'audit%'
GROUP BY p.oid ORDER BY 1, p.oid::regprocedure::text COLLATE "C";
-- None runs with other rights than its caller's; none claims not to leak what it does not.
SELECT count(*) FILTER (WHERE prosecdef) AS security_definer, count(*) FILTER (WHERE proleakproof) AS leakproof,
       count(*) FILTER (WHERE proowner <> CASE WHEN EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
           THEN 10 ELSE 'policies_admin'::regrole::oid END) AS of_another_owner
FROM pg_proc p WHERE pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace);
SELECT l.lanname, p.provolatile AS volatility, p.proparallel AS parallel, p.proisstrict AS strict, p.proconfig AS settings,
       p.oid::regprocedure AS function
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace) AND p.proname NOT LIKE 'audit%'
ORDER BY 1, 2, 3, 4, 5, p.oid::regprocedure::text COLLATE "C";
-- The roles themselves: no login, no power beyond what is granted above, no member of another.
SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
       (SELECT count(*) FROM pg_auth_members m WHERE m.member = r.oid) AS memberships
FROM pg_roles r WHERE rolname LIKE 'policies\_%' ORDER BY 1;
-- All tables of tenants' rows have forced row security; what it lets each role do.
SELECT c.oid::regclass AS "table", c.relrowsecurity AND c.relforcerowsecurity AS forced, p.polname, p.polpermissive AS permissive,
       p.polcmd,
       (SELECT string_agg(r::regrole::text, ', ') FROM unnest(p.polroles) AS r) AS to,
       pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS "check"
FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relnamespace = 'policies'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname COLLATE "C", 3;
-- A person with nothing but a login can do nothing at all; nor can a gateway before it takes a role.
CREATE ROLE regress_privileges_nobody;
SELECT r.rolname, has_schema_privilege(r.oid, s, 'USAGE') AS usage, has_schema_privilege(r.oid, s, 'CREATE') AS create,
       (SELECT count(*) FROM pg_class c WHERE c.relnamespace = s AND c.relkind IN ('r', 'v')
           AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')) AS relations,
       (SELECT count(*) FROM pg_proc p WHERE p.pronamespace = s AND has_function_privilege(r.oid, p.oid, 'EXECUTE')) AS functions
FROM pg_roles r, unnest(ARRAY['policies'::regnamespace, 'policies_api'::regnamespace]) AS s
WHERE r.rolname IN ('regress_privileges_nobody', 'policies_gateway') ORDER BY 1, 2;
DROP ROLE regress_privileges_nobody;
-- Who may point a trigger of ours at a table of its own, or change the settings of the claims.
SET SESSION AUTHORIZATION regress_stranger;
CREATE TEMP TABLE mine (id text);
CREATE TRIGGER mine BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION policies.stamp_write('x', '1');
\echo :SQLSTATE
SELECT policies.current_tenant_id();
SET policies.tenant_claim = 'sub';
\echo :SQLSTATE
SET SESSION AUTHORIZATION regress_administrator;
SET policies.tenant_claim = 'sub';
\echo :SQLSTATE
SET policies.no_such_setting = 'x';
\echo :SQLSTATE
RESET SESSION AUTHORIZATION;
SELECT name, context, setting FROM pg_settings WHERE name LIKE 'policies.%' ORDER BY 1;
-- Set before the library is loaded, it is a setting like any other, and it is refused when the library is.
\c -
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET policies.tenant_claim = 'sub';
SET request.jwt.claims = '{"tenant_id": "privileges_a", "sub": "privileges_b"}';
SELECT policies.current_tenant_id();
SHOW policies.tenant_claim;
