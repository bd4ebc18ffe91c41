#pragma once

#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "core/context/claims.hpp"
#include "pg/function.hpp"

// What publishing, approving, acknowledging and reviewing share. The policy is read, locked and updated with the caller's
// rights; the records, which callers cannot write, with pg::AsOwner's. Whoever writes them holds the lock on the policy's
// row until its transaction ends.

namespace policies {

/// Fails with not_found, naming the policy.
[[noreturn]] void fail_for_unknown_policy(const std::string& id);

/// Locks the row of a live policy that the caller sees, so that one at a time works on it until its transaction ends, and
/// reads expressions over it, columns of policies.policies p, as the fields of a Row. Fails with not_found.
template <typename Row>
Row lock_policy(const core::Claims& caller, const std::string& id, const std::string& expressions) {
    auto row = pg::query_one<std::optional<Row>>(
        "SELECT " + expressions +
            " FROM policies.policies p WHERE tenant_id = $1 AND id = $2 AND NOT is_deleted "
            "AND ($3 IS NULL OR app_id = $3) FOR NO KEY UPDATE",
        caller.tenant_id, id, caller.app_id);
    if (!row) {
        fail_for_unknown_policy(id);
    }
    return *std::move(row);
}

/// The latest published version of a policy.
struct PublishedVersion {
    std::string version;
    std::string hash;
    core::Instant published_at;
};

/// That version of a policy that the caller sees, or nothing when none was published.
std::optional<PublishedVersion> last_version(const core::Claims& caller, const std::string& id);

/// The calling person, who alone can answer for something. Fails with not_permitted for a caller who is none, naming the
/// action.
std::string require_person(const core::Claims& caller, const char* action);

} // namespace policies
