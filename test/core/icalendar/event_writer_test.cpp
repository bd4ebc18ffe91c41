#include "core/icalendar/event_writer.hpp"

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <libical/ical.h>

#include "core/calendar/dates.hpp"
#include "core/expectations.hpp"
#include "core/icalendar/holiday_reader.hpp"
#include "core/icalendar/holidays_shown.hpp"

namespace policies::core {
namespace {

using namespace std::string_literals;

CalendarEvent review() {
    return {.uid = "rev_1@policies",
            .stamp = utc(2026, 1, 2, 3),
            .starts_at = utc(2026, 12, 24, 18) + 1'500'000,
            .summary = "Review due: Acceptable use"};
}

TEST(WriteEvents, WhatItWrites) {
    CalendarEvent full = review();
    full.description = "One, two; three\\four\nfive";
    full.url = "https://example.org/policies?id=1&x=2";
    full.categories = {"security", "a,b"};
    full.sequence = 7;
    CalendarEvent day{.uid = "x", .day = date(2026, 2, 3), .summary = "All day"};
    EXPECT_EQ(write_events("-//policies//EN", {full, day}),
              "BEGIN:VCALENDAR\r\n"
              "VERSION:2.0\r\n"
              "PRODID:-//policies//EN\r\n"
              "METHOD:PUBLISH\r\n"
              "BEGIN:VEVENT\r\n"
              "UID:rev_1@policies\r\n"
              "DTSTAMP:20260102T030000Z\r\n"
              "DTSTART:20261224T180001Z\r\n"
              "SUMMARY:Review due: Acceptable use\r\n"
              "DESCRIPTION:One\\, two\\; three\\\\four\\nfive\r\n"
              "URL:https://example.org/policies?id=1&x=2\r\n"
              "CATEGORIES:security,a\\,b\r\n"
              "SEQUENCE:7\r\n"
              "TRANSP:TRANSPARENT\r\n"
              "END:VEVENT\r\n"
              "BEGIN:VEVENT\r\n"
              "UID:x\r\n"
              "DTSTAMP:20000101T000000Z\r\n"
              "DTSTART;VALUE=DATE:20260203\r\n"
              "SUMMARY:All day\r\n"
              "SEQUENCE:0\r\n"
              "TRANSP:TRANSPARENT\r\n"
              "END:VEVENT\r\n"
              "END:VCALENDAR\r\n");
    EXPECT_EQ(
        write_events("p", {}),
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:p\r\nMETHOD:PUBLISH\r\nBEGIN:VTIMEZONE\r\nTZID:UTC\r\n"
        "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\n"
        "TZNAME:UTC\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n");
}

TEST(WriteEvents, InstantsBeforeTheEpochAndOutsideTheFormat) {
    CalendarEvent event = review();
    event.starts_at = -1;
    EXPECT_TRUE(contains(write_events("p", {event}), "DTSTART:19991231T235959Z"));
    event.starts_at = utc(9999, 12, 31, 23);
    EXPECT_TRUE(contains(write_events("p", {event}), "DTSTART:99991231T230000Z"));
    event.starts_at = utc(0, 1, 1);
    EXPECT_TRUE(contains(write_events("p", {event}), "DTSTART:00000101T000000Z"));
    for (const Instant instant : {utc(10'000, 1, 1), utc(0, 1, 1) - 1, std::numeric_limits<Instant>::max(),
                                  std::numeric_limits<Instant>::min()}) {
        event.starts_at = instant;
        EXPECT_EQ(write_events("p", {event}), write_events("p", {}));
    }
    for (const Day day : {Day::min(), Day::max()}) {
        event.day = day;
        EXPECT_EQ(write_events("p", {event}), write_events("p", {}));
    }
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = text.find("\r\n", start);
        EXPECT_NE(end, std::string::npos);
        lines.push_back(text.substr(start, end - start));
        start = end + 2;
    }
    return lines;
}

TEST(WriteEvents, FoldsBetweenCharacters) {
    for (std::size_t shift = 0; shift < 8; ++shift) {
        CalendarEvent event = review();
        event.summary = std::string(shift, 'x');
        for (int i = 0; i < 60; ++i)
            event.summary += "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80";
        const std::string text = write_events("p", {event});
        std::string unfolded;
        for (const std::string& line : lines_of(text)) {
            EXPECT_LE(line.size(), 75U);
            EXPECT_NE(static_cast<unsigned char>(line.at(line.starts_with(' ') ? 1 : 0)) & 0xC0, 0x80);
            unfolded += line.starts_with(' ') ? line.substr(1) : "\n" + line;
        }
        EXPECT_TRUE(contains(unfolded, "\nSUMMARY:" + event.summary + "\n"));
    }
    CalendarEvent exact = review();
    exact.summary = std::string(75 - std::string_view("SUMMARY:").size(), 'x');
    EXPECT_FALSE(contains(write_events("p", {exact}), "\r\n "));
    exact.summary += 'x';
    EXPECT_TRUE(contains(write_events("p", {exact}), "x\r\n x\r\n"));
}

TEST(WriteEvents, NoTextBeginsALineOfItsOwn) {
    const std::string attack =
        "x\r\nEND:VEVENT\nBEGIN:VALARM\rATTACH:y\v\f\x1C\x85\xC2\x85\xE2\x80\xA8\xE2\x80\xA9z\x7F\0w"s;
    CalendarEvent event{
        .uid = attack, .summary = attack, .description = attack, .url = attack, .categories = {attack}};
    const std::string text = write_events(attack, {event});
    std::vector<std::string> names;
    for (const std::string& line : lines_of(text)) {
        for (const char character : line)
            EXPECT_GE(static_cast<unsigned char>(character), ' ');
        if (!line.starts_with(' '))
            names.push_back(line.substr(0, line.find(':')));
    }
    EXPECT_EQ(names, (std::vector<std::string>{"BEGIN", "VERSION", "PRODID", "METHOD", "BEGIN", "UID",
                                               "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "URL",
                                               "CATEGORIES", "SEQUENCE", "TRANSP", "END", "END"}));
    EXPECT_TRUE(contains(text, "x\\nEND:VEVENT\\nBEGIN:VALARM\\nATTACH:y"));
    EXPECT_TRUE(contains(text, "\xEF\xBF\xBD"));
    EXPECT_FALSE(contains(text, "\xC2\x85"));
}

TEST(WriteEvents, LibicalReadsTheSame) {
    CalendarEvent event = review();
    event.summary = "Pr\xC3\xBC"
                    "fung, f\xC3\xA4llig; \\n \\\\ \"x\": " +
                    std::string(200, 'y');
    event.description = "line 1\nline 2\n\n  indented " + std::string(300, ' ') + "end";
    event.url = "https://example.org/" + std::string(200, 'z');
    const std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)> calendar(
        icalparser_parse_string(write_events("-//p//EN", {event}).c_str()), &icalcomponent_free);
    ASSERT_NE(calendar, nullptr);
    EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
    icalcomponent* read = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(icalcomponent_get_summary(read), event.summary);
    EXPECT_EQ(icalcomponent_get_description(read), event.description);
    EXPECT_EQ(icalproperty_get_url(icalcomponent_get_first_property(read, ICAL_URL_PROPERTY)), event.url);
    const icaltimetype start = icalcomponent_get_dtstart(read);
    EXPECT_EQ(start.hour, 18);
    EXPECT_TRUE(icaltime_is_utc(start));
}

TEST(WriteEvents, WhatIsWrittenIsReadAsHolidays) {
    std::vector<CalendarEvent> events;
    std::string expected;
    for (unsigned day = 1; day <= 28; ++day) {
        events.push_back(
            {.uid = std::to_string(day),
             .day = date(2026, 2, day),
             .summary = std::string(3 * day, 'x') + ", \xC3\xA4; \\ " + std::string(3 * day, 'z')});
        expected += (expected.empty() ? "" : ", ") + events.back().summary + " 2026-2-" + std::to_string(day);
    }
    expect_holidays(read_holidays(write_events("-//p//EN", events), {}, {}), expected);
}

} // namespace
} // namespace policies::core
