#include "core/sla/sla_status.hpp"

#include "functions/sla/sla_rules.hpp"

namespace policies {

namespace {

struct TargetRow {
    std::string_view target;
    std::string_view state;
    std::optional<core::Instant> due_at;
    double minutes_left;
    bool is_at_risk;
    std::string policy_id;
};

/// How a ticket stands, a row for each target of its policy. Only reads.
std::vector<TargetRow> sla_status(std::optional<std::string_view> ticket_type,
                                  std::optional<std::string_view> priority, pg::FiniteInstant opened_at,
                                  std::optional<pg::FiniteInstant> first_responded_at,
                                  std::optional<pg::FiniteInstant> resolved_at,
                                  const std::optional<std::vector<core::Pause>>& pauses,
                                  pg::FiniteInstant at_instant, std::int32_t at_risk_minutes,
                                  std::optional<pg::FiniteInstant> as_of,
                                  std::optional<std::string_view> rules) {
    if (at_risk_minutes < 0) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "at_risk_minutes must not be negative: " + std::to_string(at_risk_minutes)});
    }
    const auto found = current_sla_rules()->rules_for(
        {.ticket_type = ticket_type, .priority = priority, .as_of = as_of, .version = rules});
    if (!found) {
        return {};
    }
    const auto& targets = *found->targets;
    const core::Ticket ticket{.opened_at = opened_at,
                              .first_responded_at = first_responded_at,
                              .resolved_at = resolved_at,
                              .pauses = pauses.value_or(std::vector<core::Pause>{})};
    std::vector<TargetRow> rows;
    for (const auto& [target, minutes] :
         {std::pair{core::Target::first_response, targets.first_response_minutes},
          {core::Target::resolution, targets.resolution_minutes}}) {
        if (minutes) {
            const auto status = pg::unwrap(core::sla_status(found->calendar->clock, ticket, target,
                                                            *minutes * microseconds_per_minute, at_instant,
                                                            at_risk_minutes * microseconds_per_minute));
            rows.push_back({.target = core::word(target),
                            .state = core::word(status.state),
                            .due_at = status.due_at,
                            .minutes_left = minutes_of(status.time_left),
                            .is_at_risk = status.is_at_risk,
                            .policy_id = targets.policy_id});
        }
    }
    return rows;
}

} // namespace

POLICIES_FUNCTION(sla_status);

} // namespace policies
