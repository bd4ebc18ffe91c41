#include "functions/guard_rails/base_columns.hpp"

namespace policies {

void require_base_columns(const pg::Table& table, const std::vector<pg::AnyColumn>& columns) {
    const auto found = pg::columns_of(table);
    for (const auto& column : columns) {
        if (pg::find_column(found, column.name) == nullptr) {
            pg::fail({.code = core::ErrorCode::wrong_type,
                      .message =
                          "table " + core::quoted(table.name) + " has no column " + core::quoted(column.name),
                      .hint = "Call policies.add_base_columns() first."},
                     column.name);
        }
    }
}

void refuse_constrained_domain(const pg::Table& table, const pg::TableColumn& column) {
    if (pg::has_domain_constraints(column.type)) {
        pg::fail({.code = core::ErrorCode::wrong_type,
                  .message = "column " + core::quoted(column.name) + " of table " + core::quoted(table.name) +
                             " is of the domain " + pg::type_name(column.type) + ", which has constraints",
                  .detail = "What is stamped would not be checked against them, and a dump of it not be "
                            "restored.",
                  .hint = "ALTER TABLE " + table.sql_name() + " ALTER COLUMN " + column.name + " TYPE " +
                          pg::type_name(column.base_type) +
                          " first. A CHECK of the table itself is obeyed. Nothing was changed."},
                 column.name);
    }
}

namespace {

struct ListedColumn {
    std::string_view name;
    std::string type;
    bool is_required;
    bool is_server_managed;
};

std::vector<ListedColumn> list_base_columns() {
    std::vector<ListedColumn> list;
    for (const auto& declaration : base_column_declarations) {
        const auto& column = declaration.column;
        list.push_back({.name = column.name,
                        .type = pg::type_name(column.type),
                        .is_required = declaration.is_required,
                        .is_server_managed = is_server_managed(column)});
    }
    return list;
}

} // namespace

POLICIES_FUNCTION(list_base_columns);

std::string login_as_writer() {
    return "role:" + pg::session_role_name();
}

} // namespace policies
