#include "functions/policies/policy_tables.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

/// What belongs to the policy $2 of the tenant $1 in a table, as an expression: the row, or an array of them.
std::string exported(const PolicyTable& table) {
    const std::string value = table.export_order.empty() ? "to_jsonb(r)"
                                                         : "jsonb_agg(to_jsonb(r) ORDER BY r." +
                                                               std::string(table.export_order) + ")";
    return "(SELECT " + value + " FROM policies." + std::string(table.name) +
           " r WHERE r.tenant_id = $1 AND r." + std::string(table.policy_column) + " = $2)";
}

pg::AnyValue export_policy(std::string_view tenant_id, const core::TypedId& policy_id) {
    std::string members = "'format', 'policies-export', 'format_version', 1";
    for (const auto& table : policy_tables) {
        if (!table.export_name.empty()) {
            members += ", '" + std::string(table.export_name) + "', " + exported(table);
        }
    }
    const auto document = pg::query_one<std::optional<pg::AnyValue>>(
        "SELECT jsonb_build_object(" + members +
            ") FROM policies.policies p WHERE p.tenant_id = $1 AND p.id = $2",
        tenant_id, policy_id);
    if (!document) {
        pg::fail({.code = core::ErrorCode::not_found,
                  .message = "policy " + core::quoted(core::format_typed_id(policy_id)) + " of tenant " +
                             core::quoted(tenant_id) + " does not exist"});
    }
    return *document;
}

} // namespace

POLICIES_FUNCTION(export_policy);

} // namespace policies
