#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"

// What PostgREST on Citus calls at the start of each request, as the caller.

namespace {

using namespace policies;

constexpr const char* citus_setting = "citus.propagate_set_commands";
constexpr const char* claims_setting = "request.jwt.claims";

const char* setting(const char* name) {
    return pg::call([&] { return GetConfigOption(name, true, false); });
}

/// Claims that set_config() made do not reach the workers of a Citus cluster; those of SET LOCAL do, where it
/// is told so.
void pass_claims_to_workers() {
    const char* const claims = setting(claims_setting);
    const pg::SpiSession session;
    pg::execute("SET LOCAL " + std::string(citus_setting) + " = 'local'");
    pg::execute("SET LOCAL " + std::string(claims_setting) + " = " +
                pg::literal(claims == nullptr ? "" : claims));
}

} // namespace

POLICIES_FUNCTION(check_request) {
    if (setting(citus_setting) != nullptr) {
        pass_claims_to_workers();
    }
    pg::require_tenant();
    return Datum{0};
}
