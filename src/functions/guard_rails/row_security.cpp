#include "functions/guard_rails/row_security.hpp"

#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/values.hpp"

// scope_by_tenant(): who sees and writes which rows of a table.

namespace policies {

namespace {

using pg::Table;

constexpr std::array<std::string_view, 3> policy_names{"policies_tenant_scope", "policies_auditor_read",
                                                       "policies_admin_all"};

// Bare calls of functions: the planner estimates a stable function's value, and so tells a big tenant from a
// small one; a sub-select would hide that. in_app_scope() tells it that a person sees all rows of the tenant,
// where "current_app_id() IS NULL OR ..." would pass for true of hardly any.
constexpr std::string_view tenant_scope =
    "tenant_id = policies.current_tenant_id() AND policies.in_app_scope(app_id)";

void require_columns(const Table& table) {
    const auto columns = pg::columns_of(table);
    for (const auto* const name : {"id", "tenant_id", "app_id"}) {
        const auto* const column = pg::find_column(columns, name);
        if (column == nullptr || column->base_type != TEXTOID || !column->compares_bytes) {
            pg::fail({.code = core::ErrorCode::wrong_type,
                      .message = "table " + core::quoted(table.name) + " has no text column " +
                                 core::quoted(name) + " with a deterministic collation",
                      .hint = "Call policies.add_base_columns() first."},
                     name);
        }
    }
}

void refuse_foreign_policies(const Table& table) {
    for (const auto& row :
         pg::query("SELECT polname FROM pg_policy WHERE polrelid = $1", {pg::oid_parameter(table.oid)})) {
        if (std::ranges::find(policy_names, row[0].value()) == policy_names.end()) {
            pg::fail(
                {.code = core::ErrorCode::duplicate_object,
                 .message = "table " + core::quoted(table.name) + " has the row security policy " +
                            core::quoted(row[0].value()) + " of its own",
                 .detail = "Permissive policies add up: it would let callers see more than their tenant.",
                 .hint = "Drop it first."});
        }
    }
}

bool has_index(const Table& table, std::string_view condition) {
    return !pg::query("SELECT FROM pg_index i WHERE i.indrelid = $1 AND i.indisvalid AND " +
                          std::string(condition),
                      {pg::oid_parameter(table.oid)})
                .empty();
}

/// The stamps come after a row was routed to its partition, and then nothing may move it: only tenant_id,
/// whose default knows the caller's, is known in time.
void require_partitioning_by_tenant(const Table& table) {
    const auto rows = pg::query(
        "SELECT a.attname FROM pg_partitioned_table p CROSS JOIN unnest(p.partattrs::int2[]) AS key(number) "
        "LEFT JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = key.number "
        "WHERE (p.partrelid = $1 OR p.partrelid IN (SELECT relid FROM pg_partition_tree($1))) "
        "AND a.attname IS DISTINCT FROM 'tenant_id'",
        {pg::oid_parameter(table.oid)});
    if (!rows.empty()) {
        pg::fail({.code = core::ErrorCode::not_supported,
                  .message = "partitioned table " + core::quoted(table.name) + " cannot be protected",
                  .detail = "It is partitioned by " +
                            (rows[0][0] ? core::quoted(*rows[0][0]) : std::string("an expression")) +
                            ": the id and the times are stamped after a row is routed to its partition, and "
                            "(tenant_id, id) must be unique over all of them.",
                  .hint = "Partition it by tenant_id."});
    }
}

void ensure_unique_key(const Table& table) {
    const auto key_column = [](int position) {
        return "(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = "
               "i.indkey[" +
               std::to_string(position) + "])";
    };
    if (has_index(table, "i.indisunique AND i.indpred IS NULL AND i.indnkeyatts = 2 AND " + key_column(0) +
                             " = 'tenant_id' AND " + key_column(1) + " = 'id'")) {
        return;
    }
    if (has_index(table, "i.indisprimary")) {
        pg::execute("CREATE UNIQUE INDEX ON " + table.sql_name() + " (tenant_id, id)");
    } else {
        pg::execute("ALTER TABLE " + table.sql_name() + " ADD PRIMARY KEY (tenant_id, id)");
    }
}

void create_policy(const Table& table, std::string_view name, const std::string& definition,
                   const char* comment) {
    const auto policy = "POLICY " + pg::identifier(name) + " ON " + table.sql_name();
    pg::execute("CREATE " + policy + " " + definition);
    pg::execute("COMMENT ON " + policy + " IS " + pg::literal(comment));
}

std::string for_role(std::string_view command, const char* role, std::string_view condition) {
    auto definition =
        "FOR " + std::string(command) + " TO " + role + " USING (" + std::string(condition) + ")";
    if (command == "ALL") {
        definition += " WITH CHECK (" + std::string(condition) + ")";
    }
    return definition;
}

std::vector<std::string> own_policies(const Table& table) {
    std::vector<std::string> names;
    for (const auto& row :
         pg::query("SELECT polname FROM pg_policy WHERE polrelid = $1", {pg::oid_parameter(table.oid)})) {
        if (std::ranges::find(policy_names, row[0].value()) != policy_names.end()) {
            names.push_back(row[0].value());
        }
    }
    return names;
}

void drop_policies(const Table& table) {
    for (const auto& name : own_policies(table)) {
        pg::execute("DROP POLICY " + pg::identifier(name) + " ON " + table.sql_name());
    }
}

void create_policies(const Table& table, Access callers) {
    drop_policies(table);
    create_policy(
        table, policy_names[0],
        for_role(callers == Access::read_and_write ? "ALL" : "SELECT", pg::caller_role, tenant_scope),
        "Callers see the rows of their tenant, and an application only its own.");
    create_policy(table, policy_names[1], for_role("SELECT", pg::auditor_role, "true"),
                  "Auditors read every tenant.");
    create_policy(table, policy_names[2], for_role("ALL", pg::admin_role, "true"), "Administrators do all.");
}

/// Takes a table's privileges from our roles.
void revoke_grants(const Table& table) {
    // An owner revoking from itself would lose its own rights for good.
    for (const auto& row :
         pg::query("SELECT r.rolname FROM pg_roles r, pg_class c WHERE c.oid = $1 AND r.oid <> c.relowner "
                   "AND r.rolname IN ('policies_caller', 'policies_auditor', 'policies_admin')",
                   {pg::oid_parameter(table.oid)})) {
        pg::execute("REVOKE ALL ON " + table.sql_name() + " FROM " + pg::identifier(row[0].value()));
    }
}

void force_row_security(const Table& table) {
    pg::execute("ALTER TABLE " + table.sql_name() + " ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY");
}

void grant(const Table& table, Access callers) {
    revoke_grants(table);
    pg::execute("REVOKE ALL ON " + table.sql_name() + " FROM PUBLIC");
    pg::execute("GRANT SELECT ON " + table.sql_name() + " TO " + pg::caller_role + ", " + pg::auditor_role);
    if (callers == Access::read_and_write) {
        pg::execute("GRANT INSERT, " + update_of_columns(table) + " ON " + table.sql_name() + " TO " +
                    pg::caller_role);
    }
    pg::execute("GRANT SELECT, INSERT, UPDATE, DELETE ON " + table.sql_name() + " TO " + pg::admin_role);
}

/// Partitions named directly are no way around: nobody is granted them, and their own row security lets no
/// row through.
void close_partitions(const Table& table) {
    for (const auto& partition : pg::partitions_of(table)) {
        force_row_security(partition);
        pg::execute("REVOKE ALL ON " + partition.sql_name() + " FROM PUBLIC");
        revoke_grants(partition);
    }
}

void release_row_security(const Table& table) {
    if (pg::query("SELECT FROM pg_policy WHERE polrelid = $1", {pg::oid_parameter(table.oid)}).empty()) {
        pg::execute("ALTER TABLE " + table.sql_name() +
                    " DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY");
    }
    revoke_grants(table);
}

} // namespace

std::string update_of_columns(const Table& table) {
    std::string columns;
    for (const auto& column : pg::columns_of(table)) {
        columns += (columns.empty() ? "" : ", ") + pg::identifier(column.name);
    }
    return "UPDATE (" + columns + ")";
}

void release_from_tenant_scope(const Table& table) {
    if (own_policies(table).empty()) {
        return;
    }
    drop_policies(table);
    release_row_security(table);
    for (const auto& partition : pg::partitions_of(table)) {
        release_row_security(partition);
    }
}

void scope_by_tenant(const Table& table, Access callers) {
    refuse_foreign_policies(table);
    create_policies(table, callers);
    force_row_security(table);
    grant(table, callers);
    close_partitions(table);
}

} // namespace policies

POLICIES_RAW_FUNCTION(scope_by_tenant) {
    using namespace policies;
    pg::require_arguments(fcinfo, {"table_name", "callers_may_write"});
    const pg::SpiSession session;
    const auto table = pg::lock_protectable_table(PG_GETARG_OID(0));
    require_columns(table);
    require_partitioning_by_tenant(table);
    ensure_unique_key(table);
    scope_by_tenant(table, PG_GETARG_BOOL(1) ? Access::read_and_write : Access::read_only);
    PG_RETURN_VOID();
}
