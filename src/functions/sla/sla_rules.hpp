#pragma once

#include <memory>
#include <unordered_map>

#include "core/calendar/business_clock.hpp"
#include "core/context/claims.hpp"
#include "pg/postgres.hpp"

// What the SLA clock runs by: the SLA policies and business calendars that are in force for the caller, read
// once per backend and caller's scope, and again after a change by anyone.

namespace policies {

/// A business calendar, compiled.
struct CalendarInForce {
    std::optional<std::string> id; ///< nothing for the clock that never stops
    std::string name;
    std::string time_zone;
    core::BusinessClock clock;
};

/// The targets of an SLA policy, in minutes.
struct TargetsInForce {
    std::string policy_id;
    std::optional<std::string> policy_name;
    std::optional<std::int32_t> first_response_minutes;
    std::optional<std::int32_t> resolution_minutes;
    bool business_hours_only;
};

/// Finds texts by views of them.
struct TextHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// The policies and calendars that are in force for one caller, now or at an instant of the past.
class SlaRules {
public:
    SlaRules(core::Claims caller, std::optional<TimestampTz> as_of);

    /// The active policy for tickets of a type and priority, or null when none applies.
    const TargetsInForce* targets(std::string_view ticket_type, std::string_view priority) const;

    /// The calendar of that id, or without one the caller's default, or else the clock that never stops.
    /// Fails with not_found for an id that the caller does not see.
    std::shared_ptr<const CalendarInForce> calendar(std::optional<std::string_view> id);

    /// The calendar that a policy's clock runs on.
    std::shared_ptr<const CalendarInForce> calendar_of(const TargetsInForce& targets);

private:
    core::Claims caller_;
    std::optional<TimestampTz> as_of_;
    TextMap<TextMap<TargetsInForce>> policies_{}; ///< by priority and ticket type
    TextMap<std::shared_ptr<const CalendarInForce>>
        calendars_{}; ///< those asked for, by id; the default one as ""
};

/// The rules for the caller. Fails with not_permitted without a context.
std::shared_ptr<SlaRules> current_sla_rules(std::optional<TimestampTz> as_of = std::nullopt);

/// Call once, at load.
void watch_sla_rules();

} // namespace policies
