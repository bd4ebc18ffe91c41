#include "core/ids/typed_id.hpp"
#include "functions/guard_rails/base_columns.hpp"

namespace policies {

namespace {

void stamp_writes(pg::Oid table_name, const std::string& id_prefix, std::int32_t schema_version) {
    pg::unwrap(core::check_prefix(id_prefix));
    if (schema_version < 1) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "schema_version must be 1 or more, not " + std::to_string(schema_version)});
    }
    const auto table = pg::lock_protectable_table(table_name);
    require_base_columns(table, {base_columns.columns().begin(), base_columns.columns().end()});
    const auto columns = pg::columns_of(table);
    for (const auto& base : base_columns.columns()) {
        refuse_constrained_domain(table, *pg::find_column(columns, base.name));
    }
    pg::execute("CREATE OR REPLACE TRIGGER policies_stamp BEFORE INSERT OR UPDATE ON " + table.sql_name() +
                " FOR EACH ROW EXECUTE FUNCTION policies.stamp_write(" + pg::literal(id_prefix) + ", " +
                pg::literal(std::to_string(schema_version)) + ")");
    pg::execute("COMMENT ON TRIGGER policies_stamp ON " + table.sql_name() +
                " IS 'Stamps who wrote a row and when, and gives it its id and its tenant.'");
}

} // namespace

POLICIES_FUNCTION(stamp_writes);

} // namespace policies
