#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/calendar/day.hpp"

namespace policies::core {

/// Whole local days on which nothing is open.
struct Holiday {
    std::string name{};
    Day first_day{};
    Day last_day{}; ///< inclusive, not before first_day
    /// Again each year from first_day's year on, on the same date and for as many days (as RFC 5545 repeats
    /// an event); 29 February only in leap years.
    bool yearly{false};
    /// Of a yearly holiday, the first days of occurrences that do not take place, sorted.
    std::vector<Day> except{};

    bool operator==(const Holiday&) const = default;
};

/// The years a holiday may lie in.
inline constexpr std::chrono::year first_holiday_year{1900};
inline constexpr std::chrono::year last_holiday_year{2999};

/// The most holidays of one calendar.
inline constexpr std::size_t max_holidays = 10'000;

/// The longest name of a holiday, in bytes.
inline constexpr std::size_t max_holiday_name_length = 255;

/// Whether a day lies in the years a holiday may lie in.
bool is_in_holiday_years(Day day);

/// Checks the rules of one holiday, however it came about. Errors: check_violation naming the value, as
/// parse_holidays returns them.
Check check_holiday(const Holiday& holiday);

/// Whether a day is the first day again in its year or a later one, in month and day.
bool is_anniversary(const Holiday& holiday, Day day);

/// The first day of a yearly holiday's occurrence in a year, or nothing when there is none: before its first
/// year, for an exception, or for 29 February in a common year.
std::optional<Day> occurrence_in_year(const Holiday& holiday, std::chrono::year year);

/// Reads holidays: a JSON array of
///   {"name": "Christmas Day", "date": "2026-12-25"}
/// or, for more days than one,
///   {"name": "Shutdown", "first_date": "2026-12-24", "last_date": "2026-12-31"}
/// either with "yearly": true (and then perhaps "except": ["2027-12-25"], the first dates of occurrences left
/// out). Dates are the calendar's local dates. Returns them in the order given.
///
/// Errors, naming the value: invalid_text for what is no JSON, check_violation for an unknown or missing key,
/// a blank or long name, a date that does not exist or lies outside the years above, a last date before the
/// first, a yearly holiday of a year (365 days) or more, an exception that is no occurrence or is given
/// twice, too many holidays.
Result<std::vector<Holiday>> parse_holidays(std::string_view json);

/// The JSON that parse_holidays reads, one object a holiday, keys in the order of the documentation above.
/// What is not UTF-8 in a name becomes U+FFFD.
std::string write_holidays(const std::vector<Holiday>& holidays);

} // namespace policies::core
