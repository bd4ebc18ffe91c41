#include "functions/documents/published_policy.hpp"

#include <utility>

#include "functions/documents/policy_records.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

struct State {
    std::optional<std::string> app_id;
    std::optional<std::string> status;
};

} // namespace

PublishedPolicy lock_published_policy(const core::Claims& caller, const std::string& id) {
    auto state = lock_policy<State>(caller, id, "app_id, status");
    auto last = last_version(caller, id);
    if (!last) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "policy " + core::quoted(id) + " has no published version",
                  .hint = "Publish it by publish_policy() first."});
    }
    if (state.status != "active") {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "policy " + core::quoted(id) + " is not in force",
                  .detail = "Its status is " + core::quoted(state.status.value_or("")) + "."});
    }
    return {.id = id, .app_id = std::move(state.app_id), .version = std::move(last->version)};
}

} // namespace policies
