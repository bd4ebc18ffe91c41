#include "functions/sla/sla_rules.hpp"

// Business time on the caller's calendars, in SQL. All of it only reads.

namespace policies {

namespace {

using Pauses = std::optional<std::vector<core::Pause>>;

std::optional<core::Instant> add_business_minutes(pg::FiniteInstant start_at, std::int32_t minutes,
                                                  const std::optional<core::TypedId>& calendar_id,
                                                  const Pauses& pauses) {
    return current_calendar(calendar_id)->due_at(start_at, minutes, pauses.value_or(Pauses::value_type{}));
}

double business_minutes_between(pg::FiniteInstant start_at, pg::FiniteInstant end_at,
                                const std::optional<core::TypedId>& calendar_id, const Pauses& pauses) {
    return minutes_of(current_calendar(calendar_id)
                          ->clock.between(start_at, end_at, pauses.value_or(Pauses::value_type{})));
}

bool is_business_time(pg::FiniteInstant instant, const std::optional<core::TypedId>& calendar_id) {
    return current_calendar(calendar_id)->clock.is_open(instant);
}

core::Instant next_business_opening(pg::FiniteInstant instant,
                                    const std::optional<core::TypedId>& calendar_id) {
    return pg::unwrap(current_calendar(calendar_id)->clock.next_opening(instant));
}

struct CalendarRow {
    std::optional<std::string> id;
    std::string name;
    std::string time_zone;
};

CalendarRow current_business_calendar(std::optional<pg::FiniteInstant> as_of) {
    const auto calendar = current_sla_rules()->default_calendar(as_of);
    return {.id = calendar->id, .name = calendar->name, .time_zone = calendar->time_zone};
}

} // namespace

POLICIES_FUNCTION(add_business_minutes);
POLICIES_FUNCTION(business_minutes_between);
POLICIES_FUNCTION(is_business_time);
POLICIES_FUNCTION(next_business_opening);
POLICIES_FUNCTION(current_business_calendar);

} // namespace policies
