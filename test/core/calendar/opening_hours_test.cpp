#include "core/calendar/opening_hours.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/expectations.hpp"

namespace policies::core {
namespace {

constexpr std::int32_t hour = 3600;
using Intervals = std::vector<OpeningInterval>;

void expect_hours(const std::string& json, const Intervals& expected) {
    const Result<Intervals> hours = parse_opening_hours(json);
    ASSERT_TRUE(hours) << hours.error().message << ' ' << hours.error().detail;
    EXPECT_EQ(*hours, expected) << json;
}

void expect_broken(const std::string& json, std::string_view message, std::string_view detail = {}) {
    SCOPED_TRACE(json);
    expect_error(parse_opening_hours(json), ErrorCode::check_violation, message, detail);
}

/// A single entry on Monday with these further members.
std::string monday(const std::string& members) {
    return R"([{"weekdays": [1], )" + members + "}]";
}

TEST(OpeningHours, AreSplitByWeekday) {
    expect_hours(R"([{"weekdays": [3, 1], "opens": "09:00", "closes": "17:30"}])",
                 {{1, 9 * hour, 17 * hour + 1800}, {3, 9 * hour, 17 * hour + 1800}});
    expect_hours(monday(R"("opens": "09:00:01", "closes": "09:00:02", "closes_next_day": false)"),
                 {{1, 9 * hour + 1, 9 * hour + 2}});
    expect_hours(monday(R"("opens": "00:00", "closes": "24:00")"), {{1, 0, 24 * hour}});
    expect_hours(monday(R"("opens": "23:59:59", "closes": "24:00:00")"), {{1, 24 * hour - 1, 24 * hour}});
}

TEST(OpeningHours, AreSplitAtMidnight) {
    expect_hours(R"([{"weekdays": [5, 7], "opens": "22:00", "closes": "06:00", "closes_next_day": true}])",
                 {{1, 0, 6 * hour},
                  {5, 22 * hour, 24 * hour},
                  {6, 0, 6 * hour},
                  {7, 22 * hour, 24 * hour}}); // the week ends within Sunday's night
    expect_hours(monday(R"("opens": "22:00", "closes": "00:00", "closes_next_day": true)"),
                 {{1, 22 * hour, 24 * hour}});
    expect_hours(monday(R"("opens": "09:00", "closes": "09:00", "closes_next_day": true)"), // 24 hours
                 {{1, 9 * hour, 24 * hour}, {2, 0, 9 * hour}});
}

TEST(OpeningHours, ThatTouchAreMerged) {
    expect_hours(R"([{"weekdays": [1], "opens": "12:00", "closes": "17:00"},
                     {"weekdays": [1], "opens": "09:00", "closes": "12:00"},
                     {"weekdays": [1], "opens": "17:01", "closes": "18:00"}])",
                 {{1, 9 * hour, 17 * hour}, {1, 17 * hour + 60, 18 * hour}});
    // Each weekday remains its own: nothing is merged across midnight.
    expect_hours(R"([{"weekdays": [1], "opens": "18:00", "closes": "24:00"},
                     {"weekdays": [2], "opens": "00:00", "closes": "02:00"}])",
                 {{1, 18 * hour, 24 * hour}, {2, 0, 2 * hour}});
}

TEST(OpeningHours, MustBeAnArrayOfObjects) {
    for (const std::string json : {"", "[", "nonsense", "[{]", R"([{"opens": 1e999}])", "[\"\xff\"]"})
        expect_error(parse_opening_hours(json), ErrorCode::invalid_text, "invalid JSON for opening hours");
    expect_error(parse_opening_hours(std::string_view("[]\0[", 4)), ErrorCode::invalid_text, "[]\\x00");
    expect_broken("{}", "invalid opening hours: \"{}\"", "array");
    expect_broken("null", "null");
    expect_broken("[7]", "element of opening hours: 7", "object");
    expect_broken("[]", "[]", "There must be an opening time");
    // Neither the parser nor the message may follow where this leads.
    expect_broken(std::string(1'000'000, '[') + std::string(1'000'000, ']'),
                  "invalid element of opening hours");
}

TEST(OpeningHours, HaveKnownKeysOnly) {
    expect_broken(monday(R"("opens": "09:00", "closes": "17:00", "close": 1)"),
                  "unknown key in opening hours: \"close\"", "weekdays, opens, closes and closes_next_day");
    expect_broken(monday(R"("opens": "09:00", "closes": "17:00", "opens": "08:00")"),
                  "duplicate key in opening hours: \"opens\"");
    expect_broken(monday(R"("opens": "09:00")"), "missing key in opening hours: \"closes\"");
    expect_broken(monday(R"("closes": "09:00")"), "missing key in opening hours: \"opens\"");
    expect_broken(R"([{"opens": "09:00", "closes": "17:00"}])", "missing key in opening hours: \"weekdays\"");
    expect_broken(monday(R"("opens": "09:00", "closes": "17:00", "closes_next_day": "yes")"),
                  "invalid closes_next_day: \"yes\"", "true or false");
    // The same key in two objects is no duplicate.
    expect_hours(R"([{"weekdays": [1], "opens": "09:00", "closes": "10:00"},
                     {"weekdays": [2], "opens": "09:00", "closes": "10:00"}])",
                 {{1, 9 * hour, 10 * hour}, {2, 9 * hour, 10 * hour}});
}

TEST(OpeningHours, HaveWeekdaysFromOneToSeven) {
    const auto on = [](const std::string& weekdays) {
        return R"([{"opens": "09:00", "closes": "17:00", "weekdays": )" + weekdays + "}]";
    };
    for (const std::string weekday :
         {"9", "0", "8", "-1", "1.5", "1.0", "null", "true", "4294967297", "18446744073709551615", "\"1\""})
        expect_broken(on("[" + weekday + "]"), "invalid weekday: " + weekday.substr(0, 8),
                      "1 (Monday) to 7 (Sunday)");
    expect_broken(on("[2, 3, 2]"), "duplicate weekday: 2");
    expect_broken(on("[]"), "invalid weekdays: \"[]\"", "not empty");
    expect_broken(on("1"), "invalid weekdays: 1");
    expect_broken(on("[[[[1]]]]"), "invalid weekday");
}

TEST(OpeningHours, HaveTimesThatExist) {
    for (const std::string time : {"25:00", "24:01", "12:60", "12:00:60", "9:00", "09.00", "09:00:", "0900",
                                   "", "09:00 ", "09:0a", "-1:00", "09:00:00.5", "12:00 PM"}) {
        expect_broken(monday(R"("opens": "00:00", "closes": ")" + time + "\""),
                      "invalid closes: \"" + time + "\"", "HH:MM");
        expect_broken(monday(R"("closes": "24:00", "opens": ")" + time + "\""),
                      "invalid opens: \"" + time + "\"", "HH:MM");
    }
    expect_broken(monday(R"("opens": "24:00", "closes": "24:00")"), "invalid opens: \"24:00\"",
                  "only a closing time");
    expect_broken(monday(R"("opens": 9, "closes": "17:00")"), "invalid opens: 9");
}

TEST(OpeningHours, CloseAfterTheyOpen) {
    for (const std::string closes : {"08:00", "09:00", "00:00"}) {
        const auto hours = parse_opening_hours(monday(R"("opens": "09:00", "closes": ")" + closes + "\""));
        expect_error(hours, ErrorCode::check_violation, "invalid closes: \"" + closes + "\"",
                     "later than opens, \"09:00\"");
        EXPECT_TRUE(contains(hours.error().hint, "\"closes_next_day\": true"));
    }
    expect_broken(monday(R"("opens": "09:00", "closes": "09:01", "closes_next_day": true)"),
                  "invalid closes: \"09:01\"", "24 hours");
    expect_broken(monday(R"("opens": "00:00", "closes": "24:00", "closes_next_day": true)"),
                  "invalid closes: \"24:00\"");
}

TEST(OpeningHours, DoNotOverlap) {
    expect_broken(R"([{"weekdays": [1, 2], "opens": "09:00", "closes": "12:00"},
                      {"weekdays": [2], "opens": "11:59:59", "closes": "13:00"}])",
                  "weekday 2: \"09:00\" to \"12:00\" and \"11:59:59\" to \"13:00\"");
    expect_broken(R"([{"weekdays": [1], "opens": "09:00", "closes": "12:00"},
                      {"weekdays": [1], "opens": "09:00", "closes": "12:00"}])",
                  "overlapping");
    // Sunday's night reaches into Monday.
    expect_broken(R"([{"weekdays": [7], "opens": "22:00", "closes": "06:00", "closes_next_day": true},
                      {"weekdays": [1], "opens": "05:00", "closes": "12:00"}])",
                  "weekday 1: \"00:00\" to \"06:00\" and \"05:00\" to \"12:00\"");
    // 24 hours on two days in a row touch, and a minute more overlaps.
    expect_hours(R"([{"weekdays": [1, 2], "opens": "09:00", "closes": "09:00", "closes_next_day": true}])",
                 {{1, 9 * hour, 24 * hour}, {2, 0, 24 * hour}, {3, 0, 9 * hour}});
}

TEST(OpeningHours, AreNotTooMany) {
    const auto minutes = [](int count) {
        std::string json = "[";
        for (int i = 0; i < count; ++i) {
            const std::string clock = std::to_string(10 + i / 30) + ":" + std::to_string(10 + i % 30) + ":";
            json += R"({"weekdays": [1, 2, 3, 4, 5, 6, 7], "opens": ")" + clock + R"(00", "closes": ")" +
                    clock + R"(30"},)";
        }
        json.back() = ']';
        return json;
    };
    EXPECT_EQ(parse_opening_hours(minutes(48))->size(), max_opening_intervals);
    expect_broken(minutes(49), "more than 336");
}

} // namespace
} // namespace policies::core
