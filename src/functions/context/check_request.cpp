#include "pg/function.hpp"

namespace policies {

namespace {

constexpr const char* citus_setting = "citus.propagate_set_commands";
constexpr const char* claims_setting = "request.jwt.claims";

/// Claims that set_config() made do not reach the workers of a Citus cluster; those of SET LOCAL do, where it
/// is told so.
void pass_claims_to_workers() {
    const std::string claims(pg::setting(claims_setting));
    pg::execute("SET LOCAL " + std::string(citus_setting) + " = 'local'");
    pg::execute("SET LOCAL " + std::string(claims_setting) + " = " + pg::literal(claims));
}

/// What PostgREST calls at the start of each request, as the caller.
void check_request() {
    if (pg::has_setting(citus_setting)) {
        pass_claims_to_workers();
    }
    pg::require_tenant();
}

} // namespace

POLICIES_FUNCTION(check_request);

} // namespace policies
