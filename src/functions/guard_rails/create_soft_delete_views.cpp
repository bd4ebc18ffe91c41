#include "functions/guard_rails/create_soft_delete_views.hpp"

#include <algorithm>

#include "functions/guard_rails/base_columns.hpp"
#include "functions/guard_rails/companions.hpp"
#include "functions/guard_rails/schema_access.hpp"
#include "functions/guard_rails/scope_by_tenant.hpp"

// The live rows of a table, and the deleted ones, each as a view.

namespace policies {

namespace {

constexpr const char* deleted_prefix = "deleted_";

std::string column_list(const std::vector<pg::TableColumn>& columns) {
    std::string list;
    for (const auto& column : columns) {
        list += (list.empty() ? "" : ", ") + pg::identifier(column.name);
    }
    return list;
}

/// Two tables of one name in different schemas cannot share their views' schema.
void require_view_of(const pg::Table& table, const std::string& schema, const std::string& name) {
    const bool is_view_of_table =
        pg::execute("SELECT FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass "
                    "AND d.objid = r.oid "
                    "WHERE r.ev_class = $1 AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $2",
                    pg::relation_oid(schema, name), table.oid) > 0;
    if (!is_view_of_table) {
        refuse_name(schema + "." + name, "It is not a view of table " + core::quoted(table.name) + ".",
                    "Choose another view_schema.");
    }
}

/// Whether a view shows the first of a table's columns, or all of them.
bool shows_first(const std::vector<pg::TableColumn>& shown, const std::vector<pg::TableColumn>& columns) {
    return shown.size() <= columns.size() &&
           std::ranges::equal(shown, std::span(columns).first(shown.size()), {}, &pg::TableColumn::name,
                              &pg::TableColumn::name);
}

/// CREATE OR REPLACE VIEW only appends columns: a view whose columns were renamed or dropped is made anew.
void drop_outgrown_view(const std::string& schema, const std::string& name,
                        const std::vector<pg::TableColumn>& columns) {
    const auto old = pg::columns_of({.oid = pg::relation_oid(schema, name), .schema = schema, .name = name});
    if (!shows_first(old, columns)) {
        pg::execute("DROP VIEW " + pg::qualified(schema, name));
    }
}

void create_view(const pg::Table& table, const std::string& schema, const std::string& name,
                 const char* condition) {
    const auto columns = pg::columns_of(table);
    if (is_own_companion(schema, name, pg::RelationKind::view)) {
        require_view_of(table, schema, name);
        drop_outgrown_view(schema, name, columns);
    }
    const auto sql_name = pg::qualified(schema, name);
    pg::execute("CREATE OR REPLACE VIEW " + sql_name + " WITH (security_invoker = true) AS SELECT " +
                column_list(columns) + " FROM " + table.sql_name() + " WHERE " + condition);
    give_to_administrators("VIEW", sql_name);
    pg::execute("REVOKE ALL ON " + sql_name + " FROM PUBLIC");
    pg::execute("GRANT SELECT ON " + sql_name + " TO " + pg::auditor_role);
    copy_column_comments(table, sql_name);
}

std::string comment_of(const pg::Table& table) {
    return pg::query_one<std::string>("SELECT coalesce(obj_description($1, 'pg_class'), '')", table.oid);
}

void create_live_view(const pg::Table& table, const std::string& schema) {
    create_view(table, schema, table.name, "NOT is_deleted");
    const auto view = pg::qualified(schema, table.name);
    pg::execute("GRANT SELECT, INSERT, DELETE, " + update_of_columns(table) + " ON " + view + " TO " +
                pg::caller_role + ", " + pg::admin_role);
    pg::execute("CREATE OR REPLACE TRIGGER policies_soft_delete INSTEAD OF DELETE ON " + view +
                " FOR EACH ROW EXECUTE FUNCTION policies.soft_delete()");
    pg::execute("COMMENT ON TRIGGER policies_soft_delete ON " + view +
                " IS 'Marks a deleted row instead of removing it.'");
    const auto comment = comment_of(table);
    pg::execute("COMMENT ON VIEW " + view + " IS " +
                pg::literal(comment.empty()
                                ? "The rows of " + table.name + " that are not deleted. DELETE soft-deletes."
                                : comment));
}

void create_deleted_view(const pg::Table& table, const std::string& schema) {
    const auto name = companion_name(deleted_prefix + table.name);
    create_view(table, schema, name, "is_deleted");
    const auto view = pg::qualified(schema, name);
    pg::execute("GRANT SELECT, " + update_of_columns(table) + " ON " + view + " TO " + pg::caller_role +
                ", " + pg::admin_role);
    pg::execute("COMMENT ON VIEW " + view + " IS " +
                pg::literal("The soft-deleted rows of " + table.name +
                            ". UPDATE ... SET is_deleted = false restores."));
}

void create_views(const pg::Table& table, const std::string& schema) {
    const SchemaCreation creation(schema);
    create_live_view(table, schema);
    create_deleted_view(table, schema);
    creation.end();
}

/// The views of a table that have our trigger, by what they depend on: the table may have been renamed since.
std::vector<pg::Table> live_views_of(const pg::Table& table) {
    return pg::query<pg::Table>(
        "SELECT DISTINCT v.oid, n.nspname, v.relname, false FROM pg_trigger t JOIN pg_proc p ON p.oid = "
        "t.tgfoid "
        "JOIN pg_namespace f ON f.oid = p.pronamespace JOIN pg_class v ON v.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = v.relnamespace "
        "JOIN pg_rewrite r ON r.ev_class = v.oid "
        "JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid "
        "  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1 "
        "WHERE f.nspname = 'policies' AND p.proname = 'soft_delete'",
        table.oid);
}

/// Whether a live view is ours, and of that name: others may have views with our trigger as well.
bool is_made_of(const pg::Table& view, const std::string& name) {
    return view.name == name && pg::owner_of(view.oid) == pg::role_oid(pg::admin_role);
}

void rename_view(const std::string& schema, const std::string& from, const std::string& to) {
    if (pg::relation_exists(schema, from) && is_own_companion(schema, from, pg::RelationKind::view) &&
        !pg::relation_exists(schema, to)) {
        pg::execute("ALTER VIEW " + pg::qualified(schema, from) + " RENAME TO " + pg::identifier(to));
    }
}

/// Gives the views of a table that was renamed the names that go with the table's. Others that use them follow.
void rename_views(const pg::Table& table, const std::string& schema) {
    for (const auto& view : live_views_of(table)) {
        const auto deleted = deleted_prefix + view.name;
        if (view.schema == schema && view.name != table.name && is_made_of(view, view.name) &&
            pg::relation_exists(schema, deleted)) {
            const SchemaCreation creation(schema);
            rename_view(schema, view.name, table.name);
            rename_view(schema, deleted, companion_name(deleted_prefix + table.name));
            creation.end();
        }
    }
}

} // namespace

void extend_soft_delete_views(const pg::Table& table) {
    // The register's are create_register()'s.
    if (table.schema == "policies") {
        return;
    }
    const auto columns = pg::columns_of(table);
    for (const auto& view : live_views_of(table)) {
        const auto shown = pg::columns_of(view);
        if (is_made_of(view, table.name) && shown.size() < columns.size() && shows_first(shown, columns)) {
            create_views(table, view.schema);
            extend_grants(table);
        }
    }
}

void drop_soft_delete_views(const pg::Table& table) {
    for (const auto& view : live_views_of(table)) {
        pg::execute("DROP VIEW " + view.sql_name());
        const auto deleted = deleted_prefix + view.name;
        if (is_own_companion(view.schema, deleted, pg::RelationKind::view)) {
            pg::execute("DROP VIEW " + pg::qualified(view.schema, deleted));
        }
    }
}

namespace {

void create_soft_delete_views(pg::Oid table_name, const pg::NameText& view_schema) {
    const auto& schema = view_schema.text;
    if (schema.empty()) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "view_schema must be the name of a schema, not " + core::quoted(schema)});
    }
    const auto table = pg::lock_protectable_table(table_name);
    require_base_columns(
        table, {base_columns.id, base_columns.tenant_id, base_columns.updated_at, base_columns.is_deleted});
    rename_views(table, schema);
    create_views(table, schema);
    for (const auto* const role : {pg::caller_role, pg::auditor_role, pg::admin_role}) {
        give_usage(schema, role, "The views of table " + core::quoted(table.name) + " are for it to use.");
    }
}

} // namespace

POLICIES_FUNCTION(create_soft_delete_views);

} // namespace policies
