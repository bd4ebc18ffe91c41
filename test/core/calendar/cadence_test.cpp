#include "core/calendar/cadence.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "core/calendar/dates.hpp"
#include "core/calendar/zone_files.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

constexpr std::int64_t hour = 3'600'000'000;
constexpr std::int64_t day = 24 * hour;
constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
constexpr auto highest = std::numeric_limits<std::int64_t>::max();
constexpr auto lowest_part = std::numeric_limits<std::int32_t>::min();
constexpr auto highest_part = std::numeric_limits<std::int32_t>::max();

void expect_sum(std::int64_t start, const Cadence& cadence, std::int64_t expected) {
    const Result<std::int64_t> sum = add_cadence(start, cadence);
    ASSERT_TRUE(sum) << sum.error().message << ' ' << sum.error().detail;
    EXPECT_EQ(*sum, expected) << (*sum - expected) / day << " days off";
}

void expect_out_of_range(std::int64_t start, const Cadence& cadence) {
    expect_error(add_cadence(start, cadence), ErrorCode::out_of_range, "timestamp out of range",
                 std::to_string(cadence.months) + " months");
}

TEST(Cadence, MustMoveForward) {
    for (const Cadence& cadence : {Cadence{1, 0, 0}, Cadence{0, 1, 0}, Cadence{0, 0, 1}, Cadence{1, 2, 3}})
        EXPECT_TRUE(check_cadence(cadence));
    expect_error(check_cadence({0, 0, 0}), ErrorCode::check_violation, "0 months 0 days 0 microseconds",
                 "forward");
    expect_error(check_cadence({-1, 40, 0}), ErrorCode::check_violation, "-1 months 40 days", "negative");
    expect_error(check_cadence({1, -1, 0}), ErrorCode::check_violation, "1 months -1 days", "negative");
    expect_error(check_cadence({0, 1, -1}), ErrorCode::check_violation, "1 days -1 micro", "negative");
    expect_error(check_cadence({highest_part, highest_part, highest}), ErrorCode::check_violation, "infinity",
                 "finite");
}

TEST(Cadence, AMonthEndIsClamped) {
    expect_sum(utc(2023, 1, 31), {1, 0, 0}, utc(2023, 2, 28));
    expect_sum(utc(2024, 1, 31), {1, 0, 0}, utc(2024, 2, 29));
    expect_sum(utc(2024, 1, 30), {1, 0, 0}, utc(2024, 2, 29));
    expect_sum(utc(2024, 1, 29), {1, 0, 0}, utc(2024, 2, 29));
    expect_sum(utc(2024, 1, 31), {2, 0, 0}, utc(2024, 3, 31)); // clamped once, not on the way
    expect_sum(utc(2024, 3, 31), {1, 0, 0}, utc(2024, 4, 30));
    expect_sum(utc(2024, 12, 31), {2, 0, 0}, utc(2025, 2, 28));
    expect_sum(utc(2024, 2, 29), {12, 0, 0}, utc(2025, 2, 28));
    expect_sum(utc(2024, 2, 29), {48, 0, 0}, utc(2028, 2, 29));
    expect_sum(utc(2024, 2, 29), {1, 0, 0}, utc(2024, 3, 29)); // a month's end does not stick
}

TEST(Cadence, KnowsTheCenturyRule) {
    expect_sum(utc(1900, 1, 31), {1, 0, 0}, utc(1900, 2, 28));
    expect_sum(utc(2000, 1, 31), {1, 0, 0}, utc(2000, 2, 29));
    expect_sum(utc(2100, 1, 31), {1, 0, 0}, utc(2100, 2, 28));
    expect_sum(utc(2400, 1, 31), {1, 0, 0}, utc(2400, 2, 29));
    expect_sum(utc(2096, 2, 29), {48, 0, 0}, utc(2100, 2, 28));
    expect_sum(utc(0, 1, 31), {1, 0, 0}, utc(0, 2, 29)); // 1 BC
    expect_sum(utc(-100, 1, 31), {1, 0, 0}, utc(-100, 2, 28));
}

TEST(Cadence, MonthsThenDaysThenTime) {
    // 31 January + 1 month = 29 February, + 1 day = 1 March; days first would give 1 February + 1 month.
    expect_sum(utc(2024, 1, 31), {1, 1, 0}, utc(2024, 3, 1));
    expect_sum(utc(2024, 1, 30), {1, 1, 0}, utc(2024, 3, 1)); // days first: 31 January, then 29 February
    expect_sum(utc(2024, 1, 31), {1, 0, 25 * hour}, utc(2024, 3, 1) + hour);
    // The time of day is kept, and comes after the months: 31 January 23:00 + 1 month + 2 hours.
    expect_sum(utc(2023, 1, 31) + 23 * hour, {1, 0, 2 * hour}, utc(2023, 3, 1) + hour);
    expect_sum(utc(2024, 5, 5) + 7, {3, 10, 5}, utc(2024, 8, 15) + 12);
}

TEST(Cadence, PartsMayBeNegative) {
    expect_sum(utc(2024, 3, 31), {-1, 0, 0}, utc(2024, 2, 29));
    expect_sum(utc(2024, 1, 15), {-1, 0, 0}, utc(2023, 12, 15));
    expect_sum(utc(2024, 1, 15), {-25, 0, 0}, utc(2021, 12, 15));
    expect_sum(utc(2024, 3, 1), {0, -1, 0}, utc(2024, 2, 29));
    expect_sum(utc(2024, 3, 1), {0, 0, -1}, utc(2024, 3, 1) - 1);
    expect_sum(utc(2024, 3, 31), {1, -1, -day}, utc(2024, 4, 28));
    expect_sum(-1, {1, 0, 0}, utc(2000, 1, 31) + day - 1); // 31 December 1999, before the epoch
    expect_sum(0, {0, 0, -1}, -1);
}

TEST(Cadence, FourHundredYearsAre146097Days) {
    for (const std::int64_t start : {utc(2000, 2, 29), utc(1969, 12, 31), utc(-4000, 3, 1)}) {
        expect_sum(start, {4800, 0, 0}, start + 146'097 * day);
        expect_sum(start + 146'097 * day, {-4800, 0, 0}, start);
    }
}

TEST(Cadence, EndsAtPostgresqlsFirstInstant) {
    EXPECT_EQ(utc(-4713, 11, 24), first_instant);
    expect_sum(first_instant, {}, first_instant);
    expect_sum(0, {0, 0, first_instant}, first_instant);
    expect_sum(utc(-4713, 12, 24), {-1, 0, 0}, first_instant);
    expect_out_of_range(first_instant, {0, 0, -1});
    expect_error(add_cadence(utc(2026, 1, 31), {-1'000'000, 0, 0}), ErrorCode::out_of_range,
                 "timestamp out of range", "2026-01-31 and -1000000 months");
    expect_out_of_range(first_instant, {0, -1, 0});
    expect_out_of_range(first_instant, {-1, 0, 0});
}

TEST(Cadence, EndsAtPostgresqlsLastInstant) {
    expect_sum(last_instant, {}, last_instant);
    expect_sum(last_instant - 1, {0, 0, 1}, last_instant);
    expect_sum(0, {0, 0, last_instant}, last_instant);
    expect_sum(last_instant, {-12, 0, 0},
               last_instant - 366 * day); // 294276 is a leap year
    expect_out_of_range(last_instant, {0, 0, 1});
    expect_out_of_range(last_instant, {0, 1, 0});
    expect_out_of_range(last_instant, {1, 0, 0});
}

TEST(Cadence, SurvivesEveryExtreme) {
    for (const std::int64_t start : {lowest, first_instant, std::int64_t{0}, highest}) {
        for (const std::int64_t microseconds : {lowest, std::int64_t{0}, highest}) {
            for (const std::int32_t days : {lowest_part, 0, highest_part}) {
                expect_out_of_range(start, {highest_part, days, microseconds});
                expect_out_of_range(start, {lowest_part, days, microseconds});
            }
            expect_out_of_range(start, {0, highest_part, microseconds});
            expect_out_of_range(start, {0, lowest_part, microseconds});
        }
    }
    expect_out_of_range(highest, {0, 0, highest});
    expect_out_of_range(lowest, {});
    expect_out_of_range(lowest, {0, 0, lowest});
    expect_sum(lowest, {0, 0, highest}, -1);
}

TEST(Cadence, OnlyTheResultMustBeInRange) {
    // 400000 years are exactly 146097000 days; the year 401970 on the way does not matter.
    expect_sum(5, {4'800'000, -146'097'000, 0}, 5);
    expect_sum(5, {-4'800'000, 146'097'000, 0}, 5);
}

struct Date {
    int year, month, day;
    auto operator<=>(const Date&) const = default;
};

int slow_days_in_month(int year, int month) {
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap ? 29 : lengths[month - 1];
}

constexpr std::int64_t calendar_start = -730'119; // 1 January of the year 1, from 2000-01-01

/// Every day of 4000 years, one by one.
std::vector<Date> make_calendar() {
    std::vector<Date> calendar;
    for (int year = 1; year <= 4000; ++year)
        for (int month = 1; month <= 12; ++month)
            for (int day_of_month = 1; day_of_month <= slow_days_in_month(year, month); ++day_of_month)
                calendar.push_back({year, month, day_of_month});
    return calendar;
}

std::int64_t slow_sum(const std::vector<Date>& calendar, std::int64_t start_day, std::int64_t time,
                      const Cadence& cadence) {
    Date date = calendar[static_cast<std::size_t>(start_day - calendar_start)];
    for (int i = 0; i < cadence.months; ++i)
        date =
            date.month == 12 ? Date{date.year + 1, 1, date.day} : Date{date.year, date.month + 1, date.day};
    for (int i = 0; i > cadence.months; --i)
        date =
            date.month == 1 ? Date{date.year - 1, 12, date.day} : Date{date.year, date.month - 1, date.day};
    date.day = std::min(date.day, slow_days_in_month(date.year, date.month));
    const auto found = std::lower_bound(calendar.begin(), calendar.end(), date);
    return (found - calendar.begin() + calendar_start + cadence.days) * day + time + cadence.microseconds;
}

TEST(Cadence, AgreesWithADayByDayCalendar) {
    const std::vector<Date> calendar = make_calendar();
    EXPECT_EQ(calendar[static_cast<std::size_t>(-calendar_start)], (Date{2000, 1, 1}));
    std::mt19937_64 random(1);
    const auto between = [&random](std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(random);
    };
    for (int i = 0; i < 100'000; ++i) {
        const std::int64_t start_day = between(calendar_start + 100 * 366, calendar_start + 3800 * 365);
        const std::int64_t time = between(0, day - 1);
        const Cadence cadence{static_cast<std::int32_t>(between(-1100, 1100)),
                              static_cast<std::int32_t>(between(-1000, 1000)), between(-3 * day, 3 * day)};
        const Result<std::int64_t> sum = add_cadence(start_day * day + time, cadence);
        ASSERT_TRUE(sum);
        ASSERT_EQ(*sum, slow_sum(calendar, start_day, time, cadence))
            << start_day << ' ' << time << ' ' << cadence.months << ' ' << cadence.days;
    }
}

TEST(CadenceInAZone, KeepsTheTimeThatTheClockShows) {
    const TimeZone los_angeles = read_zone("America/Los_Angeles");
    EXPECT_EQ(*add_cadence(utc(2026, 3, 1, 4), {1, 0, 0}, los_angeles), utc(2026, 3, 29, 3));
    EXPECT_EQ(*add_cadence(utc(2026, 2, 1, 7), {1, 0, 0}, los_angeles),
              utc(2026, 3, 1, 7)); // 31 January there
    EXPECT_EQ(*add_cadence(utc(2026, 3, 7, 20), {0, 1, day}, los_angeles), utc(2026, 3, 9, 19));
}

TEST(CadenceInAZone, ReadsWhatTheClockSkipsOrShowsTwiceAsPostgreSqlDoes) {
    const TimeZone berlin = read_zone("Europe/Berlin");
    EXPECT_EQ(*add_cadence(utc(2026, 3, 28, 1, 30), {0, 1, 0}, berlin), utc(2026, 3, 29, 1, 30));
    EXPECT_EQ(*add_cadence(utc(2026, 10, 24, 0, 30), {0, 1, 0}, berlin), utc(2026, 10, 25, 1, 30));
    // Samoa had no 30 December 2011.
    EXPECT_EQ(*add_cadence(utc(2011, 12, 29, 22), {0, 1, 0}, read_zone("Pacific/Apia")),
              utc(2011, 12, 30, 22));
}

TEST(CadenceInAZone, IsOutOfRangeAtTheEndOfTime) {
    const TimeZone berlin = read_zone("Europe/Berlin");
    expect_error(add_cadence(last_instant, {0, 1, 0}, berlin), ErrorCode::out_of_range,
                 "timestamp out of range");
    expect_error(add_cadence(last_instant, {0, 0, 1}, berlin), ErrorCode::out_of_range,
                 "timestamp out of range");
}

} // namespace
} // namespace policies::core
