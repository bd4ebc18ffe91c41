#pragma once

#include "core/claims.hpp"
#include "pg/postgres.hpp"

namespace policies {

enum class RowLock { shared, exclusive };

/// Locks the row of a live policy that the caller sees, until the transaction ends, and reads expressions
/// over it (columns of policies.policies, every name and operator in them qualified), which are then in
/// pg::result_value(). Needs an open SpiSession. Fails with not_found.
void lock_policy(const core::Claims& caller, const std::string& id, const std::string& expressions,
                 RowLock lock);

} // namespace policies
