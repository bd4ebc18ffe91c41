#include "functions/guard_rails/base_columns.hpp"
#include "functions/guard_rails/companions.hpp"
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

/// Adds to a history the columns that its table has gained since. A type that changed is refused: the old
/// versions must stay as they were.
void complete_history(const pg::Table& table, const std::string& history) {
    const auto changed = history_columns(table, "h.atttypid <> base.type", history);
    if (!changed.empty()) {
        pg::fail(
            {.code = core::ErrorCode::wrong_type,
             .message = "column " + core::quoted(changed[0].name) + " of table " + core::quoted(table.name) +
                        " is now " + changed[0].type + ", but not in its history",
             .hint =
                 "Rename the column of the history table, which keeps what it has: then it gets another."},
            changed[0].name);
    }
    for (const auto& column : history_columns(table, "h.attname IS NULL", history)) {
        pg::execute("ALTER TABLE " + history + " ADD COLUMN " + column.declaration());
    }
}

bool has_schema_privilege(const pg::Table& table, const char* privilege) {
    return pg::query_one<bool>("SELECT has_schema_privilege($1, $2, $3)", pg::admin_role, table.schema,
                               privilege);
}

/// The history is written with the rights of policies_admin, who must reach it by name, and owned by it, for
/// which PostgreSQL asks CREATE unless a superuser says so. CREATE is the schema owner's to grant.
void require_schema_privileges(const pg::Table& table) {
    pg::lock_schema(table.schema);
    if (!has_schema_privilege(table, "USAGE")) {
        pg::execute("GRANT USAGE ON SCHEMA " + pg::identifier(table.schema) + " TO " + pg::admin_role);
    }
    for (const auto* const privilege : {"USAGE", "CREATE"}) {
        if (!has_schema_privilege(table, privilege) &&
            !(pg::is_superuser() && privilege == std::string_view("CREATE"))) {
            pg::fail(
                {.code = core::ErrorCode::not_permitted,
                 .message = "role " + core::quoted(pg::admin_role) + " has no privilege " + privilege +
                            " on schema " + core::quoted(table.schema),
                 .detail = "The history of table " + core::quoted(table.name) + " is to belong to it.",
                 .hint =
                     "Have the schema's owner grant it USAGE and CREATE, or a superuser protect the table."});
        }
    }
}

/// Makes the history of a table, or brings it to the table's columns.
pg::Table make_history(const pg::Table& table) {
    const auto name = companion_name(table.name + history_suffix);
    const auto sql_name = pg::qualified(table.schema, name);
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
    complete_history(table, sql_name);
    copy_column_comments(table, sql_name);
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
}

} // namespace

POLICIES_FUNCTION(keep_history);

} // namespace policies
