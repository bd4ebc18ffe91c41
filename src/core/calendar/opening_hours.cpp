#include "core/calendar/opening_hours.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <tuple>

#include "core/base/json_list.hpp"
#include "core/base/text.hpp"
#include "core/calendar/instant.hpp"
#include "core/calendar/time_of_day.hpp"

namespace policies::core {

namespace {

using nlohmann::json;

constexpr std::string_view interval_keys[] = {"weekdays", "opens", "closes", "closes_next_day"};
constexpr ListShape interval_list{"opening hours", interval_keys};

using Intervals = std::vector<OpeningInterval>;

/// As short as it can be written.
std::string format_time(std::int32_t time) {
    std::string text = format_time_of_day(std::chrono::seconds{time});
    if (text.ends_with(":00")) {
        text.resize(text.size() - 3);
    }
    return text;
}

Result<std::int32_t> read_time(const json& object, std::string_view key, std::int32_t last_time) {
    const json* member = find_member(object, key);
    if (member == nullptr) {
        return missing_key(interval_list, key);
    }
    const auto* text = member->get_ptr<const std::string*>();
    const auto time = text != nullptr ? parse_time_of_day(*text) : std::nullopt;
    if (!time || time->count() > last_time) {
        return Error{check_violation, "invalid " + std::string(key) + ": " + shown(*member),
                     "A time is written HH:MM or HH:MM:SS; only a closing time may be 24:00."};
    }
    return static_cast<std::int32_t>(time->count());
}

Result<std::vector<int>> read_weekdays(const json& object) {
    const json* member = find_member(object, "weekdays");
    if (member == nullptr) {
        return missing_key(interval_list, "weekdays");
    }
    if (!member->is_array() || member->empty()) {
        return Error{check_violation, "invalid weekdays: " + shown(*member),
                     "It must be an array of the weekdays 1 (Monday) to 7 (Sunday), not empty."};
    }
    std::vector<int> weekdays;
    for (const json& element : *member) {
        const bool is_weekday = element.is_number_integer() && element >= 1 && element <= 7;
        if (!is_weekday) {
            return Error{check_violation, "invalid weekday: " + shown(element),
                         "A weekday is a whole number from 1 (Monday) to 7 (Sunday)."};
        }
        const int weekday = element.get<int>();
        if (std::find(weekdays.begin(), weekdays.end(), weekday) != weekdays.end()) {
            return Error{check_violation, "duplicate weekday: " + shown(element),
                         "An opening interval must not name a weekday twice."};
        }
        weekdays.push_back(weekday);
    }
    return weekdays;
}

struct Times {
    std::int32_t opens;
    std::int32_t closes;
    bool closes_next_day;
};

Check check_order(const Times& times) {
    const std::string closes = "invalid closes: " + core::quoted(format_time(times.closes));
    const std::string opens = core::quoted(format_time(times.opens));
    if (times.closes_next_day && times.closes > times.opens) {
        return Error{check_violation, closes,
                     "With closes_next_day it must not be later in the day than opens, " + opens +
                         ": nothing is open for more than 24 hours."};
    }
    if (!times.closes_next_day && times.closes <= times.opens) {
        return Error{check_violation, closes, "It must be later than opens, " + opens + ".",
                     "For an interval that crosses midnight add \"closes_next_day\": true."};
    }
    return Ok{};
}

Result<Times> read_times(const json& object) {
    const std::int32_t opens = POLICIES_TRY(read_time(object, "opens", seconds_per_day - 1));
    const std::int32_t closes = POLICIES_TRY(read_time(object, "closes", seconds_per_day));
    const bool closes_next_day = POLICIES_TRY(read_flag(object, "closes_next_day"));
    const Times times{opens, closes, closes_next_day};
    POLICIES_TRY(check_order(times));
    return times;
}

void append_split_at_midnight(Intervals& intervals, int weekday, const Times& times) {
    if (!times.closes_next_day) {
        intervals.push_back({weekday, times.opens, times.closes});
        return;
    }
    intervals.push_back({weekday, times.opens, seconds_per_day});
    if (times.closes > 0) {
        intervals.push_back({weekday % 7 + 1, 0, times.closes});
    }
}

Check append_object(Intervals& intervals, const json& object) {
    const std::vector<int> weekdays = POLICIES_TRY(read_weekdays(object));
    const Times times = POLICIES_TRY(read_times(object));
    for (const int weekday : weekdays) {
        append_split_at_midnight(intervals, weekday, times);
    }
    if (intervals.size() > max_opening_intervals) {
        return Error{check_violation,
                     "too many opening intervals: more than " + std::to_string(max_opening_intervals),
                     "Every weekday counts, and an interval that crosses midnight counts twice."};
    }
    return Ok{};
}

std::string describe(const OpeningInterval& interval) {
    return core::quoted(format_time(interval.opens)) + " to " + core::quoted(format_time(interval.closes));
}

/// Sorts, refuses overlaps and merges what touches, within each weekday.
Result<Intervals> join(Intervals intervals) {
    const auto key = [](const OpeningInterval& interval) {
        return std::tuple(interval.weekday, interval.opens, interval.closes);
    };
    std::sort(intervals.begin(), intervals.end(),
              [&key](const auto& left, const auto& right) { return key(left) < key(right); });
    Intervals joined;
    for (const OpeningInterval& interval : intervals) {
        if (joined.empty() || joined.back().weekday != interval.weekday ||
            joined.back().closes < interval.opens) {
            joined.push_back(interval);
            continue;
        }
        if (joined.back().closes > interval.opens) {
            return Error{check_violation,
                         "overlapping opening hours on weekday " + std::to_string(interval.weekday) + ": " +
                             describe(joined.back()) + " and " + describe(interval),
                         "No two intervals may overlap; they may touch."};
        }
        joined.back().closes = interval.closes;
    }
    return joined;
}

} // namespace

Result<Intervals> parse_opening_hours(std::string_view json_text) {
    const json list = POLICIES_TRY(parse_list(json_text, interval_list));
    if (list.empty()) {
        return Error{check_violation, "invalid opening hours: \"[]\"", "There must be an opening time."};
    }
    Intervals intervals;
    for (const json& object : list) {
        POLICIES_TRY(append_object(intervals, object));
    }
    return join(std::move(intervals));
}

} // namespace policies::core
