#include "functions/guard_rails/base_columns.hpp"

namespace policies {

namespace {

std::vector<std::string> server_managed_columns() {
    std::vector<std::string> names;
    for (const auto& column : base_columns.columns()) {
        if (is_server_managed(column)) {
            names.emplace_back(column.name);
        }
    }
    return names;
}

} // namespace

POLICIES_FUNCTION(server_managed_columns);

} // namespace policies
