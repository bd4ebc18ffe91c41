#pragma once

#include <cstdint>

namespace policies::core {

/// An instant as PostgreSQL counts: microseconds since 2000-01-01 00:00 UTC.
using Instant = std::int64_t;

/// What a wall clock shows, as microseconds since it showed 2000-01-01 00:00, every day having 24 hours.
using WallTime = std::int64_t;

/// A length of time in microseconds.
using Duration = std::int64_t;

inline constexpr std::int32_t seconds_per_day = 86'400;
inline constexpr Duration microseconds_per_millisecond = 1'000;
inline constexpr Duration microseconds_per_second = 1'000'000;
inline constexpr Duration microseconds_per_minute = 60 * microseconds_per_second;
inline constexpr Duration microseconds_per_day = seconds_per_day * microseconds_per_second;

/// After how long the calendar repeats, and with it every schedule and time zone: 400 years, which are 20,871
/// whole weeks.
inline constexpr std::int64_t days_per_era = 146'097;
inline constexpr Duration microseconds_per_era = days_per_era * microseconds_per_day;

/// The first and the last instant of PostgreSQL's timestamps, 4714-11-24 BC and the end of 294276.
inline constexpr Instant first_instant = -211'813'488'000'000'000;
inline constexpr Instant last_instant = 9'223'371'331'199'999'999;

} // namespace policies::core
