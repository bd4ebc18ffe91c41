#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/result.hpp"
#include "core/calendar/holidays.hpp"
#include "core/calendar/instant.hpp"
#include "core/calendar/opening_hours.hpp"

namespace policies::core {

/// The error of a calendar that would never be open again from some day on: a check_violation.
Error no_opening_time_left();

/// When a calendar is open on the clock on its own wall, before any time zone comes in. Compiled once: every
/// answer costs a few searches of short arrays, at any distance.
///
/// Each week from that of the first holiday on has eight bytes: how long it has been open before, and which
/// of its days are holidays. Before these weeks there are no holidays; the last of them repeat for ever: a
/// single week, or 400 years when there are yearly holidays.
class WallSchedule {
public:
    /// Errors: check_violation for a holiday that breaks a rule, and when no opening time is left for ever;
    /// internal for opening intervals that parse_opening_hours cannot have returned.
    static Result<WallSchedule> compile(const std::vector<OpeningInterval>& opening_hours,
                                        const std::vector<Holiday>& holidays);

    /// How long the wall clock showed an open time before this one, counted from an arbitrary time on and
    /// negative before it.
    Duration open_before(WallTime time) const;

    /// The last time with open_before(time) == number, which is always an open one.
    WallTime open_time(Duration number) const;

    bool is_open(WallTime time) const;

    /// From here on everything repeats every 400 years (days_per_era).
    WallTime repeats_from() const;

private:
    /// How many seconds were open before the week, and which of its days are holidays (bit 0 is Monday).
    class Week {
    public:
        Week(std::int64_t open_seconds_before, unsigned holidays)
            : packed_(open_seconds_before << 7 | holidays) {}

        Duration open_before() const { return (packed_ >> 7) * microseconds_per_second; }

        std::int64_t open_seconds_before() const { return packed_ >> 7; }

        unsigned holidays() const { return static_cast<unsigned>(packed_ & 127); }

    private:
        std::int64_t packed_;
    };

    struct WeekView {
        Duration open_before;
        unsigned holidays;
    };

    struct Place {
        WeekView week;
        std::size_t weekday; ///< 0 is Monday
        Duration time_of_day;
    };

    /// The week of an open microsecond, and how much of the week is open before it.
    struct OpenWeek {
        std::int64_t number;
        Duration remainder;
        unsigned holidays;
    };

    struct Interval {
        Duration opens;
        Duration closes;
        Duration open_before; ///< within its day
    };

    /// Seconds open before each weekday of a week, and in all of it.
    using WeekSums = std::array<std::int32_t, 8>;

    WallSchedule() = default;
    void set_opening_hours(std::vector<OpeningInterval> opening_hours);
    void set_holidays(const std::vector<Holiday>& holidays);
    void append_weeks(const std::vector<std::int32_t>& holiday_changes);
    WeekView week_at(std::int64_t number) const;
    std::span<const Interval> intervals_on(std::size_t weekday) const;
    Place place_of(WallTime time) const;
    const Interval* last_opened(const Place& place) const;
    std::size_t find_week(Duration number) const;
    OpenWeek week_of_open(Duration number) const;

    std::vector<Interval> intervals_;           ///< by weekday and time
    std::array<std::uint16_t, 8> day_starts_{}; ///< where in intervals_ each weekday's begin
    std::vector<WeekSums> sums_;                ///< by the set of holidays in a week
    std::vector<Week> weeks_;
    WallTime first_monday_{0};             ///< when weeks_ begin
    std::size_t repeating_from_{0};        ///< the first of the weeks that repeat
    Duration ordinary_week_open_{0};       ///< in a week without holidays
    Duration weeks_open_{0};               ///< in all of weeks_
    Duration repeating_open_{0};           ///< in those that repeat
    double weeks_per_open_microsecond_{0}; ///< on average
};

} // namespace policies::core
