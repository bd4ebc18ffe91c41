#include "core/calendar/cadence.hpp"

#include <limits>
#include <string>

#include "core/calendar/day.hpp"

namespace policies::core {

namespace {

std::string describe(const Cadence& cadence) {
    return std::to_string(cadence.months) + " months " + std::to_string(cadence.days) + " days " +
           std::to_string(cadence.microseconds) + " microseconds";
}

} // namespace

Check check_cadence(const Cadence& cadence) {
    const auto invalid = [&cadence](const char* detail) {
        return Error{check_violation, "invalid cadence: " + describe(cadence), detail};
    };
    if (cadence.months < 0 || cadence.days < 0 || cadence.microseconds < 0) {
        return invalid("No part of a cadence may be negative.");
    }
    if (cadence.months == 0 && cadence.days == 0 && cadence.microseconds == 0) {
        return invalid("A cadence must move time forward.");
    }
    if (cadence.months == std::numeric_limits<std::int32_t>::max() &&
        cadence.days == std::numeric_limits<std::int32_t>::max() &&
        cadence.microseconds == std::numeric_limits<std::int64_t>::max()) {
        return Error{check_violation, "invalid cadence: infinity", "A cadence must be finite."};
    }
    return Ok{};
}

Result<Instant> add_cadence(Instant start, const Cadence& cadence) {
    // Days and the time of day apart, so that only the result can be out of range, not a step on the way.
    const Day start_day = day_of(start);
    const Duration time_sum =
        floor_modulo(start, microseconds_per_day) + floor_modulo(cadence.microseconds, microseconds_per_day);
    const std::int64_t more_days = cadence.days + floor_divide(cadence.microseconds, microseconds_per_day) +
                                   time_sum / microseconds_per_day;
    const Day day = add_months(start_day, cadence.months) + std::chrono::days{more_days};
    if (day < day_of(first_instant) || day > day_of(last_instant)) {
        return Error{out_of_range, "timestamp out of range",
                     "The sum of " + format_date(start_day) + " and " + describe(cadence) +
                         " lies outside PostgreSQL's timestamps, 4714 BC to 294276."};
    }
    return start_of(day) + time_sum % microseconds_per_day;
}

Result<Instant> add_cadence(Instant start, const Cadence& cadence, const TimeZone& zone) {
    const WallTime moved = POLICIES_TRY(
        add_cadence(wall_time_at(zone, start), {.months = cadence.months, .days = cadence.days}));
    return add_cadence(instant_of(zone, moved), {.microseconds = cadence.microseconds});
}

} // namespace policies::core
