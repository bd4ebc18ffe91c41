#include "core/sla/sla_status.hpp"

#include <algorithm>
#include <span>

namespace policies::core {

namespace {

/// When the target was reached, as far as the instant knows.
std::optional<Instant> reached_at(const Ticket& ticket, Target target, Instant at_instant) {
    auto reached = ticket.resolved_at;
    if (target == Target::first_response && ticket.first_responded_at &&
        (!reached || *ticket.first_responded_at < *reached)) {
        reached = ticket.first_responded_at;
    }
    return reached && *reached <= at_instant ? reached : std::nullopt;
}

/// The pauses that have begun by an instant.
std::span<const Pause> begun_pauses(const Ticket& ticket, Instant instant) {
    const auto later = std::ranges::partition_point(
        ticket.pauses, [instant](const Pause& pause) { return pause.from <= instant; });
    return {ticket.pauses.begin(), later};
}

TargetState state_of(bool was_reached, bool is_late, bool is_paused) {
    if (is_late) {
        return TargetState::breached;
    }
    if (was_reached) {
        return TargetState::met;
    }
    return is_paused ? TargetState::paused : TargetState::running;
}

} // namespace

std::string_view word(Target target) noexcept {
    return target == Target::first_response ? "first_response" : "resolution";
}

std::string_view word(TargetState state) noexcept {
    switch (state) {
    case TargetState::running:
        return "running";
    case TargetState::paused:
        return "paused";
    case TargetState::met:
        return "met";
    case TargetState::breached:
        return "breached";
    }
    return "";
}

Result<TargetStatus> sla_status(const BusinessClock& clock, const Ticket& ticket, Target target,
                                Duration target_time, Instant at_instant, Duration at_risk_threshold) {
    const std::span<const Pause> pauses = begun_pauses(ticket, at_instant);
    const std::optional<Instant> due_at = POLICIES_TRY(clock.add(ticket.opened_at, target_time, pauses));
    const auto reached = reached_at(ticket, target, at_instant);
    const Instant reference = reached.value_or(at_instant);
    // Of a ticket that is opened after the instant nothing has elapsed.
    const Duration elapsed = clock.between(ticket.opened_at, std::max(reference, ticket.opened_at), pauses);
    const bool is_late = due_at && reference > *due_at;
    const bool is_paused = !pauses.empty() && at_instant < pauses.back().until;
    TargetStatus status{.state = state_of(reached.has_value(), is_late, is_paused),
                        .due_at = due_at,
                        .time_left = target_time - elapsed};
    // Late is late, also as long as the calendar has not opened again since it was due.
    if (is_late) {
        status.time_left = std::min(status.time_left, Duration{-1});
    }
    status.is_at_risk = (status.state == TargetState::running || status.state == TargetState::paused) &&
                        status.time_left <= at_risk_threshold;
    return status;
}

} // namespace policies::core
