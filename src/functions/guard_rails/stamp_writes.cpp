#include "core/ids/typed_id.hpp"
#include "functions/guard_rails/base_columns.hpp"

namespace policies {

namespace {

/// A trigger that runs before the stamps sees the tenant, the id and the persons that the caller sent. BEFORE triggers
/// run in the order of their names, as bytes. A comment tells of one that does not read them.
void refuse_earlier_triggers(const pg::Table& table) {
    struct Earlier {
        std::string trigger;
        std::string table;
    };

    const auto earlier = pg::query<Earlier>(
        "SELECT t.tgname, t.tgrelid::regclass::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE (t.tgrelid = $1 OR t.tgrelid IN (SELECT relid FROM pg_partition_tree($1))) "
        "AND NOT t.tgisinternal AND t.tgparentid = 0 "
        // The bits of ROW and BEFORE, and of INSERT and UPDATE.
        "AND t.tgtype & 3 = 3 AND t.tgtype & (4 | 16) <> 0 AND t.tgname < 'policies_stamp' "
        "AND p.pronamespace NOT IN ('policies'::regnamespace, 'pg_catalog'::regnamespace) "
        "AND coalesce(obj_description(t.oid, 'pg_trigger'), '') NOT LIKE 'Cross-tenant:%' ORDER BY t.tgname",
        table.oid);
    if (!earlier.empty()) {
        const auto& first = earlier.front();
        pg::fail({.code = core::ErrorCode::not_supported,
                  .message = "trigger " + core::quoted(first.trigger) + " of table " +
                             core::quoted(table.name) + " would run before the stamps",
                  .detail =
                      "BEFORE triggers run in the order of their names: it would see the tenant that the "
                      "caller sent, not the caller's.",
                  .hint = "Let it run behind policies_stamp: ALTER TRIGGER " + pg::identifier(first.trigger) +
                          " ON " + first.table + " RENAME TO " + pg::identifier("z_" + first.trigger) +
                          "; or, if it reads none of the stamped columns, give it a comment that begins with "
                          "\"Cross-tenant:\"."});
    }
}

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
    refuse_earlier_triggers(table);
    pg::execute("CREATE OR REPLACE TRIGGER policies_stamp BEFORE INSERT OR UPDATE ON " + table.sql_name() +
                " FOR EACH ROW EXECUTE FUNCTION policies.stamp_write(" + pg::literal(id_prefix) + ", " +
                pg::literal(std::to_string(schema_version)) + ")");
    pg::execute("COMMENT ON TRIGGER policies_stamp ON " + table.sql_name() +
                " IS 'Stamps who wrote a row and when, and gives it its id and its tenant.'");
}

} // namespace

POLICIES_FUNCTION(stamp_writes);

} // namespace policies
