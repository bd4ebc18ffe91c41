#include "core/calendar/civil_date.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace policies::core {
namespace {

TEST(CivilDate, AgreesWithChrono) {
    using namespace std::chrono;
    for (std::int64_t day = -800'000; day <= 800'000; ++day) { // 221 BC to 4160
        const sys_days chrono_day{days{day}};
        const year_month_day date{chrono_day};
        const CivilDate expected{int{date.year()}, unsigned{date.month()}, unsigned{date.day()}};
        ASSERT_EQ(civil_from_days(day), expected) << day;
        ASSERT_EQ(days_from_civil(expected), day);
        ASSERT_EQ(iso_weekday(day), static_cast<int>(weekday{chrono_day}.iso_encoding())) << day;
    }
}

TEST(CivilDate, IsItsOwnReverseAtAnyDistance) {
    for (const std::int64_t day : {-100'000'000L, -2'440'588L, -1L, 0L, 106'762'939L, 1'000'000'000L}) {
        EXPECT_EQ(days_from_civil(civil_from_days(day)), day);
        const CivilDate date = civil_from_days(day);
        EXPECT_EQ(civil_from_days(day + days_per_era), (CivilDate{date.year + 400, date.month, date.day}));
    }
}

TEST(CivilDate, KnowsHowLongAMonthIs) {
    EXPECT_EQ(days_in_month(2026, 12), 31);
    EXPECT_EQ(days_in_month(2026, 4), 30);
    EXPECT_EQ(days_in_month(2024, 2), 29);
    EXPECT_EQ(days_in_month(2023, 2), 28);
    EXPECT_EQ(days_in_month(1900, 2), 28); // a century
    EXPECT_EQ(days_in_month(2000, 2), 29); // the fourth century
    EXPECT_EQ(days_in_month(0, 2), 29);    // 1 BC
}

TEST(CivilDate, ReadsWhatItWrites) {
    EXPECT_EQ(parse_date("1970-01-01"), 0);
    EXPECT_EQ(parse_date("2000-02-29"), epoch_day + 59);
    EXPECT_EQ(parse_date("9999-12-31"), 2'932'896);
    EXPECT_EQ(format_date(0), "1970-01-01");
    EXPECT_EQ(format_date(-1), "1969-12-31");
    EXPECT_EQ(format_date(days_from_civil({7, 8, 9})), "0007-08-09");
    EXPECT_EQ(format_date(days_from_civil({294276, 12, 31})), "294276-12-31");
    EXPECT_EQ(format_date(days_from_civil({-1, 3, 1})), "-0001-03-01");
    for (std::int64_t day = -800'000; day <= 800'000; day += 7) {
        if (civil_from_days(day).year >= 0) {
            ASSERT_EQ(parse_date(format_date(day)), day);
        }
    }
}

TEST(CivilDate, ReadsNothingElse) {
    for (const char* text :
         {"",           "2026",       "2026-1-01",   "2026-01-1",  "20260101",    "2026/01/01", "2026-13-01",
          "2026-00-01", "2026-01-00", "2026-01-32",  "2026-02-29", "1900-02-29",  "2026-04-31", " 026-01-01",
          "+026-01-01", "-001-01-01", "2026-01-01 ", "2026-01-0x", "2026-01-01T", "１2026-01"})
        EXPECT_EQ(parse_date(text), std::nullopt) << text;
}

TEST(CivilDate, RoundsDown) {
    EXPECT_EQ(floor_divide(-1, 7), -1);
    EXPECT_EQ(floor_divide(-7, 7), -1);
    EXPECT_EQ(floor_divide(-8, 7), -2);
    EXPECT_EQ(floor_divide(6, 7), 0);
    EXPECT_EQ(floor_modulo(-1, 7), 6);
    EXPECT_EQ(floor_modulo(-7, 7), 0);
    EXPECT_EQ(floor_modulo(INT64_MIN, 86'400'000'000), INT64_MIN % 86'400'000'000 + 86'400'000'000);
}

} // namespace
} // namespace policies::core
