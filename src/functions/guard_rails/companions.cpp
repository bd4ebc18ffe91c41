#include "functions/guard_rails/companions.hpp"

#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"

namespace policies {

void require_base_columns(const pg::Table& table, std::initializer_list<const char*> names) {
    const auto columns = pg::columns_of(table);
    for (const auto* const name : names) {
        if (pg::find_column(columns, name) == nullptr) {
            pg::fail({.code = core::ErrorCode::wrong_type,
                      .message = "table " + core::quoted(table.name) + " has no column " + core::quoted(name),
                      .hint = "Call policies.add_base_columns() first."},
                     name);
        }
    }
}

std::string companion_name(const std::string& name) {
    if (name.size() >= NAMEDATALEN) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "the name " + core::quoted(name) + " is too long",
                  .detail = "Names have at most " + std::to_string(NAMEDATALEN - 1) + " bytes.",
                  .hint = "Give the table a shorter name first."});
    }
    return name;
}

bool is_own_companion(const std::string& schema, const std::string& name, char kind) {
    if (!pg::relation_exists(schema, name)) {
        return false;
    }
    const auto rows = pg::query(
        "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind::text = $3 "
        "AND c.relowner = (SELECT r.oid FROM pg_roles r WHERE r.rolname = $4) "
        "AND NOT EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN') "
        "AND NOT EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "                JOIN pg_namespace f ON f.oid = p.pronamespace "
        "                WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND f.nspname <> 'policies')",
        {pg::text_parameter(schema), pg::text_parameter(name), pg::text_parameter(std::string_view(&kind, 1)),
         pg::text_parameter(pg::admin_role)});
    if (rows.empty()) {
        pg::fail(
            {.code = core::ErrorCode::duplicate_object,
             .message = "relation " + core::quoted(schema + "." + name) + " is in the way",
             .detail =
                 "It is not one that protection made: that belongs to policies_admin, and has no rules or "
                 "triggers of others.",
             .hint = "Rename or drop it first."});
    }
    return true;
}

void give_to_administrators(const char* kind, const std::string& sql_name) {
    pg::execute("ALTER " + std::string(kind) + " " + sql_name + " OWNER TO " + pg::admin_role);
}

void copy_column_comments(const pg::Table& table, const std::string& companion_sql_name) {
    for (const auto& row :
         pg::query("SELECT a.attname, d.description FROM pg_attribute a JOIN pg_description d "
                   "ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid "
                   "AND d.objsubid = a.attnum WHERE a.attrelid = $1 AND a.attnum > 0 "
                   "AND a.attgenerated <> 'v'",
                   {pg::oid_parameter(table.oid)})) {
        pg::execute("COMMENT ON COLUMN " + companion_sql_name + "." + pg::identifier(row[0].value()) +
                    " IS " + pg::literal(row[1].value()));
    }
}

} // namespace policies
