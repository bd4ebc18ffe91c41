#include "core/ids/typed_id.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/values.hpp"

// add_base_columns(): the 13 columns that every protected table has.

namespace {

using namespace policies;

/// A base column: its type, whether it may be NULL, its default, and a rule that it obeys from the start.
struct BaseColumn {
    const char* name;
    Oid type;
    const char* declaration;
    const char* standard; ///< the default; null for none
    bool is_required;
    const char* check; ///< null for none
    const char* comment;
};

constexpr std::array<BaseColumn, 13> base_columns{{
    {"id", TEXTOID, "text COLLATE \"C\"", nullptr, true, "policies.is_valid_id(id)",
     "Server-assigned ULID with type prefix. What a caller sends is ignored."},
    {"tenant_id", TEXTOID, "text COLLATE \"C\"", "policies.current_tenant_id()", true, "tenant_id <> ''",
     "Tenant scope, stamped from the caller's JWT. What a caller sends is ignored."},
    {"app_id", TEXTOID, "text COLLATE \"C\"", nullptr, false, nullptr,
     "App scope, stamped only when the caller's JWT was minted for an application; filters its reads."},
    {"created_at", TIMESTAMPTZOID, "timestamptz", "now()", true, nullptr,
     "When the row was created. Server stamp."},
    {"updated_at", TIMESTAMPTZOID, "timestamptz", "now()", true, "isfinite(updated_at)",
     "When the row was last written. Server stamp, later with every write."},
    {"created_by", TEXTOID, "text COLLATE \"C\"", nullptr, false, nullptr,
     "Person who created the row: the JWT's sub. Server stamp."},
    {"updated_by", TEXTOID, "text COLLATE \"C\"", nullptr, false, nullptr,
     "Person who last wrote the row: the JWT's sub. Server stamp."},
    {"source", TEXTOID, "text", "'edm'", true, nullptr, "Provenance tag."},
    {"source_type", TEXTOID, "text", "'api'", true,
     "source_type IN ('frontend', 'backend', 'server', 'system', 'api')",
     "Where the write originated: frontend, backend, server, system or api."},
    {"is_deleted", BOOLOID, "boolean", "false", true, nullptr,
     "Soft-delete flag. Deleted rows are absent from the live view."},
    {"deleted_at", TIMESTAMPTZOID, "timestamptz", nullptr, false, "is_deleted = (deleted_at IS NOT NULL)",
     "When the row was soft-deleted, NULL otherwise. Server stamp."},
    {"deleted_by", TEXTOID, "text COLLATE \"C\"", nullptr, false, nullptr,
     "Person who soft-deleted the row, NULL otherwise. Server stamp."},
    {"schema_version", INT4OID, "integer", "1", true, nullptr,
     "Document schema version, raised when an older row is written."},
}};

std::string alter(const pg::Table& table, const std::string& action) {
    return "ALTER TABLE " + table.sql_name() + " " + action;
}

void check_type(const pg::Table& table, const BaseColumn& base, const pg::TableColumn& column) {
    if (column.base_type != base.type) {
        const char* const required = pg::call([&] { return format_type_be(base.type); });
        const char* const found = pg::call([&] { return format_type_be(column.base_type); });
        pg::fail({.code = core::ErrorCode::wrong_type,
                  .message = "column " + core::quoted(base.name) + " of table " + core::quoted(table.name) +
                             " is " + found + ", not " + required,
                  .detail = "The stamps need it to be " + std::string(required) + ".",
                  .hint = "Rename or convert the column first. Nothing was changed."},
                 base.name);
    }
    if (!column.compares_bytes) {
        pg::fail({.code = core::ErrorCode::wrong_type,
                  .message = "column " + core::quoted(base.name) + " of table " + core::quoted(table.name) +
                             " has a nondeterministic collation",
                  .detail = "Under it the ids of two tenants could be equal.",
                  .hint = "Give the column COLLATE \"C\" first. Nothing was changed."},
                 base.name);
    }
    if (column.is_generated) {
        pg::fail({.code = core::ErrorCode::wrong_type,
                  .message = "column " + core::quoted(base.name) + " of table " + core::quoted(table.name) +
                             " is generated: it cannot be stamped"},
                 base.name);
    }
}

/// What the rows that are there already get in a new column.
std::string value_for_existing_rows(const pg::Table& table, const BaseColumn& base,
                                    const std::optional<std::string>& id_prefix,
                                    const std::optional<std::string>& tenant) {
    const std::string_view name = base.name;
    if (name == "tenant_id" || name == "id") {
        const bool is_tenant = name == "tenant_id";
        const auto& given = is_tenant ? tenant : id_prefix;
        if (!given) {
            pg::fail(
                {.code = core::ErrorCode::missing_value,
                 .message = "table " + core::quoted(table.name) + " has rows, which need " +
                            (is_tenant ? "a tenant_id" : "an id"),
                 .hint = is_tenant
                             ? "Pass existing_rows_tenant_id, or add and fill the column tenant_id first."
                             : "Pass id_prefix, or add and fill the column id first."},
                name);
        }
        return is_tenant ? pg::literal(*given) : "policies.new_id(" + pg::literal(*given) + ")";
    }
    return base.standard == nullptr ? "NULL" : base.standard;
}

void add_column(const pg::Table& table, const BaseColumn& base, const std::string& first_value) {
    std::string action = "ADD COLUMN " + std::string(base.name) + " " + base.declaration;
    if (base.is_required) {
        action += " NOT NULL";
    }
    if (!first_value.empty()) {
        action += " DEFAULT " + first_value;
    }
    if (base.check != nullptr) {
        action += " CHECK (" + std::string(base.check) + ")";
    }
    pg::execute(alter(table, action));
    const auto name = std::string(base.name);
    pg::execute(alter(table, "ALTER COLUMN " + name +
                                 (base.standard == nullptr ? " DROP DEFAULT"
                                                           : " SET DEFAULT " + std::string(base.standard))));
    pg::execute("COMMENT ON COLUMN " + table.sql_name() + "." + name + " IS " + pg::literal(base.comment));
}

/// A column that was there before gets what it lacks to be stamped; a default of its own it keeps.
void complete_column(const pg::Table& table, const BaseColumn& base, const pg::TableColumn& column) {
    const auto name = std::string(base.name);
    if (base.standard != nullptr && !column.has_default) {
        pg::execute(alter(table, "ALTER COLUMN " + name + " SET DEFAULT " + base.standard));
    }
    if (base.is_required) {
        pg::execute(alter(table, "ALTER COLUMN " + name + " SET NOT NULL"));
    }
}

} // namespace

POLICIES_RAW_FUNCTION(add_base_columns) {
    pg::require_arguments(fcinfo, {"table_name"});
    const auto id_prefix = pg::optional_text_argument(fcinfo, 1);
    const auto tenant = pg::optional_text_argument(fcinfo, 2);
    if (id_prefix) {
        pg::unwrap(core::check_prefix(*id_prefix));
    }
    const pg::SpiSession session;
    const auto table = pg::lock_protectable_table(PG_GETARG_OID(0));
    const auto columns = pg::columns_of(table);
    for (const auto& base : base_columns) {
        if (const auto* const column = pg::find_column(columns, base.name)) {
            check_type(table, base, *column);
        }
    }
    const bool has_rows = !pg::query("SELECT FROM " + table.sql_name() + " LIMIT 1", {}).empty();
    for (const auto& base : base_columns) {
        if (const auto* const column = pg::find_column(columns, base.name)) {
            complete_column(table, base, *column);
        } else {
            add_column(table, base, has_rows ? value_for_existing_rows(table, base, id_prefix, tenant) : "");
        }
    }
    PG_RETURN_VOID();
}
