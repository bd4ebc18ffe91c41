#include "functions/guard_rails/base_columns.hpp"
#include "functions/guard_rails/create_soft_delete_views.hpp"
#include "functions/guard_rails/scope_by_tenant.hpp"

namespace policies {

namespace {

void drop_triggers(const pg::Table& table) {
    for (const auto& name :
         pg::query<std::string>("SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                                "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE t.tgrelid = $1 "
                                "AND t.tgparentid = 0 AND n.nspname = 'policies'",
                                table.oid)) {
        pg::execute("DROP TRIGGER " + pg::identifier(name) + " ON " + table.sql_name());
    }
}

/// Drops the default that calls a function of the extension, which a role without ours may not call, and the
/// constraint that only ids of ours meet.
void drop_own_expressions(const pg::Table& table) {
    if (pg::execute(
            "SELECT FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum "
            "WHERE d.adrelid = $1 AND a.attname = 'tenant_id' "
            "AND pg_get_expr(d.adbin, d.adrelid) = 'policies.current_tenant_id()'",
            table.oid) > 0) {
        pg::execute("ALTER TABLE " + table.sql_name() + " ALTER COLUMN tenant_id DROP DEFAULT");
    }
    for (const auto& name : pg::query<std::string>(
             "SELECT c.conname FROM pg_constraint c WHERE c.conrelid = $1 AND c.contype = 'c' "
             "AND c.coninhcount = 0 "
             "AND pg_get_constraintdef(c.oid) = 'CHECK ((' || $2 || '::text))'",
             table.oid, valid_id_check)) {
        pg::execute("ALTER TABLE " + table.sql_name() + " DROP CONSTRAINT " + pg::identifier(name));
    }
}

void unprotect_table(pg::Oid table_name) {
    const auto table = pg::lock_protectable_table(table_name);
    if (table.schema == "policies") {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message =
                      "table " + core::quoted(table.name) + " belongs to the register and stays protected"});
    }
    drop_soft_delete_views(table);
    drop_triggers(table);
    release_from_tenant_scope(table);
    drop_own_expressions(table);
}

} // namespace

POLICIES_FUNCTION(unprotect_table);

} // namespace policies
