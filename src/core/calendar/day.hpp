#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/arithmetic.hpp"
#include "core/calendar/instant.hpp"

namespace policies::core {

/// A day of the proleptic Gregorian calendar, in no time zone.
using Day = std::chrono::sys_days;

/// Where PostgreSQL's instants count from.
inline constexpr Day postgres_epoch{std::chrono::year{2000} / 1 / 1};

/// The day of an instant, in UTC.
constexpr Day day_of(Instant instant) {
    return postgres_epoch + std::chrono::days{floor_divide(instant, microseconds_per_day)};
}

/// The instant at which a day begins, in UTC.
constexpr Instant start_of(Day day) {
    return (day - postgres_epoch).count() * microseconds_per_day;
}

/// Adds months, or takes them away: a day past the end of its month becomes that month's last. Of any year,
/// where std::chrono's end at 32767.
Day add_months(Day day, std::int32_t months);

/// Reads a date in ISO 8601's extended form, YYYY-MM-DD with exactly these digits; nothing when it is written
/// otherwise or does not exist.
std::optional<Day> parse_date(std::string_view text);

/// Writes a day as YYYY-MM-DD; the years before 1 are astronomical (-0001 is 2 BC). Of any year.
std::string format_date(Day day);

} // namespace policies::core
