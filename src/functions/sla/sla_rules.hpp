#pragma once

#include <memory>

#include "core/context/claims.hpp"
#include "functions/sla/rules_in_force.hpp"

// What the SLA clock runs by: the rules in force for the caller, read once per backend and caller's scope,
// and again after a change by anyone.

namespace policies {

/// The policies and calendars that are in force for one caller, now or at an instant of the past.
class SlaRules {
public:
    SlaRules(core::Claims caller, std::optional<core::Instant> as_of);

    /// The active policy for tickets of a type and priority, or null when none applies, or one of them is
    /// unknown.
    const TargetsInForce* targets(std::optional<std::string_view> ticket_type,
                                  std::optional<std::string_view> priority) const;

    /// The calendar of that id, or without one the caller's default, or else the clock that never stops.
    /// Fails with not_found for an id that the caller does not see.
    std::shared_ptr<const CalendarInForce> calendar(std::optional<std::string_view> id);

    /// The calendar that a policy's clock runs on.
    std::shared_ptr<const CalendarInForce> calendar_of(const TargetsInForce& targets);

private:
    core::Claims caller_;
    std::optional<core::Instant> as_of_;
    TextMap<TextMap<TargetsInForce>> targets_; ///< by priority and ticket type
    /// Those asked for, by id; the default one as "".
    TextMap<std::shared_ptr<const CalendarInForce>> calendars_{};
};

/// The rules for the caller. Fails with not_permitted without a context.
std::shared_ptr<SlaRules> current_sla_rules(std::optional<core::Instant> as_of = std::nullopt);

/// The caller's calendar of that id, or its default one.
std::shared_ptr<const CalendarInForce>
current_calendar(const std::optional<core::TypedId>& id = std::nullopt);

/// The relation by whose change every backend is told to read the rules anew; no_oid without a register.
pg::Oid sla_rules_signal();

} // namespace policies
