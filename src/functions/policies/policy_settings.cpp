#include "functions/policies/policy_settings.hpp"

#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/values.hpp"

namespace policies {

PolicySettings settings_of(std::string_view tenant_id, const std::optional<std::string>& app_id) {
    const pg::RunAs owner(pg::register_owner("policy_settings"));
    const auto count = pg::execute("SELECT required_approvals, review_cadence FROM policies.policy_settings "
                                   "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND NOT is_deleted "
                                   "AND (app_id IS NULL OR app_id OPERATOR(pg_catalog.=) $2) "
                                   "ORDER BY app_id NULLS LAST LIMIT 1",
                                   {pg::text_parameter(tenant_id), pg::text_parameter(app_id)});
    if (count == 0) {
        return {};
    }
    const auto cadence = pg::result_value(0, 2);
    return {.required_approvals = DatumGetInt32(pg::result_value(0, 1).value),
            .review_cadence = cadence.is_null
                                  ? std::nullopt
                                  : std::optional(pg::cadence_of(*DatumGetIntervalP(cadence.value)))};
}

} // namespace policies
