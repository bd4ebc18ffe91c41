#pragma once

#include <optional>
#include <string>

#include "core/context/claims.hpp"

namespace policies {

/// A policy in force whose row is locked, and its latest published version.
struct PublishedPolicy {
    std::string id;
    std::optional<std::string> app_id;
    std::string version;
};

/// Locks a policy as lock_policy() does. Fails with not_found, and with conflict for one that has no published version or
/// is not in force.
PublishedPolicy lock_published_policy(const core::Claims& caller, const std::string& id);

} // namespace policies
