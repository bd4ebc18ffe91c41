#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace policies::core {

inline constexpr std::int64_t microseconds_per_day = 86'400'000'000;
inline constexpr std::int64_t days_per_era = 146'097; ///< 400 years, which are 20,871 whole weeks
inline constexpr std::int64_t epoch_day = 10'957;     ///< 2000-01-01, where PostgreSQL's instants count from

/// The first and the last instant of PostgreSQL's timestamps, 4714-11-24 BC and the end of 294276, in
/// microseconds since 2000-01-01 00:00 UTC.
inline constexpr std::int64_t first_instant = -211'813'488'000'000'000;
inline constexpr std::int64_t last_instant = 9'223'371'331'199'999'999;

/// A date of the proleptic Gregorian calendar.
struct CivilDate {
    std::int64_t year; ///< astronomical: 0 is 1 BC
    std::int64_t month;
    std::int64_t day;

    bool operator==(const CivilDate&) const = default;
};

/// The quotient rounded down; the divisor is positive.
constexpr std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
    return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

/// What floor_divide leaves, from 0 on. Not dividend - floor_divide() * divisor, which overflows near the
/// minimum.
constexpr std::int64_t floor_modulo(std::int64_t dividend, std::int64_t divisor) {
    const std::int64_t remainder = dividend % divisor;
    return remainder < 0 ? remainder + divisor : remainder;
}

/// Days since 1970-01-01. From Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"; std::chrono's
/// years end at 32767. Years are counted from March, so that the leap day comes last.
constexpr std::int64_t days_from_civil(const CivilDate& date) {
    const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = floor_divide(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t month_from_march = (date.month + 9) % 12;
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_per_era + day_of_era - 719'468;
}

/// The date of a day counted from 1970-01-01; the reverse of days_from_civil.
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

/// The number of days in a month, 1 January to 12 December.
constexpr std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
    const std::int64_t next_year = year + month / 12;
    return days_from_civil({next_year, month % 12 + 1, 1}) - days_from_civil({year, month, 1});
}

/// The ISO 8601 weekday, 1 Monday to 7 Sunday, of a day counted from 1970-01-01, which was a Thursday.
constexpr int iso_weekday(std::int64_t unix_days) {
    return static_cast<int>(floor_modulo(unix_days + 3, 7)) + 1;
}

/// Reads a date in ISO 8601's extended form, YYYY-MM-DD with exactly these digits, as days since 1970-01-01;
/// nothing when it is written otherwise or does not exist.
std::optional<std::int64_t> parse_date(std::string_view text);

/// Writes a day counted from 1970-01-01 as YYYY-MM-DD; years before 1 are astronomical (-0001 is 2 BC).
std::string format_date(std::int64_t unix_days);

} // namespace policies::core
