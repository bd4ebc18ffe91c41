#include "functions/register/own_register.hpp"

#include <algorithm>

#include "functions/register/register_sql.hpp"
#include "pg/function.hpp"

// Whether the register is the register's own: what its tables and views carry, and what stands in its schemas.

namespace policies {

namespace {

/// Something that is not ours.
struct Stranger {
    std::string object;
    std::string reason;
};

/// A function that is no member of the extension.
struct RegisterFunction {
    std::string name; ///< with its schema
    std::string signature;
    std::int32_t overloads; ///< how many there are of the name
};

// What hangs on a relation is found by what it depends on; what PostgreSQL brings itself has an OID below 16384.
// What a superuser made in our schemas is let be: whoever could make that needs no help of ours.
constexpr const char* strangers_sql =
    "WITH schema AS (SELECT oid FROM pg_namespace WHERE nspname IN ('policies', 'policies_api')), "
    "member AS (SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid "
    "  WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'policies'), "
    "relation AS (SELECT c.oid, c.relkind, o.rolname FROM pg_class c JOIN schema s ON s.oid = c.relnamespace "
    "  JOIN pg_roles o ON o.oid = c.relowner WHERE NOT o.rolsuper), "
    // Whatever holds an expression of a relation, or fires on it. A view's columns have the types of its table's.
    "part (classid, objid) AS ("
    "  SELECT 'pg_class'::regclass, oid FROM relation WHERE relkind <> 'v' "
    "  UNION ALL SELECT 'pg_attrdef'::regclass, a.oid FROM pg_attrdef a JOIN relation r ON r.oid = a.adrelid "
    "  UNION ALL SELECT 'pg_constraint'::regclass, c.oid FROM pg_constraint c JOIN relation r ON r.oid = "
    "c.conrelid "
    "  UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid "
    "    WHERE NOT t.tgisinternal "
    "  UNION ALL SELECT 'pg_rewrite'::regclass, w.oid FROM pg_rewrite w JOIN relation r ON r.oid = "
    "w.ev_class "
    "  UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM pg_policy p JOIN relation r ON r.oid = p.polrelid "
    "  UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid FROM pg_statistic_ext s "
    "    JOIN relation r ON r.oid = s.stxrelid), "
    // What is called, compared or converted by.
    "code (classid, oid, namespace) AS ("
    "  SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc "
    "  UNION ALL SELECT 'pg_operator'::regclass, oid, oprnamespace FROM pg_operator "
    "  UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type "
    "  UNION ALL SELECT 'pg_collation'::regclass, oid, collnamespace FROM pg_collation "
    "  UNION ALL SELECT 'pg_opclass'::regclass, oid, opcnamespace FROM pg_opclass "
    "  UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfnamespace FROM pg_opfamily "
    "  UNION ALL SELECT 'pg_conversion'::regclass, oid, connamespace FROM pg_conversion "
    "  UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgnamespace FROM pg_ts_config "
    "  UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictnamespace FROM pg_ts_dict "
    "  UNION ALL SELECT 'pg_ts_parser'::regclass, oid, prsnamespace FROM pg_ts_parser "
    "  UNION ALL SELECT 'pg_ts_template'::regclass, oid, tmplnamespace FROM pg_ts_template), "
    "stranger (classid, objid, reason) AS ("
    "  SELECT p.classid, p.objid, 'It runs what others made: ' || "
    "      pg_describe_object(d.refclassid, d.refobjid, 0) || '.' "
    "  FROM part p JOIN pg_depend d ON d.classid = p.classid AND d.objid = p.objid "
    "  JOIN code c ON c.classid = d.refclassid AND c.oid = d.refobjid "
    "  WHERE c.oid >= 16384 AND c.namespace NOT IN (SELECT oid FROM schema) "
    // Triggers of a function that is there for others, and any rule: they need no code of others to do harm.
    "  UNION ALL SELECT 'pg_trigger'::regclass, t.oid, 'It is none of the register''s triggers.' "
    "  FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid "
    "  WHERE NOT t.tgisinternal AND f.pronamespace NOT IN (SELECT oid FROM schema) "
    "  UNION ALL SELECT 'pg_rewrite'::regclass, w.oid, 'The register has no rules.' "
    "  FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN' "
    "  UNION ALL SELECT 'pg_constraint'::regclass, c.oid, 'It leads to a table that is not the register''s.' "
    "  FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid "
    "  WHERE c.contype = 'f' AND c.confrelid NOT IN (SELECT oid FROM relation) "
    "  UNION ALL SELECT 'pg_class'::regclass, i.inhrelid, 'It inherits from a table of the register.' "
    "  FROM pg_inherits i JOIN relation r ON r.oid = i.inhparent WHERE i.inhrelid NOT IN (SELECT oid FROM "
    "relation) "
    "  UNION ALL SELECT 'pg_class'::regclass, i.inhrelid, 'It inherits from a table that is not the "
    "register''s.' "
    "  FROM pg_inherits i JOIN relation r ON r.oid = i.inhrelid "
    "  WHERE i.inhparent NOT IN (SELECT oid FROM relation) "
    "  UNION ALL SELECT 'pg_class'::regclass, r.oid, "
    "      'The register has only tables and views, which belong to policies_admin.' "
    "  FROM relation r WHERE r.rolname <> 'policies_admin' OR r.relkind NOT IN ('r', 'p', 'v', 'i', 'I') "
    // Types of relations and of arrays come with what they are of; functions are looked at one by one.
    "  UNION ALL SELECT c.classid, c.oid, 'Nobody may make anything in the register''s schemas.' "
    "  FROM code c JOIN schema s ON s.oid = c.namespace LEFT JOIN pg_type t "
    "    ON c.classid = 'pg_type'::regclass AND t.oid = c.oid "
    "  WHERE c.classid <> 'pg_proc'::regclass "
    "    AND (t.oid IS NULL OR NOT (t.typtype = 'c' OR t.typtype = 'b' AND t.typelem <> 0)) "
    "    AND NOT EXISTS (SELECT FROM member m WHERE m.classid = c.classid AND m.objid = c.oid) "
    "  UNION ALL SELECT 'pg_proc'::regclass, f.oid, "
    "      'A function of the register belongs to policies_admin, is no SECURITY DEFINER, and has the "
    "search_path ' || "
    "      'that it was made with.' "
    "  FROM pg_proc f JOIN schema s ON s.oid = f.pronamespace JOIN pg_roles o ON o.oid = f.proowner "
    "  WHERE NOT o.rolsuper AND NOT EXISTS "
    "      (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = f.oid) "
    "    AND (o.rolname <> 'policies_admin' OR f.prosecdef OR f.prokind <> 'f' OR (f.prosqlbody IS NULL "
    "      AND 'search_path=pg_catalog, pg_temp' <> ALL (coalesce(f.proconfig, '{}')))) "
    // PostgreSQL lets only superusers make event triggers; but they can be handed over, and so can their functions.
    "  UNION ALL SELECT 'pg_event_trigger'::regclass, e.oid, 'It, or its function, belongs to no superuser.' "
    "  FROM pg_event_trigger e JOIN pg_roles o ON o.oid = e.evtowner JOIN pg_proc f ON f.oid = e.evtfoid "
    "  JOIN pg_roles p ON p.oid = f.proowner WHERE e.evtenabled <> 'D' AND NOT (o.rolsuper AND p.rolsuper) "
    "  UNION ALL SELECT 'pg_default_acl'::regclass, a.oid, 'It would give others what the register makes.' "
    "  FROM pg_default_acl a JOIN pg_roles o ON o.oid = a.defaclrole CROSS JOIN aclexplode(a.defaclacl) AS g "
    "  WHERE o.rolname = 'policies_admin' AND g.grantee <> a.defaclrole "
    "    AND (a.defaclnamespace = 0 OR a.defaclnamespace IN (SELECT oid FROM schema))) "
    "SELECT pg_describe_object(classid, objid, 0), reason FROM stranger ORDER BY classid, objid, reason "
    "LIMIT 1";

constexpr const char* functions_sql =
    "SELECT n.nspname || '.' || f.proname, f.oid::regprocedure::text, "
    "  (count(*) OVER (PARTITION BY f.pronamespace, f.proname))::integer "
    "FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace JOIN pg_roles o ON o.oid = f.proowner "
    "WHERE n.nspname IN ('policies', 'policies_api') AND NOT o.rolsuper AND NOT EXISTS (SELECT FROM "
    "pg_depend d "
    "  WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e') ORDER BY 1, 2";

[[noreturn]] void refuse(const std::string& object, std::string reason) {
    pg::fail(
        {.code = core::ErrorCode::not_permitted,
         .message = object + " is not the register's own",
         .detail = std::move(reason),
         .hint =
             "Nobody else's code may run where the rights of policies_admin or of a superuser do more than "
             "its author may. Drop it first, and make it again afterwards if it is wanted."});
}

int occurrences(const RegisterScript& script, const std::string& text) {
    int count = 0;
    for (const std::string_view sql : script.texts) {
        for (auto at = sql.find(text); at != std::string_view::npos; at = sql.find(text, at + 1)) {
            ++count;
        }
    }
    return count;
}

/// How often the library's SQL makes a function of that name, or drops one that an earlier version made.
int definitions(const std::string& name) {
    int count = occurrences(register_tables(), "CREATE FUNCTION " + name + "(") +
                occurrences(register_api(), "CREATE OR REPLACE FUNCTION " + name + "(");
    for (const auto& update : register_updates()) {
        count += occurrences(update, "DROP FUNCTION IF EXISTS " + name + "(");
    }
    return count;
}

/// While the locks are held, nobody can attach a trigger, a rule, a column, a child or statistics. Reading and
/// writing go on.
void lock_tables() {
    std::string tables;
    for (const auto& name : pg::query<std::string>(
             "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = "
             "c.relnamespace WHERE n.nspname = 'policies' AND c.relkind IN ('r', 'p') "
             "AND pg_has_role(c.relowner, 'USAGE') ORDER BY c.oid")) {
        tables += (tables.empty() ? "ONLY " : ", ONLY ") + name;
    }
    if (!tables.empty()) {
        pg::execute("LOCK TABLE " + tables + " IN ROW EXCLUSIVE MODE");
        pg::execute("LOCK TABLE " + tables + " IN SHARE UPDATE EXCLUSIVE MODE");
    }
}

} // namespace

void require_own_register() {
    lock_tables();
    for (const auto& stranger : pg::query<Stranger>(strangers_sql)) {
        refuse(stranger.object, stranger.reason);
    }
    for (const auto& function : pg::query<RegisterFunction>(functions_sql)) {
        if (function.overloads > definitions(function.name)) {
            refuse("function " + function.signature, "Nobody may make anything in the register's schemas.");
        }
    }
}

} // namespace policies
