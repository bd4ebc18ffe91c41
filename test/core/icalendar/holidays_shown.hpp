#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/result.hpp"
#include "core/calendar/holidays.hpp"

namespace policies::core {

inline std::string shown(Day day) {
    const std::chrono::year_month_day date{day};
    return std::to_string(static_cast<int>(date.year())) + "-" +
           std::to_string(static_cast<unsigned>(date.month())) + "-" +
           std::to_string(static_cast<unsigned>(date.day()));
}

inline std::string shown(const std::vector<Holiday>& holidays) {
    std::string text;
    for (const Holiday& holiday : holidays) {
        text += text.empty() ? "" : ", ";
        text += holiday.name + " " + shown(holiday.first_day);
        if (holiday.last_day != holiday.first_day)
            text += ".." + shown(holiday.last_day);
        text += holiday.yearly ? " yearly" : "";
        for (const Day day : holiday.except)
            text += " -" + shown(day);
    }
    return text;
}

inline void expect_holidays(const Result<std::vector<Holiday>>& holidays, std::string_view expected) {
    ASSERT_TRUE(holidays) << holidays.error().message << " / " << holidays.error().detail;
    EXPECT_EQ(shown(*holidays), expected);
}

} // namespace policies::core
