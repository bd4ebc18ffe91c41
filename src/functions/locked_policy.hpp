#pragma once

#include "core/claims.hpp"
#include "pg/postgres.hpp"

namespace policies {

/// Locks the row of a live policy that the caller sees, so that one at a time works on it until its
/// transaction ends, and reads expressions over it (columns of policies.policies, every name and operator in
/// them qualified), which are then in pg::result_value(). Needs an open SpiSession. Fails with not_found.
void lock_policy(const core::Claims& caller, const std::string& id, const std::string& expressions);

} // namespace policies
