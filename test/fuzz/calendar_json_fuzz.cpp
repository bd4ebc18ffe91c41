#include <cstdint>
#include <functional>
#include <random>
#include <string_view>

#include "core/calendar/holidays.hpp"
#include "core/calendar/opening_hours.hpp"
#include "fuzz/clock_invariants.hpp"

using namespace policies::core;

namespace {

template <typename T>
void require_sound_error(const Result<T>& result) {
    const ErrorCode code = result.error().code;
    require(code == ErrorCode::invalid_text || code == ErrorCode::check_violation);
    require(!result.error().message.empty() && !result.error().detail.empty());
}

void require_sound_hours(const std::vector<OpeningInterval>& hours) {
    require(!hours.empty() && hours.size() <= max_opening_intervals);
    const OpeningInterval* last = nullptr;
    for (const OpeningInterval& interval : hours) {
        require(interval.weekday >= 1 && interval.weekday <= 7);
        require(interval.opens >= 0 && interval.opens < interval.closes && interval.closes <= 86'400);
        require(last == nullptr || last->weekday < interval.weekday ||
                (last->weekday == interval.weekday && last->closes < interval.opens));
        last = &interval;
    }
}

void require_sound_holidays(const std::vector<Holiday>& holidays) {
    require(holidays.size() <= max_holidays);
    for (const Holiday& holiday : holidays) {
        require(static_cast<bool>(check_holiday(holiday)));
    }
    const auto again = parse_holidays(write_holidays(holidays));
    require(again && *again == holidays);
}

} // namespace

/// The first line is opening hours, the rest holidays. What can be read makes a clock.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = input.find('\n');
    const auto hours = parse_opening_hours(input.substr(0, end));
    const auto holidays = parse_holidays(end == std::string_view::npos ? "[]" : input.substr(end + 1));
    hours ? require_sound_hours(*hours) : require_sound_error(hours);
    holidays ? require_sound_holidays(*holidays) : require_sound_error(holidays);
    if (!hours || !holidays) {
        return 0;
    }
    const auto clock = BusinessClock::compile(*hours, *holidays, {3600, {}, 0});
    if (!clock) {
        require_sound_error(clock);
        return 0;
    }
    std::mt19937_64 random(std::hash<std::string_view>{}(input));
    const auto instant = [&random] {
        return static_cast<Instant>(random() % 63'000'000'000'000'000) - 31'500'000'000'000'000;
    };
    for (int i = 0; i < 4; ++i) {
        const Instant pause = instant();
        const Pause pauses[] = {{pause, pause + static_cast<Duration>(random() % 1'000'000'000'000)}};
        require_sound_clock(*clock, instant(), instant(), instant() >> (random() % 40), pauses);
    }
    return 0;
}
