#include "core/calendar/wall_schedule.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace policies::core {

namespace {

using std::chrono::days;
using std::chrono::weekday;
using std::chrono::weeks;
using std::chrono::year_month_day;

constexpr std::size_t days_per_week = 7;
constexpr Duration microseconds_per_week = days_per_week * microseconds_per_day;

Day monday_from(Day day) {
    return day + (std::chrono::Monday - weekday{day});
}

Day monday_until(Day day) {
    return day - (weekday{day} - std::chrono::Monday);
}

bool is_possible_interval(const OpeningInterval& interval) {
    return interval.weekday >= 1 && interval.weekday <= 7 && interval.opens >= 0 &&
           interval.opens < interval.closes && interval.closes <= seconds_per_day;
}

/// The days that need a week of their own: from the first holiday until everything repeats.
struct HolidaySpan {
    Day first_day;    ///< a Monday
    Day repeats_from; ///< a Monday
    Day end_day;      ///< exclusive, a Monday
};

HolidaySpan span_of(const std::vector<Holiday>& holidays) {
    if (holidays.empty()) {
        const Day monday = monday_from(postgres_epoch);
        return {monday, monday, monday + weeks{1}};
    }
    Day first_day = holidays.front().first_day;
    Day last_day = first_day; // of what does not repeat
    bool any_yearly = false;
    for (const Holiday& holiday : holidays) {
        const days length = holiday.last_day - holiday.first_day;
        const Day last_start = holiday.except.empty() ? holiday.first_day : holiday.except.back();
        first_day = std::min(first_day, holiday.first_day);
        last_day = std::max(last_day, last_start + length);
        any_yearly = any_yearly || holiday.yearly;
    }
    first_day = monday_until(first_day);
    if (!any_yearly) {
        const Day repeats_from = monday_from(last_day + days{1});
        return {first_day, repeats_from, repeats_from + weeks{1}};
    }
    // In the year after, each yearly holiday has begun, and may reach into it from the year before.
    const auto year = year_month_day{last_day}.year() + std::chrono::years{1};
    const Day repeats_from = monday_from(year / 1 / 1);
    return {first_day, repeats_from, repeats_from + days{days_per_era}};
}

/// How many holidays begin on each day of the span, less those that ended the day before: overlapping ones
/// are never counted twice.
std::vector<std::int32_t> count_changes(const std::vector<Holiday>& holidays, const HolidaySpan& span) {
    const auto index = [&span](Day day) { return static_cast<std::size_t>((day - span.first_day).count()); };
    std::vector<std::int32_t> changes(index(span.end_day) + 1);
    const auto mark = [&](Day first_day, days length) {
        if (first_day >= span.end_day) {
            return;
        }
        ++changes[index(first_day)];
        --changes[index(std::min(first_day + length, span.end_day))];
    };
    const auto last_year = year_month_day{span.end_day}.year();
    for (const Holiday& holiday : holidays) {
        const days length = holiday.last_day - holiday.first_day + days{1};
        if (!holiday.yearly) {
            mark(holiday.first_day, length);
            continue;
        }
        for (auto year = year_month_day{holiday.first_day}.year(); year <= last_year; ++year) {
            if (const auto day = occurrence_in_year(holiday, year)) {
                mark(*day, length);
            }
        }
    }
    return changes;
}

} // namespace

Error no_opening_time_left() {
    return Error{check_violation, "no opening time is left",
                 "From some day on the calendar would never be open again.",
                 "Shorten the yearly holidays, or add opening hours on other weekdays."};
}

Result<WallSchedule> WallSchedule::compile(const std::vector<OpeningInterval>& opening_hours,
                                           const std::vector<Holiday>& holidays) {
    if (opening_hours.size() > max_opening_intervals ||
        !std::all_of(opening_hours.begin(), opening_hours.end(), is_possible_interval)) {
        return Error{internal, "impossible opening interval"};
    }
    for (const Holiday& holiday : holidays) {
        POLICIES_TRY(check_holiday(holiday));
    }
    WallSchedule schedule;
    schedule.set_opening_hours(opening_hours);
    schedule.set_holidays(holidays);
    if (schedule.repeating_open_ == 0) {
        return no_opening_time_left();
    }
    return schedule;
}

void WallSchedule::set_opening_hours(std::vector<OpeningInterval> opening_hours) {
    std::sort(opening_hours.begin(), opening_hours.end(), [](const auto& left, const auto& right) {
        return std::tie(left.weekday, left.opens) < std::tie(right.weekday, right.opens);
    });
    std::array<std::int32_t, days_per_week> day_open{};
    auto interval = opening_hours.begin();
    for (std::size_t weekday = 0; weekday < days_per_week; ++weekday) {
        std::int32_t end = 0; // whatever overlaps is not counted twice
        for (; interval != opening_hours.end() && interval->weekday == static_cast<int>(weekday) + 1;
             ++interval) {
            const std::int32_t opens = std::max(interval->opens, end);
            if (opens >= interval->closes) {
                continue;
            }
            end = interval->closes;
            intervals_.push_back({opens * microseconds_per_second, end * microseconds_per_second,
                                  day_open[weekday] * microseconds_per_second});
            day_open[weekday] += end - opens;
        }
        day_starts_[weekday + 1] = static_cast<std::uint16_t>(intervals_.size());
    }
    sums_.resize(1U << days_per_week);
    for (unsigned holiday_set = 0; holiday_set < sums_.size(); ++holiday_set) {
        for (std::size_t weekday = 0; weekday < days_per_week; ++weekday) {
            const bool is_holiday = (holiday_set >> weekday & 1) != 0;
            sums_[holiday_set][weekday + 1] =
                sums_[holiday_set][weekday] + (is_holiday ? 0 : day_open[weekday]);
        }
    }
    ordinary_week_open_ = sums_[0].back() * microseconds_per_second;
}

void WallSchedule::set_holidays(const std::vector<Holiday>& holidays) {
    const HolidaySpan span = span_of(holidays);
    first_monday_ = start_of(span.first_day);
    repeating_from_ = static_cast<std::size_t>((span.repeats_from - span.first_day) / weeks{1});
    append_weeks(count_changes(holidays, span));
    const Week last = weeks_.back();
    weeks_open_ = last.open_before() + sums_[last.holidays()].back() * microseconds_per_second;
    repeating_open_ = weeks_open_ - weeks_[repeating_from_].open_before();
    if (weeks_open_ > 0) {
        weeks_per_open_microsecond_ = static_cast<double>(weeks_.size()) / static_cast<double>(weeks_open_);
    }
}

void WallSchedule::append_weeks(const std::vector<std::int32_t>& holiday_changes) {
    const std::size_t week_count = holiday_changes.size() / days_per_week;
    weeks_.reserve(week_count);
    std::int64_t open_seconds = 0;
    std::int32_t holiday_count = 0;
    for (std::size_t number = 0; number < week_count; ++number) {
        unsigned holiday_set = 0;
        for (unsigned weekday = 0; weekday < days_per_week; ++weekday) {
            holiday_count += holiday_changes[number * days_per_week + weekday];
            holiday_set |= (holiday_count > 0 ? 1U : 0U) << weekday;
        }
        weeks_.emplace_back(open_seconds, holiday_set);
        open_seconds += sums_[holiday_set].back();
    }
}

WallSchedule::WeekView WallSchedule::week_at(std::int64_t number) const {
    if (number < 0) {
        return {number * ordinary_week_open_, 0};
    }
    const auto week_count = static_cast<std::int64_t>(weeks_.size());
    Duration cycles_open = 0;
    if (number >= week_count) {
        const auto repeating_from = static_cast<std::int64_t>(repeating_from_);
        const std::int64_t cycles = (number - repeating_from) / (week_count - repeating_from);
        number -= cycles * (week_count - repeating_from);
        cycles_open = cycles * repeating_open_;
    }
    const Week week = weeks_[static_cast<std::size_t>(number)];
    return {cycles_open + week.open_before(), week.holidays()};
}

std::span<const WallSchedule::Interval> WallSchedule::intervals_on(std::size_t weekday) const {
    return {intervals_.data() + day_starts_[weekday], intervals_.data() + day_starts_[weekday + 1]};
}

WallSchedule::Place WallSchedule::place_of(WallTime time) const {
    const Duration since = time - first_monday_;
    const std::int64_t number = floor_divide(since, microseconds_per_week);
    const Duration time_of_week = since - number * microseconds_per_week;
    return {week_at(number), static_cast<std::size_t>(time_of_week / microseconds_per_day),
            time_of_week % microseconds_per_day};
}

/// The last interval of its day that has opened by then, or nullptr when none has, as on a holiday.
const WallSchedule::Interval* WallSchedule::last_opened(const Place& place) const {
    if ((place.week.holidays >> place.weekday & 1) != 0) {
        return nullptr;
    }
    const auto intervals = intervals_on(place.weekday);
    const auto next =
        std::upper_bound(intervals.begin(), intervals.end(), place.time_of_day,
                         [](Duration time, const Interval& interval) { return time < interval.opens; });
    return next == intervals.begin() ? nullptr : &*(next - 1);
}

Duration WallSchedule::open_before(WallTime time) const {
    const Place place = place_of(time);
    const Duration open =
        place.week.open_before + sums_[place.week.holidays][place.weekday] * microseconds_per_second;
    const Interval* interval = last_opened(place);
    if (interval == nullptr) {
        return open;
    }
    return open + interval->open_before + std::min(place.time_of_day, interval->closes) - interval->opens;
}

bool WallSchedule::is_open(WallTime time) const {
    const Place place = place_of(time);
    const Interval* interval = last_opened(place);
    return interval != nullptr && place.time_of_day < interval->closes;
}

WallTime WallSchedule::repeats_from() const {
    return first_monday_ + static_cast<Duration>(repeating_from_) * microseconds_per_week;
}

/// The last of weeks_ before which the calendar was open for at most that long. A search that begins where it
/// would be if all weeks were alike, which it hardly ever leaves by much.
std::size_t WallSchedule::find_week(Duration number) const {
    const std::int64_t seconds = number / microseconds_per_second;
    const auto is_after = [&](std::size_t week) { return weeks_[week].open_seconds_before() > seconds; };
    const auto guess = static_cast<std::size_t>(static_cast<double>(number) * weeks_per_open_microsecond_);
    std::size_t low = std::min(guess, weeks_.size() - 1);
    std::size_t high = low + 1;
    for (std::size_t step = 1; is_after(low); step *= 2) {
        high = low;
        low -= std::min(step, low);
    }
    for (std::size_t step = 1; high < weeks_.size() && !is_after(high); step *= 2) {
        low = high;
        high = std::min(high + step, weeks_.size());
    }
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (is_after(middle) ? high : low) = middle;
    }
    return low;
}

WallSchedule::OpenWeek WallSchedule::week_of_open(Duration number) const {
    if (number < 0) {
        const std::int64_t week = floor_divide(number, ordinary_week_open_);
        return {week, number - week * ordinary_week_open_, 0};
    }
    std::int64_t cycles = 0;
    if (number >= weeks_open_) {
        cycles = (number - (weeks_open_ - repeating_open_)) / repeating_open_;
        number -= cycles * repeating_open_;
    }
    const std::size_t found = find_week(number);
    const Week week = weeks_[found];
    const auto period = static_cast<std::int64_t>(weeks_.size() - repeating_from_);
    return {static_cast<std::int64_t>(found) + cycles * period, number - week.open_before(), week.holidays()};
}

WallTime WallSchedule::open_time(Duration number) const {
    const OpenWeek week = week_of_open(number);
    const WeekSums& sums = sums_[week.holidays];
    std::size_t weekday = 0;
    while (sums[weekday + 1] * microseconds_per_second <= week.remainder) {
        ++weekday;
    }
    const Duration remainder = week.remainder - sums[weekday] * microseconds_per_second;
    const auto intervals = intervals_on(weekday);
    const auto next =
        std::upper_bound(intervals.begin(), intervals.end(), remainder,
                         [](Duration open, const Interval& interval) { return open < interval.open_before; });
    const Interval& interval = *(next - 1);
    return first_monday_ + week.number * microseconds_per_week +
           static_cast<Duration>(weekday) * microseconds_per_day + interval.opens + remainder -
           interval.open_before;
}

} // namespace policies::core
