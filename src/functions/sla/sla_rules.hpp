#pragma once

#include <memory>

#include "core/context/claims.hpp"
#include "functions/sla/rules_in_force.hpp"

// What the SLA clock runs by: the rules in force for the caller, read once per backend and caller's scope,
// and again after a change by anyone.

namespace policies {

using SharedCalendar = std::shared_ptr<const CalendarInForce>;

/// What a ticket's clock runs by.
struct TicketRules {
    SharedTargets targets;
    SharedCalendar calendar;

    /// The version, by which the rules are found again.
    std::string version() const;
};

/// A ticket, as far as its rules depend on it.
struct RulesWanted {
    std::optional<std::string_view> ticket_type;
    std::optional<std::string_view> priority;
    std::optional<core::Instant> as_of;      ///< those in force then
    std::optional<std::string_view> version; ///< those that TicketRules::version() told
};

/// The policies and calendars of one caller: those in force, those that were, and single versions of them,
/// each read when it is first asked for.
class SlaRules {
public:
    explicit SlaRules(core::Claims caller);

    /// The rules for a ticket: of a version given, or else of the active policy for tickets of its type and
    /// priority; nothing when none applies, or one of them is unknown. Fails with invalid_text for a version
    /// that is none, with not_found for one that the caller does not see, and with invalid_argument when an
    /// instant is given as well.
    std::optional<TicketRules> rules_for(const RulesWanted& wanted);

    /// The calendar of that id, or without one the caller's default, or else the clock that never stops.
    /// Fails with not_found for an id that the caller does not see.
    SharedCalendar calendar(std::optional<std::string_view> id);

    /// The caller's default calendar at an instant, or else the clock that never stops.
    SharedCalendar default_calendar(std::optional<core::Instant> as_of);

private:
    /// What was in force when. Read anew in each transaction: nobody announces what is purged.
    struct Past {
        std::uint64_t transaction;
        ByTicket<core::Timeline<SharedTargets>> targets;
        core::Timeline<core::RowVersion> default_calendars;
    };

    const Past& past();
    SharedTargets targets_for(const RulesWanted& wanted);
    TicketRules rules_of_version(std::string_view version);
    SharedCalendar kept_calendar(std::string key, CalendarInForce calendar);
    SharedCalendar calendar_of_version(const core::RowVersion& version);

    core::Claims caller_;
    ByTicket<SharedTargets> targets_;
    std::optional<Past> past_{};
    TextMap<SharedCalendar> calendars_{}; ///< by id, the default one as "", and by version
    TextMap<TicketRules> versions_{};
};

/// The rules for the caller, as the running statement's snapshot has them. Fails with not_permitted without a
/// context.
std::shared_ptr<SlaRules> current_sla_rules();

/// The caller's calendar of that id, or its default one.
std::shared_ptr<const CalendarInForce>
current_calendar(const std::optional<core::TypedId>& id = std::nullopt);

/// The relation by whose change every backend is told to read the rules anew; no_oid without a register.
pg::Oid sla_rules_signal();

} // namespace policies
