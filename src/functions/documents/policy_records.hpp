#pragma once

#include "core/context/claims.hpp"
#include "pg/postgres.hpp"

namespace policies {

/// Locks the row of a live policy that the caller sees, so that one at a time works on it until its
/// transaction ends, and reads expressions over it (columns of policies.policies, every name and operator in
/// them qualified), which are then in pg::result_value(). Needs an open SpiSession. Fails with not_found.
void lock_policy(const core::Claims& caller, const std::string& id, const std::string& expressions);

/// The latest published version of a policy.
struct PublishedVersion {
    std::string version;
    std::string hash;
    TimestampTz published_at;
};

/// That version of a policy that the caller sees, or nothing when none was published.
std::optional<PublishedVersion> last_version(const core::Claims& caller, const std::string& id);

/// Fails with an error of so many sentences.
[[noreturn]] void fail(core::ErrorCode code, std::string message, std::string detail = {},
                       std::string hint = {});

/// The caller's context. A copy: what follows may change its cache. Fails with not_permitted without one.
core::Claims current_caller();

/// The calling person, who alone can answer for something. Fails with not_permitted for a caller who is none.
std::string require_person(const core::Claims& caller, const char* action);

/// The owner of the records, with whose rights they are written, once it owns these tables of them as well:
/// another owner's triggers would run with its rights.
Oid owner_of_records(std::initializer_list<const char*> written);

} // namespace policies
