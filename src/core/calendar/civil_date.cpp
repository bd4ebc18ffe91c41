#include "core/calendar/civil_date.hpp"

#include <cstdlib>

namespace policies::core {

namespace {

static_assert(days_from_civil({1970, 1, 1}) == 0);
static_assert(days_from_civil({2000, 1, 1}) == epoch_day);
static_assert(days_per_era % 7 == 0);
static_assert((days_from_civil({-4713, 11, 24}) - epoch_day) * microseconds_per_day == first_instant);
static_assert((days_from_civil({294276, 12, 31}) - epoch_day) * microseconds_per_day +
                  (microseconds_per_day - 1) ==
              last_instant);

/// The number written with digits alone, or -1.
std::int64_t read_digits(std::string_view text) {
    std::int64_t number = 0;
    for (const char character : text) {
        if (character < '0' || character > '9')
            return -1;
        number = number * 10 + (character - '0');
    }
    return number;
}

std::string padded(std::int64_t number, std::size_t width) {
    std::string digits = std::to_string(std::abs(number));
    digits.insert(0, digits.size() < width ? width - digits.size() : 0, '0');
    return number < 0 ? "-" + digits : digits;
}

} // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return {};
    const CivilDate date{read_digits(text.substr(0, 4)), read_digits(text.substr(5, 2)),
                         read_digits(text.substr(8, 2))};
    if (date.year < 0 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > days_in_month(date.year, date.month))
        return {};
    return days_from_civil(date);
}

std::string format_date(std::int64_t unix_days) {
    const CivilDate date = civil_from_days(unix_days);
    return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2);
}

} // namespace policies::core
