#include "functions/policies/policy_tables.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

struct NamedTable {
    std::string_view table_name;
    std::string_view policy_column;
};

std::vector<NamedTable> tables_of_policies() {
    std::vector<NamedTable> tables;
    for (const auto& table : policy_tables) {
        tables.push_back({table.name, table.policy_column});
    }
    return tables;
}

} // namespace

POLICIES_FUNCTION(tables_of_policies);

} // namespace policies
