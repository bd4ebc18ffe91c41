#include <algorithm>
#include <random>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "core/calendar/business_clock.hpp"
#include "core/calendar/dates.hpp"
#include "core/calendar/zone_files.hpp"

// The clock against the definition taken literally: a window of time is cut into cells of a minute or a
// second, and each is open or not by what a wall clock shows at its beginning. Zones, schedules, holidays and
// pauses are random.

namespace policies::core {
namespace {

constexpr Duration minute = 60 * microseconds_per_second;
constexpr Duration cycle = days_per_era * microseconds_per_day;

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    std::int64_t between(std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
    }

    bool one_in(std::int64_t count) { return between(1, count) == 1; }

private:
    std::mt19937_64 engine_;
};

bool is_on(const Holiday& holiday, Day day) {
    const std::chrono::year_month_day first{holiday.first_day};
    const std::int64_t first_year = int{first.year()};
    for (const std::int64_t year : {year_of(day), year_of(day) - 1, first_year}) {
        const bool is_leap = std::chrono::year{static_cast<int>(floor_modulo(year, 400))}.is_leap();
        const bool exists =
            is_leap || first.month() != std::chrono::February || first.day() < std::chrono::day{29};
        if (!exists || (holiday.yearly ? year < first_year : year != first_year))
            continue;
        const Day begin = date(year, unsigned{first.month()}, unsigned{first.day()});
        const bool is_exception = std::count(holiday.except.begin(), holiday.except.end(), begin) > 0;
        if (!is_exception && day >= begin && day <= begin + (holiday.last_day - holiday.first_day))
            return true;
    }
    return false;
}

struct Calendar {
    std::vector<OpeningInterval> opening_hours;
    std::vector<Holiday> holidays;
    TimeZone zone;

    /// The definition.
    bool is_open(Instant instant) const {
        const std::int64_t local = instant + offset_at(zone, instant) * microseconds_per_second;
        const Day day = day_of(local);
        const int weekday = static_cast<int>(std::chrono::weekday{day}.iso_encoding());
        const std::int64_t time = floor_modulo(local, microseconds_per_day) / microseconds_per_second;
        const bool is_holiday = std::any_of(holidays.begin(), holidays.end(),
                                            [day](const Holiday& holiday) { return is_on(holiday, day); });
        return !is_holiday &&
               std::any_of(opening_hours.begin(), opening_hours.end(), [&](const OpeningInterval& interval) {
                   return interval.weekday == weekday && time >= interval.opens && time < interval.closes;
               });
    }
};

/// How much is open before each cell of a window, by walking through it.
class Window {
public:
    Window(const Calendar& calendar, Instant start, Duration cell, std::size_t count)
        : start_(start), cell_(cell), open_before_{0} {
        for (std::size_t i = 0; i < count; ++i) {
            const bool is_open = calendar.is_open(start + static_cast<Duration>(i) * cell);
            open_before_.push_back(open_before_.back() + (is_open ? cell : 0));
        }
    }

    /// The same window, closed during pauses.
    Window without(const std::vector<Pause>& pauses) const {
        Window window = *this;
        for (std::size_t i = 0; i + 1 < open_before_.size(); ++i) {
            const Instant instant = start_ + static_cast<Duration>(i) * cell_;
            const bool is_paused = std::any_of(pauses.begin(), pauses.end(), [instant](const Pause& pause) {
                return pause.from <= instant && instant < pause.until;
            });
            window.open_before_[i + 1] =
                window.open_before_[i] + (!is_paused && is_open(instant) ? cell_ : 0);
        }
        return window;
    }

    Instant end() const { return start_ + static_cast<Duration>(open_before_.size() - 1) * cell_; }

    Duration open() const { return open_before_.back(); }

    bool is_open(Instant instant) const {
        const std::size_t i = index(instant);
        return open_before_[i + 1] > open_before_[i];
    }

    Duration open_before(Instant instant) const {
        if (instant == end())
            return open();
        return open_before_[index(instant)] + (is_open(instant) ? (instant - start_) % cell_ : 0);
    }

    /// The earliest instant before which that much is open.
    Instant earliest(Duration open) const {
        return within_cell_before(std::lower_bound(open_before_.begin(), open_before_.end(), open), open);
    }

    /// The latest.
    Instant latest(Duration open) const {
        return within_cell_before(std::upper_bound(open_before_.begin(), open_before_.end(), open), open);
    }

private:
    std::size_t index(Instant instant) const { return static_cast<std::size_t>((instant - start_) / cell_); }

    Instant within_cell_before(std::vector<Duration>::const_iterator cell_end, Duration open) const {
        return start_ + (cell_end - open_before_.begin() - 1) * cell_ + open - *(cell_end - 1);
    }

    Instant start_;
    Duration cell_;
    std::vector<Duration> open_before_;
};

std::vector<OpeningInterval> random_opening_hours(Random& random, std::int32_t unit) {
    std::vector<OpeningInterval> opening_hours;
    const bool is_alike = random.one_in(3);
    std::vector<std::int32_t> edges;
    for (int weekday = 1; weekday <= 7; ++weekday) {
        if (!is_alike || weekday == 1) {
            edges.clear();
            for (std::int64_t i = random.between(0, 2); i >= 0; --i) {
                edges.push_back(static_cast<std::int32_t>(random.between(0, 86'400 / unit)) * unit);
                edges.push_back(static_cast<std::int32_t>(random.between(0, 24)) * 3600);
            }
            if (random.one_in(4))
                edges.insert(edges.end(), {0, 86'400});
            std::sort(edges.begin(), edges.end());
        }
        for (std::size_t i = 0; i + 1 < edges.size(); i += 2) {
            if (edges[i] < edges[i + 1] && !random.one_in(6))
                opening_hours.push_back({weekday, edges[i], edges[i + 1]});
        }
    }
    if (opening_hours.empty())
        opening_hours.push_back({static_cast<int>(random.between(1, 7)), 0, 86'400});
    return opening_hours;
}

std::vector<Holiday> random_holidays(Random& random, Instant start, Duration length) {
    std::vector<Holiday> holidays;
    for (std::int64_t i = random.between(0, 4); i > 0; --i) {
        const Day day = day_of(start + random.between(0, length));
        const std::int64_t year = year_of(day);
        Holiday holiday{.name = "x", .yearly = !random.one_in(3)};
        std::int64_t first_year = year;
        if (year < int{first_holiday_year} || year > int{last_holiday_year} ||
            (holiday.yearly && random.one_in(2)))
            first_year =
                std::min<std::int64_t>(random.between(1900, 2999), std::max<std::int64_t>(year, 1900));
        holiday.first_day = add_months(day, static_cast<std::int32_t>(12 * (first_year - year)));
        const std::int64_t length_in_days = random.one_in(10) ? random.between(2, 360) : random.between(1, 3);
        holiday.last_day =
            std::min(holiday.first_day + std::chrono::days{length_in_days - 1}, date(2999, 12, 31));
        const auto occurrence = holiday.yearly && year <= int{last_holiday_year}
                                    ? occurrence_in_year(holiday, std::chrono::year{static_cast<int>(year)})
                                    : std::nullopt;
        if (occurrence && random.one_in(4))
            holiday.except.push_back(*occurrence);
        holidays.push_back(holiday);
    }
    return holidays;
}

std::vector<Pause> random_pauses(Random& random, Instant start, Duration cell, std::int64_t count) {
    std::vector<Instant> edges;
    for (std::int64_t i = 2 * random.between(0, 3); i > 0; --i)
        edges.push_back(start + random.between(0, count) * cell);
    std::sort(edges.begin(), edges.end());
    std::vector<Pause> pauses;
    for (std::size_t i = 0; i < edges.size(); i += 2) {
        if (edges[i] < edges[i + 1])
            pauses.push_back({edges[i], edges[i + 1]});
    }
    return pauses;
}

/// Somewhere in time: around a change of the zone's offset, in our time, far away.
Instant random_instant(Random& random, const TimeZone& zone) {
    const std::int64_t kind = random.between(1, 10);
    const auto year = [](std::int64_t number) { return utc(number, 1, 1); };
    if (kind <= 6 && !zone.changes.empty()) {
        const auto i =
            static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(zone.changes.size()) - 1));
        const Instant change = zone.changes[i].at;
        const bool is_far = change >= zone.repeats_from && random.one_in(3);
        return is_far ? change + random.between(1, 700) * cycle : change;
    }
    if (kind <= 8)
        return random.between(year(1995), year(2045));
    return random.between(year(-4700), kind == 9 ? year(290'000) : year(4000));
}

/// Whether local time advances by whole cells within the window.
bool fits(const TimeZone& zone, Instant start, Instant end, Duration cell) {
    const auto is_whole = [cell](std::int64_t number) { return number % cell == 0; };
    const auto whole_offset = [&](std::int64_t seconds) {
        return is_whole(seconds * microseconds_per_second);
    };
    return whole_offset(offset_at(zone, start)) && whole_offset(offset_at(zone, end)) &&
           std::all_of(zone.changes.begin(), zone.changes.end(), [&](const OffsetChange& change) {
               return change.at < start || change.at > end ||
                      (is_whole(change.at) && whole_offset(change.offset_seconds));
           });
}

struct Sample {
    const BusinessClock& clock;
    const Window& window;
    std::span<const Pause> pauses;
};

void check_sum(const Sample& sample, Instant start, Duration business_time) {
    const Window& window = sample.window;
    const Duration target = window.open_before(start) + business_time;
    // The window must hold the answer: what lies beyond has not been walked.
    if (business_time == 0 || target < 0 || target > window.open() ||
        (business_time < 0 && target == window.open()))
        return;
    const Instant expected = business_time > 0 ? window.earliest(target) : window.latest(target);
    const auto sum = sample.clock.add(start, business_time, sample.pauses);
    ASSERT_TRUE(sum && *sum) << start << ' ' << business_time;
    ASSERT_EQ(**sum, expected) << start << ' ' << business_time;
    ASSERT_EQ(sample.clock.between(start, **sum, sample.pauses), business_time) << start;
}

void check_pair(const Sample& sample, Instant from, Instant until) {
    const Window& window = sample.window;
    const Duration open = window.open_before(until) - window.open_before(from);
    ASSERT_EQ(sample.clock.between(from, until, sample.pauses), open) << from << ' ' << until;
    ASSERT_EQ(sample.clock.between(until, from, sample.pauses), -open) << from << ' ' << until;
    check_sum(sample, from, open);
    check_sum(sample, until, -open);
    check_sum(sample, from, open / 60'000'000 * 60'000'000 + 1);
    check_sum(sample, until, -open / 3);
}

void check_instant(const BusinessClock& clock, const Window& window, Instant instant) {
    if (instant == window.end())
        return;
    ASSERT_EQ(clock.is_open(instant), window.is_open(instant)) << instant;
    const Duration open = window.open_before(instant);
    if (open < window.open()) {
        ASSERT_EQ(*clock.next_opening(instant), window.latest(open)) << instant;
    }
}

/// Half of the instants lie on an edge of a cell, where opening hours begin and end.
Instant random_within(Random& random, Instant start, Duration cell, std::int64_t count) {
    const Instant edge = start + random.between(0, count) * cell;
    return random.one_in(2) ? edge : std::max(start, edge - random.between(0, cell - 1));
}

class Walk {
public:
    Walk(std::uint64_t seed, Duration cell, std::int64_t cells) : random_(seed), cell_(cell), cells_(cells) {
        for (const std::string& name : zone_names())
            zones_.push_back(read_zone(name));
    }

    /// Walks through a random window and compares pairs of instants within it; returns how many.
    int check_window(int pairs) {
        Calendar calendar;
        calendar.zone = zones_[static_cast<std::size_t>(
            random_.between(0, static_cast<std::int64_t>(zones_.size()) - 1))];
        const Duration length = cells_ * cell_;
        const Instant somewhere = random_instant(random_, calendar.zone) - random_.between(0, length);
        const Instant start =
            floor_divide(std::clamp(somewhere, first_instant, last_instant - length), cell_) * cell_;
        if (!fits(calendar.zone, start, start + length, cell_))
            return 0;
        calendar.opening_hours =
            random_opening_hours(random_, static_cast<std::int32_t>(cell_ / microseconds_per_second));
        calendar.holidays = random_holidays(random_, start, length);
        const auto clock = BusinessClock::compile(calendar.opening_hours, calendar.holidays, calendar.zone);
        if (!clock)
            return 0; // always a holiday
        const std::vector<Pause> pauses = random_pauses(random_, start, cell_, cells_);
        const Window window(calendar, start, cell_, static_cast<std::size_t>(cells_));
        const Window paused = window.without(pauses);
        for (int i = 0; i < pairs && !testing::Test::HasFatalFailure(); ++i) {
            const Instant one = random_within(random_, start, cell_, cells_);
            const Instant other = random_within(random_, start, cell_, cells_);
            check_pair({*clock, window, {}}, std::min(one, other), std::max(one, other));
            check_pair({*clock, paused, pauses}, std::min(one, other), std::max(one, other));
            check_instant(*clock, window, one);
        }
        return pairs;
    }

private:
    Random random_;
    Duration cell_;
    std::int64_t cells_;
    std::vector<TimeZone> zones_;
};

TEST(BusinessClockProperties, AgreesWithAWalkThroughEveryMinute) {
    Walk walk(1, minute, 14 * 24 * 60);
    int pairs = 0;
    for (int i = 0; i < 300 && !HasFatalFailure(); ++i)
        pairs += walk.check_window(1000);
    RecordProperty("pairs", pairs);
    EXPECT_GT(pairs, 200'000);
}

TEST(BusinessClockProperties, AgreesWithAWalkThroughEverySecond) {
    // Local mean time is known to the second.
    Walk walk(2, microseconds_per_second, 30 * 3600);
    int pairs = 0;
    for (int i = 0; i < 25 && !HasFatalFailure(); ++i)
        pairs += walk.check_window(2000);
    RecordProperty("pairs", pairs);
    EXPECT_GT(pairs, 35'000);
}

/// Any instants, near and far, without a reference.
class BusinessClockAnywhere : public testing::Test {
protected:
    void check(const BusinessClock& clock, const TimeZone& zone) {
        std::vector<Instant> instants;
        for (int i = 0; i < 4; ++i)
            instants.push_back(std::clamp(random_instant(random_, zone), first_instant, last_instant));
        std::sort(instants.begin(), instants.end());
        const auto [start, middle, late, end] =
            std::tuple(instants[0], instants[1], instants[2], instants[3]);
        const Duration whole = clock.between(start, end);
        if (whole == std::numeric_limits<Duration>::max())
            return; // it does not fit
        ASSERT_EQ(clock.between(start, middle) + clock.between(middle, end), whole);
        ASSERT_LE(clock.between(start, middle), clock.between(start, late));
        ASSERT_LE(clock.between(late, end), clock.between(middle, end));
        ASSERT_LE(static_cast<std::uint64_t>(whole),
                  static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(start));
        const Pause pauses[] = {{middle, late}};
        ASSERT_EQ(clock.between(start, end, pauses), whole - clock.between(middle, late));
        check_sums(clock, start, middle, whole, pauses);
        check_sums(clock, start, middle, whole, {});
    }

private:
    void check_sums(const BusinessClock& clock, Instant start, Instant later, Duration whole,
                    std::span<const Pause> pauses) {
        const Duration some = random_.between(0, whole);
        const auto sum = clock.add(start, some, pauses);
        const auto longer = clock.add(start, some + random_.between(0, 1), pauses);
        const auto later_sum = clock.add(later, some, pauses);
        if (!sum || !*sum) // the pause moves it beyond the end of time
            return;
        ASSERT_EQ(clock.between(start, **sum, pauses), some);
        ASSERT_TRUE(some == 0 || clock.between(start, **sum - 1, pauses) < some); // not earlier
        ASSERT_TRUE(!longer || **sum <= **longer);
        ASSERT_TRUE(!later_sum || **sum <= **later_sum);
        const auto back = clock.add(**sum, -some, pauses);
        ASSERT_TRUE(back && *back);
        ASSERT_GE(**back, start);
        ASSERT_EQ(clock.between(**back, **sum, pauses), some);
        ASSERT_TRUE(some == 0 || clock.between(**back + 1, **sum, pauses) < some); // not later
    }

    Random random_{3};
};

TEST_F(BusinessClockAnywhere, SumsAndDistancesFitEachOther) {
    Random random(4);
    int count = 0;
    for (const std::string& name : zone_names()) {
        const TimeZone zone = read_zone(name);
        const auto clock = BusinessClock::compile(
            random_opening_hours(random, 1),
            random_holidays(random, random.between(0, 10 * cycle / 400), cycle / 400), zone);
        for (int i = 0; clock && i < 300 && !HasFatalFailure(); ++i, ++count)
            check(*clock, zone);
    }
    RecordProperty("samples", count);
    EXPECT_GT(count, 80'000);
}

} // namespace
} // namespace policies::core
