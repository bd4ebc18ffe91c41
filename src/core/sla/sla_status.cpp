#include "core/sla/sla_status.hpp"

#include <algorithm>

namespace policies::core {

namespace {

/// When the target was reached, as far as the instant knows.
std::optional<Instant> reached_at(const Ticket& ticket, Target target, Instant at_instant) {
    auto reached = ticket.resolved_at;
    if (target == Target::first_response && ticket.first_responded_at &&
        (!reached || *ticket.first_responded_at < *reached))
        reached = ticket.first_responded_at;
    return reached && *reached <= at_instant ? reached : std::nullopt;
}

bool is_paused(const Ticket& ticket, Instant instant) {
    return std::ranges::any_of(ticket.pauses, [instant](const Pause& pause) {
        return pause.from <= instant && instant < pause.until;
    });
}

TargetState state_of(const Ticket& ticket, bool was_reached, bool is_late, Instant at_instant) {
    if (is_late)
        return TargetState::breached;
    if (was_reached)
        return TargetState::met;
    return is_paused(ticket, at_instant) ? TargetState::paused : TargetState::running;
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
    const std::optional<Instant> due_at =
        POLICIES_TRY(clock.add(ticket.opened_at, target_time, ticket.pauses));
    const auto reached = reached_at(ticket, target, at_instant);
    const Instant reference = reached.value_or(at_instant);
    // Of a ticket that is opened after the instant nothing has elapsed.
    const Duration elapsed =
        clock.between(ticket.opened_at, std::max(reference, ticket.opened_at), ticket.pauses);
    const bool is_late = due_at && reference > *due_at;
    TargetStatus status{.state = state_of(ticket, reached.has_value(), is_late, at_instant),
                        .due_at = due_at,
                        .time_left = target_time - elapsed};
    status.is_at_risk = (status.state == TargetState::running || status.state == TargetState::paused) &&
                        status.time_left <= at_risk_threshold;
    return status;
}

} // namespace policies::core
