#include "core/icalendar/holiday_reader.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "core/calendar/dates.hpp"
#include "core/expectations.hpp"
#include "core/icalendar/holidays_shown.hpp"

namespace policies::core {
namespace {

using namespace std::string_literals;

/// Central European time with the summers of 2026 and 2027 only.
const TimeZone& berlin() {
    static const TimeZone zone{.first_offset_seconds = 3'600,
                               .changes = {{utc(2026, 3, 29, 1), 7'200},
                                           {utc(2026, 10, 25, 1), 3'600},
                                           {utc(2027, 3, 28, 1), 7'200},
                                           {utc(2027, 10, 31, 1), 3'600}},
                               .repeats_from = utc(2028, 1, 1)};
    return zone;
}

std::string calendar(std::string_view events) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n" + std::string(events) +
           "END:VCALENDAR\r\n";
}

std::string event(std::string_view lines) {
    return "BEGIN:VEVENT\r\n" + std::string(lines) + "\r\nEND:VEVENT\r\n";
}

Result<std::vector<Holiday>> read(std::string_view icalendar, std::optional<Day> endless_until = {}) {
    return read_holidays(icalendar, berlin(), endless_until);
}

Result<std::vector<Holiday>> read_event(std::string_view lines, std::optional<Day> endless_until = {}) {
    return read(calendar(event(lines)), endless_until);
}

void expect_event(std::string_view lines, std::string_view expected) {
    SCOPED_TRACE(std::string(lines));
    expect_holidays(read_event(lines), expected);
}

/// Of an event that begins on a date and recurs by a rule.
void expect_rule(std::string_view start, std::string_view rule, std::string_view expected) {
    expect_event("DTSTART;VALUE=DATE:" + std::string(start) + "\r\nSUMMARY:X\r\nRRULE:" + std::string(rule),
                 expected);
}

void expect_invalid(std::string_view lines, std::string_view message_part,
                    std::string_view detail_part = {}) {
    SCOPED_TRACE(std::string(lines));
    expect_error(read_event(lines), ErrorCode::check_violation, message_part, detail_part);
}

void expect_unreadable(std::string_view lines, std::string_view message_part) {
    SCOPED_TRACE(std::string(lines));
    expect_error(read_event(lines), ErrorCode::invalid_text, message_part);
}

TEST(ReadHolidays, DatesAreDaysAndTheirEndIsExclusive) {
    expect_event("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas Day", "Christmas Day 2026-12-25");
    expect_event("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261226\r\nSUMMARY:X", "X 2026-12-25");
    expect_event("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20270101\r\nSUMMARY:Shutdown",
                 "Shutdown 2026-12-24..2026-12-31");
    expect_event("DTSTART;VALUE=DATE:20240229\r\nDURATION:P1D\r\nSUMMARY:X", "X 2024-2-29");
    expect_event("DTSTART;VALUE=DATE:20261224\r\nDURATION:P1W\r\nSUMMARY:X", "X 2026-12-24..2026-12-30");
    expect_event("DTSTART;VALUE=DATE:20261224\r\nDURATION:+PT48H\r\nSUMMARY:X", "X 2026-12-24..2026-12-25");
    expect_event("DTSTART:20261225\r\nSUMMARY:Without VALUE", "Without VALUE 2026-12-25");
    expect_event("dtstart;value=date:20261225\r\nsummary:Lower case", "Lower case 2026-12-25");
}

TEST(ReadHolidays, LocalTimesAreDaysAsWritten) {
    expect_event("DTSTART:20261225T000000\r\nDTEND:20261227T000000\r\nSUMMARY:X", "X 2026-12-25..2026-12-26");
    expect_event("DTSTART;TZID=America/New_York:20261225T000000\r\n"
                 "DTEND;TZID=America/New_York:20261226T000000\r\nSUMMARY:X",
                 "X 2026-12-25");
    expect_event("DTSTART;TZID=\"Europe: Berlin; x\":20261225T000000\r\nDURATION:P1D\r\nSUMMARY:X",
                 "X 2026-12-25");
    expect_event("DTSTART:20260329T000000\r\nDURATION:PT24H\r\nSUMMARY:X", "X 2026-3-29");
}

TEST(ReadHolidays, TimesInUtcAreConvertedToTheZone) {
    expect_event("DTSTART:20261224T230000Z\r\nDTEND:20261225T230000Z\r\nSUMMARY:X", "X 2026-12-25");
    expect_event("DTSTART:20260630T220000Z\r\nDTEND:20260701T220000Z\r\nSUMMARY:Summer", "Summer 2026-7-1");
    // The day summer begins has 23 hours, the day it ends 25.
    expect_event("DTSTART:20260328T230000Z\r\nDTEND:20260329T220000Z\r\nSUMMARY:X", "X 2026-3-29");
    expect_event("DTSTART:20260328T230000Z\r\nDURATION:PT23H\r\nSUMMARY:X", "X 2026-3-29");
    expect_event("DTSTART:20261024T220000Z\r\nDURATION:PT25H\r\nSUMMARY:X", "X 2026-10-25");
    expect_invalid("DTSTART:20261024T220000Z\r\nDURATION:P1D\r\nSUMMARY:X", "\"X\"", "no whole days");
    expect_event("DTSTART:19991231T230000Z\r\nDURATION:P1D\r\nSUMMARY:Before every change",
                 "Before every change 2000-1-1");
    expect_holidays(
        read_holidays(calendar(event("DTSTART:20261225T000000Z\r\nDURATION:P1D")), TimeZone{}, {}),
        "Holiday 2026-12-25");
}

TEST(ReadHolidays, ADayInUtcMayBeginAfterMidnight) {
    // The clock goes from 00:00 to 01:00, as in Cairo and Santiago, and back from 24:00 to 23:00.
    const TimeZone zone{.first_offset_seconds = 7'200,
                        .changes = {{utc(2026, 4, 23, 22), 10'800}, {utc(2026, 10, 29, 21), 7'200}},
                        .repeats_from = utc(2027, 1, 1)};
    const auto read_in_zone = [&zone](std::string_view lines) {
        return read_holidays(calendar(event(lines)), zone, {});
    };
    expect_holidays(read_in_zone("DTSTART:20260423T220000Z\r\nDTEND:20260424T210000Z"), "Holiday 2026-4-24");
    expect_holidays(read_in_zone("DTSTART:20260422T220000Z\r\nDTEND:20260423T220000Z"), "Holiday 2026-4-23");
    expect_holidays(read_in_zone("DTSTART:20260422T220000Z\r\nDTEND:20260424T210000Z"),
                    "Holiday 2026-4-23..2026-4-24");
    expect_holidays(read_in_zone("DTSTART:20261028T210000Z\r\nDTEND:20261029T220000Z"), "Holiday 2026-10-29");
    expect_holidays(read_in_zone("DTSTART:20260101\r\nRDATE:20260423T220000Z"),
                    "Holiday 2026-1-1, Holiday 2026-4-24");
    expect_error(read_in_zone("DTSTART:20260423T230000Z\r\nDTEND:20260424T210000Z"),
                 ErrorCode::check_violation, "\"Holiday\"", "2026-04-24 02:00:00");
    expect_error(read_in_zone("DTSTART:20261029T210000Z\r\nDTEND:20261030T220000Z"),
                 ErrorCode::check_violation, "\"Holiday\"", "2026-10-29 23:00:00");
}

TEST(ReadHolidays, TheEndOfOneDateMayBeThatDate) {
    expect_event("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261224", "Holiday 2026-12-24");
    expect_event("DTSTART:20261224\r\nDTEND:20261224\r\nRRULE:FREQ=YEARLY", "Holiday 2026-12-24 yearly");
    expect_invalid("DTSTART:20261224T000000\r\nDTEND:20261224T000000", "\"Holiday\"", "no whole days");
}

TEST(ReadHolidays, MidnightThatIsSaidToBeADateIsOne) {
    for (const char* time : {"20261225T000000Z", "20261225T000000", "20261225"})
        expect_event("DTSTART;VALUE=DATE:"s + time + "\r\nDTEND;TZID=X;VALUE=DATE:20261227T000000Z",
                     "Holiday 2026-12-25..2026-12-26");
    expect_event("DTSTART;VALUE=DATE:20201225T000000Z\r\nRRULE:FREQ=YEARLY\r\n"
                 "EXDATE;VALUE=DATE;X=Y:20211225T000000Z\r\nRDATE;VALUE=DATE:20211226T000000Z",
                 "Holiday 2020-12-25 yearly -2021-12-25, Holiday 2021-12-26");
    expect_invalid("DTSTART;VALUE=DATE:20261225T120000\r\nDURATION:P1D", "\"Holiday\"", "12:00:00");
    expect_invalid("DTSTART;VALUE=DATE-TIME:20261225T000000Z\r\nDURATION:P1D", "\"Holiday\"", "01:00:00");
}

TEST(ReadHolidays, TimesInUtcBesideDatesAreDates) {
    const TimeZone new_york{.first_offset_seconds = -18'000};
    const auto read_in_new_york = [&new_york](std::string_view events) {
        return read_holidays(calendar(events), new_york, {});
    };
    // As written, or the day that begins then.
    for (const char* time :
         {"20221225T000000Z", "20221225T120000Z", "20221225T050000Z", "20221226T045959Z"}) {
        SCOPED_TRACE(time);
        expect_holidays(read_in_new_york(event("DTSTART:20201225\r\nRRULE:FREQ=YEARLY\r\nEXDATE:"s + time)),
                        "Holiday 2020-12-25 yearly -2022-12-25");
        expect_holidays(read_in_new_york(event("UID:a\r\nDTSTART:20221227\r\nRECURRENCE-ID:"s + time) +
                                         event("UID:a\r\nDTSTART:20201225\r\nRRULE:FREQ=YEARLY;COUNT=3")),
                        "Holiday 2020-12-25, Holiday 2021-12-25, Holiday 2022-12-27");
    }
    for (const char* time : {"20221225T000000Z", "20221225T050000Z"})
        expect_holidays(read_in_new_york(event("DTSTART:20201225\r\nRDATE:"s + time)),
                        "Holiday 2020-12-25, Holiday 2022-12-25");
    expect_error(read_in_new_york(event("DTSTART:20201225\r\nRDATE:20221225T120000Z")),
                 ErrorCode::check_violation, "\"Holiday\"", "07:00:00");
    // Of an event of times they are times.
    expect_holidays(read_in_new_york(event("DTSTART:20201225T000000\r\nDURATION:P1D\r\n"
                                           "RRULE:FREQ=YEARLY\r\nEXDATE:20221225T000000Z,20231225T050000Z")),
                    "Holiday 2020-12-25 yearly -2023-12-25");
}

TEST(ReadHolidays, TheZoneRepeatsEvery400Years) {
    const TimeZone zone{
        .first_offset_seconds = 0,
        .changes = {{utc(2000, 6, 1), 3'600}, {utc(2000, 10, 1), 0}, {utc(2399, 6, 1), 7'200}},
        .repeats_from = utc(2000, 1, 1)};
    const auto read_in_zone = [&zone](std::string_view lines) {
        return read_holidays(calendar(event(lines)), zone, {});
    };
    expect_holidays(read_in_zone("DTSTART:24000630T230000Z\r\nDURATION:P1D"), "Holiday 2400-7-1");
    expect_holidays(read_in_zone("DTSTART:28000630T230000Z\r\nDURATION:P1D"), "Holiday 2800-7-1");
    expect_holidays(read_in_zone("DTSTART:27990630T220000Z\r\nDURATION:P1D"), "Holiday 2799-7-1");
    expect_holidays(read_in_zone("DTSTART:24001101T000000Z\r\nDURATION:P1D"), "Holiday 2400-11-1");
}

TEST(ReadHolidays, OnlyWholeDays) {
    for (const char* lines : {
             "DTSTART:20261224T140000\r\nDTEND:20261225T000000\r\nSUMMARY:Heiligabend",
             "DTSTART:20261224T000000\r\nDTEND:20261224T235959\r\nSUMMARY:Heiligabend",
             "DTSTART:20261224T000000\r\nSUMMARY:Heiligabend",
             "DTSTART:20261224T000000\r\nDURATION:PT0S\r\nSUMMARY:Heiligabend",
             "DTSTART:20261224T000000Z\r\nDTEND:20261225T000000Z\r\nSUMMARY:Heiligabend",
             "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261223\r\nSUMMARY:Heiligabend",
             "DTSTART;VALUE=DATE:20261224\r\nDTEND:20261224T120000\r\nSUMMARY:Heiligabend",
             "DTSTART;VALUE=DATE:20261224\r\nDURATION:PT1H\r\nSUMMARY:Heiligabend",
         }) {
        expect_invalid(lines, "invalid holiday: \"Heiligabend\"", "2026-12-24");
        EXPECT_TRUE(contains(read_event(lines).error().hint, "whole days"));
    }
    expect_invalid("SUMMARY:X", "\"X\"", "no DTSTART");
    expect_invalid("DTSTART:20261224\r\nDTEND:20261225\r\nDURATION:P1D\r\nSUMMARY:X", "\"X\"", "both");
    expect_invalid("DTSTART:20261224\r\nDTSTART:20261225", "line 6", "at most one DTSTART");
}

TEST(ReadHolidays, UnreadableValuesAreNamed) {
    for (const char* value :
         {"", "2026122", "20261232", "20260229", "20261301", "00000000", "2026-12-25", "2026 1 1", "+2026101",
          "20261225T", "20261225T240000", "20261225T006000", "20261225T000060", "20261225 000000",
          "20261225T000000z0", "20261225Z", "tomorrow"})
        expect_unreadable("DTSTART:"s + value, "line 5: \"DTSTART:"s + value);
    for (const char* value : {"", "P", "P1", "PT", "P1X", "1D", "-P1D", "P1D1", "P99999999999D", "P1DT",
                              "P1234567D", "P-1D", "P 1D"})
        expect_unreadable("DTSTART:20261225\r\nDURATION:"s + value, "line 6: \"DURATION:"s + value);
    expect_unreadable("DTSTART:20261225\r\nEXDATE:20261225,,20261226", "EXDATE");
    expect_unreadable("DTSTART:20261225\r\nRDATE;VALUE=PERIOD:20261225T000000/P1D", "RDATE");
    expect_unreadable("DTSTART:20261225\r\nRECURRENCE-ID:x", "RECURRENCE-ID");
    expect_unreadable("DTSTART:20261225\r\nnonsense", "line 6: \"nonsense\"");
    expect_unreadable("DTSTART:20261225\r\n:nonsense", "line 6");
    expect_unreadable("DTSTART:20261225\r\nX;P=\"unclosed:1", "line 6");
}

TEST(ReadHolidays, NamesAreUnescapedAndTrimmed) {
    const auto name_of = [](std::string_view summary) {
        const auto holidays = read_event("DTSTART:20261225\r\nSUMMARY" + std::string(summary));
        return holidays ? holidays->front().name : holidays.error().message;
    };
    EXPECT_EQ(name_of(":Tag der Arbeit\\, 1. Mai\\; frei"), "Tag der Arbeit, 1. Mai; frei");
    EXPECT_EQ(name_of(":  \\n Mari\xC3\xA4 Himmelfahrt \t"), "Mari\xC3\xA4 Himmelfahrt");
    EXPECT_EQ(name_of(":one\\ntwo\tthree"), "one two three");
    EXPECT_EQ(name_of(":C:\\\\x \"quoted\" a\\\"b"), "C:\\x \"quoted\" a\"b");
    // A backslash that escapes nothing.
    EXPECT_EQ(name_of(":C:\\Temp \\\xC3\xA4 \\"), "C:\\Temp \\\xC3\xA4 \\");
    EXPECT_EQ(name_of(";LANGUAGE=de;X=\"a:b;c\":Neujahr"), "Neujahr");
    EXPECT_EQ(name_of(":"), "Holiday");
    EXPECT_EQ(name_of(": \\n "), "Holiday");
    EXPECT_EQ(name_of(":A\r\nSUMMARY:B"), "A");
    EXPECT_EQ(name_of(":" + std::string(255, 'x')), std::string(255, 'x'));
    expect_event("DTSTART:20261225", "Holiday 2026-12-25");
    // Too long: cut off between characters.
    EXPECT_EQ(name_of(":" + std::string(256, 'x')), std::string(255, 'x'));
    EXPECT_EQ(name_of(":" + std::string(254, 'x') + "\xC3\xA4"), std::string(254, 'x'));
    EXPECT_EQ(name_of(":" + std::string(252, 'x') + " \xF0\x9F\x8E\x84"), std::string(252, 'x'));
}

TEST(ReadHolidays, LinesAreUnfolded) {
    const std::string folded =
        calendar(event("DTSTART;VALUE=\r\n DATE:2026\r\n\t1225\r\nSUMMARY:Chr\r\n istmas \r\n"
                       "  Day \xC3\r\n \xA4"));
    expect_holidays(read(folded), "Christmas  Day \xC3\xA4 2026-12-25");
    std::string with_line_feeds = folded;
    std::erase(with_line_feeds, '\r');
    expect_holidays(read(with_line_feeds), "Christmas  Day \xC3\xA4 2026-12-25");
    std::string with_carriage_returns = folded;
    std::erase(with_carriage_returns, '\n');
    expect_holidays(read(with_carriage_returns), "Christmas  Day \xC3\xA4 2026-12-25");
    expect_holidays(read("\xEF\xBB\xBF\r\n\r\n" + folded + "\n\n"), "Christmas  Day \xC3\xA4 2026-12-25");
    std::string without_last_line_end = folded;
    without_last_line_end.resize(without_last_line_end.size() - 2);
    expect_holidays(read(without_last_line_end), "Christmas  Day \xC3\xA4 2026-12-25");
}

TEST(ReadHolidays, WhatIsNoCalendar) {
    for (const std::string& text : {""s, " "s, "\xEF\xBB\xBF"s, "[]"s, "Christmas"s, "a:b"s, "END:VCALENDAR"s,
                                    "BEGIN:VEVENT\nDTSTART:20261225\nEND:VEVENT"s, "BEGIN:VCARD\nEND:VCARD"s})
        expect_error(read(text), ErrorCode::invalid_text, "no iCalendar");
    expect_error(read("<html>\nfoo"), ErrorCode::invalid_text, "\"<html>\"", "BEGIN:VCALENDAR");
    expect_error(read(calendar("")), ErrorCode::check_violation, "no event", "VEVENT");
    expect_error(read(calendar("BEGIN:VTODO\r\nEND:VTODO\r\n")), ErrorCode::check_violation, "no event");
    expect_error(read(calendar(event("DTSTART:20261225")) + "X:1"), ErrorCode::invalid_text, "\"X:1\"");
    expect_error(read(calendar(event("DTSTART:20261225")) + "BEGIN:VEVENT\n"), ErrorCode::invalid_text,
                 "\"BEGIN:VEVENT\"");
    expect_error(read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225\nEND:VEVENT"), ErrorCode::invalid_text,
                 "\"BEGIN:VCALENDAR\" has no end");
    expect_error(read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR"), ErrorCode::invalid_text,
                 "\"END:VCALENDAR\"", "\"BEGIN:VEVENT\"");
    expect_error(read(calendar("") + "END:VCALENDAR"), ErrorCode::invalid_text, "line 5");
}

TEST(ReadHolidays, HostileTexts) {
    const std::string sound = calendar(event("DTSTART:20261225"));
    expect_error(read(sound + std::string(max_icalendar_size, '\n')), ErrorCode::check_violation,
                 std::to_string(sound.size() + max_icalendar_size) + " bytes");
    EXPECT_TRUE(read(sound + std::string(max_icalendar_size - sound.size(), '\n')));
    expect_error(read(sound + '\0'), ErrorCode::invalid_text, "U+0000 after " + std::to_string(sound.size()));
    for (const char* bytes : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                              "\xF8\x88\x80\x80\x80", "\xFF", "\xE2\x82", "\xF0\x9F\x98"})
        expect_unreadable("SUMMARY:"s + bytes, "line 5: it is not UTF-8");
    expect_event("DTSTART:20261225\r\nSUMMARY:\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\xF0\x90\x80\x80",
                 "\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\xF0\x90\x80\x80 2026-12-25");
    std::string deep = "BEGIN:VCALENDAR\n";
    for (int i = 0; i < 50'000; ++i)
        deep += "BEGIN:VEVENT\n";
    EXPECT_FALSE(read(deep));
    EXPECT_FALSE(read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + std::string(1'000'000, '\\')));
    EXPECT_FALSE(read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY;" + std::string(1'000'000, '"')));
}

TEST(ReadHolidays, ResultsHaveALimit) {
    std::string dates = "20000101";
    for (Day day = date(2000, 1, 2); day < date(2000, 1, 1) + std::chrono::days{max_holidays};
         day += std::chrono::days{1}) {
        std::string text = format_date(day);
        std::erase(text, '-');
        dates += "," + text;
    }
    const auto holidays = read_event("DTSTART:20000101\r\nRDATE:" + dates);
    ASSERT_TRUE(holidays) << holidays.error().message;
    EXPECT_EQ(holidays->size(), max_holidays);
    expect_invalid("DTSTART:20000101\r\nRDATE:19991231," + dates, "too many holidays", "10000");
    expect_invalid("DTSTART:19000101\r\nRRULE:FREQ=YEARLY;BYDAY=MO;UNTIL=29991231", "BYDAY=MO", "10000");
    std::string events;
    for (std::size_t i = 0; i <= max_holidays; ++i)
        events += event("DTSTART:20261225");
    expect_error(read(calendar(events)), ErrorCode::check_violation, "too many holidays");
}

TEST(ReadHolidays, YearsHaveLimits) {
    expect_event("DTSTART:19000101", "Holiday 1900-1-1");
    expect_event("DTSTART:29991231", "Holiday 2999-12-31");
    expect_invalid("DTSTART:18991231", "\"Holiday\"", "1899-12-31");
    expect_invalid("DTSTART:29991231\r\nDURATION:P2D", "\"Holiday\"", "3000-01-01");
    expect_invalid("DTSTART:00000101", "\"Holiday\"", "0000-01-01");
    expect_invalid("DTSTART:99991231\r\nDURATION:P999999W", "\"Holiday\"", "last");
    // What recurs may have begun before.
    expect_event("DTSTART:18001225\r\nRRULE:FREQ=YEARLY\r\nEXDATE:18501225,19251225",
                 "Holiday 1900-12-25 yearly -1925-12-25");
    expect_event("DTSTART:17760229\r\nDURATION:P2D\r\nRRULE:FREQ=YEARLY",
                 "Holiday 1904-2-29..1904-3-1 yearly");
    expect_event("DTSTART:18001225\r\nRRULE:FREQ=YEARLY;COUNT=102", "Holiday 1900-12-25, Holiday 1901-12-25");
    expect_event("DTSTART:18001225\r\nRRULE:FREQ=YEARLY;COUNT=2", "");
    expect_event("DTSTART:18631126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=19011231",
                 "Holiday 1900-11-22, Holiday 1901-11-28");
    expect_invalid("DTSTART:20261225\r\nRDATE:30000101", "\"Holiday\"", "3000");
    expect_invalid("DTSTART:99991231T230000Z\r\nDURATION:P1D", "\"Holiday\"", "10000");
}

TEST(ReadHolidays, PlainRulesAreYearly) {
    for (const char* rule : {"FREQ=YEARLY", "freq=yearly", "FREQ=YEARLY;INTERVAL=1", "FREQ=YEARLY;BYMONTH=12",
                             "FREQ=YEARLY;BYMONTHDAY=25;BYMONTH=12", "BYMONTH=12;FREQ=YEARLY", "FREQ=YEARLY;",
                             "FREQ=YEARLY;WKST=SU", "FREQ=YEARLY;BYMONTHDAY=+25", "FREQ=YEARLY;BYMONTHDAY=25",
                             "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT", "FREQ=YEARLY;BYHOUR=0;BYMINUTE=0"})
        expect_event("DTSTART;VALUE=DATE:20201225\r\nRRULE:"s + rule, "Holiday 2020-12-25 yearly");
    expect_event("DTSTART;VALUE=DATE:20200229\r\nRRULE:FREQ=YEARLY", "Holiday 2020-2-29 yearly");
    expect_event("DTSTART:20201224T000000\r\nDTEND:20210102T000000\r\nRRULE:FREQ=YEARLY",
                 "Holiday 2020-12-24..2021-1-1 yearly");
    expect_event("DTSTART:20200101\r\nDURATION:P364D\r\nRRULE:FREQ=YEARLY",
                 "Holiday 2020-1-1..2020-12-29 yearly");
    expect_invalid("DTSTART:20200101\r\nDURATION:P365D\r\nRRULE:FREQ=YEARLY", "\"Holiday\"", "365 days");
    expect_holidays(read_event("DTSTART:20201225\r\nRRULE:FREQ=YEARLY", date(2022, 1, 1)),
                    "Holiday 2020-12-25 yearly");
}

TEST(ReadHolidays, ExceptionsOfYearlyHolidays) {
    expect_event("DTSTART:20201225\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20231225,20211225\r\n"
                 "EXDATE:20221225T000000\r\nEXDATE:20241224T230000Z\r\nEXDATE:20211225",
                 "Holiday 2020-12-25 yearly -2021-12-25 -2022-12-25 -2023-12-25 -2024-12-25");
    expect_event(
        "DTSTART:20201225\r\nRRULE:FREQ=YEARLY\r\nEXDATE:20191225,20211226,20211125,30001225,20201225",
        "Holiday 2020-12-25 yearly -2020-12-25");
    expect_event("DTSTART:20200229\r\nRRULE:FREQ=YEARLY\r\nEXDATE:20210228,20210301,20240229",
                 "Holiday 2020-2-29 yearly -2024-2-29");
    expect_event("DTSTART:20201225\r\nRRULE:FREQ=YEARLY\r\nRDATE:20211225,20211227\r\nEXDATE:20211225",
                 "Holiday 2020-12-25 yearly -2021-12-25, Holiday 2021-12-27");
}

TEST(ReadHolidays, OtherRulesAreExpanded) {
    expect_rule("20201225", "FREQ=YEARLY;COUNT=2", "X 2020-12-25, X 2021-12-25");
    expect_rule("20201225", "FREQ=YEARLY;COUNT=1", "X 2020-12-25");
    expect_rule("20201225", "FREQ=YEARLY;UNTIL=20221225", "X 2020-12-25, X 2021-12-25, X 2022-12-25");
    expect_rule("20201225", "FREQ=YEARLY;UNTIL=20221224", "X 2020-12-25, X 2021-12-25");
    expect_rule("20201225", "FREQ=YEARLY;INTERVAL=4;COUNT=3", "X 2020-12-25, X 2024-12-25, X 2028-12-25");
    expect_rule("20201225", "FREQ=YEARLY;INTERVAL=32767;UNTIL=99991231", "X 2020-12-25");
    expect_rule("29981225", "FREQ=YEARLY;COUNT=999999999", "X 2998-12-25, X 2999-12-25");
    expect_rule("20200229", "FREQ=YEARLY;COUNT=3", "X 2020-2-29, X 2024-2-29, X 2028-2-29");
    expect_rule("20261126", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2", "X 2026-11-26, X 2027-11-25");
    expect_rule("20260525", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;UNTIL=20271231", "X 2026-5-25, X 2027-5-31");
    expect_rule("20261231", "FREQ=YEARLY;BYMONTHDAY=-1;BYMONTH=12;COUNT=2", "X 2026-12-31, X 2027-12-31");
    expect_rule("20261231", "FREQ=YEARLY;BYYEARDAY=-1;COUNT=2", "X 2026-12-31, X 2027-12-31");
    expect_rule("20260409", "FREQ=YEARLY;BYYEARDAY=99;COUNT=2", "X 2026-4-9, X 2027-4-9");
    expect_rule("20260518", "FREQ=YEARLY;BYDAY=20MO;COUNT=2", "X 2026-5-18, X 2027-5-17");
    expect_rule("20260105", "FREQ=YEARLY;BYDAY=MO;COUNT=2", "X 2026-1-5, X 2026-1-12");
    expect_rule("20260511", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=2", "X 2026-5-11, X 2027-5-17");
    expect_rule("20251229", "FREQ=YEARLY;BYWEEKNO=1;COUNT=2", "X 2025-12-29, X 2027-1-4");
    expect_rule("20261228", "FREQ=YEARLY;BYWEEKNO=53;COUNT=2", "X 2026-12-28, X 2032-12-27");
    expect_rule("20260101", "FREQ=YEARLY;BYMONTH=1,7;COUNT=3", "X 2026-1-1, X 2026-7-1, X 2027-1-1");
    expect_rule("20261218", "FREQ=YEARLY;BYMONTH=12;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-10;COUNT=2",
                "X 2026-12-18, X 2027-12-20");
    expect_rule("20260413", "FREQ=YEARLY;BYMONTH=4;BYDAY=MO;BYMONTHDAY=8,9,10,11,12,13,14;COUNT=2",
                "X 2026-4-13, X 2027-4-12");
    expect_rule("20001107", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3",
                "X 2000-11-7, X 2004-11-2, X 2008-11-4"); // the example of RFC 5545
    // Long holidays, exceptions and additions.
    expect_event(
        "DTSTART:20201224\r\nDTEND:20201226\r\nRRULE:FREQ=YEARLY;COUNT=3\r\nEXDATE:20211224\r\n"
        "RDATE:20210101,20201224",
        "Holiday 2020-12-24..2020-12-25, Holiday 2021-1-1..2021-1-2, Holiday 2022-12-24..2022-12-25");
}

TEST(ReadHolidays, TheStartIsAnOccurrence) {
    const auto rule = [](std::string_view text, std::string_view expected) {
        expect_rule("20261225", text, expected);
    };
    rule("FREQ=YEARLY;BYMONTH=11;COUNT=2", "X 2026-12-25, X 2027-11-25");
    rule("FREQ=YEARLY;BYDAY=1MO;COUNT=2", "X 2026-12-25, X 2027-1-4");
    rule("FREQ=YEARLY;BYMONTHDAY=26;COUNT=2", "X 2026-12-25, X 2026-12-26");
    rule("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "X 2026-12-25, X 2026-12-28, X 2027-1-4");
    // Nothing else is.
    rule("FREQ=YEARLY;BYSETPOS=2;COUNT=2", "X 2026-12-25");
    rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "X 2026-12-25");
    rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30,31;INTERVAL=32767;COUNT=999999999", "X 2026-12-25");
    rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "X 2026-12-25");
}

TEST(ReadHolidays, RulesOfDaysWeeksAndMonthsAreExpanded) {
    expect_rule("20261224", "FREQ=DAILY;COUNT=3", "X 2026-12-24, X 2026-12-25, X 2026-12-26");
    expect_rule("20261224", "FREQ=DAILY;INTERVAL=10;UNTIL=20270113", "X 2026-12-24, X 2027-1-3, X 2027-1-13");
    expect_rule("20261224", "FREQ=DAILY;BYMONTH=12;BYMONTHDAY=24,31;COUNT=3",
                "X 2026-12-24, X 2026-12-31, X 2027-12-24");
    expect_rule("20261224", "FREQ=DAILY;BYDAY=MO,TH;COUNT=3", "X 2026-12-24, X 2026-12-28, X 2026-12-31");
    expect_rule("20261226", "FREQ=WEEKLY;BYDAY=SA,SU;COUNT=4",
                "X 2026-12-26, X 2026-12-27, X 2027-1-2, X 2027-1-3");
    expect_rule("20261225", "FREQ=WEEKLY;INTERVAL=2;COUNT=3", "X 2026-12-25, X 2027-1-8, X 2027-1-22");
    // The examples of RFC 5545 for WKST.
    expect_rule("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
                "X 1997-8-5, X 1997-8-10, X 1997-8-19, X 1997-8-24");
    expect_rule("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
                "X 1997-8-5, X 1997-8-17, X 1997-8-19, X 1997-8-31");
    expect_rule("20261231", "FREQ=MONTHLY;COUNT=3", "X 2026-12-31, X 2027-1-31, X 2027-3-31");
    expect_rule("20261225", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "X 2026-12-25, X 2027-1-29, X 2027-2-26");
    expect_rule("20260213", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3",
                "X 2026-2-13, X 2026-3-13, X 2026-11-13");
    expect_rule("20261231", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2",
                "X 2026-12-31, X 2027-1-29");
    expect_rule("20261101", "FREQ=MONTHLY;INTERVAL=13;COUNT=2", "X 2026-11-1, X 2027-12-1");
    expect_rule("29991201", "FREQ=MONTHLY;INTERVAL=32767;COUNT=2", "X 2999-12-1");
    expect_holidays(read_event("DTSTART:20261226\r\nRRULE:FREQ=WEEKLY", date(2027, 1, 2)),
                    "Holiday 2026-12-26, Holiday 2027-1-2");
    expect_invalid("DTSTART:20000101\r\nRRULE:FREQ=DAILY;UNTIL=29991231", "FREQ=DAILY", "10000");
}

TEST(ReadHolidays, EndlessRulesNeedADayToEndAt) {
    constexpr const char* lines =
        "DTSTART:20261126\r\nSUMMARY:Thanksgiving\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH";
    expect_invalid(lines, "endless recurrence rule: \"FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\"", "Thanksgiving");
    EXPECT_TRUE(contains(read_event(lines).error().hint, "UNTIL"));
    expect_holidays(read_event(lines, date(2028, 11, 22)),
                    "Thanksgiving 2026-11-26, Thanksgiving 2027-11-25");
    expect_holidays(read_event(lines, date(2027, 11, 25)),
                    "Thanksgiving 2026-11-26, Thanksgiving 2027-11-25");
    expect_holidays(read_event(lines, date(2026, 11, 25)), "");
    expect_holidays(read_event(lines, date(1900, 1, 1)), "");
    const auto for_ever = read_event(lines, Day::max());
    ASSERT_TRUE(for_ever);
    EXPECT_EQ(for_ever->size(), 974U);
    EXPECT_EQ(shown(for_ever->back().first_day), "2999-11-28");
    EXPECT_TRUE(read_event(lines, Day::min()));
}

TEST(ReadHolidays, UntilInUtcIsConverted) {
    // 25 December 00:00 in Berlin.
    expect_event("DTSTART:20201225T000000\r\nDURATION:P1D\r\nRRULE:FREQ=YEARLY;UNTIL=20211224T230000Z",
                 "Holiday 2020-12-25, Holiday 2021-12-25");
    expect_event("DTSTART:20201225T000000\r\nDURATION:P1D\r\nRRULE:FREQ=YEARLY;UNTIL=20211224T225959Z",
                 "Holiday 2020-12-25");
    // Beside dates it names the day that begins or ends then here, or else the date as written.
    for (const char* until :
         {"20211224T230000Z", "20211225T225959Z", "20211225T000000Z", "20211225T235959Z", "20211225T170000Z"})
        expect_event("DTSTART:20201225\r\nRRULE:FREQ=YEARLY;UNTIL="s + until,
                     "Holiday 2020-12-25, Holiday 2021-12-25");
    for (const char* until : {"20211224T225959Z", "20211224T000000Z", "20211224T235959Z"})
        expect_event("DTSTART:20201225\r\nRRULE:FREQ=YEARLY;UNTIL="s + until, "Holiday 2020-12-25");
    expect_invalid("DTSTART:20201225\r\nRRULE:FREQ=YEARLY;UNTIL=20201224", "\"Holiday\"", "UNTIL=20201224");
}

TEST(ReadHolidays, RulesThatAreRefused) {
    const auto with_rule = [](const std::string& rule) { return "DTSTART:20261225\r\nRRULE:" + rule; };
    for (const char* rule : {"FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY;COUNT=3"})
        expect_invalid(with_rule(rule), "\""s + rule + "\"", "whole days");
    for (const char* rule : {"FREQ=DAILY;BYYEARDAY=1", "FREQ=WEEKLY;BYWEEKNO=1", "FREQ=MONTHLY;BYYEARDAY=1",
                             "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;BYDAY=-1MO"})
        expect_invalid(with_rule(rule), "unsupported recurrence rule: \""s + rule + "\"", "BY");
    for (const char* rule : {"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=MONTHLY;BYMONTHDAY=1"})
        expect_invalid(with_rule(rule), "endless recurrence rule: \""s + rule + "\"");
    for (const char* rule : {"FREQ=YEARLY;BYHOUR=9", "FREQ=YEARLY;BYSECOND=0,30", "RSCALE=HEBREW;FREQ=YEARLY",
                             "FREQ=YEARLY;SKIP=FORWARD", "FREQ=YEARLY;BYWEEKNO=52;BYDAY=1FR"})
        expect_invalid(with_rule(rule), "unsupported recurrence rule: \"FREQ=YEARLY"s.substr(0, 30));
    for (const char* rule : {"",
                             ";",
                             "FREQ",
                             "FREQ=",
                             "FREQ=SOMETIMES",
                             "COUNT=2",
                             "FREQ=YEARLY;FREQ=YEARLY",
                             "FREQ=YEARLY;COUNT=0",
                             "FREQ=YEARLY;COUNT=-1",
                             "FREQ=YEARLY;COUNT=99999999999",
                             "FREQ=YEARLY;COUNT=5x",
                             "FREQ=YEARLY;COUNT=1;COUNT=2",
                             "FREQ=YEARLY;COUNT=1;UNTIL=20301225",
                             "FREQ=YEARLY;UNTIL=20301225;COUNT=1",
                             "FREQ=YEARLY;UNTIL=20301225;UNTIL=20301225",
                             "FREQ=YEARLY;UNTIL=2030",
                             "FREQ=YEARLY;UNTIL=never",
                             "FREQ=YEARLY;INTERVAL=0",
                             "FREQ=YEARLY;INTERVAL=65537",
                             "FREQ=YEARLY;INTERVAL=-1",
                             "INTERVAL=1;FREQ=YEARLY;INTERVAL=1",
                             "FREQ=YEARLY;BYDAY=257MO",
                             "FREQ=YEARLY;BYDAY=0MO",
                             "FREQ=YEARLY;BYDAY=54MO",
                             "FREQ=YEARLY;BYDAY=XX",
                             "FREQ=YEARLY;BYDAY=",
                             "FREQ=YEARLY;BYDAY=MO,",
                             "FREQ=YEARLY;BYMONTH=13",
                             "FREQ=YEARLY;BYMONTH=5L",
                             "FREQ=YEARLY;BYMONTH=-1",
                             "FREQ=YEARLY;BYMONTHDAY=32",
                             "FREQ=YEARLY;BYMONTHDAY=--1",
                             "FREQ=YEARLY;BYYEARDAY=367",
                             "FREQ=YEARLY;BYWEEKNO=54",
                             "FREQ=YEARLY;BYSETPOS=0",
                             "FREQ=YEARLY;BYEASTER=0",
                             "FREQ=YEARLY;X",
                             "FREQ=YEARLY BYMONTH=1",
                             "FREQ=YEARLY;;BYMONTH=12",
                             "FREQ=YEARLY;BYMONTH=1,1,1,1,1,1,1,1,1,1,1,1,1"})
        expect_unreadable(with_rule(rule), "invalid recurrence rule: \"");
    expect_invalid("DTSTART:20261224T230000Z\r\nDURATION:P1D\r\nRRULE:FREQ=YEARLY", "\"Holiday\"", "UTC");
    expect_invalid("DTSTART:20261225\r\nRRULE:FREQ=YEARLY\r\nRRULE:FREQ=YEARLY", "RRULE", "at most one");
    expect_invalid("DTSTART:20261225\r\nEXRULE:FREQ=YEARLY", "EXRULE");
    expect_invalid("DTSTART:20261225\r\nRDATE:20261226T120000", "\"Holiday\"", "12:00:00");
}

TEST(ReadHolidays, WorkForRulesHasALimit) {
    std::string events;
    for (int i = 0; i < 2'000; ++i)
        events += event("DTSTART:19001231\r\nRRULE:FREQ=YEARLY;BYYEARDAY=365;BYDAY=MO;UNTIL=29991231");
    expect_error(read(calendar(events)), ErrorCode::check_violation, "BYYEARDAY=365");
    std::string weekdays = "MO";
    for (int i = 0; i < 380; ++i)
        weekdays += ",53FR";
    events.clear();
    for (int i = 0; i < 500; ++i)
        events +=
            event("DTSTART:19010107\r\nRRULE:FREQ=YEARLY;BYYEARDAY=7;BYDAY=" + weekdays + ";UNTIL=29991231");
    expect_error(read(calendar(events)), ErrorCode::check_violation, "BYYEARDAY=7", "too many days");
}

TEST(ReadHolidays, ReplacedAndCancelledOccurrences) {
    const std::string master = event("UID:a\r\nDTSTART:20201225\r\nSUMMARY:Christmas\r\nRRULE:FREQ=YEARLY");
    expect_holidays(read(calendar(master + event("UID:a\r\nRECURRENCE-ID;VALUE=DATE:20221225\r\n"
                                                 "DTSTART:20221227\r\nSUMMARY:Christmas (observed)"))),
                    "Christmas 2020-12-25 yearly -2022-12-25, Christmas (observed) 2022-12-27");
    expect_holidays(
        read(calendar(event("UID:a\r\nRECURRENCE-ID:20221225\r\nDTSTART:20221225\r\nSTATUS:CANCELLED") +
                      master)),
        "Christmas 2020-12-25 yearly -2022-12-25");
    expect_holidays(read(calendar(master + event("UID:b\r\nRECURRENCE-ID:20221225\r\nDTSTART:20221227"))),
                    "Christmas 2020-12-25 yearly, Holiday 2022-12-27");
    expect_holidays(read(calendar(event("UID:a\r\nDTSTART:20201225\r\nRRULE:FREQ=YEARLY;COUNT=3") +
                                  event("UID:a\r\nRECURRENCE-ID:20211224T230000Z\r\nDTSTART:20211227"))),
                    "Holiday 2020-12-25, Holiday 2021-12-27, Holiday 2022-12-25");
    expect_holidays(read(calendar(event("DTSTART:20201225\r\nSTATUS:Cancelled") +
                                  event("DTSTART:20201226\r\nSTATUS:CONFIRMED"))),
                    "Holiday 2020-12-26");
    expect_error(
        read(calendar(master + master + event("UID:a\r\nRECURRENCE-ID:20221225\r\nDTSTART:20221227"))),
        ErrorCode::check_violation, "\"Christmas\"", "\"a\"");
    expect_invalid("DTSTART:20201225\r\nRECURRENCE-ID:20201225", "\"Holiday\"", "no UID");
    expect_invalid("UID:a\r\nDTSTART:20201225\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20201225", "RANGE");
    expect_invalid("UID:a\r\nDTSTART:20201225\r\nRECURRENCE-ID:20201225\r\nRRULE:FREQ=YEARLY", "\"Holiday\"",
                   "recur");
}

TEST(ReadHolidays, TheHighestSequenceWins) {
    const auto version = [](std::string_view sequence, std::string_view lines) {
        return event("UID:a\r\nSEQUENCE:" + std::string(sequence) + "\r\n" + std::string(lines));
    };
    const std::string old_one = version("1", "DTSTART:20261224\r\nSUMMARY:Old");
    const std::string new_one = version("10", "DTSTART:20261225\r\nSUMMARY:New");
    expect_holidays(read(calendar(old_one + new_one)), "New 2026-12-25");
    expect_holidays(read(calendar(new_one + old_one)), "New 2026-12-25");
    expect_holidays(read(calendar(new_one) + calendar(event("UID:a\r\nDTSTART:20261223"))), "New 2026-12-25");
    // What is superseded may be broken.
    expect_holidays(read(calendar(version("0", "DTSTART:20261224T120000") + new_one)), "New 2026-12-25");
    // Nothing tells which of these is the later one.
    expect_holidays(read(calendar(old_one + version("1", "DTSTART:20261226"))),
                    "Old 2026-12-24, Holiday 2026-12-26");
    expect_holidays(read(calendar(old_one + version("nonsense", "DTSTART:20261226"))), "Old 2026-12-24");
    // Of replaced occurrences as well, each by itself.
    const std::string master = version("5", "DTSTART:20201225\r\nRRULE:FREQ=YEARLY");
    expect_holidays(
        read(calendar(version("2", "RECURRENCE-ID:20221224T230000Z\r\nDTSTART:20221227") + master +
                      version("1", "RECURRENCE-ID:20221225\r\nDTSTART:20221228") +
                      version("0", "RECURRENCE-ID:20231225\r\nDTSTART:20231227"))),
        "Holiday 2020-12-25 yearly -2022-12-25 -2023-12-25, Holiday 2022-12-27, Holiday 2023-12-27");
}

TEST(ReadHolidays, CancelledEventsTakeTheirVersionsAlong) {
    const auto cancellation = [](std::string_view events) {
        return "BEGIN:VCALENDAR\nMETHOD:cancel\n" + std::string(events) + "END:VCALENDAR\n";
    };
    const std::string christmas = event("UID:a\r\nDTSTART:20201225\r\nRRULE:FREQ=YEARLY");
    const std::string moved = event("UID:a\r\nDTSTART:20221227\r\nRECURRENCE-ID:20221225");
    const std::string other = event("UID:b\r\nDTSTART:20201226");
    expect_holidays(read(cancellation(christmas)), "");
    expect_holidays(read("BEGIN:VCALENDAR\n" + christmas + "METHOD:CANCEL\nEND:VCALENDAR\n"), "");
    expect_holidays(read(calendar(christmas + moved + other) + cancellation(christmas)),
                    "Holiday 2020-12-26");
    expect_holidays(read(cancellation(christmas) + calendar(christmas + other)), "Holiday 2020-12-26");
    expect_holidays(read(calendar(christmas + moved) + cancellation(moved)),
                    "Holiday 2020-12-25 yearly -2022-12-25");
    expect_holidays(read(calendar(christmas + event("UID:a\r\nDTSTART:20201225\r\nSTATUS:CANCELLED"))), "");
    // An event may come again.
    expect_holidays(read(cancellation(event("UID:b\r\nSEQUENCE:1\r\nDTSTART:20201226")) +
                         calendar(event("UID:b\r\nSEQUENCE:2\r\nDTSTART:20201227"))),
                    "Holiday 2020-12-27");
    // A method stands for its own calendar alone, and what is no part of it is no method.
    expect_holidays(read(cancellation(christmas) + calendar(other)), "Holiday 2020-12-26");
    expect_holidays(read(calendar("METHOD:PUBLISH\r\nBEGIN:VTODO\r\nMETHOD:CANCEL\r\nEND:VTODO\r\n" + other)),
                    "Holiday 2020-12-26");
}

TEST(ReadHolidays, SortedWithoutDuplicatesFromSeveralCalendars) {
    expect_holidays(
        read(calendar(event("DTSTART:20261226\r\nSUMMARY:B") + event("DTSTART:20261225\r\nSUMMARY:A")) +
             calendar(event("DTSTART:20261225\r\nSUMMARY:A") + event("DTSTART:20260101\r\nSUMMARY:C") +
                      event("DTSTART:20261225\r\nSUMMARY:0"))),
        "C 2026-1-1, 0 2026-12-25, A 2026-12-25, B 2026-12-26");
}

TEST(ReadHolidays, OtherComponentsAndPropertiesAreIgnored) {
    expect_holidays(
        read(calendar(
            "METHOD:PUBLISH\r\nX-WR-CALNAME:Feiertage\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"
            "BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
            "END:STANDARD\r\nEND:VTIMEZONE\r\n" +
            event("DTSTART:20261225\r\nATTACH;ENCODING=BASE64:AAAA\r\nGEO:1;2\r\nBEGIN:VALARM\r\n"
                  "DTSTART:nonsense\r\nSUMMARY:Alarm\r\nTRIGGER:-P1D\r\nno "
                  "property\r\nEND:VALARM\r\nSUMMARY:X") +
            "BEGIN:VTODO\r\nBEGIN:VEVENT\r\nDTSTART:x\r\nEND:VEVENT\r\nEND:VTODO\r\n")),
        "X 2026-12-25");
}

TEST(ReadHolidays, AGermanFile) {
    expect_holidays(read("\xEF\xBB\xBF"
                         R"(BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Feiertage//Berlin 2026//DE
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Gesetzliche Feiertage Berlin
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VEVENT
UID:neujahr-2026@feiertage.example
DTSTAMP:20251001T080000Z
CLASS:PUBLIC
DTSTART;VALUE=DATE:20260101
DTEND;VALUE=DATE:20260102
SUMMARY;LANGUAGE=de:Neujahr
DESCRIPTION:Gesetzlicher Feiertag\nin allen Bundesl)"
                         "\xC3\xA4"
                         R"(ndern\, ein sehr langer
  Text\; gefaltet
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:frauentag-2026@feiertage.example
DTSTAMP:20251001T080000Z
DTSTART;VALUE=DATE:20260308
DTEND;VALUE=DATE:20260309
SUMMARY:Internationaler Frauentag
END:VEVENT
BEGIN:VEVENT
UID:ostern-2026@feiertage.example
DTSTAMP:20251001T080000Z
DTSTART;VALUE=DATE:20260403
DTEND;VALUE=DATE:20260407
SUMMARY:Karfreitag bis Ostermontag
CATEGORIES:Feiertag,Ostern
END:VEVENT
BEGIN:VEVENT
UID:himmelfahrt-2026@feiertage.example
DTSTAMP:20251001T080000Z
DTSTART;TZID=Europe/Berlin:20260514T000000
DTEND;TZID=Europe/Berlin:20260515T000000
SUMMARY:Christi Himmelfahrt
END:VEVENT
BEGIN:VEVENT
UID:einheit@feiertage.example
DTSTAMP:20251001T080000Z
DTSTART;VALUE=DATE:19901003
RRULE:FREQ=YEARLY
SUMMARY:Tag der Deutschen Einheit
END:VEVENT
END:VCALENDAR
)"),
                    "Tag der Deutschen Einheit 1990-10-3 yearly, Neujahr 2026-1-1, "
                    "Internationaler Frauentag 2026-3-8, Karfreitag bis Ostermontag 2026-4-3..2026-4-6, "
                    "Christi Himmelfahrt 2026-5-14");
}

TEST(ReadHolidays, AFileLikeGoogles) {
    expect_holidays(
        read(calendar("CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:Holidays in United States\r\n"
                      "X-WR-TIMEZONE:UTC\r\n" +
                      event("DTSTART;VALUE=DATE:20260119\r\nDTEND;VALUE=DATE:20260120\r\n"
                            "DTSTAMP:20251103T120000Z\r\nUID:20260119_mlk@google.com\r\nCLASS:PUBLIC\r\n"
                            "CREATED:20240517T113210Z\r\nDESCRIPTION:Public holiday\r\n"
                            "LAST-MODIFIED:20240517T113210Z\r\nSEQUENCE:0\r\nSTATUS:CONFIRMED\r\n"
                            "SUMMARY:Martin Luther King Jr. Day\r\nTRANSP:TRANSPARENT") +
                      event("DTSTART;VALUE=DATE:20251127\r\nDTEND;VALUE=DATE:20251128\r\n"
                            "UID:20251127_tg@google.com\r\nSUMMARY:Thanksgiving Day\r\n"
                            "DESCRIPTION:Observance\\nTo hide observances\\, go to Google Calendar Setti\r\n"
                            " ngs > Holidays in United States\r\nTRANSP:TRANSPARENT"))),
        "Thanksgiving Day 2025-11-27, Martin Luther King Jr. Day 2026-1-19");
}

TEST(ReadHolidays, AFileLikeThunderbirds) {
    const std::string file = calendar(
        event("UID:1\r\nDTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20260102\r\n"
              "RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1\r\nSUMMARY:New Year's Day\r\nX-MOZ-GENERATION:1") +
        event("UID:2\r\nDTSTART;VALUE=DATE:20260525\r\nRRULE:FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5\r\n"
              "SUMMARY:Memorial Day") +
        event("UID:3\r\nDTSTART;VALUE=DATE:20260704\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Independence Day\r\n"
              "EXDATE;VALUE=DATE:20270704") +
        event("UID:3\r\nRECURRENCE-ID;VALUE=DATE:20280704\r\nDTSTART;VALUE=DATE:20280703\r\n"
              "SUMMARY:Independence Day (moved)"));
    expect_error(read(file), ErrorCode::check_violation, "BYDAY=-1MO", "Memorial Day");
    expect_holidays(read(file, date(2027, 12, 31)),
                    "New Year's Day 2026-1-1 yearly, Memorial Day 2026-5-25, "
                    "Independence Day 2026-7-4 yearly -2027-7-4 -2028-7-4, Memorial Day 2027-5-31, "
                    "Independence Day (moved) 2028-7-3");
}

} // namespace
} // namespace policies::core
