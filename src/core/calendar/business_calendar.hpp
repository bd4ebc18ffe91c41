#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace policies::core {

/// A calendar day: days since 1970-01-01, proleptic Gregorian.
using Day = std::int32_t;

/// A weekly opening interval on one wall-clock day: [opens, closes) in seconds since local midnight, closes
/// at most 86,400 (24:00). An interval that crosses midnight is two of these.
struct OpeningInterval {
    int weekday{0}; ///< ISO 8601: 1 Monday to 7 Sunday
    std::int32_t opens{0};
    std::int32_t closes{0};

    bool operator==(const OpeningInterval&) const = default;
};

/// Whole local days on which nothing is open.
struct Holiday {
    std::string name{};
    Day first_day{0};
    Day last_day{0}; ///< inclusive, not before first_day
    /// Again each year from first_day's year on, on the same date and for as many days (as RFC 5545 repeats
    /// an event); 29 February only in leap years.
    bool yearly{false};
    std::vector<Day>
        except{}; ///< first days of occurrences of a yearly holiday that do not take place, sorted

    bool operator==(const Holiday&) const = default;
};

/// The years a holiday may lie in.
inline constexpr int first_holiday_year = 1900;
inline constexpr int last_holiday_year = 2999;

/// Limits of one calendar.
inline constexpr std::size_t max_opening_intervals = 336;
inline constexpr std::size_t max_holidays = 10'000;
inline constexpr std::size_t max_holiday_name_length = 255; ///< in bytes

/// Checks the rules of one holiday, however it came about. Errors: check_violation naming the value, as
/// parse_holidays returns them.
Check check_holiday(const Holiday& holiday);

/// The first day of a yearly holiday's occurrence in a year, or nothing when there is none: before its first
/// year, for an exception, or for 29 February in a common year.
std::optional<Day> occurrence_in_year(const Holiday& holiday, std::int64_t year);

/// Reads opening hours: a JSON array of
///   {"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}
/// with ISO 8601 weekdays (1 Monday to 7 Sunday), times HH:MM or HH:MM:SS, "24:00" as a closing time, and
/// "closes_next_day": true for an interval that crosses midnight (it then closes no later in the day than it
/// opens). Returns the intervals split at midnight, sorted by weekday and time, those that touch merged.
/// Errors, naming the value: invalid_text for what is no JSON, check_violation for what breaks a rule: an
/// unknown or missing key, a weekday outside 1 to 7 or given twice, a time that does not exist, an interval
/// that closes before or when it opens, intervals that overlap, no opening time at all, too many of them.
Result<std::vector<OpeningInterval>> parse_opening_hours(std::string_view json);

/// Reads holidays: a JSON array of {"name": "Christmas Day", "date": "2026-12-25"} or, for more days than
/// one,
/// {"name": "Shutdown", "first_date": "2026-12-24", "last_date": "2026-12-31"}, either with "yearly": true
/// (and then perhaps "except": ["2027-12-25"], the first dates of occurrences left out). Dates are the
/// calendar's local dates. Returns them in the order given. Errors, naming the value: invalid_text for what
/// is no JSON, check_violation for an unknown or missing key, a blank or long name, a date that does not
/// exist or lies outside the years above, a last date before the first, a yearly holiday of a year (365 days)
/// or more, an exception that is no occurrence or is given twice, too many holidays.
Result<std::vector<Holiday>> parse_holidays(std::string_view json);

/// The JSON that parse_holidays reads, one object a holiday, keys in the order of the documentation above. A
/// name that is not UTF-8 gets U+FFFD where it is not.
std::string write_holidays(const std::vector<Holiday>& holidays);

} // namespace policies::core
