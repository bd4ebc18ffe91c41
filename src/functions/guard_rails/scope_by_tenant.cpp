#include "functions/guard_rails/scope_by_tenant.hpp"

#include <algorithm>

#include "functions/guard_rails/base_columns.hpp"
#include "functions/guard_rails/schema_access.hpp"

// Who sees and writes which rows of a table.

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

/// The columns that scope a row must be texts of which no two are equal but those of the same bytes.
void require_scope_columns(const Table& table) {
    const auto columns = pg::columns_of(table);
    for (const pg::AnyColumn& needed : {base_columns.id, base_columns.tenant_id, base_columns.app_id}) {
        const auto* const column = pg::find_column(columns, needed.name);
        if (column == nullptr || column->base_type != needed.type || !column->compares_bytes) {
            pg::fail({.code = core::ErrorCode::wrong_type,
                      .message = "table " + core::quoted(table.name) + " has no text column " +
                                 core::quoted(needed.name) + " with a deterministic collation",
                      .hint = "Call policies.add_base_columns() first."},
                     needed.name);
        }
    }
}

struct Policies {
    std::vector<std::string> own;
    std::vector<std::string> foreign;
};

/// The row security policies of a table, ours and others.
Policies policies_of(const Table& table) {
    Policies policies;
    for (const auto& name :
         pg::query<std::string>("SELECT polname FROM pg_policy WHERE polrelid = $1", table.oid)) {
        const bool is_own = std::ranges::find(policy_names, name) != policy_names.end();
        (is_own ? policies.own : policies.foreign).push_back(name);
    }
    return policies;
}

void refuse_foreign_policies(const Table& table) {
    const auto foreign = policies_of(table).foreign;
    if (!foreign.empty()) {
        pg::fail({.code = core::ErrorCode::duplicate_object,
                  .message = "table " + core::quoted(table.name) + " has the row security policy " +
                             core::quoted(foreign.front()) + " of its own",
                  .detail = "Permissive policies add up: it would let callers see more than their tenant.",
                  .hint = "Drop it first."});
    }
}

bool has_index(const Table& table, std::string_view condition) {
    return pg::execute("SELECT FROM pg_index i WHERE i.indrelid = $1 AND i.indisvalid AND " +
                           std::string(condition),
                       table.oid) > 0;
}

/// A partitioned table can be scoped only if it is partitioned by tenant_id alone. The BEFORE trigger stamps
/// a row after it was routed to its partition, and PostgreSQL refuses a stamp that would belong into another
/// one. tenant_id alone is right already when the row is routed, since its DEFAULT is the caller's tenant.
void require_partitioning_by_tenant(const Table& table) {
    const auto others = pg::query<std::optional<std::string>>(
        "SELECT a.attname FROM pg_partitioned_table p CROSS JOIN unnest(p.partattrs::int2[]) AS key(number) "
        "LEFT JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = key.number "
        "WHERE (p.partrelid = $1 OR p.partrelid IN (SELECT relid FROM pg_partition_tree($1))) "
        "AND a.attname IS DISTINCT FROM 'tenant_id'",
        table.oid);
    if (!others.empty()) {
        const auto& column = others.front();
        pg::fail({.code = core::ErrorCode::not_supported,
                  .message = "partitioned table " + core::quoted(table.name) + " cannot be protected",
                  .detail = "It is partitioned by " + (column ? core::quoted(*column) : "an expression") +
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
    const SchemaCreation creation(table.schema);
    if (has_index(table, "i.indisprimary")) {
        pg::execute("CREATE UNIQUE INDEX ON " + table.sql_name() + " (tenant_id, id)");
    } else {
        pg::execute("ALTER TABLE " + table.sql_name() + " ADD PRIMARY KEY (tenant_id, id)");
    }
    creation.end();
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

void drop_policies(const Table& table, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        pg::execute("DROP POLICY " + pg::identifier(name) + " ON " + table.sql_name());
    }
}

void create_policies(const Table& table, Access callers) {
    drop_policies(table, policies_of(table).own);
    create_policy(
        table, policy_names[0],
        for_role(callers == Access::read_and_write ? "ALL" : "SELECT", pg::caller_role, tenant_scope),
        "Callers see the rows of their tenant, and an application only its own.");
    create_policy(table, policy_names[1], for_role("SELECT", pg::auditor_role, "true"),
                  "Auditors read every tenant.");
    create_policy(table, policy_names[2], for_role("ALL", pg::admin_role, "true"), "Administrators do all.");
}

/// Takes a table's privileges from our roles. An owner that took them from itself would lose its own rights
/// for good.
void revoke_grants(const Table& table) {
    for (const auto& role : pg::query<std::string>(
             "SELECT r.rolname FROM pg_roles r, pg_class c WHERE c.oid = $1 AND r.oid <> c.relowner "
             "AND r.rolname IN ('policies_caller', 'policies_auditor', 'policies_admin')",
             table.oid)) {
        pg::execute("REVOKE ALL ON " + table.sql_name() + " FROM " + pg::identifier(role));
    }
}

/// The sequences that the columns of a table own and take their defaults from: those of serial columns. An
/// identity column asks no privilege for its own, and one that is only named in a default may be another's.
std::vector<Table> sequences_of(const Table& table) {
    return pg::query<Table>(
        "SELECT DISTINCT s.oid, n.nspname, s.relname, false FROM pg_depend owned "
        "JOIN pg_class s ON s.oid = owned.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = "
        "s.relnamespace "
        "JOIN pg_attrdef d ON d.adrelid = owned.refobjid "
        "JOIN pg_depend used ON used.classid = 'pg_attrdef'::regclass AND used.objid = d.oid "
        "  AND used.refclassid = 'pg_class'::regclass AND used.refobjid = s.oid "
        "WHERE owned.classid = 'pg_class'::regclass AND owned.refclassid = 'pg_class'::regclass "
        "AND owned.refobjid = $1 AND owned.refobjsubid > 0 AND owned.deptype = 'a'",
        table.oid);
}

void revoke_sequences(const Table& table) {
    for (const auto& sequence : sequences_of(table)) {
        revoke_grants(sequence);
    }
}

/// USAGE lets a role take numbers, and neither read nor set them.
void grant_sequences(const Table& table, const std::string& roles) {
    for (const auto& sequence : sequences_of(table)) {
        pg::execute("GRANT USAGE ON SEQUENCE " + sequence.sql_name() + " TO " + roles);
    }
}

void grant_writing(const Table& table) {
    pg::execute("GRANT INSERT, " + update_of_columns(table) + " ON " + table.sql_name() + " TO " +
                pg::caller_role);
    grant_sequences(table, pg::caller_role);
}

void force_row_security(const Table& table) {
    pg::execute("ALTER TABLE " + table.sql_name() + " ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY");
}

void grant(const Table& table, Access callers) {
    revoke_grants(table);
    revoke_sequences(table);
    pg::execute("REVOKE ALL ON " + table.sql_name() + " FROM PUBLIC");
    pg::execute("GRANT SELECT ON " + table.sql_name() + " TO " + pg::caller_role + ", " + pg::auditor_role);
    if (callers == Access::read_and_write) {
        grant_writing(table);
    }
    pg::execute("GRANT SELECT, INSERT, UPDATE, DELETE ON " + table.sql_name() + " TO " + pg::admin_role);
    grant_sequences(table, pg::admin_role);
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
    if (pg::execute("SELECT FROM pg_policy WHERE polrelid = $1", table.oid) == 0) {
        pg::execute("ALTER TABLE " + table.sql_name() +
                    " DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY");
    }
    revoke_grants(table);
    revoke_sequences(table);
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
    const auto own = policies_of(table).own;
    if (own.empty()) {
        return;
    }
    drop_policies(table, own);
    release_row_security(table);
    for (const auto& partition : pg::partitions_of(table)) {
        release_row_security(partition);
    }
}

void extend_grants(const Table& table) {
    if (pg::execute("SELECT FROM pg_policy WHERE polrelid = $1 AND polname = $2 AND polcmd = '*'", table.oid,
                    policy_names[0]) > 0) {
        grant_writing(table);
    }
}

void put_in_tenant_scope(const Table& table, Access callers) {
    refuse_foreign_policies(table);
    create_policies(table, callers);
    force_row_security(table);
    grant(table, callers);
    close_partitions(table);
}

namespace {

void scope_by_tenant(pg::Oid table_name, bool callers_may_write) {
    const auto table = pg::lock_protectable_table(table_name);
    require_scope_columns(table);
    require_partitioning_by_tenant(table);
    ensure_unique_key(table);
    put_in_tenant_scope(table, callers_may_write ? Access::read_and_write : Access::read_only);
}

} // namespace

POLICIES_FUNCTION(scope_by_tenant);

} // namespace policies
