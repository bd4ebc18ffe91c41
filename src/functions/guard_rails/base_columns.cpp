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

std::string login_as_writer() {
    return "role:" + pg::session_role_name();
}

} // namespace policies
