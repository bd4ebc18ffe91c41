#include <algorithm>

#include "functions/guard_rails/base_columns.hpp"
#include "functions/guard_rails/companions.hpp"
#include "functions/guard_rails/create_soft_delete_views.hpp"
#include "functions/guard_rails/schema_access.hpp"
#include "functions/guard_rails/scope_by_tenant.hpp"

// The table of superseded versions, and the trigger that fills it.

namespace policies {

namespace {

constexpr const char* history_suffix = "_history";
constexpr std::array<const char*, 3> period_columns{"valid_from", "valid_to", "superseded_by"};

/// A column of a table as its history declares it: of the type under its domains and without its limits
/// (length, precision, NOT NULL). The history holds what was there under earlier ones, and a domain's default
/// or constraint would run its owner's code with the rights of whoever changes the history.
struct HistoryColumn {
    std::string name;
    std::string type;
    std::optional<std::string> collation;

    std::string declaration() const {
        return pg::identifier(name) + " " + type + (collation ? " COLLATE " + *collation : "");
    }
};

/// The stored columns of a table that meet a condition: what PostgreSQL 18 computes at every reading follows
/// from the others. h is the history's column of the same name, base the type under the domains.
std::vector<HistoryColumn> history_columns(const pg::Table& table, const std::string& condition,
                                           const std::string& history) {
    return pg::query<HistoryColumn>(
        "SELECT a.attname, format_type(base.type, -1), "
        "       (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.collname) FROM pg_collation c "
        "        JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation) "
        "FROM pg_attribute a LEFT JOIN pg_attribute h ON h.attrelid = to_regclass($2) "
        "  AND h.attname = a.attname AND NOT h.attisdropped "
        "CROSS JOIN LATERAL ("
        "  WITH RECURSIVE domain (type, depth) AS (SELECT a.atttypid, 0 UNION ALL "
        "    SELECT t.typbasetype, d.depth + 1 FROM domain d JOIN pg_type t ON t.oid = d.type "
        "    WHERE t.typtype = 'd') "
        "  SELECT type FROM domain ORDER BY depth DESC LIMIT 1) AS base "
        "WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v' AND " +
            condition + " ORDER BY a.attnum",
        table.oid, history);
}

void refuse_period_columns(const pg::Table& table) {
    const auto columns = pg::columns_of(table);
    for (const auto* const name : period_columns) {
        if (pg::find_column(columns, name) != nullptr) {
            pg::fail({.code = core::ErrorCode::duplicate_object,
                      .message = "table " + core::quoted(table.name) + " has a column " + core::quoted(name) +
                                 " of its own",
                      .detail = "The history of a table has a column of that name beside the table's.",
                      .hint = "Rename the column first."},
                     name);
        }
    }
}

/// The period comes first, and then the table's columns: one that the table gains stands last in both,
/// whether the history is there already or is made later.
void create_history(const pg::Table& table, const std::string& history) {
    std::string columns;
    for (const auto& column : history_columns(table, "true", history)) {
        columns += column.declaration() + ", ";
    }
    pg::execute("CREATE TABLE " + history +
                " (valid_from timestamptz NOT NULL, valid_to timestamptz NOT NULL, superseded_by text "
                "COLLATE \"C\", " +
                columns + "CHECK (valid_from < valid_to), PRIMARY KEY (tenant_id, id, valid_from))");
    const auto comment_on = [&](const char* column, const char* comment) {
        pg::execute("COMMENT ON COLUMN " + history + "." + column + " IS " + pg::literal(comment));
    };
    comment_on("valid_from", "Since when this version was current (inclusive).");
    comment_on("valid_to", "Until when this version was current (exclusive).");
    comment_on("superseded_by", "Person whose write ended this version; role:<name> for an administrator.");
}

void comment_on_history(const pg::Table& table, const std::string& history) {
    pg::execute("COMMENT ON TABLE " + history + " IS " +
                pg::literal("The superseded versions of the rows of " + table.name +
                            ", each with the time it was valid."));
}

void require_period_columns(const pg::Table& history) {
    const auto columns = pg::columns_of(history);
    for (const auto* const name : period_columns) {
        if (pg::find_column(columns, name) == nullptr) {
            refuse_name(history.name, "It is no history: it has no column " + core::quoted(name) + ".",
                        "Rename or drop it first.");
        }
    }
}

/// How many of a relation's columns stand before one and are the other's as well.
std::ptrdiff_t place_of(const std::string& column, const std::vector<pg::TableColumn>& columns,
                        const std::vector<pg::TableColumn>& others) {
    const auto end = std::ranges::find(columns, column, &pg::TableColumn::name);
    return std::count_if(columns.begin(), end,
                         [&](const auto& before) { return pg::find_column(others, before.name) != nullptr; });
}

/// Refuses a column that the history lacks while it has another, of the same type and at the same place, that the table
/// lacks: it may have been renamed, and what it held would stand under the name of before alone. Both add columns
/// behind those that they have.
void refuse_renamed_columns(const pg::Table& table, const pg::Table& history,
                            const std::vector<HistoryColumn>& missing) {
    const auto columns = pg::columns_of(table);
    const auto kept = pg::columns_of(history);
    for (const auto& column : missing) {
        for (const auto& former : kept) {
            const bool is_gone = pg::find_column(columns, former.name) == nullptr &&
                                 std::ranges::find(period_columns, former.name) == period_columns.end();
            if (is_gone && former.type == pg::find_column(columns, column.name)->base_type &&
                place_of(column.name, columns, kept) == place_of(former.name, kept, columns)) {
                pg::fail({.code = core::ErrorCode::undefined_column,
                          .message = "column " + core::quoted(column.name) + " of table " +
                                     core::quoted(table.name) + " is not in its history, which has " +
                                     core::quoted(former.name) + " in its place",
                          .hint = "If the column was renamed: ALTER TABLE " + history.sql_name() +
                                  " RENAME COLUMN " + pg::identifier(former.name) + " TO " +
                                  pg::identifier(column.name) + "; if it is a new one: ALTER TABLE " +
                                  history.sql_name() + " ADD COLUMN " + column.declaration() + ";"},
                         column.name);
            }
        }
    }
}

/// Adds to a history the columns that its table has gained since. A type that changed is refused: the old
/// versions must stay as they were.
void complete_history(const pg::Table& table, const pg::Table& history) {
    const auto sql_name = history.sql_name();
    const auto changed = history_columns(table, "h.atttypid <> base.type", sql_name);
    if (!changed.empty()) {
        pg::fail(
            {.code = core::ErrorCode::wrong_type,
             .message = "column " + core::quoted(changed[0].name) + " of table " + core::quoted(table.name) +
                        " is now " + changed[0].type + ", but not in its history",
             .hint =
                 "Rename the column of the history table, which keeps what it has: then it gets another."},
            changed[0].name);
    }
    const auto missing = history_columns(table, "h.attname IS NULL", sql_name);
    refuse_renamed_columns(table, history, missing);
    for (const auto& column : missing) {
        pg::execute("ALTER TABLE " + sql_name + " ADD COLUMN " + column.declaration());
    }
}

/// The history is written with the rights of policies_admin, who must reach it by name, and owned by it, for
/// which PostgreSQL asks CREATE unless a superuser says so. CREATE is the schema owner's to grant.
void require_schema_privileges(const pg::Table& table) {
    const auto purpose = "The history of table " + core::quoted(table.name) + " is to belong to it.";
    give_usage(table.schema, pg::admin_role, purpose);
    if (!pg::is_superuser() &&
        !pg::query_one<bool>("SELECT has_schema_privilege($1, $2, 'CREATE')", pg::admin_role, table.schema)) {
        pg::fail(
            {.code = core::ErrorCode::not_permitted,
             .message = "role " + core::quoted(pg::admin_role) + " has no privilege CREATE on schema " +
                        core::quoted(table.schema),
             .detail = purpose,
             .hint = "Have the schema's owner grant it USAGE and CREATE, or a superuser protect the table."});
    }
}

/// The tables of a schema whose trigger keeps a history of that name.
std::vector<pg::Oid> tables_with_history(const std::string& schema, const std::string& history) {
    return pg::query<pg::Oid>(
        "SELECT t.tgrelid FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND t.tgparentid = 0 "
        "AND t.tgfoid = 'policies.record_history()'::regprocedure "
        // Each argument ends with a zero byte.
        "AND t.tgargs = convert_to($2, getdatabaseencoding()) || decode('00', 'hex')",
        schema, history);
}

/// The history that a table's trigger names, which has another name than the table once that was renamed.
std::optional<std::string> history_of_trigger(const pg::Table& table) {
    return pg::query_one<std::optional<std::string>>(
        "SELECT convert_from(substring(tgargs FROM 1 FOR octet_length(tgargs) - 1), getdatabaseencoding()) "
        "FROM pg_trigger WHERE tgrelid = $1 AND tgparentid = 0 AND tgnargs = 1 "
        "AND tgfoid = 'policies.record_history()'::regprocedure",
        table.oid);
}

/// Another table may have had the name of this one before, and its history still has.
void refuse_history_of_another(const pg::Table& table, const std::string& history) {
    for (const auto oid : tables_with_history(table.schema, history)) {
        if (oid != table.oid) {
            const auto other = pg::table_of(oid);
            refuse_name(table.schema + "." + history,
                        "It is the history of table " + core::quoted(other.name) + ".",
                        "Call policies.keep_history(" + pg::literal(other.sql_name()) +
                            ") first: its history then follows the name of its table.");
        }
    }
}

/// A table that moved to another schema has left its history behind.
void refuse_history_elsewhere(const pg::Table& table, const std::string& history) {
    for (const auto& schema : pg::query<std::string>(
             "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
             "WHERE c.relname = $1 AND n.nspname <> $2 AND c.relkind = 'r' "
             "AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = $3) ORDER BY 1",
             history, table.schema, pg::admin_role)) {
        if (tables_with_history(schema, history).empty()) {
            pg::fail({.code = core::ErrorCode::wrong_object,
                      .message = "the history of table " + core::quoted(table.name) + " is not in schema " +
                                 core::quoted(table.schema) + ", but perhaps in " + core::quoted(schema),
                      .detail = "A history stands in the schema of its table. A second one would begin.",
                      .hint = "ALTER TABLE " + pg::qualified(schema, history) + " SET SCHEMA " +
                              pg::identifier(table.schema) + "; or, if it is another table's, rename it."});
        }
    }
}

/// Gives the history of a table that was renamed the name that goes with the table's.
void rename_history(const pg::Table& table, const std::string& name) {
    const auto kept = history_of_trigger(table);
    const bool has_name = pg::relation_exists(table.schema, name);
    if (!kept || (has_name && *kept == name)) {
        return;
    }
    const auto owner = pg::owner_of(pg::relation_oid(table.schema, *kept));
    if (owner != pg::role_oid(pg::admin_role)) {
        if (!has_name) {
            refuse_history_elsewhere(table, *kept);
        }
        return;
    }
    is_own_companion(table.schema, *kept, pg::RelationKind::table);
    refuse_history_of_another(table, *kept);
    if (has_name) {
        refuse_name(table.schema + "." + name, "The history of the table is " + core::quoted(*kept) + ".",
                    "Rename or drop the one that is in the way first.");
    }
    const SchemaCreation creation(table.schema);
    pg::execute("ALTER TABLE " + pg::qualified(table.schema, *kept) + " RENAME TO " + pg::identifier(name));
    creation.end();
}

/// Makes the history of a table, or brings it to the table's columns.
pg::Table make_history(const pg::Table& table) {
    const auto name = companion_name(table.name + history_suffix);
    const auto sql_name = pg::qualified(table.schema, name);
    rename_history(table, name);
    refuse_history_of_another(table, name);
    if (!is_own_companion(table.schema, name, pg::RelationKind::table)) {
        if (table.schema != "policies") {
            require_schema_privileges(table);
        }
        const SchemaCreation creation(table.schema);
        create_history(table, sql_name);
        creation.end();
    }
    pg::Table history{.oid = pg::relation_oid(table.schema, name), .schema = table.schema, .name = name};
    require_period_columns(history);
    complete_history(table, history);
    copy_column_comments(table, sql_name);
    comment_on_history(table, sql_name);
    return history;
}

void keep_history(pg::Oid table_name) {
    const auto table = pg::lock_protectable_table(table_name);
    require_base_columns(table, {base_columns.id, base_columns.tenant_id, base_columns.app_id,
                                 base_columns.updated_at, base_columns.updated_by});
    refuse_period_columns(table);
    const auto history = make_history(table);
    put_in_tenant_scope(history, Access::read_only);
    give_to_administrators("TABLE", history.sql_name());
    pg::execute("CREATE OR REPLACE TRIGGER policies_history AFTER UPDATE OR DELETE ON " + table.sql_name() +
                " FOR EACH ROW EXECUTE FUNCTION policies.record_history(" + pg::literal(history.name) + ")");
    pg::execute("COMMENT ON TRIGGER policies_history ON " + table.sql_name() +
                " IS 'Keeps the superseded version of a row.'");
    extend_soft_delete_views(table);
}

} // namespace

POLICIES_FUNCTION(keep_history);

} // namespace policies
