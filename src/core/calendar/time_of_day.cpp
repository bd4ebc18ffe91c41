#include "core/calendar/time_of_day.hpp"

#include "core/base/text.hpp"

namespace policies::core {

namespace {

using namespace std::chrono;

/// Two digits as a number, or nothing.
std::optional<int> read_two_digits(std::string_view text) {
    if (!is_digit(text[0]) || !is_digit(text[1])) {
        return {};
    }
    return (text[0] - '0') * 10 + (text[1] - '0');
}

} // namespace

std::optional<seconds> parse_time_of_day(std::string_view text) {
    if ((text.size() != 5 && text.size() != 8) || text[2] != ':' || (text.size() == 8 && text[5] != ':')) {
        return {};
    }
    const auto hour = read_two_digits(text.substr(0, 2));
    const auto minute = read_two_digits(text.substr(3, 2));
    const auto second = text.size() == 8 ? read_two_digits(text.substr(6, 2)) : std::optional{0};
    if (!hour || !minute || !second || *minute > 59 || *second > 59) {
        return {};
    }
    const seconds time = hours{*hour} + minutes{*minute} + seconds{*second};
    return time <= days{1} ? std::optional{time} : std::nullopt;
}

std::string format_time_of_day(seconds time) {
    const hh_mm_ss parts{time};
    return zero_padded(parts.hours().count(), 2) + ":" + zero_padded(parts.minutes().count(), 2) + ":" +
           zero_padded(parts.seconds().count(), 2);
}

} // namespace policies::core
