#include "core/typed_id.hpp"
#include "functions/row_security.hpp"
#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/values.hpp"

// The building blocks that attach triggers, views and history to a table, and the call that takes them off
// again.

namespace {

using namespace policies;
using pg::Table;

constexpr const char* deleted_prefix = "deleted_";
constexpr const char* history_suffix = "_history";

void require_base_columns(const Table& table, std::initializer_list<const char*> names) {
    const auto columns = pg::columns_of(table);
    for (const auto* const name : names) {
        if (pg::find_column(columns, name) == nullptr) {
            pg::fail({.code = core::ErrorCode::wrong_type,
                      .message = "table " + core::quoted(table.name) + " has no column " + core::quoted(name),
                      .hint = "Call policies.add_base_columns() first."},
                     name);
        }
    }
}

/// The name of a companion of a table, refused when PostgreSQL would cut it.
std::string companion_name(const std::string& name) {
    if (name.size() >= NAMEDATALEN) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "the name " + core::quoted(name) + " is too long",
                  .detail = "Names have at most " + std::to_string(NAMEDATALEN - 1) + " bytes.",
                  .hint = "Give the table a shorter name first."});
    }
    return name;
}

void give_to_administrators(const char* kind, const std::string& sql_name) {
    pg::execute("ALTER " + std::string(kind) + " " + sql_name + " OWNER TO " + pg::admin_role);
}

bool depends_on(std::string_view view_schema, std::string_view view, const Table& table) {
    return !pg::query(
                "SELECT FROM pg_rewrite r JOIN pg_class v ON v.oid = r.ev_class "
                "JOIN pg_namespace n ON n.oid = v.relnamespace "
                "JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid "
                "  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $3 "
                "WHERE n.nspname = $1 AND v.relname = $2 AND v.relkind = 'v'",
                {pg::text_parameter(view_schema), pg::text_parameter(view), pg::oid_parameter(table.oid)})
                .empty();
}

void create_view(const Table& table, const std::string& schema, const std::string& name,
                 const char* condition) {
    if (pg::relation_exists(schema, name) && !depends_on(schema, name, table)) {
        pg::fail({.code = core::ErrorCode::duplicate_object,
                  .message = "relation " + core::quoted(schema + "." + name) + " is in the way",
                  .detail = "It is not a view of table " + core::quoted(table.name) + ".",
                  .hint = "Choose another view_schema."});
    }
    std::string columns;
    for (const auto& column : pg::columns_of(table)) {
        columns += (columns.empty() ? "" : ", ") + pg::identifier(column.name);
    }
    const auto sql_name = pg::qualified(schema, name);
    pg::execute("CREATE OR REPLACE VIEW " + sql_name + " WITH (security_invoker = true) AS SELECT " +
                columns + " FROM " + table.sql_name() + " WHERE " + condition);
    give_to_administrators("VIEW", sql_name);
    pg::execute("REVOKE ALL ON " + sql_name + " FROM PUBLIC");
    pg::execute("GRANT SELECT ON " + sql_name + " TO " + pg::auditor_role);
}

void copy_column_comments(const Table& table, const std::string& copy) {
    for (const auto& row :
         pg::query("SELECT a.attname, d.description FROM pg_attribute a JOIN pg_description d "
                   "ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid "
                   "AND d.objsubid = a.attnum WHERE a.attrelid = $1 AND a.attnum > 0",
                   {pg::oid_parameter(table.oid)})) {
        pg::execute("COMMENT ON COLUMN " + copy + "." + pg::identifier(row[0].value()) + " IS " +
                    pg::literal(row[1].value()));
    }
}

std::string table_comment(const Table& table) {
    const auto rows =
        pg::query("SELECT coalesce(obj_description($1, 'pg_class'), '')", {pg::oid_parameter(table.oid)});
    return rows[0][0].value();
}

void create_views(const Table& table, const std::string& schema) {
    const auto live_name = table.name;
    const auto deleted_name = companion_name(deleted_prefix + table.name);
    create_view(table, schema, live_name, "NOT is_deleted");
    create_view(table, schema, deleted_name, "is_deleted");
    const auto live = pg::qualified(schema, live_name);
    const auto deleted = pg::qualified(schema, deleted_name);
    const auto grantees = std::string(pg::caller_role) + ", " + pg::admin_role;
    pg::execute("GRANT SELECT, INSERT, UPDATE, DELETE ON " + live + " TO " + grantees);
    pg::execute("GRANT SELECT, UPDATE ON " + deleted + " TO " + grantees);
    pg::execute("CREATE OR REPLACE TRIGGER policies_soft_delete INSTEAD OF DELETE ON " + live +
                " FOR EACH ROW EXECUTE FUNCTION policies.soft_delete()");
    const auto comment = table_comment(table);
    pg::execute("COMMENT ON VIEW " + live + " IS " +
                pg::literal(comment.empty()
                                ? "The rows of " + table.name + " that are not deleted. DELETE soft-deletes."
                                : comment));
    pg::execute("COMMENT ON VIEW " + deleted + " IS " +
                pg::literal("The soft-deleted rows of " + table.name +
                            ". UPDATE ... SET is_deleted = false restores."));
    copy_column_comments(table, live);
    copy_column_comments(table, deleted);
}

/// The columns of a table as its history declares them: of the same types, but without their limits (length,
/// precision, NOT NULL), since the history holds what was there under earlier ones.
std::string history_columns(const Table& table) {
    std::string columns;
    for (const auto& row : pg::query(
             "SELECT a.attname, format_type(a.atttypid, -1), "
             "       (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.collname) FROM pg_collation c "
             "        JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation) "
             "FROM pg_attribute a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped "
             "ORDER BY a.attnum",
             {pg::oid_parameter(table.oid)})) {
        columns += pg::identifier(row[0].value()) + " " + row[1].value() +
                   (row[2] ? " COLLATE " + *row[2] : "") + ", ";
    }
    return columns;
}

void create_history(const Table& table, const std::string& history) {
    pg::execute(
        "CREATE TABLE " + history + " (" + history_columns(table) +
        "valid_from timestamptz NOT NULL, valid_to timestamptz NOT NULL, superseded_by text COLLATE \"C\", "
        "CHECK (valid_from < valid_to), PRIMARY KEY (tenant_id, id, valid_from))");
    pg::execute("COMMENT ON TABLE " + history + " IS " +
                pg::literal("The superseded versions of the rows of " + table.name +
                            ", each with the time it was valid."));
    copy_column_comments(table, history);
    pg::execute("COMMENT ON COLUMN " + history +
                ".valid_from IS 'Since when this version was current (inclusive).'");
    pg::execute("COMMENT ON COLUMN " + history +
                ".valid_to IS 'Until when this version was current (exclusive).'");
    pg::execute(
        "COMMENT ON COLUMN " + history +
        ".superseded_by IS 'Person whose write ended this version; role:<name> for an administrator.'");
}

/// Adds to a history table the columns that its table has gained since. A type that changed is refused: the
/// old versions must stay as they were.
void complete_history(const Table& table, const std::string& history) {
    for (const auto& row :
         pg::query("SELECT a.attname, format_type(a.atttypid, -1), h.attname IS NOT NULL "
                   "FROM pg_attribute a LEFT JOIN pg_attribute h ON h.attrelid = to_regclass($2) "
                   "  AND h.attname = a.attname AND NOT h.attisdropped "
                   "WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped "
                   "  AND h.atttypid IS DISTINCT FROM a.atttypid ORDER BY a.attnum",
                   {pg::oid_parameter(table.oid), pg::text_parameter(history)})) {
        if (row[2] == "t") {
            pg::fail({.code = core::ErrorCode::wrong_type,
                      .message = "column " + core::quoted(row[0].value()) + " of table " +
                                 core::quoted(table.name) + " is now " + row[1].value() +
                                 ", but not in its history",
                      .hint = "Convert the column of the history table, too."},
                     row[0].value());
        }
        pg::execute("ALTER TABLE " + history + " ADD COLUMN " + pg::identifier(row[0].value()) + " " +
                    row[1].value());
    }
}

/// The history is written with the rights of policies_admin, who must reach it by name.
void let_administrators_use_schema(const Table& table) {
    const auto may_use = [&] {
        return pg::query("SELECT has_schema_privilege($1, $2, 'USAGE')",
                         {pg::text_parameter(pg::admin_role), pg::text_parameter(table.schema)})[0][0] == "t";
    };
    if (!may_use()) {
        pg::execute("GRANT USAGE ON SCHEMA " + pg::identifier(table.schema) + " TO " + pg::admin_role);
    }
    if (!may_use()) {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message = "role " + core::quoted(pg::admin_role) + " may not use schema " +
                             core::quoted(table.schema),
                  .hint = "Have the schema's owner grant it USAGE."});
    }
}

void keep_history(const Table& table) {
    require_base_columns(table, {"id", "tenant_id", "app_id", "updated_at", "updated_by"});
    let_administrators_use_schema(table);
    const auto history_name = companion_name(table.name + history_suffix);
    const auto history = pg::qualified(table.schema, history_name);
    if (pg::relation_exists(table.schema, history_name)) {
        complete_history(table, history);
    } else {
        create_history(table, history);
    }
    scope_by_tenant({.oid = pg::relation_oid(table.schema, history_name),
                     .schema = table.schema,
                     .name = history_name,
                     .is_partitioned = false},
                    Access::read_only);
    give_to_administrators("TABLE", history);
    pg::execute("CREATE OR REPLACE TRIGGER policies_history AFTER UPDATE OR DELETE ON " + table.sql_name() +
                " FOR EACH ROW EXECUTE FUNCTION policies.record_history()");
}

void drop_triggers(const Table& table) {
    for (const auto& row : pg::query("SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                                     "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE t.tgrelid = $1 "
                                     "AND t.tgparentid = 0 AND n.nspname = 'policies'",
                                     {pg::oid_parameter(table.oid)})) {
        pg::execute("DROP TRIGGER " + pg::identifier(row[0].value()) + " ON " + table.sql_name());
    }
}

/// The views that create_soft_delete_views made: the one with its trigger, and the deleted one beside it.
void drop_views(const Table& table) {
    for (const auto& row :
         pg::query("SELECT DISTINCT n.nspname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                   "JOIN pg_namespace pn ON pn.oid = p.pronamespace JOIN pg_class v ON v.oid = t.tgrelid "
                   "JOIN pg_namespace n ON n.oid = v.relnamespace "
                   "WHERE pn.nspname = 'policies' AND p.proname = 'soft_delete' AND v.relname = $1",
                   {pg::text_parameter(table.name)})) {
        for (const auto& name : {table.name, deleted_prefix + table.name}) {
            if (depends_on(row[0].value(), name, table)) {
                pg::execute("DROP VIEW " + pg::qualified(row[0].value(), name));
            }
        }
    }
}

void release_row_security(const Table& table) {
    drop_policies(table);
    const auto has_policies =
        !pg::query("SELECT FROM pg_policy WHERE polrelid = $1", {pg::oid_parameter(table.oid)}).empty();
    if (!has_policies) {
        pg::execute("ALTER TABLE " + table.sql_name() +
                    " DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY");
    }
    revoke_grants(table);
}

} // namespace

POLICIES_FUNCTION(stamp_writes) {
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
    PG_RETURN_VOID();
}

POLICIES_FUNCTION(create_soft_delete_views) {
    pg::require_arguments(fcinfo, {"table_name", "view_schema"});
    const std::string view_schema(NameStr(*PG_GETARG_NAME(1)));
    const pg::SpiSession session;
    const auto table = pg::lock_protectable_table(PG_GETARG_OID(0));
    require_base_columns(table, {"id", "tenant_id", "is_deleted"});
    create_views(table, view_schema);
    PG_RETURN_VOID();
}

POLICIES_FUNCTION(keep_history) {
    pg::require_arguments(fcinfo, {"table_name"});
    const pg::SpiSession session;
    keep_history(pg::lock_protectable_table(PG_GETARG_OID(0)));
    PG_RETURN_VOID();
}

POLICIES_FUNCTION(unprotect_table) {
    pg::require_arguments(fcinfo, {"table_name"});
    const pg::SpiSession session;
    const auto table = pg::lock_protectable_table(PG_GETARG_OID(0));
    if (table.schema == "policies") {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message =
                      "table " + core::quoted(table.name) + " belongs to the register and stays protected"});
    }
    drop_views(table);
    drop_triggers(table);
    release_row_security(table);
    for (const auto& partition : pg::partitions_of(table)) {
        release_row_security(partition);
    }
    pg::execute("ALTER TABLE " + table.sql_name() + " ALTER COLUMN tenant_id DROP DEFAULT");
    PG_RETURN_VOID();
}
