#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/calendar/day.hpp"
#include "core/calendar/time_zone.hpp"

namespace policies::core {

/// A DATE or a DATE-TIME (RFC 5545, 3.3.4 and 3.3.5) as written.
struct WrittenTime {
    Day day{};
    std::chrono::seconds time_of_day{};
    bool is_date{true};
    bool is_utc{false};

    /// What it says, whatever zone that is in.
    std::chrono::sys_seconds second() const { return day + time_of_day; }
};

/// Reads a DATE or a DATE-TIME in upper case; nothing for what is none, or does not exist.
std::optional<WrittenTime> read_time(std::string_view text);

/// Reads a DURATION (3.3.6) in upper case; nothing for what is none, or is negative.
std::optional<std::chrono::seconds> read_duration(std::string_view text);

/// Reads a TEXT (3.3.11): undoes its escapes. A backslash that escapes nothing stands for itself.
std::string read_text(std::string_view text);

/// What the wall clock of a time zone shows.
using LocalSecond = std::chrono::sys_seconds;

/// A time in UTC as the zone's wall clock shows it.
LocalSecond to_local(std::chrono::sys_seconds utc, const TimeZone& zone);

/// A written time as the zone's wall clock shows it: converted when it is in UTC, else as written, whatever
/// TZID it came with.
LocalSecond to_local(const WrittenTime& time, const TimeZone& zone);

/// The day of a wall-clock time.
inline Day day_of(LocalSecond second) {
    return std::chrono::floor<std::chrono::days>(second);
}

/// The day that begins at a written time on the zone's wall clock: at midnight, or at the first time that
/// shows where a change of the clock skips midnight. Beside dates, midnight UTC also begins the day as
/// written, since dates have no zone. Nothing when no day begins then.
std::optional<Day> day_begun_at(const WrittenTime& time, const TimeZone& zone, bool is_beside_dates);

/// The day that a written time names in a list of starts, or as the end of a rule: the wall clock's. Beside
/// dates, a time in UTC names the day that it begins or ends on the wall clock, or else its date as written.
Day day_named_by(const WrittenTime& time, const TimeZone& zone, bool is_beside_dates);

} // namespace policies::core
