#pragma once

#include <memory>
#include <unordered_map>

#include "core/calendar/business_clock.hpp"
#include "core/sla/rules_version.hpp"
#include "core/sla/timeline.hpp"
#include "pg/function.hpp"

// The SLA policies and business calendars that are in force for a caller, as the tables have them.

namespace policies {

inline constexpr core::Duration microseconds_per_minute = 60 * core::microseconds_per_second;

/// Microseconds as minutes, seconds as their fraction.
double minutes_of(core::Duration duration);

/// A business calendar, compiled.
struct CalendarInForce {
    std::optional<std::string> id; ///< nothing for the clock that never stops
    std::string version;           ///< by format_row_version; empty for the clock that never stops
    std::string name;
    std::string time_zone;
    core::BusinessClock clock;

    /// When so many minutes are due that begin at an instant; nothing where a pause without an end stops the
    /// clock. Fails with out_of_range when the result is.
    std::optional<core::Instant> due_at(core::Instant start, std::int32_t minutes,
                                        std::span<const core::Pause> pauses) const;
};

/// The targets of an SLA policy, in minutes.
struct TargetsInForce {
    std::string policy_id;
    std::string version; ///< by format_row_version
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

/// By priority and ticket type.
template <typename Value>
using ByTicket = TextMap<TextMap<Value>>;

using SharedTargets = std::shared_ptr<const TargetsInForce>;

/// The targets in force for a caller.
ByTicket<SharedTargets> read_targets(const core::Claims& caller);

/// The targets in force for a caller at every instant of the past.
ByTicket<core::Timeline<SharedTargets>> read_past_targets(const core::Claims& caller);

/// The targets of a version of a policy of the caller. Fails with not_found.
SharedTargets read_targets(const core::Claims& caller, const core::RowVersion& policy);

/// The calendar of that id, or without one the caller's default, or else the clock that never stops. Fails
/// with not_found for an id that the caller does not see.
CalendarInForce read_calendar(const core::Claims& caller, std::optional<std::string_view> id);

/// The versions of the caller's default calendar at every instant of the past.
core::Timeline<core::RowVersion> read_past_default_calendars(const core::Claims& caller);

/// A version of a calendar that the caller sees. Fails with not_found.
CalendarInForce read_calendar(const core::Claims& caller, const core::RowVersion& calendar);

/// The clock that never stops.
CalendarInForce always_open();

} // namespace policies
