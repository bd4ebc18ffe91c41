#include "functions/documents/policy_records.hpp"

namespace policies {

void fail_for_unknown_policy(const std::string& id) {
    pg::fail(
        {.code = core::ErrorCode::not_found, .message = "policy " + core::quoted(id) + " does not exist"});
}

std::optional<PublishedVersion> last_version(const core::Claims& caller, const std::string& id) {
    return pg::query_one<std::optional<PublishedVersion>>(
        "SELECT version, version_hash, published_at FROM policies.policy_versions "
        "WHERE tenant_id = $1 AND policy_id = $2 ORDER BY version_sort_key DESC LIMIT 1",
        caller.tenant_id, id);
}

std::string require_person(const core::Claims& caller, const char* action) {
    if (!caller.person_id) {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message = std::string("only a person can ") + action + " a policy",
                  .detail = "The caller's claims name no person."});
    }
    return *caller.person_id;
}

} // namespace policies
