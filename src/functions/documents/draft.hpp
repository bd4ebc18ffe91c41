#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/context/claims.hpp"
#include "pg/function.hpp"

namespace policies {

/// A policy's content as it is now, its row locked: what is approved, and what a publication freezes.
struct Draft {
    std::string policy_id;
    std::optional<std::string> app_id;
    std::optional<std::string> version; ///< as the row has it, which says nothing of what was published
    std::string body;                   ///< the text of the content, empty where it has none
    pg::Json content;
    std::string content_hash;
    core::Instant content_since;         ///< when the content was last changed
    std::vector<std::string> author_ids; ///< who changed it since the last publication
};

/// Locks a policy as lock_policy() does. Fails with not_found, and with conflict where nothing is known of the draft.
Draft lock_draft(const core::Claims& caller, const std::string& policy_id);

/// How many persons have approved the content since it was last changed, and were not its authors.
std::int32_t count_approvals(const core::Claims& caller, const Draft& draft);

} // namespace policies
