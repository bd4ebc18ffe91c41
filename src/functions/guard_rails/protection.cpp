#include "core/ids/typed_id.hpp"
#include "functions/guard_rails/companions.hpp"
#include "functions/guard_rails/row_security.hpp"
#include "functions/guard_rails/soft_delete_views.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/values.hpp"

// stamp_writes(), and unprotect_table(), which takes all guard rails off again.

namespace {

using namespace policies;
using pg::Table;

void drop_triggers(const Table& table) {
    for (const auto& row : pg::query("SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                                     "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE t.tgrelid = $1 "
                                     "AND t.tgparentid = 0 AND n.nspname = 'policies'",
                                     {pg::oid_parameter(table.oid)})) {
        pg::execute("DROP TRIGGER " + pg::identifier(row[0].value()) + " ON " + table.sql_name());
    }
}

/// The default and the constraint that call the extension's functions, which a role without ours may not
/// call.
void drop_own_expressions(const Table& table) {
    const auto is_ours = [&](const char* sql) {
        return !pg::query(sql, {pg::oid_parameter(table.oid)}).empty();
    };
    if (is_ours(
            "SELECT FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum "
            "WHERE d.adrelid = $1 AND a.attname = 'tenant_id' "
            "AND pg_get_expr(d.adbin, d.adrelid) = 'policies.current_tenant_id()'")) {
        pg::execute("ALTER TABLE " + table.sql_name() + " ALTER COLUMN tenant_id DROP DEFAULT");
    }
    for (const auto& row :
         pg::query("SELECT c.conname FROM pg_constraint c WHERE c.conrelid = $1 AND c.contype = 'c' "
                   "AND c.coninhcount = 0 "
                   "AND pg_get_constraintdef(c.oid) = 'CHECK (policies.is_valid_id(id))'",
                   {pg::oid_parameter(table.oid)})) {
        pg::execute("ALTER TABLE " + table.sql_name() + " DROP CONSTRAINT " + pg::identifier(row[0].value()));
    }
}

} // namespace

POLICIES_RAW_FUNCTION(stamp_writes) {
    pg::require_arguments(fcinfo, {"table_name", "id_prefix", "schema_version"});
    const std::string id_prefix(pg::text_argument(fcinfo, 1));
    const auto schema_version = PG_GETARG_INT32(2);
    pg::unwrap(core::check_prefix(id_prefix));
    if (schema_version < 1) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "schema_version must be 1 or more, not " + std::to_string(schema_version)});
    }
    const pg::SpiSession session;
    const auto table = pg::lock_protectable_table(PG_GETARG_OID(0));
    require_base_columns(table, {"id", "tenant_id", "app_id", "created_at", "updated_at", "created_by",
                                 "updated_by", "source", "source_type", "is_deleted", "deleted_at",
                                 "deleted_by", "schema_version"});
    pg::execute("CREATE OR REPLACE TRIGGER policies_stamp BEFORE INSERT OR UPDATE ON " + table.sql_name() +
                " FOR EACH ROW EXECUTE FUNCTION policies.stamp_write(" + pg::literal(id_prefix) + ", " +
                pg::literal(std::to_string(schema_version)) + ")");
    pg::execute("COMMENT ON TRIGGER policies_stamp ON " + table.sql_name() +
                " IS 'Stamps who wrote a row and when, and gives it its id and its tenant.'");
    PG_RETURN_VOID();
}

POLICIES_RAW_FUNCTION(unprotect_table) {
    pg::require_arguments(fcinfo, {"table_name"});
    const pg::SpiSession session;
    const auto table = pg::lock_protectable_table(PG_GETARG_OID(0));
    if (table.schema == "policies") {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message =
                      "table " + core::quoted(table.name) + " belongs to the register and stays protected"});
    }
    drop_soft_delete_views(table);
    drop_triggers(table);
    release_from_tenant_scope(table);
    drop_own_expressions(table);
    PG_RETURN_VOID();
}
