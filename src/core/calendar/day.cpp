#include "core/calendar/day.hpp"

#include <charconv>

#include "core/base/text.hpp"

namespace policies::core {

namespace {

using namespace std::chrono;

constexpr days era{days_per_era};
constexpr int years_per_era = 400;

static_assert(sys_days{year{1970 + years_per_era} / 1 / 1} - sys_days{} == era);
static_assert(era % weeks{1} == days{0});
static_assert(start_of(year{-4713} / 11 / 24) == first_instant);
static_assert(start_of(sys_days{year{2276} / 12 / 31} + 730 * era) + (microseconds_per_day - 1) ==
              last_instant);

/// A day, told by the one that is like it in the era from 1970 on.
struct DayOfEra {
    year_month_day date;
    std::int64_t eras; ///< from that day to this
};

DayOfEra day_of_era(Day day) {
    const std::int64_t eras = floor_divide(day.time_since_epoch().count(), era.count());
    return {year_month_day{day - eras * era}, eras};
}

/// The number written with digits alone, or nothing.
std::optional<int> read_digits(std::string_view text) {
    int number = 0;
    if (!is_number(text, text.size())) {
        return {};
    }
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace

Day add_months(Day day, std::int32_t count) {
    const DayOfEra from = day_of_era(day);
    const std::int64_t eras = floor_divide(count, 12 * years_per_era);
    const year_month_day sum = from.date + months{count - eras * 12 * years_per_era};
    return sys_days{sum.ok() ? sum : sum.year() / sum.month() / last} + (from.eras + eras) * era;
}

std::optional<Day> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return {};
    }
    const auto number = read_digits(text.substr(0, 4));
    const auto month_number = read_digits(text.substr(5, 2));
    const auto day_number = read_digits(text.substr(8, 2));
    if (!number || !month_number || !day_number) {
        return {};
    }
    const year_month_day date = year{*number} / *month_number / *day_number;
    return date.ok() ? std::optional<Day>{date} : std::nullopt;
}

std::string format_date(Day day) {
    const auto [date, eras] = day_of_era(day);
    return zero_padded(int{date.year()} + eras * years_per_era, 4) + "-" +
           zero_padded(unsigned{date.month()}, 2) + "-" + zero_padded(unsigned{date.day()}, 2);
}

} // namespace policies::core
