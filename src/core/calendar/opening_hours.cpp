#include <algorithm>
#include <optional>
#include <tuple>

#include "core/calendar/business_calendar.hpp"
#include "core/calendar/json_list.hpp"

namespace policies::core {

namespace {

using nlohmann::json;

constexpr std::int32_t seconds_per_day = 86'400;
constexpr std::string_view keys[] = {"weekdays", "opens", "closes", "closes_next_day"};
constexpr ListShape shape{"opening hours", keys};

using Intervals = std::vector<OpeningInterval>;

Error violation(std::string message, std::string detail, std::string hint = {}) {
    return {ErrorCode::check_violation, std::move(message), std::move(detail), std::move(hint)};
}

/// Two digits as a number, or nothing.
std::optional<std::int32_t> read_two_digits(std::string_view text) {
    const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
    if (!is_digit(text[0]) || !is_digit(text[1]))
        return {};
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/// HH:MM or HH:MM:SS, up to and with 24:00, in seconds since midnight.
std::optional<std::int32_t> parse_time(std::string_view text) {
    if ((text.size() != 5 && text.size() != 8) || text[2] != ':' || (text.size() == 8 && text[5] != ':'))
        return {};
    const auto hours = read_two_digits(text.substr(0, 2));
    const auto minutes = read_two_digits(text.substr(3, 2));
    const auto seconds = text.size() == 8 ? read_two_digits(text.substr(6, 2)) : std::optional{0};
    if (!hours || !minutes || !seconds || *minutes > 59 || *seconds > 59)
        return {};
    const std::int32_t time = *hours * 3600 + *minutes * 60 + *seconds;
    return time <= seconds_per_day ? std::optional{time} : std::nullopt;
}

std::string format_time(std::int32_t time) {
    const auto two_digits = [](std::int32_t number) {
        return (number < 10 ? "0" : "") + std::to_string(number);
    };
    const std::string minutes = two_digits(time / 3600) + ":" + two_digits(time / 60 % 60);
    return time % 60 == 0 ? minutes : minutes + ":" + two_digits(time % 60);
}

Result<std::int32_t> read_time(const json& object, std::string_view key, std::int32_t last_time) {
    const json* member = find_member(object, key);
    if (member == nullptr)
        return missing_key(shape, key);
    const std::string* text = member->get_ptr<const std::string*>();
    const std::optional<std::int32_t> time = text != nullptr ? parse_time(*text) : std::nullopt;
    if (!time || *time > last_time)
        return violation("invalid " + std::string(key) + ": " + shown(*member),
                         "A time is written HH:MM or HH:MM:SS; only a closing time may be 24:00.");
    return *time;
}

Result<std::vector<int>> read_weekdays(const json& object) {
    const json* member = find_member(object, "weekdays");
    if (member == nullptr)
        return missing_key(shape, "weekdays");
    if (!member->is_array() || member->empty())
        return violation("invalid weekdays: " + shown(*member),
                         "It must be an array of the weekdays 1 (Monday) to 7 (Sunday), not empty.");
    std::vector<int> weekdays;
    for (const json& element : *member) {
        const bool is_weekday = element.is_number_integer() && element >= 1 && element <= 7;
        if (!is_weekday)
            return violation("invalid weekday: " + shown(element),
                             "A weekday is a whole number from 1 (Monday) to 7 (Sunday).");
        const int weekday = element.get<int>();
        if (std::find(weekdays.begin(), weekdays.end(), weekday) != weekdays.end())
            return violation("duplicate weekday: " + shown(element),
                             "An opening interval must not name a weekday twice.");
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
    if (times.closes_next_day && times.closes > times.opens)
        return violation(closes, "With closes_next_day it must not be later in the day than opens, " + opens +
                                     ": nothing is open for more than 24 hours.");
    if (!times.closes_next_day && times.closes <= times.opens)
        return violation(closes, "It must be later than opens, " + opens + ".",
                         "For an interval that crosses midnight add \"closes_next_day\": true.");
    return Ok{};
}

Result<Times> read_times(const json& object) {
    const Result<std::int32_t> opens = read_time(object, "opens", seconds_per_day - 1);
    if (!opens)
        return opens.error();
    const Result<std::int32_t> closes = read_time(object, "closes", seconds_per_day);
    if (!closes)
        return closes.error();
    const Result<bool> closes_next_day = read_flag(object, "closes_next_day");
    if (!closes_next_day)
        return closes_next_day.error();
    const Times times{*opens, *closes, *closes_next_day};
    Check check = check_order(times);
    if (!check)
        return std::move(check).error();
    return times;
}

void append_split_at_midnight(Intervals& intervals, int weekday, const Times& times) {
    if (!times.closes_next_day) {
        intervals.push_back({weekday, times.opens, times.closes});
        return;
    }
    intervals.push_back({weekday, times.opens, seconds_per_day});
    if (times.closes > 0)
        intervals.push_back({weekday % 7 + 1, 0, times.closes});
}

Check append_object(Intervals& intervals, const json& object) {
    const Result<std::vector<int>> weekdays = read_weekdays(object);
    if (!weekdays)
        return weekdays.error();
    const Result<Times> times = read_times(object);
    if (!times)
        return times.error();
    for (const int weekday : *weekdays)
        append_split_at_midnight(intervals, weekday, *times);
    if (intervals.size() > max_opening_intervals)
        return violation("too many opening intervals: more than " + std::to_string(max_opening_intervals),
                         "Every weekday counts, and an interval that crosses midnight counts twice.");
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
        if (joined.back().closes > interval.opens)
            return violation("overlapping opening hours on weekday " + std::to_string(interval.weekday) +
                                 ": " + describe(joined.back()) + " and " + describe(interval),
                             "No two intervals may overlap; they may touch.");
        joined.back().closes = interval.closes;
    }
    return joined;
}

} // namespace

Result<Intervals> parse_opening_hours(std::string_view json_text) {
    const Result<json> list = parse_list(json_text, shape);
    if (!list)
        return list.error();
    if (list->empty())
        return violation("invalid opening hours: \"[]\"", "There must be an opening time.");
    Intervals intervals;
    for (const json& object : *list) {
        Check check = append_object(intervals, object);
        if (!check)
            return std::move(check).error();
    }
    return join(std::move(intervals));
}

} // namespace policies::core
