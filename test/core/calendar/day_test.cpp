#include "core/calendar/day.hpp"

#include <chrono>
#include <limits>

#include <gtest/gtest.h>

#include "core/calendar/dates.hpp"

namespace policies::core {
namespace {

using std::chrono::days;

TEST(Day, HoldsInstants) {
    EXPECT_EQ(day_of(0), postgres_epoch);
    EXPECT_EQ(day_of(-1), postgres_epoch - days{1});
    EXPECT_EQ(day_of(microseconds_per_day - 1), postgres_epoch);
    EXPECT_EQ(start_of(date(1970, 1, 1)), -10'957 * microseconds_per_day);
    EXPECT_EQ(day_of(first_instant), date(-4713, 11, 24));
    EXPECT_EQ(day_of(last_instant), date(294276, 12, 31));
}

TEST(Day, AddsMonthsAndKeepsToTheMonth) {
    EXPECT_EQ(add_months(date(2026, 1, 31), 1), date(2026, 2, 28));
    EXPECT_EQ(add_months(date(2024, 1, 31), 1), date(2024, 2, 29));
    EXPECT_EQ(add_months(date(2024, 2, 29), 12), date(2025, 2, 28));
    EXPECT_EQ(add_months(date(2024, 2, 29), -4 * 12), date(2020, 2, 29));
    EXPECT_EQ(add_months(date(2026, 1, 15), -1), date(2025, 12, 15));
    EXPECT_EQ(add_months(date(1900, 1, 31), 1), date(1900, 2, 28)); // a century
    EXPECT_EQ(add_months(date(2000, 1, 31), 1), date(2000, 2, 29)); // the fourth century
}

TEST(Day, AddsMonthsAtAnyDistance) {
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    constexpr auto least = std::numeric_limits<std::int32_t>::min();
    for (const Day day : {date(-100'000, 2, 29), date(-4713, 11, 24), date(0, 2, 29), date(294276, 12, 31)}) {
        EXPECT_EQ(add_months(day, 4800), day + days{days_per_era});
        EXPECT_EQ(add_months(day, -4800), day - days{days_per_era});
        EXPECT_EQ(add_months(add_months(day, most - most % 4800), -(most - most % 4800)), day);
        EXPECT_EQ(add_months(add_months(day, least - least % 4800), -(least - least % 4800)), day);
    }
    EXPECT_EQ(add_months(date(2000, 1, 31), most), date(2000 + most / 12, 1 + most % 12, 31));
}

TEST(Day, ReadsWhatItWrites) {
    EXPECT_EQ(parse_date("1970-01-01"), Day{});
    EXPECT_EQ(parse_date("2000-02-29"), postgres_epoch + days{59});
    EXPECT_EQ(parse_date("9999-12-31"), Day{days{2'932'896}});
    EXPECT_EQ(format_date(Day{}), "1970-01-01");
    EXPECT_EQ(format_date(Day{days{-1}}), "1969-12-31");
    EXPECT_EQ(format_date(date(7, 8, 9)), "0007-08-09");
    EXPECT_EQ(format_date(date(294276, 12, 31)), "294276-12-31");
    EXPECT_EQ(format_date(date(-1, 3, 1)), "-0001-03-01");
    for (Day day = date(0, 1, 1); day < date(4160, 1, 1); day += days{7})
        ASSERT_EQ(parse_date(format_date(day)), day);
}

TEST(Day, ReadsNothingElse) {
    for (const char* text :
         {"",           "2026",       "2026-1-01",   "2026-01-1",  "20260101",    "2026/01/01", "2026-13-01",
          "2026-00-01", "2026-01-00", "2026-01-32",  "2026-02-29", "1900-02-29",  "2026-04-31", " 026-01-01",
          "+026-01-01", "-001-01-01", "2026-01-01 ", "2026-01-0x", "2026-01-01T", "１2026-01"})
        EXPECT_EQ(parse_date(text), std::nullopt) << text;
}

} // namespace
} // namespace policies::core
