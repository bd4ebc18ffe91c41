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

/// How a column of another type becomes one that can be stamped.
std::string conversion_hint(const pg::Table& table, const pg::AnyColumn& base, pg::Oid type) {
    const std::string name = base.name;
    const auto alter_table = "ALTER TABLE " + table.sql_name();
    const bool is_text = type == pg::type::varchar || type == pg::type::bpchar;
    if (base.index == base_columns.id.index && !is_text) {
        return "Keep it under another name, which its keys, references and default follow: " + alter_table +
               " RENAME COLUMN id TO row_id. A column id of typed ids is then added. Nothing was changed.";
    }
    const auto value = base.type == pg::type::timestamptz
                           ? name + "::timestamp AT TIME ZONE 'UTC' (the zone of its times)"
                           : name + "::" + pg::type_name(base.type);
    return "Rename the column, or convert it: " + alter_table + " ALTER COLUMN " + name + " TYPE " +
           pg::type_name(base.type) + (base.type == pg::type::text ? " COLLATE \"C\"" : "") + " USING " +
           value + ". Nothing was changed.";
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
               "The stamps need it to be " + required + ".", conversion_hint(table, base, column.base_type));
    }
    refuse_constrained_domain(table, column);
    if (!column.compares_bytes) {
        refuse("has a nondeterministic collation", "Under it the ids of two tenants could be equal.",
               "Give the column COLLATE \"C\" first. Nothing was changed.");
    }
    if (column.is_generated) {
        refuse("is generated: it cannot be stamped", "", "");
    }
    const bool is_of_deleted_rows =
        base.index == base_columns.deleted_at.index || base.index == base_columns.deleted_by.index;
    if (is_of_deleted_rows &&
        pg::execute("SELECT FROM pg_attribute WHERE attrelid = $1 AND attname = $2 AND attnotnull", table.oid,
                    base.name) > 0) {
        refuse("is NOT NULL", "It is NULL in each row that is not deleted.",
               "ALTER TABLE " + table.sql_name() + " ALTER COLUMN " + base.name +
                   " DROP NOT NULL first, and leave it NULL in the rows that are not deleted. Nothing was "
                   "changed.");
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
    if (column.type == pg::type::timestamptz && declaration.standard != nullptr) {
        return "date_trunc('milliseconds', " + std::string(declaration.standard) + ")";
    }
    return declaration.standard == nullptr ? "NULL" : declaration.standard;
}

/// What the rows that are there already get in one of the two columns that say which are deleted, where the
/// other says it: a row that was deleted before stays deleted. Since when is not known better than by its last
/// write. Empty for any other column.
std::string adopted_value(const BaseColumn& declaration, const std::vector<pg::TableColumn>& columns) {
    const auto& column = declaration.column;
    if (column.index == base_columns.is_deleted.index &&
        pg::find_column(columns, base_columns.deleted_at.name) != nullptr) {
        return "deleted_at IS NOT NULL";
    }
    if (column.index == base_columns.deleted_at.index &&
        pg::find_column(columns, base_columns.is_deleted.name) != nullptr) {
        return "CASE WHEN is_deleted THEN updated_at END";
    }
    return "";
}

/// Adds a column as one that is computed from others, which fires no trigger, and then makes it an ordinary
/// one. With the rights of the table's owner, as whatever reads the table.
void add_computed_column(const pg::Table& table, const BaseColumn& declaration,
                         const std::string& expression) {
    const pg::AsRole owner(pg::owner_of(table.oid));
    const std::string name = declaration.column.name;
    alter(table,
          "ADD COLUMN " + name + " " + declaration.type + " GENERATED ALWAYS AS (" + expression + ") STORED");
    alter(table, "ALTER COLUMN " + name + " DROP EXPRESSION");
    if (declaration.is_required) {
        alter(table, "ALTER COLUMN " + name + " SET NOT NULL");
    }
}

void add_column_with_value(const pg::Table& table, const BaseColumn& declaration,
                           const std::string& first_value) {
    std::string action = "ADD COLUMN " + std::string(declaration.column.name) + " " + declaration.type;
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
}

void finish_column(const pg::Table& table, const BaseColumn& declaration) {
    const std::string name = declaration.column.name;
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
bool has_rows(const pg::Table& table, const std::string& condition = "true") {
    const pg::AsRole owner(pg::owner_of(table.oid));
    return pg::execute("SELECT FROM " + table.sql_name() + " WHERE " + condition + " LIMIT 1") > 0;
}

/// Makes sure that the two columns that say which rows are deleted never contradict each other.
void require_one_say_on_deletion(const pg::Table& table) {
    const bool is_checked =
        pg::execute(
            "SELECT FROM pg_constraint c WHERE c.conrelid = $1 AND c.contype = 'c' AND c.convalidated "
            "AND ARRAY(SELECT a.attname::text FROM unnest(c.conkey) AS key (number) "
            "  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = key.number "
            "  ORDER BY a.attname) = ARRAY[$2, $3]",
            table.oid, base_columns.deleted_at.name, base_columns.is_deleted.name) > 0;
    if (is_checked) {
        return;
    }
    const std::string contradiction = "is_deleted <> (deleted_at IS NOT NULL)";
    if (has_rows(table, contradiction)) {
        pg::fail({.code = core::ErrorCode::check_violation,
                  .message = "rows of table " + core::quoted(table.name) +
                             " are deleted by is_deleted and not by deleted_at, or the other way round",
                  .hint = "UPDATE " + table.sql_name() + " SET is_deleted = deleted_at IS NOT NULL WHERE " +
                          contradiction + ", or set deleted_at where it is missing. Nothing was changed."},
                 base_columns.deleted_at.name);
    }
    const pg::AsRole owner(pg::owner_of(table.oid));
    alter(table, "ADD CHECK (is_deleted = (deleted_at IS NOT NULL))");
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
            continue;
        }
        const auto expression = adopted_value(declaration, columns);
        if (expression.empty()) {
            add_column_with_value(table, declaration,
                                  is_filled ? first_value(table, declaration, given) : "");
        } else {
            add_computed_column(table, declaration, expression);
        }
        finish_column(table, declaration);
    }
    require_one_say_on_deletion(table);
}

} // namespace

POLICIES_FUNCTION(add_base_columns);

} // namespace policies
