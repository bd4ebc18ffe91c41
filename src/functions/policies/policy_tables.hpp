#pragma once

#include <array>
#include <string_view>

namespace policies {

/// A table of the schema policies whose rows belong to a policy each.
struct PolicyTable {
    std::string_view name;
    std::string_view policy_column; ///< which policy, together with tenant_id
    std::string_view export_name;   ///< in the document of export_policy(); empty for what stays behind
    std::string_view export_order;  ///< the column by which its rows stand there; empty for a single row
};

/// The policies and what belongs to them, in the order in which it can be removed. Their words and their coverage
/// go with them by themselves.
inline constexpr std::array<PolicyTable, 8> policy_tables{{
    {"policy_reviews", "policy_id", "reviews", "id"},
    {"policy_approvals", "policy_id", "approvals", "id"},
    {"policy_acknowledgements", "policy_id", "acknowledgements", "id"},
    {"review_notices", "policy_id", "", ""},
    {"policy_versions", "policy_id", "versions", "version_sort_key"},
    {"policy_drafts", "id", "draft", ""},
    {"policies", "id", "policy", ""},
    // After the policies, whose removal adds their last version to it.
    {"policies_history", "id", "history", "valid_from"},
}};

} // namespace policies
