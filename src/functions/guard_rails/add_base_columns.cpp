#include "core/ids/typed_id.hpp"
#include "functions/guard_rails/base_columns.hpp"

namespace policies {

namespace {

/// What the rows that are there already get.
struct FirstValues {
    std::optional<std::string> id_prefix;
    std::optional<std::string> tenant_id;
};

void alter(const pg::Table& table, const std::string& action) {
    pg::execute("ALTER TABLE " + table.sql_name() + " " + action);
}

/// Refuses a column that was there before and that nothing could be stamped into.
void check_column(const pg::Table& table, const pg::AnyColumn& base, const pg::TableColumn& column) {
    const auto refuse = [&](const std::string& fault, std::string detail, std::string hint) {
        pg::fail({.code = core::ErrorCode::wrong_type,
                  .message = "column " + core::quoted(base.name) + " of table " + core::quoted(table.name) +
                             " " + fault,
                  .detail = std::move(detail),
                  .hint = std::move(hint)},
                 base.name);
    };
    if (column.base_type != base.type) {
        const auto required = pg::type_name(base.type);
        refuse("is " + pg::type_name(column.base_type) + ", not " + required,
               "The stamps need it to be " + required + ".",
               "Rename or convert the column first. Nothing was changed.");
    }
    if (!column.compares_bytes) {
        refuse("has a nondeterministic collation", "Under it the ids of two tenants could be equal.",
               "Give the column COLLATE \"C\" first. Nothing was changed.");
    }
    if (column.is_generated) {
        refuse("is generated: it cannot be stamped", "", "");
    }
}

/// What the rows that are there already get in a column, which must be given.
const std::string& required_value(const pg::Table& table, const pg::AnyColumn& column,
                                  const std::optional<std::string>& given, const char* what,
                                  const char* hint) {
    if (!given) {
        pg::fail({.code = core::ErrorCode::missing_value,
                  .message = "table " + core::quoted(table.name) + " has rows, which need " + what,
                  .hint = hint},
                 column.name);
    }
    return *given;
}

/// What the rows that are there already get in a new column, as SQL.
std::string first_value(const pg::Table& table, const BaseColumn& declaration, const FirstValues& given) {
    const auto& column = declaration.column;
    if (column.index == base_columns.tenant_id.index) {
        return pg::literal(
            required_value(table, column, given.tenant_id, "a tenant_id",
                           "Pass existing_rows_tenant_id, or add and fill the column tenant_id first."));
    }
    if (column.index == base_columns.id.index) {
        return "policies.new_id(" +
               pg::literal(required_value(table, column, given.id_prefix, "an id",
                                          "Pass id_prefix, or add and fill the column id first.")) +
               ")";
    }
    return declaration.standard == nullptr ? "NULL" : declaration.standard;
}

void add_column(const pg::Table& table, const BaseColumn& declaration, const std::string& first_value) {
    const std::string name = declaration.column.name;
    std::string action = "ADD COLUMN " + name + " " + declaration.type;
    if (declaration.is_required) {
        action += " NOT NULL";
    }
    if (!first_value.empty()) {
        action += " DEFAULT " + first_value;
    }
    if (declaration.check != nullptr) {
        action += " CHECK (" + std::string(declaration.check) + ")";
    }
    alter(table, action);
    alter(table, "ALTER COLUMN " + name +
                     (declaration.standard == nullptr ? " DROP DEFAULT"
                                                      : " SET DEFAULT " + std::string(declaration.standard)));
    pg::execute("COMMENT ON COLUMN " + table.sql_name() + "." + name + " IS " +
                pg::literal(declaration.comment));
}

/// Gives a column that was there before what it lacks to be stamped; a default of its own it keeps.
void complete_column(const pg::Table& table, const BaseColumn& declaration, const pg::TableColumn& column) {
    const std::string name = declaration.column.name;
    if (declaration.standard != nullptr && !column.has_default) {
        alter(table, "ALTER COLUMN " + name + " SET DEFAULT " + declaration.standard);
    }
    if (declaration.is_required) {
        // PostgreSQL computes the constants in the table's CHECKs, to see whether they say it already.
        const pg::AsRole owner(pg::owner_of(table.oid));
        alter(table, "ALTER COLUMN " + name + " SET NOT NULL");
    }
}

/// Asked with the rights of the table's owner, whose indexes and statistics the planner computes constants of.
bool has_rows(const pg::Table& table) {
    const pg::AsRole owner(pg::owner_of(table.oid));
    return pg::execute("SELECT FROM " + table.sql_name() + " LIMIT 1") > 0;
}

void add_base_columns(pg::Oid table_name, const std::optional<std::string>& id_prefix,
                      const std::optional<std::string>& existing_rows_tenant_id) {
    if (id_prefix) {
        pg::unwrap(core::check_prefix(*id_prefix));
    }
    const auto table = pg::lock_protectable_table(table_name);
    const auto columns = pg::columns_of(table);
    for (const auto& base : base_columns.columns()) {
        if (const auto* const column = pg::find_column(columns, base.name)) {
            check_column(table, base, *column);
        }
    }
    const FirstValues given{.id_prefix = id_prefix, .tenant_id = existing_rows_tenant_id};
    const bool is_filled = has_rows(table);
    for (const auto& declaration : base_column_declarations) {
        if (const auto* const column = pg::find_column(columns, declaration.column.name)) {
            complete_column(table, declaration, *column);
        } else {
            add_column(table, declaration, is_filled ? first_value(table, declaration, given) : "");
        }
    }
}

} // namespace

POLICIES_FUNCTION(add_base_columns);

} // namespace policies
