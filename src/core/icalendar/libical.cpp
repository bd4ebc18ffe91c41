#include "core/icalendar/libical.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace policies::core {

namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

/// Its sscanf would take signs and spaces for digits, and ignore what follows.
bool has_digits_of_time(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 8 ? text[i] != 'T' : !is_digit(text[i]))
            return false;
    }
    return text.size() == 8 || text.size() == 15;
}

} // namespace

std::optional<WrittenTime> read_time(std::string_view text) {
    // Not for libical, whose UTC zone reads the zone.tab of the machine.
    const bool is_utc = text.size() == 16 && text.back() == 'Z';
    if (is_utc)
        text.remove_suffix(1);
    if (!has_digits_of_time(text))
        return {};
    const icaltimetype time = icaltime_from_string(std::string(text).c_str());
    const std::chrono::year_month_day date{std::chrono::year{time.year},
                                           std::chrono::month{static_cast<unsigned>(time.month)},
                                           std::chrono::day{static_cast<unsigned>(time.day)}};
    if (!date.ok() || time.hour > 23 || time.minute > 59 || time.second > 59)
        return {};
    return WrittenTime{static_cast<Day>(std::chrono::sys_days{date}.time_since_epoch().count()),
                       (time.hour * 60 + time.minute) * 60 + time.second, text.size() == 8, is_utc};
}

bool is_number(std::string_view text, std::size_t max_digits) {
    return !text.empty() && text.size() <= max_digits && std::all_of(text.begin(), text.end(), is_digit);
}

std::string to_upper(std::string_view text) {
    std::string upper(text);
    for (char& character : upper) {
        if (character >= 'a' && character <= 'z')
            character = static_cast<char>(character - 'a' + 'A');
    }
    return upper;
}

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char character) {
        return static_cast<unsigned char>(character) <= ' ' || character == '\x7F';
    };
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

Day first_day_of_year(int year) {
    return static_cast<Day>(
        std::chrono::sys_days{std::chrono::year{year} / 1 / 1}.time_since_epoch().count());
}

} // namespace policies::core
