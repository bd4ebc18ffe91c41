#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/calendar/business_clock.hpp"

namespace policies::core {

/// What an SLA policy promises for a ticket.
enum class Target { first_response, resolution };

/// How a ticket stands against a target at an instant.
enum class TargetState {
    running,  ///< neither reached nor due
    paused,   ///< not reached, and the clock stands still
    met,      ///< reached no later than due
    breached, ///< due before it was reached, or before the instant
};

/// The word for it in SQL.
std::string_view word(Target target) noexcept;
std::string_view word(TargetState state) noexcept;

/// What the clock has to know of a ticket.
struct Ticket {
    Instant opened_at{0};
    std::optional<Instant> first_responded_at{};
    std::optional<Instant> resolved_at{};
    std::vector<Pause> pauses{}; ///< sorted and disjoint
};

struct TargetStatus {
    TargetState state{TargetState::running};
    std::optional<Instant> due_at{}; ///< nothing where a pause without end stops the clock
    /// Business time left until due at the instant, or when the target was reached; negative if and only if
    /// it is breached: by a microsecond at least, where no business time has passed since it was due.
    Duration time_left{0};
    bool is_at_risk{false}; ///< running or paused, with no more time left than the threshold
};

/// How a ticket stands against a target of so much business time. What happened after the instant has not
/// happened yet, nor has a pause that begins after it; a ticket that was resolved was responded to, then at
/// the latest. Errors: out_of_range for a due time that a timestamp cannot hold.
Result<TargetStatus> sla_status(const BusinessClock& clock, const Ticket& ticket, Target target,
                                Duration target_time, Instant at_instant, Duration at_risk_threshold);

} // namespace policies::core
