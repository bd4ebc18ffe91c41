#include "core/calendar/holidays.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/expectations.hpp"

namespace policies::core {
namespace {

Holiday one_off(const char* name, const char* first, const char* last) {
    return {name, *parse_date(first), *parse_date(last), false, {}};
}

Holiday yearly(const char* name, const char* first, const char* last, std::vector<const char*> except = {}) {
    Holiday holiday = one_off(name, first, last);
    holiday.yearly = true;
    for (const char* date : except)
        holiday.except.push_back(*parse_date(date));
    return holiday;
}

void expect_holidays(const std::string& json, const std::vector<Holiday>& expected) {
    const Result<std::vector<Holiday>> holidays = parse_holidays(json);
    ASSERT_TRUE(holidays) << holidays.error().message << ' ' << holidays.error().detail;
    EXPECT_EQ(*holidays, expected) << json;
    const Result<std::vector<Holiday>> again = parse_holidays(write_holidays(*holidays));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, *holidays);
}

void expect_broken(const std::string& json, std::string_view message, std::string_view detail = {}) {
    SCOPED_TRACE(json);
    expect_error(parse_holidays(json), ErrorCode::check_violation, message, detail);
}

TEST(Holidays, AreReadInTheirOrder) {
    expect_holidays("[]", {});
    expect_holidays(R"([{"name": "Zweiter", "date": "2026-12-26"},
                        {"name": "Christmas Day", "date": "2026-12-25", "yearly": true, "except": ["2028-12-25", "2027-12-25"]},
                        {"name": "Shutdown", "first_date": "2026-12-24", "last_date": "2026-12-31", "yearly": false}])",
                    {one_off("Zweiter", "2026-12-26", "2026-12-26"),
                     yearly("Christmas Day", "2026-12-25", "2026-12-25", {"2027-12-25", "2028-12-25"}),
                     one_off("Shutdown", "2026-12-24", "2026-12-31")});
    expect_holidays(R"([{"name": "edges", "first_date": "1900-01-01", "last_date": "2999-12-31"}])",
                    {one_off("edges", "1900-01-01", "2999-12-31")});
    expect_holidays(R"([{"name": "\"quoted\" ñ 新年\n", "date": "2026-01-01"}])",
                    {one_off("\"quoted\" ñ 新年\n", "2026-01-01", "2026-01-01")});
}

TEST(Holidays, AreWrittenAsTheyAreRead) {
    EXPECT_EQ(write_holidays({}), "[]");
    EXPECT_EQ(write_holidays({yearly("A", "2026-12-25", "2026-12-25", {"2027-12-25"}),
                              one_off("B", "2026-01-01", "2026-01-02")}),
              R"([{"name":"A","date":"2026-12-25","yearly":true,"except":["2027-12-25"]},)"
              R"({"name":"B","first_date":"2026-01-01","last_date":"2026-01-02"}])");
    EXPECT_EQ(write_holidays({one_off("\xff", "2026-01-01", "2026-01-01")}),
              "[{\"name\":\"\uFFFD\",\"date\":\"2026-01-01\"}]");
}

TEST(Holidays, HaveKnownKeysOnly) {
    expect_error(parse_holidays("[{]"), ErrorCode::invalid_text, "invalid JSON for holidays: \"[{]\"");
    expect_broken(R"({"name": "x"})", "invalid holidays");
    expect_broken(R"([{"name": "x", "day": "2026-01-01"}])", "unknown key in holidays: \"day\"",
                  "first_date");
    expect_broken(R"([{"date": "2026-01-01"}])", "missing key in holidays: \"name\"");
    expect_broken(R"([{"name": "x"}])", "missing key in holidays: \"date\"");
    expect_broken(R"([{"name": "x", "first_date": "2026-01-01"}])", "missing key in holidays: \"last_date\"");
    expect_broken(R"([{"name": "x", "last_date": "2026-01-01"}])", "missing key in holidays: \"first_date\"");
    expect_broken(R"([{"name": "x", "date": "2026-01-01", "date": "2026-01-02"}])",
                  "duplicate key in holidays: \"date\"");
    expect_broken(R"([{"name": "x", "date": "2026-01-01", "last_date": "2026-01-02"}])", "invalid date",
                  "either");
    expect_broken(R"([{"name": "x", "date": "2026-01-01", "yearly": 1}])", "invalid yearly: 1");
}

TEST(Holidays, HaveAName) {
    const auto named = [](const std::string& name) {
        return R"([{"date": "2026-01-01", "name": )" + name + "}]";
    };
    expect_broken(named("\"\""), "invalid name of a holiday: \"\"", "blank");
    expect_broken(named("\" \\t\""), "invalid name", "blank");
    expect_broken(named("7"), "invalid name of a holiday: 7", "string");
    expect_broken(named("\"a\\u0000b\""), "a\\x00b", "U+0000");
    expect_broken(named("\"" + std::string(256, 'x') + "\""), "invalid name", "255 bytes");
    EXPECT_TRUE(parse_holidays(named("\"" + std::string(255, 'x') + "\"")));
}

TEST(Holidays, HaveDatesThatExist) {
    const auto on = [](const std::string& date) { return R"([{"name": "x", "date": ")" + date + "\"}]"; };
    expect_broken(on("2026-02-29"), "invalid date of the holiday \"x\": \"2026-02-29\"", "YYYY-MM-DD");
    expect_broken(on("26-02-01"), "26-02-01");
    expect_broken(R"([{"name": "x", "date": 20260101}])", "20260101");
    expect_broken(on("1899-12-31"), "1899-12-31", "1900 to 2999");
    expect_broken(on("3000-01-01"), "3000-01-01", "1900 to 2999");
    expect_broken(R"([{"name": "x", "first_date": "2026-01-02", "last_date": "2026-01-01"}])",
                  "invalid last date of the holiday \"x\": \"2026-01-01\"",
                  "before the first date, 2026-01-02");
}

TEST(Holidays, OfAYearOrMoreAreNotYearly) {
    const auto until = [](const std::string& last) {
        return R"([{"name": "x", "first_date": "2026-01-01", "last_date": ")" + last +
               R"(", "yearly": true}])";
    };
    EXPECT_TRUE(parse_holidays(until("2026-12-30"))); // 364 days
    expect_broken(until("2026-12-31"), "2026-12-31", "shorter than a year");
    expect_broken(until("2027-06-01"), "2027-06-01", "shorter than a year");
}

TEST(Holidays, HaveExceptionsThatAreOccurrences) {
    const auto except = [](const std::string& dates, const std::string& is_yearly = "true") {
        return R"([{"name": "x", "date": "2024-02-29", "yearly": )" + is_yearly + R"(, "except": )" + dates +
               "}]";
    };
    expect_holidays(except("[]"), {yearly("x", "2024-02-29", "2024-02-29")});
    expect_holidays(except("[]", "false"), {one_off("x", "2024-02-29", "2024-02-29")});
    expect_holidays(except(R"(["2024-02-29"])"), {yearly("x", "2024-02-29", "2024-02-29", {"2024-02-29"})});
    expect_broken(except(R"(["2025-02-28"])"), "invalid exception of the holiday \"x\": \"2025-02-28\"",
                  "occurrence");
    expect_broken(except(R"(["2020-02-29"])"), "2020-02-29", "occurrence"); // before its first year
    expect_broken(except(R"(["2025-02-29"])"), "invalid exception", "YYYY-MM-DD");
    expect_broken(except(R"(["3000-02-28"])"), "3000-02-28", "2999");
    expect_broken(except(R"(["2028-02-29", "2032-02-29", "2028-02-29"])"), "2028-02-29", "twice");
    expect_broken(except(R"(["2024-02-29"])", "false"), "2024-02-29", "Only a yearly holiday");
    expect_broken(except("7"), "invalid except of the holiday \"x\": 7", "array");
    expect_broken(except("[7]"), "invalid exception of the holiday \"x\": 7");
}

TEST(Holidays, AreNotTooMany) {
    std::vector<Holiday> holidays(max_holidays, one_off("x", "2026-01-01", "2026-01-01"));
    EXPECT_TRUE(parse_holidays(write_holidays(holidays)));
    holidays.push_back(holidays.front());
    expect_broken(write_holidays(holidays), "too many holidays: 10001", "10000");
}

TEST(Holidays, OccurEachYear) {
    const Holiday christmas = yearly("x", "2026-12-25", "2026-12-26", {"2027-12-25"});
    EXPECT_EQ(occurrence_in_year(christmas, std::chrono::year{2025}), std::nullopt);
    EXPECT_EQ(occurrence_in_year(christmas, std::chrono::year{2026}), christmas.first_day);
    EXPECT_EQ(occurrence_in_year(christmas, std::chrono::year{2027}), std::nullopt);
    EXPECT_EQ(occurrence_in_year(christmas, std::chrono::year{2028}), parse_date("2028-12-25"));
    const Holiday leap_day = yearly("x", "2024-02-29", "2024-02-29");
    EXPECT_EQ(occurrence_in_year(leap_day, std::chrono::year{2026}), std::nullopt);
    EXPECT_EQ(occurrence_in_year(leap_day, std::chrono::year{2028}), parse_date("2028-02-29"));
    EXPECT_EQ(occurrence_in_year(leap_day, std::chrono::year{2100}), std::nullopt);
}

} // namespace
} // namespace policies::core
