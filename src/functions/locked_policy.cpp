#include "functions/locked_policy.hpp"

#include "pg/guard.hpp"
#include "pg/spi.hpp"

namespace policies {

void lock_policy(const core::Claims& caller, const std::string& id, const std::string& expressions) {
    const auto count = pg::execute(
        "SELECT " + expressions +
            " FROM policies.policies p "
            "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND id OPERATOR(pg_catalog.=) $2 AND NOT is_deleted "
            "AND ($3 IS NULL OR app_id OPERATOR(pg_catalog.=) $3) FOR NO KEY UPDATE",
        {pg::text_parameter(caller.tenant_id), pg::text_parameter(id), pg::text_parameter(caller.app_id)});
    if (count == 0) {
        pg::fail({.code = core::ErrorCode::not_found,
                  .message = "policy " + core::quoted(id) + " does not exist"});
    }
}

} // namespace policies
