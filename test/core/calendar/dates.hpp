#pragma once

#include <chrono>
#include <cstdint>

#include "core/calendar/day.hpp"

namespace policies::core {

/// A day of any year; std::chrono's end at 32767.
constexpr Day date(std::int64_t year, unsigned month, unsigned day) {
    const std::int64_t eras = floor_divide(year - 2000, 400);
    const std::chrono::year within_era{static_cast<int>(year - eras * 400)};
    return Day{within_era / static_cast<int>(month) / static_cast<int>(day)} +
           eras * std::chrono::days{days_per_era};
}

/// An instant by its date and time in UTC, of any year.
constexpr Instant utc(std::int64_t year, unsigned month, unsigned day, int hours = 0, int minutes = 0,
                      int seconds = 0) {
    return start_of(date(year, month, day)) +
           ((hours * 60 + minutes) * 60 + seconds) * microseconds_per_second;
}

/// The year of any day.
constexpr std::int64_t year_of(Day day) {
    const std::int64_t eras = floor_divide((day - postgres_epoch).count(), days_per_era);
    const std::chrono::year_month_day within_era{day - eras * std::chrono::days{days_per_era}};
    return int{within_era.year()} + eras * 400;
}

} // namespace policies::core
