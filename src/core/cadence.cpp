#include "core/cadence.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace policies::core {

namespace {

constexpr std::int64_t microseconds_per_day = 86'400'000'000;
constexpr std::int64_t days_per_era = 146'097; // 400 years
// PostgreSQL's MIN_TIMESTAMP (Julian day 0) and the last day before its END_TIMESTAMP, as Unix days.
constexpr std::int64_t first_day = -2'440'588;
constexpr std::int64_t last_day = 106'762'939;
constexpr std::int64_t epoch_day = 10'957; // 1 January 2000

struct CivilDate {
    std::int64_t year; ///< astronomical: 0 is 1 BC
    std::int64_t month;
    std::int64_t day;
};

constexpr std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
    return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

// Not dividend - floor_divide() * divisor, which overflows near the minimum.
constexpr std::int64_t floor_modulo(std::int64_t dividend, std::int64_t divisor) {
    const std::int64_t remainder = dividend % divisor;
    return remainder < 0 ? remainder + divisor : remainder;
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"; std::chrono::year ends at 32767. Years are
// counted from March, so that the leap day comes last.
constexpr std::int64_t days_from_civil(const CivilDate& date) {
    const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = floor_divide(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t month_from_march = (date.month + 9) % 12;
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_per_era + day_of_era - 719'468;
}

constexpr CivilDate civil_from_days(std::int64_t unix_days) {
    const std::int64_t days = unix_days + 719'468;
    const std::int64_t era = floor_divide(days, days_per_era);
    const std::int64_t day_of_era = days - era * days_per_era;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

static_assert(days_from_civil({1970, 1, 1}) == 0);
static_assert(days_from_civil({-4713, 11, 24}) == first_day);
static_assert(days_from_civil({294276, 12, 31}) == last_day);
static_assert(days_from_civil({2000, 1, 1}) == epoch_day);

constexpr std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
    const std::int64_t next_year = year + month / 12;
    return days_from_civil({next_year, month % 12 + 1, 1}) - days_from_civil({year, month, 1});
}

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

std::string describe_date(std::int64_t unix_days) {
    const CivilDate date = civil_from_days(unix_days);
    const auto two_digits = [](std::int64_t number) {
        return (number < 10 ? "-0" : "-") + std::to_string(number);
    };
    return std::to_string(date.year) + two_digits(date.month) + two_digits(date.day);
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
                     "The sum of " + describe_date(start_day) + " and " + describe(cadence) +
                         " lies outside PostgreSQL's timestamps, 4714 BC to 294276."};
    return (day - epoch_day) * microseconds_per_day + time_sum % microseconds_per_day;
}

} // namespace policies::core
