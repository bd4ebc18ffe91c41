#include "core/calendar/business_clock.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "core/calendar/dates.hpp"
#include "core/calendar/zone_files.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

constexpr Duration second = microseconds_per_second;
constexpr Duration minute = 60 * second;
constexpr Duration hour = 60 * minute;
constexpr Duration day = 24 * hour;
constexpr Instant lowest = std::numeric_limits<Instant>::min();
constexpr Instant highest = std::numeric_limits<Instant>::max();

Holiday holiday(Day first, Day last) {
    return {"x", first, last, false, {}};
}

Holiday yearly(Day first, Day last, std::vector<Day> except = {}) {
    return {"x", first, last, true, std::move(except)};
}

std::string hours_json(const std::string& weekdays, const std::string& opens, const std::string& closes) {
    const bool closes_next_day = closes <= opens;
    return R"([{"weekdays": [)" + weekdays + R"(], "opens": ")" + opens + R"(", "closes": ")" + closes +
           R"(", "closes_next_day": )" + (closes_next_day ? "true" : "false") + "}]";
}

BusinessClock clock_of(const std::string& zone, const std::string& json,
                       const std::vector<Holiday>& holidays = {}) {
    return *BusinessClock::compile(*parse_opening_hours(json), holidays, read_zone(zone));
}

BusinessClock clock_of(const std::string& zone, const std::string& weekdays, const std::string& opens,
                       const std::string& closes, const std::vector<Holiday>& holidays = {}) {
    return clock_of(zone, hours_json(weekdays, opens, closes), holidays);
}

const std::string every_day = "1, 2, 3, 4, 5, 6, 7";
const std::string working_days = "1, 2, 3, 4, 5";

void expect_sum(const BusinessClock& clock, Instant start, Duration business_time,
                std::optional<Instant> expected, std::span<const Pause> pauses = {}) {
    const auto sum = clock.add(start, business_time, pauses);
    ASSERT_TRUE(sum) << sum.error().message;
    ASSERT_EQ(sum->has_value(), expected.has_value());
    if (expected) {
        EXPECT_EQ(**sum, *expected) << (**sum - *expected) / second << " seconds off";
    }
}

void expect_out_of_range(const BusinessClock& clock, Instant start, Duration business_time,
                         std::span<const Pause> pauses = {}) {
    expect_error(clock.add(start, business_time, pauses), ErrorCode::out_of_range, "timestamp out of range");
}

// Monday, 23 November 2026. Berlin is an hour ahead of UTC.
constexpr Instant monday_opening = utc(2026, 11, 23, 8);

class BerlinOffice : public testing::Test {
protected:
    const BusinessClock clock_ = clock_of("Europe/Berlin", working_days, "09:00", "17:00",
                                          {holiday(date(2026, 11, 25), date(2026, 11, 25)), // a Wednesday
                                           holiday(date(2026, 11, 28), date(2026, 11, 28)), // a Saturday
                                           yearly(date(2020, 12, 25), date(2020, 12, 26))});
};

TEST_F(BerlinOffice, IsDueByTheEndOfTheDay) {
    expect_sum(clock_, monday_opening, 480 * minute, utc(2026, 11, 23, 16)); // not Tuesday 09:00
    expect_sum(clock_, monday_opening, 480 * minute + 1, utc(2026, 11, 24, 8) + 1);
    expect_sum(clock_, monday_opening, 479 * minute, utc(2026, 11, 23, 15, 59));
    expect_sum(clock_, utc(2026, 11, 21), 480 * minute, utc(2026, 11, 23, 16)); // opened on a Saturday
    expect_sum(clock_, utc(2026, 11, 23, 12), 480 * minute, utc(2026, 11, 24, 12));
}

TEST_F(BerlinOffice, CountsBackwards) {
    expect_sum(clock_, utc(2026, 11, 23, 16), -480 * minute, monday_opening);
    expect_sum(clock_, utc(2026, 11, 23, 20), -480 * minute, monday_opening);
    expect_sum(clock_, utc(2026, 11, 24, 8), -480 * minute, monday_opening);
    // The latest such instant: Friday 17:00 and the whole weekend would do as well.
    expect_sum(clock_, monday_opening + 1, -1, monday_opening);
    expect_sum(clock_, monday_opening, -1, utc(2026, 11, 20, 16) - 1);
    expect_sum(clock_, monday_opening, -8 * hour, utc(2026, 11, 20, 8));
    EXPECT_EQ(clock_.between(utc(2026, 11, 23, 16), monday_opening), -8 * hour);
}

TEST_F(BerlinOffice, AddsNothing) {
    for (const Instant start : {monday_opening, monday_opening - 1, utc(2026, 11, 22), utc(2026, 11, 25, 12)})
        expect_sum(clock_, start, 0, start); // even when it is closed
    EXPECT_EQ(clock_.between(monday_opening, monday_opening), 0);
}

TEST_F(BerlinOffice, HasEdges) {
    EXPECT_FALSE(clock_.is_open(monday_opening - 1));
    EXPECT_TRUE(clock_.is_open(monday_opening));
    EXPECT_TRUE(clock_.is_open(utc(2026, 11, 23, 16) - 1));
    EXPECT_FALSE(clock_.is_open(utc(2026, 11, 23, 16)));
    EXPECT_EQ(*clock_.next_opening(monday_opening), monday_opening);
    EXPECT_EQ(*clock_.next_opening(monday_opening - 1), monday_opening);
    EXPECT_EQ(*clock_.next_opening(utc(2026, 11, 23, 16) - 1), utc(2026, 11, 23, 16) - 1);
    EXPECT_EQ(*clock_.next_opening(utc(2026, 11, 23, 16)), utc(2026, 11, 24, 8));
    expect_sum(clock_, utc(2026, 11, 23, 16), 1, utc(2026, 11, 24, 8) + 1); // from a closing time on
    expect_sum(clock_, monday_opening, 1, monday_opening + 1);
}

TEST_F(BerlinOffice, IsClosedOnHolidays) {
    EXPECT_FALSE(clock_.is_open(utc(2026, 11, 25, 12)));
    expect_sum(clock_, utc(2026, 11, 24, 8), 16 * hour, utc(2026, 11, 26, 16)); // Tuesday and Thursday
    expect_sum(clock_, utc(2026, 11, 24, 23), 1 * hour, utc(2026, 11, 26, 9));  // from the holiday's midnight
    expect_sum(clock_, utc(2026, 11, 25, 23), 1 * hour, utc(2026, 11, 26, 9));  // and its end
    EXPECT_EQ(*clock_.next_opening(utc(2026, 11, 24, 16)), utc(2026, 11, 26, 8));
    // A holiday on a Saturday takes nothing away.
    EXPECT_EQ(clock_.between(utc(2026, 11, 27), utc(2026, 12, 1)), 16 * hour);
    // Christmas: a Friday and a Saturday in 2026, before 2020 a working day.
    EXPECT_EQ(clock_.between(utc(2026, 12, 25), utc(2026, 12, 29)), 8 * hour);
    EXPECT_EQ(clock_.between(utc(2019, 12, 25), utc(2019, 12, 26)), 8 * hour);
    EXPECT_EQ(clock_.between(utc(2020, 12, 25), utc(2020, 12, 26)), 0);
    EXPECT_EQ(clock_.between(utc(2999, 12, 25), utc(2999, 12, 26)), 0); // a Wednesday
}

TEST_F(BerlinOffice, IsTheOneTheSessionWouldGetWrong) {
    // 09:00 is 07:00 UTC in summer.
    EXPECT_TRUE(clock_.is_open(utc(2026, 7, 6, 7)));
    EXPECT_FALSE(clock_.is_open(utc(2026, 7, 6, 15)));
    // A whole year of 261 weekdays in 2026 without 25 November and 25 December.
    EXPECT_EQ(clock_.between(utc(2025, 12, 31, 23), utc(2026, 12, 31, 23)), 259 * 8 * hour);
}

TEST(BusinessClock, AnHourSkippedInSpringDoesNotCount) {
    // Berlin, 29 March 2026: at 01:00 UTC 02:00 becomes 03:00.
    const Instant change = utc(2026, 3, 29, 1);
    const BusinessClock always = clock_of("Europe/Berlin", every_day, "00:00", "24:00");
    EXPECT_EQ(always.between(utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)),
              23 * hour); // the whole local Sunday
    const BusinessClock across = clock_of("Europe/Berlin", "7", "01:00", "04:00");
    EXPECT_EQ(across.between(utc(2026, 3, 28), utc(2026, 3, 30)), 2 * hour);
    expect_sum(across, utc(2026, 3, 28), 90 * minute, change + 30 * minute);
    const BusinessClock inside = clock_of("Europe/Berlin", "7", "02:00", "03:00");
    EXPECT_EQ(inside.between(utc(2026, 3, 28), utc(2026, 3, 30)), 0);
    EXPECT_FALSE(inside.is_open(change));
    expect_sum(inside, utc(2026, 3, 28), hour, utc(2026, 4, 5, 1)); // a week later
    const BusinessClock partly = clock_of("Europe/Berlin", "7", "02:30", "03:30");
    EXPECT_EQ(*partly.next_opening(utc(2026, 3, 28)), change); // at 03:00: 02:30 does not exist
    EXPECT_EQ(partly.between(utc(2026, 3, 28), utc(2026, 3, 30)), 30 * minute);
}

TEST(BusinessClock, AnHourRepeatedInAutumnCountsTwice) {
    // Berlin, 25 October 2026: at 01:00 UTC 03:00 becomes 02:00.
    const Instant change = utc(2026, 10, 25, 1);
    const BusinessClock always = clock_of("Europe/Berlin", every_day, "00:00", "24:00");
    EXPECT_EQ(always.between(utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)), 25 * hour);
    const BusinessClock inside = clock_of("Europe/Berlin", "7", "02:00", "03:00");
    EXPECT_EQ(inside.between(utc(2026, 10, 24), utc(2026, 10, 26)), 2 * hour);
    expect_sum(inside, utc(2026, 10, 24), 90 * minute, change + 30 * minute);
    // 02:30 to 03:30: half an hour, closed again from 02:00 to 02:30, then the whole hour.
    const BusinessClock twice = clock_of("Europe/Berlin", "7", "02:30", "03:30");
    EXPECT_EQ(twice.between(utc(2026, 10, 24), utc(2026, 10, 26)), 90 * minute);
    EXPECT_TRUE(twice.is_open(change - 1));
    EXPECT_FALSE(twice.is_open(change));
    EXPECT_FALSE(twice.is_open(change + 30 * minute - 1));
    EXPECT_TRUE(twice.is_open(change + 30 * minute));
    EXPECT_EQ(*twice.next_opening(change), change + 30 * minute);
    expect_sum(twice, utc(2026, 10, 24), 30 * minute, change);
    expect_sum(twice, utc(2026, 10, 24), 30 * minute + 1, change + 30 * minute + 1);
    expect_sum(twice, utc(2026, 10, 26), -60 * minute, change + 30 * minute);
    expect_sum(twice, utc(2026, 10, 26), -61 * minute, change - minute);
}

TEST(BusinessClock, ANightIsAsLongAsItReallyIs) {
    // New York: clocks go forward on 8 March 2026 at 07:00 UTC, back on 1 November at 06:00 UTC, both
    // Sundays.
    const BusinessClock nights = clock_of("America/New_York", "6", "22:00", "06:00");
    EXPECT_EQ(nights.between(utc(2026, 3, 8, 3), utc(2026, 3, 8, 10)), 7 * hour);
    EXPECT_EQ(nights.between(utc(2026, 3, 6), utc(2026, 3, 10)), 7 * hour);
    EXPECT_EQ(nights.between(utc(2026, 10, 30), utc(2026, 11, 2)), 9 * hour);
    EXPECT_EQ(nights.between(utc(2026, 6, 5), utc(2026, 6, 9)), 8 * hour);
    expect_sum(nights, utc(2026, 3, 8, 3), 7 * hour, utc(2026, 3, 8, 10));
    expect_sum(nights, utc(2026, 3, 8, 3), 8 * hour,
               utc(2026, 3, 15, 3)); // the eighth a week later, from 02:00 UTC
    expect_sum(nights, utc(2026, 11, 1, 2), 8 * hour, utc(2026, 11, 1, 10));
    // A holiday on the Sunday ends the night at midnight.
    const BusinessClock cut =
        clock_of("America/New_York", "6", "22:00", "06:00", {holiday(date(2026, 3, 8), date(2026, 3, 8))});
    EXPECT_EQ(cut.between(utc(2026, 3, 6), utc(2026, 3, 10)), 2 * hour);
}

TEST(BusinessClock, LordHoweShiftsByHalfAnHour) {
    const BusinessClock sundays = clock_of("Australia/Lord_Howe", "7", "01:00", "03:00");
    // 5 April 2026: 02:00 (+11) becomes 01:30 (+10:30) at 15:00 UTC of the 4th.
    EXPECT_EQ(sundays.between(utc(2026, 4, 4), utc(2026, 4, 6)), 150 * minute);
    expect_sum(sundays, utc(2026, 4, 4), 2 * hour, utc(2026, 4, 4, 16)); // from 14:00 UTC on
    // 4 October 2026: 02:00 (+10:30) becomes 02:30 (+11) at 15:30 UTC of the 3rd.
    EXPECT_EQ(sundays.between(utc(2026, 10, 3), utc(2026, 10, 5)), 90 * minute);
    expect_sum(sundays, utc(2026, 10, 3), 75 * minute, utc(2026, 10, 3, 15, 45)); // from 14:30 UTC on
}

TEST(BusinessClock, SantiagoShiftsAtMidnight) {
    const BusinessClock saturdays = clock_of("America/Santiago", "6", "00:00", "24:00");
    // Saturday, 4 April 2026: at its end, 03:00 UTC, it is 23:00 again (-03 to -04).
    EXPECT_EQ(saturdays.between(utc(2026, 4, 3), utc(2026, 4, 6)), 25 * hour);
    EXPECT_TRUE(saturdays.is_open(utc(2026, 4, 5, 3)));
    EXPECT_FALSE(saturdays.is_open(utc(2026, 4, 5, 4)));
    const BusinessClock sundays = clock_of("America/Santiago", "7", "00:00", "24:00");
    // Sunday, 6 September 2026: begins at 01:00, 04:00 UTC (-04 to -03).
    EXPECT_EQ(sundays.between(utc(2026, 9, 5), utc(2026, 9, 8)), 23 * hour);
    EXPECT_EQ(*sundays.next_opening(utc(2026, 9, 5)), utc(2026, 9, 6, 4));
    const BusinessClock cut =
        clock_of("America/Santiago", "6", "00:00", "24:00", {holiday(date(2026, 4, 4), date(2026, 4, 4))});
    EXPECT_EQ(cut.between(utc(2026, 4, 3), utc(2026, 4, 6)), 0); // all 25 hours are the holiday's
}

TEST(BusinessClock, OffsetsNeedNotBeWholeHours) {
    const BusinessClock kolkata = clock_of("Asia/Kolkata", working_days, "09:00", "17:00");
    EXPECT_EQ(*kolkata.next_opening(utc(2026, 11, 23)), utc(2026, 11, 23, 3, 30));
    expect_sum(kolkata, utc(2026, 11, 23), 8 * hour, utc(2026, 11, 23, 11, 30));
    const BusinessClock kathmandu = clock_of("Asia/Kathmandu", working_days, "09:00", "17:00");
    EXPECT_EQ(*kathmandu.next_opening(utc(2026, 11, 23)), utc(2026, 11, 23, 3, 15));
    expect_sum(kathmandu, utc(2026, 11, 23), 8 * hour, utc(2026, 11, 23, 11, 15));
}

TEST(BusinessClock, ADaySkippedHasNoInstants) {
    // Apia had no 30 December 2011, a Friday: at 10:00 UTC, the end of the 29th (-10), began the 31st (+14).
    const Instant change = utc(2011, 12, 30, 10);
    const BusinessClock fridays = clock_of("Pacific/Apia", "5", "00:00", "24:00");
    EXPECT_EQ(fridays.between(change - 3 * day, change + 3 * day), 0);
    const BusinessClock office = clock_of("Pacific/Apia", every_day, "09:00", "17:00");
    EXPECT_EQ(office.between(change - day, change + day), 16 * hour);
    expect_sum(office, change - 7 * hour, 8 * hour, change + 17 * hour); // Thursday 17:00 to Saturday 17:00
    expect_sum(office, change + 17 * hour, -8 * hour, change + 9 * hour);
    const BusinessClock closed = clock_of("Pacific/Apia", every_day, "09:00", "17:00",
                                          {holiday(date(2011, 12, 30), date(2011, 12, 30))});
    EXPECT_EQ(closed.between(change - day, change + day), 16 * hour);
}

TEST(BusinessClock, AStandardOffsetMayChange) {
    // Pyongyang: half an hour back at midnight after 14 August 2015, and forward after 4 May 2018 23:30;
    // Fridays.
    const BusinessClock fridays = clock_of("Asia/Pyongyang", "5", "00:00", "24:00");
    EXPECT_EQ(fridays.between(utc(2015, 8, 13), utc(2015, 8, 16)), 24 * hour + 30 * minute);
    EXPECT_EQ(fridays.between(utc(2018, 5, 3), utc(2018, 5, 6)), 23 * hour + 30 * minute);
    // Istanbul stayed on summer time in 2016: 09:00 is 06:00 UTC in winter, where it was 07:00 before.
    const BusinessClock istanbul = clock_of("Europe/Istanbul", working_days, "09:00", "17:00");
    EXPECT_EQ(*istanbul.next_opening(utc(2015, 12, 7)), utc(2015, 12, 7, 7));
    EXPECT_EQ(*istanbul.next_opening(utc(2016, 12, 5)), utc(2016, 12, 5, 6));
    EXPECT_EQ(*istanbul.next_opening(utc(2400, 12, 4)), utc(2400, 12, 4, 6));
}

TEST(BusinessClock, MidnightDoesNotInterrupt) {
    const BusinessClock clock = clock_of("UTC", R"([{"weekdays": [1], "opens": "18:00", "closes": "24:00"},
                                                    {"weekdays": [2], "opens": "00:00", "closes": "02:00"}])");
    expect_sum(clock, utc(2026, 11, 23, 18), 6 * hour, utc(2026, 11, 24));
    expect_sum(clock, utc(2026, 11, 23, 18), 8 * hour, utc(2026, 11, 24, 2));
    expect_sum(clock, utc(2026, 11, 24, 2), -2 * hour, utc(2026, 11, 24));
    EXPECT_TRUE(clock.is_open(utc(2026, 11, 24)));
    EXPECT_EQ(*clock.next_opening(utc(2026, 11, 24, 2)), utc(2026, 11, 30, 18));
}

TEST(BusinessClock, IntervalsGivenTwiceCountOnce) {
    const std::vector<OpeningInterval> overlapping{
        {1, 3600, 7200}, {1, 0, 5400}, {1, 1800, 3600}, {1, 0, 5400}};
    const BusinessClock clock = *BusinessClock::compile(overlapping, {}, {});
    EXPECT_EQ(clock.between(utc(2026, 11, 23), utc(2026, 11, 24)), 2 * hour);
}

TEST(BusinessClock, OverlappingHolidaysCountOnce) {
    const BusinessClock clock = clock_of(
        "UTC", every_day, "00:00", "24:00",
        {yearly(date(2020, 12, 24), date(2020, 12, 26)), yearly(date(2020, 12, 25), date(2020, 12, 25)),
         holiday(date(2026, 12, 20), date(2026, 12, 25)), holiday(date(2026, 12, 25), date(2026, 12, 25))});
    EXPECT_EQ(clock.between(utc(2026, 12, 1), utc(2027, 1, 1)),
              (31 - 7) * day); // closed from the 20th to the 26th
    EXPECT_EQ(*clock.next_opening(utc(2026, 12, 20)), utc(2026, 12, 27));
    EXPECT_EQ(clock.between(utc(2027, 12, 1), utc(2028, 1, 1)), (31 - 3) * day);
}

TEST(BusinessClock, AYearlyHolidayMayReachIntoTheNextYear) {
    const BusinessClock clock =
        clock_of("UTC", every_day, "00:00", "24:00",
                 {yearly(date(2025, 12, 30), date(2026, 1, 2), {date(2027, 12, 30)})});
    EXPECT_TRUE(clock.is_open(utc(2025, 1, 1))); // nothing from the year before the first
    EXPECT_FALSE(clock.is_open(utc(2026, 1, 2)));
    EXPECT_TRUE(clock.is_open(utc(2026, 1, 3)));
    EXPECT_FALSE(clock.is_open(utc(2027, 1, 1)));
    EXPECT_TRUE(clock.is_open(utc(2027, 12, 31))); // the exception
    EXPECT_TRUE(clock.is_open(utc(2028, 1, 1)));
    EXPECT_FALSE(clock.is_open(utc(2028, 12, 31)));
    EXPECT_FALSE(clock.is_open(utc(123456, 1, 2)));
    EXPECT_EQ(clock.between(utc(100000, 1, 1), utc(100400, 1, 1)), (days_per_era - 4 * 400) * day);
}

TEST(BusinessClock, ALeapDayIsAHolidayInLeapYearsOnly) {
    const BusinessClock clock =
        clock_of("UTC", every_day, "00:00", "24:00", {yearly(date(2024, 2, 29), date(2024, 2, 29))});
    EXPECT_EQ(clock.between(utc(2024, 2, 1), utc(2024, 3, 2)), 29 * day);
    EXPECT_EQ(clock.between(utc(2026, 2, 1), utc(2026, 3, 2)), 29 * day); // no holiday, and no 29th
    EXPECT_EQ(clock.between(utc(2100, 2, 1), utc(2100, 3, 2)), 29 * day);
    EXPECT_EQ(clock.between(utc(2400, 2, 1), utc(2400, 3, 2)), 29 * day);
    EXPECT_EQ(clock.between(utc(2020, 2, 1), utc(2020, 3, 2)), 30 * day); // before its first year
    EXPECT_EQ(clock.between(utc(200000, 1, 1), utc(200400, 1, 1)), (days_per_era - 97) * day);
}

TEST(BusinessClock, ReachesTheFarFuture) {
    const BusinessClock clock =
        clock_of("Europe/Berlin", "7", "01:00", "04:00", {yearly(date(2026, 4, 2), date(2026, 4, 2))});
    // The year 250000 is like 2000, 620 times 400 years later: 26 March is the last Sunday, 2 April the next.
    EXPECT_EQ(clock.between(utc(250000, 3, 25), utc(250000, 3, 28)), 2 * hour); // skips an hour at 01:00 UTC
    EXPECT_EQ(*clock.next_opening(utc(250000, 3, 25)), utc(250000, 3, 26));
    expect_sum(clock, utc(250000, 3, 25), 90 * minute, utc(250000, 3, 26, 1, 30));
    expect_sum(clock, utc(250000, 3, 28), 1, utc(250000, 4, 8, 23) + 1); // not on the holiday, 2 April
    expect_sum(clock, utc(250000, 3, 28), -2 * hour, utc(250000, 3, 26));
    // From here to there in one step: it is exact at any distance.
    const Duration distance = clock.between(utc(2026, 1, 1), utc(250000, 3, 26, 1, 30));
    expect_sum(clock, utc(2026, 1, 1), distance, utc(250000, 3, 26, 1, 30));
    expect_sum(clock, utc(250000, 3, 26, 1, 30), -distance, *clock.next_opening(utc(2026, 1, 1)));
}

TEST(BusinessClock, RepeatsEvery400Years) {
    // Berlin's rule repeats from 2038 on. 1 January 2438 is a Friday like that of 2038, and the holiday of
    // 101 days ends on 11 April, when it is summer: the first opening is on Monday, 12 April, 07:00 UTC.
    const BusinessClock clock = clock_of("Europe/Berlin", working_days, "09:00", "17:00",
                                         {yearly(date(2020, 1, 1), date(2020, 4, 10))});
    for (const std::int64_t year : {2038, 2438, 2838, 200'038}) {
        const Instant opening = utc(year, 4, 12, 7);
        const Instant new_year = utc(year, 1, 1);
        EXPECT_EQ(*clock.next_opening(new_year), opening);
        EXPECT_EQ(clock.between(new_year, opening), 0);
        expect_sum(clock, new_year, 8 * hour, opening + 8 * hour);
        expect_sum(clock, opening, -8 * hour, utc(year - 1, 12, 31, 8)); // a Thursday
        EXPECT_EQ(clock.between(new_year, utc(year + 400, 1, 1)),
                  clock.between(utc(2038, 1, 1), utc(2438, 1, 1)));
    }
}

TEST(BusinessClock, ReachesTheFarPast) {
    // 4000 BC is the year -3999; Berlin's local time then was 53 minutes and 28 seconds ahead.
    const BusinessClock clock = clock_of("Europe/Berlin", working_days, "09:00", "17:00",
                                         {yearly(date(2026, 1, 1), date(2026, 1, 1))});
    const Instant some_day = utc(-3999, 1, 1);
    const Day first_day = day_of(some_day);
    const Day first_monday = first_day + (std::chrono::Monday - std::chrono::weekday{first_day});
    const Instant opening = start_of(first_monday) + 8 * hour + 6 * minute + 32 * second;
    EXPECT_TRUE(clock.is_open(opening));
    EXPECT_FALSE(clock.is_open(opening - 1));
    EXPECT_EQ(*clock.next_opening(opening - day), opening);
    EXPECT_EQ(clock.between(some_day, some_day + 400 * 7 * day), 400 * 40 * hour);
    expect_sum(clock, opening, 40 * hour + 1, opening + 7 * day + 1);
    const Duration distance = clock.between(opening, monday_opening + hour);
    expect_sum(clock, opening, distance, monday_opening + hour);
    expect_sum(clock, monday_opening + hour, -distance, opening);
}

TEST(BusinessClock, EndsWithPostgresqlsTimestamps) {
    const BusinessClock clock = BusinessClock::around_the_clock();
    expect_sum(clock, last_instant - 1, 1, last_instant);
    expect_sum(clock, last_instant, 0, last_instant);
    expect_sum(clock, first_instant, 0, first_instant);
    expect_sum(clock, first_instant + 1, -1, first_instant);
    expect_sum(clock, 0, last_instant, last_instant);
    expect_sum(clock, first_instant, highest, first_instant + highest);
    expect_sum(clock, 0, first_instant, first_instant);
    expect_out_of_range(clock, last_instant, 1);
    expect_out_of_range(clock, first_instant, -1);
    expect_out_of_range(clock, 0, last_instant + 1);
    expect_out_of_range(clock, 0, first_instant - 1);
    expect_out_of_range(clock, first_instant, lowest);
    expect_out_of_range(clock, 0, lowest);
    expect_sum(clock, last_instant, lowest, last_instant + lowest);
    expect_out_of_range(clock, 0, highest);
    for (const Instant start : {lowest, first_instant - 1, last_instant + 1, highest}) {
        expect_out_of_range(clock, start, 0);
        expect_error(clock.next_opening(start), ErrorCode::out_of_range, "timestamp out of range");
        EXPECT_TRUE(clock.is_open(start)); // like the nearest that exists
    }
    EXPECT_EQ(clock.between(lowest, highest), highest); // 299,000 years do not fit
    EXPECT_EQ(clock.between(highest, lowest), -highest);
    EXPECT_EQ(clock.between(0, highest), last_instant);
    EXPECT_EQ(clock.between(lowest, 0), -first_instant);
    EXPECT_EQ(clock.between(last_instant, highest), 0);
}

TEST(BusinessClock, MayNotOpenAgainBeforeTheEnd) {
    // 31 December 294276 is a Sunday; the office never opens again.
    const BusinessClock clock = clock_of("UTC", working_days, "09:00", "17:00");
    const Instant closing = utc(294276, 12, 29, 17);
    EXPECT_TRUE(clock.is_open(closing - 1));
    EXPECT_FALSE(clock.is_open(closing));
    expect_error(clock.next_opening(closing), ErrorCode::out_of_range, "timestamp out of range");
    EXPECT_EQ(*clock.next_opening(closing - 1), closing - 1);
    expect_sum(clock, closing - hour, hour, closing);
    expect_out_of_range(clock, closing - hour, hour + 1);
    expect_out_of_range(clock, last_instant, 1);
    expect_sum(clock, last_instant, -1, closing - 1);
    // 24 November 4714 BC, where time begins, is a Monday.
    const Instant opening = first_instant + 9 * hour;
    EXPECT_EQ(*clock.next_opening(first_instant), opening);
    expect_sum(clock, opening + 1, -1, opening);
    expect_out_of_range(clock, opening + 1, -2);
    expect_out_of_range(clock, opening, -1);
}

TEST(BusinessClock, NeedsAnOpeningTimeThatIsLeft) {
    const auto compile = [](const std::string& weekdays, const std::vector<Holiday>& holidays) {
        return BusinessClock::compile(*parse_opening_hours(hours_json(weekdays, "09:00", "17:00")), holidays,
                                      {});
    };
    const Holiday first_half = yearly(date(2026, 1, 1), date(2026, 6, 30));
    const Holiday second_half =
        yearly(date(2026, 6, 30), date(2026, 12, 31)); // 181 days end a day early in leap years
    expect_error(compile(every_day, {first_half, second_half}), ErrorCode::check_violation,
                 "no opening time is left");
    EXPECT_TRUE(compile(every_day, {first_half}));
    expect_error(BusinessClock::compile({}, {}, {}), ErrorCode::check_violation, "no opening time is left");
    // Closed for 1100 years, and then open.
    const auto sleeping = compile(working_days, {holiday(date(1900, 1, 1), date(2999, 12, 31))});
    ASSERT_TRUE(sleeping);
    EXPECT_EQ(*sleeping->next_opening(utc(2026, 1, 1)), utc(3000, 1, 1, 9));      // a Wednesday
    expect_sum(*sleeping, utc(3000, 1, 1, 10), -2 * hour, utc(1899, 12, 29, 16)); // a Friday
    // 29 February alone is open: in leap years.
    const auto leap = compile(every_day, {yearly(date(2025, 3, 1), date(2026, 2, 27)),
                                          yearly(date(2026, 2, 28), date(2026, 2, 28))});
    ASSERT_TRUE(leap);
    EXPECT_EQ(*leap->next_opening(utc(2097, 1, 1)), utc(2104, 2, 29, 9));
}

TEST(BusinessClock, RefusesWhatCannotBe) {
    const std::vector<OpeningInterval> hours{{1, 0, 3600}};
    for (const OpeningInterval interval :
         {OpeningInterval{0, 0, 1}, {8, 0, 1}, {1, -1, 1}, {1, 5, 5}, {1, 0, 86'401}})
        expect_error(BusinessClock::compile({interval}, {}, {}), ErrorCode::internal,
                     "impossible opening interval");
    for (const TimeZone& zone : {TimeZone{700'000, {}, 0},
                                 {0, {{5, 0}, {5, 1}}, 0},
                                 {0, {{5, -700'000}}, 0},
                                 {0, {}, lowest},
                                 {0, {}, highest}})
        expect_error(BusinessClock::compile(hours, {}, zone), ErrorCode::internal, "impossible time zone");
    expect_error(BusinessClock::compile(hours, {holiday(date(1970, 1, 6), date(1970, 1, 5))}, {}),
                 ErrorCode::check_violation, "invalid last date");
}

class Paused : public testing::Test {
protected:
    // Open on working days from 09:00 to 17:00 UTC; from Monday, 23 November 2026.
    const BusinessClock clock_ = clock_of("UTC", working_days, "09:00", "17:00");
    static constexpr Instant monday_ = utc(2026, 11, 23);
    static constexpr Instant tuesday_ = utc(2026, 11, 24);
    static constexpr Instant opening_ = utc(2026, 11, 23, 9);

    /// Expects the clock to reach an instant after a length, by both functions and in both directions.
    void expect_reach(Instant until, Duration length, std::span<const Pause> pauses) {
        expect_sum(clock_, opening_, length, until, pauses);
        EXPECT_EQ(clock_.between(opening_, until, pauses), length);
        EXPECT_EQ(clock_.between(until, opening_, pauses), -length);
    }
};

TEST_F(Paused, WithinOpeningHours) {
    const Pause pauses[] = {{monday_ + 10 * hour, monday_ + 11 * hour + 36 * second}};
    expect_reach(monday_ + 10 * hour, hour, pauses); // reached as the pause begins, not as it ends
    expect_reach(monday_ + 11 * hour + 36 * second + 1, hour + 1, pauses);
    expect_reach(tuesday_ + 10 * hour + 36 * second, 8 * hour, pauses);
    expect_sum(clock_, monday_ + 12 * hour, -2 * hour + 36 * second, monday_ + 9 * hour, pauses);
    // Backwards the latest instant: the end of the pause.
    expect_sum(clock_, monday_ + 12 * hour, -1 * hour + 36 * second, monday_ + 11 * hour + 36 * second,
               pauses);
    expect_sum(clock_, monday_ + 12 * hour, -1 * hour + 35 * second, monday_ + 10 * hour - second, pauses);
}

TEST_F(Paused, OutsideOpeningHours) {
    const Pause pauses[] = {{monday_ + 17 * hour, tuesday_ + 9 * hour}};
    expect_reach(monday_ + 17 * hour, 8 * hour, pauses);
    expect_reach(tuesday_ + 9 * hour + 1, 8 * hour + 1, pauses);
    const Pause partly[] = {{monday_ + 16 * hour, tuesday_ + 10 * hour}};
    expect_reach(monday_ + 16 * hour, 7 * hour, partly);
    expect_reach(tuesday_ + 11 * hour, 8 * hour, partly);
}

TEST_F(Paused, ThatTouch) {
    const Pause pauses[] = {{monday_ + 10 * hour, monday_ + 11 * hour},
                            {monday_ + 11 * hour, monday_ + 12 * hour},
                            {monday_ + 12 * hour + 1, monday_ + 13 * hour}};
    expect_reach(monday_ + 10 * hour, hour, pauses);
    expect_reach(monday_ + 12 * hour + 1, hour + 1, pauses); // the microsecond between
    expect_reach(monday_ + 13 * hour + 1, hour + 2, pauses);
    expect_sum(clock_, monday_ + 14 * hour, -hour - 1, monday_ + 12 * hour, pauses);
    expect_sum(clock_, monday_ + 14 * hour, -hour - 2, monday_ + 10 * hour - 1, pauses);
}

TEST_F(Paused, BeforeAndAcrossTheStart) {
    const Pause before[] = {{Pause::no_begin, monday_}, {monday_ + hour, opening_}};
    expect_reach(monday_ + 10 * hour, hour, before);
    const Pause across[] = {{Pause::no_begin, monday_ + 10 * hour}};
    expect_reach(monday_ + 11 * hour, hour, across);
    EXPECT_EQ(clock_.between(monday_, monday_ + 10 * hour, across), 0);
}

TEST_F(Paused, WithoutEnd) {
    const Pause pauses[] = {{monday_ + 10 * hour, Pause::no_end}};
    expect_reach(monday_ + 10 * hour, hour, pauses);
    expect_sum(clock_, opening_, hour + 1, {}, pauses);
    expect_sum(clock_, tuesday_, 1, {}, pauses); // started during the pause
    expect_sum(clock_, tuesday_, 0, tuesday_, pauses);
    expect_sum(clock_, opening_, highest, {}, pauses);
    expect_sum(clock_, tuesday_ + 12 * hour, -1, monday_ + 10 * hour - 1, pauses);
    EXPECT_EQ(clock_.between(opening_, highest, pauses), hour);
    // A pause until after the end of time has an end: the sum is out of range.
    const Pause long_pause[] = {{monday_ + 10 * hour, Pause::no_end - 1}};
    expect_out_of_range(clock_, opening_, hour + 1, long_pause);
}

TEST_F(Paused, WithoutBeginning) {
    const Pause pauses[] = {{Pause::no_begin, monday_ + 10 * hour}};
    expect_sum(clock_, monday_ + 11 * hour, -hour, monday_ + 10 * hour, pauses);
    expect_sum(clock_, monday_ + 11 * hour, -hour - 1, {}, pauses);
    expect_sum(clock_, monday_, -1, {}, pauses);
    expect_sum(clock_, monday_, lowest, {}, pauses);
    const Pause long_pause[] = {{Pause::no_begin + 1, monday_ + 10 * hour}};
    expect_out_of_range(clock_, monday_ + 11 * hour, -hour - 1, long_pause);
}

TEST_F(Paused, Always) {
    const Pause pauses[] = {{Pause::no_begin, Pause::no_end}};
    EXPECT_EQ(clock_.between(lowest, highest, pauses), 0);
    EXPECT_EQ(clock_.between(opening_, tuesday_, pauses), 0);
    expect_sum(clock_, opening_, 1, {}, pauses);
    expect_sum(clock_, opening_, -1, {}, pauses);
    expect_sum(clock_, opening_, 0, opening_, pauses);
}

TEST_F(Paused, ForALengthThatDoesNotFit) {
    // 4714 BC to 294276 does not fit a Duration, but what is left of it after a pause does.
    const BusinessClock clock = BusinessClock::around_the_clock();
    const Pause pauses[] = {{first_instant + 1, last_instant - 1}};
    EXPECT_EQ(clock.between(first_instant, last_instant, pauses), 2);
    expect_sum(clock, first_instant, 2, last_instant, pauses);
    expect_sum(clock, last_instant, -2, first_instant, pauses);
}

} // namespace
} // namespace policies::core
