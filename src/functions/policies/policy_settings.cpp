#include "functions/policies/policy_settings.hpp"

#include "pg/function.hpp"

namespace policies {

PolicySettings settings_of(std::string_view tenant_id, const std::optional<std::string>& app_id) {
    const pg::AsOwner owner("policy_settings");
    return pg::query_one<std::optional<PolicySettings>>(
               "SELECT required_approvals, review_cadence, time_zone FROM policies.policy_settings "
               "WHERE tenant_id = $1 AND NOT is_deleted AND (app_id IS NULL OR app_id = $2) "
               "ORDER BY app_id NULLS LAST LIMIT 1",
               tenant_id, app_id)
        .value_or(PolicySettings{});
}

} // namespace policies
