#include "core/calendar/cadence.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "core/calendar/civil_date.hpp"

namespace policies::core {

namespace {

// The days of PostgreSQL's first and last instant, since 1970-01-01.
constexpr std::int64_t first_day = floor_divide(first_instant, microseconds_per_day) + epoch_day;
constexpr std::int64_t last_day = floor_divide(last_instant, microseconds_per_day) + epoch_day;

constexpr std::int64_t add_months(std::int64_t unix_days, std::int32_t months) {
    const CivilDate from = civil_from_days(unix_days);
    const std::int64_t month_count = from.year * 12 + (from.month - 1) + months;
    const std::int64_t year = floor_divide(month_count, 12);
    const std::int64_t month = month_count - year * 12 + 1;
    return days_from_civil({year, month, std::min(from.day, days_in_month(year, month))});
}

std::string describe(const Cadence& cadence) {
    return std::to_string(cadence.months) + " months " + std::to_string(cadence.days) + " days " +
           std::to_string(cadence.microseconds) + " microseconds";
}

} // namespace

Check check_cadence(const Cadence& cadence) {
    const auto invalid = [&cadence](const char* detail) {
        return Error{ErrorCode::check_violation, "invalid cadence: " + describe(cadence), detail};
    };
    if (cadence.months < 0 || cadence.days < 0 || cadence.microseconds < 0)
        return invalid("No part of a cadence may be negative.");
    if (cadence.months == 0 && cadence.days == 0 && cadence.microseconds == 0)
        return invalid("A cadence must move time forward.");
    if (cadence.months == std::numeric_limits<std::int32_t>::max() &&
        cadence.days == std::numeric_limits<std::int32_t>::max() &&
        cadence.microseconds == std::numeric_limits<std::int64_t>::max())
        return Error{ErrorCode::check_violation, "invalid cadence: infinity", "A cadence must be finite."};
    return Ok{};
}

Result<std::int64_t> add_cadence(std::int64_t microseconds, const Cadence& cadence) {
    // Days and the time of day apart, so that only the result can be out of range, not a step on the way.
    const std::int64_t start_day = floor_divide(microseconds, microseconds_per_day) + epoch_day;
    const std::int64_t time_sum = floor_modulo(microseconds, microseconds_per_day) +
                                  floor_modulo(cadence.microseconds, microseconds_per_day);
    const std::int64_t day = add_months(start_day, cadence.months) + cadence.days +
                             floor_divide(cadence.microseconds, microseconds_per_day) +
                             time_sum / microseconds_per_day;
    if (day < first_day || day > last_day)
        return Error{ErrorCode::out_of_range, "timestamp out of range",
                     "The sum of " + format_date(start_day) + " and " + describe(cadence) +
                         " lies outside PostgreSQL's timestamps, 4714 BC to 294276."};
    return (day - epoch_day) * microseconds_per_day + time_sum % microseconds_per_day;
}

} // namespace policies::core
