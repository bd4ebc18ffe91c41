#include "functions/sla/sla_rules.hpp"

// Which policy applies to a ticket, and when its targets are due. All of it only reads.

namespace policies {

namespace {

struct PolicyRow {
    std::string policy_id;
    std::optional<std::string> policy_name;
    std::optional<std::int32_t> first_response_minutes;
    std::optional<std::int32_t> resolution_minutes;
    bool business_hours_only;
    std::string rules_version;
};

/// No row where no policy applies, or the ticket's type or priority is unknown.
std::optional<PolicyRow> sla_policy_for(std::optional<std::string_view> ticket_type,
                                        std::optional<std::string_view> priority,
                                        std::optional<pg::FiniteInstant> as_of,
                                        std::optional<std::string_view> rules) {
    const auto found = current_sla_rules()->rules_for(
        {.ticket_type = ticket_type, .priority = priority, .as_of = as_of, .version = rules});
    if (!found) {
        return std::nullopt;
    }
    const auto& targets = *found->targets;
    return PolicyRow{.policy_id = targets.policy_id,
                     .policy_name = targets.policy_name,
                     .first_response_minutes = targets.first_response_minutes,
                     .resolution_minutes = targets.resolution_minutes,
                     .business_hours_only = targets.business_hours_only,
                     .rules_version = found->version()};
}

struct DeadlinesRow {
    std::string policy_id;
    std::optional<core::Instant> first_response_due_at;
    std::optional<core::Instant> resolution_due_at;
    std::optional<std::string> calendar_id;
    std::string calendar_name;
    std::string rules_version;
};

/// No row where no policy applies, or the ticket's type or priority is unknown.
std::optional<DeadlinesRow>
sla_deadlines(std::optional<std::string_view> ticket_type, std::optional<std::string_view> priority,
              pg::FiniteInstant opened_at, const std::optional<std::vector<core::Pause>>& pauses,
              std::optional<pg::FiniteInstant> as_of, std::optional<std::string_view> rules) {
    const auto found = current_sla_rules()->rules_for(
        {.ticket_type = ticket_type, .priority = priority, .as_of = as_of, .version = rules});
    if (!found) {
        return std::nullopt;
    }
    const auto& calendar = *found->calendar;
    const auto due_at = [&](const std::optional<std::int32_t>& minutes) {
        return minutes ? calendar.due_at(opened_at, *minutes, pauses.value_or(std::vector<core::Pause>{}))
                       : std::nullopt;
    };
    return DeadlinesRow{.policy_id = found->targets->policy_id,
                        .first_response_due_at = due_at(found->targets->first_response_minutes),
                        .resolution_due_at = due_at(found->targets->resolution_minutes),
                        .calendar_id = calendar.id,
                        .calendar_name = calendar.name,
                        .rules_version = found->version()};
}

} // namespace

POLICIES_FUNCTION(sla_policy_for);
POLICIES_FUNCTION(sla_deadlines);

} // namespace policies
