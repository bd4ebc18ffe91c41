#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/calendar/cadence.hpp"

namespace policies {

/// How a tenant handles its policies.
struct PolicySettings {
    int required_approvals{0};
    std::optional<core::Cadence> review_cadence{};
    std::string time_zone{"UTC"}; ///< in which cadences are added
};

/// The settings that hold for the policies of an application, or of none: its own, else the tenant's, else
/// those that hold without any. Read with the owner's rights, since an application does not see the tenant's.
PolicySettings settings_of(std::string_view tenant_id, const std::optional<std::string>& app_id);

} // namespace policies
