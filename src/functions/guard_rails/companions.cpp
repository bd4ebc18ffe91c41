#include "functions/guard_rails/companions.hpp"

namespace policies {

std::string companion_name(const std::string& name) {
    if (name.size() > pg::max_name_length) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "the name " + core::quoted(name) + " is too long",
                  .detail = "Names have at most " + std::to_string(pg::max_name_length) + " bytes.",
                  .hint = "Give the table a shorter name first."});
    }
    return name;
}

void refuse_name(const std::string& name, std::string detail, std::string hint) {
    pg::fail({.code = core::ErrorCode::duplicate_object,
              .message = "relation " + core::quoted(name) + " is in the way",
              .detail = std::move(detail),
              .hint = std::move(hint)});
}

bool is_own_companion(const std::string& schema, const std::string& name, pg::RelationKind kind) {
    if (!pg::relation_exists(schema, name)) {
        return false;
    }
    const bool is_own =
        pg::execute(
            "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind::text = $3 "
            "AND c.relowner = (SELECT r.oid FROM pg_roles r WHERE r.rolname = $4) "
            "AND NOT EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN') "
            "AND NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "                JOIN pg_namespace f ON f.oid = p.pronamespace "
            "                WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND f.nspname <> 'policies')",
            schema, name, std::string{static_cast<char>(kind)}, pg::admin_role) > 0;
    if (!is_own) {
        refuse_name(schema + "." + name,
                    "It is not one that protection made: that belongs to policies_admin, and has no rules or "
                    "triggers of others.",
                    "Rename or drop it first.");
    }
    return true;
}

void give_to_administrators(const char* kind, const std::string& sql_name) {
    pg::execute("ALTER " + std::string(kind) + " " + sql_name + " OWNER TO " + pg::admin_role);
}

void copy_column_comments(const pg::Table& table, const std::string& companion_sql_name) {
    struct Comment {
        std::string column;
        std::string text;
    };

    for (const auto& comment :
         pg::query<Comment>("SELECT a.attname, d.description FROM pg_attribute a JOIN pg_description d "
                            "ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid "
                            "AND d.objsubid = a.attnum WHERE a.attrelid = $1 AND a.attnum > 0 "
                            "AND a.attgenerated <> 'v'",
                            table.oid)) {
        pg::execute("COMMENT ON COLUMN " + companion_sql_name + "." + pg::identifier(comment.column) +
                    " IS " + pg::literal(comment.text));
    }
}

} // namespace policies
