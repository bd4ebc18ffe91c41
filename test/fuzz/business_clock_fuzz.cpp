#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "fuzz/clock_invariants.hpp"

using namespace policies::core;

namespace {

/// Numbers from the input's bytes, zero when there are no more.
class Bytes {
public:
    explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    template <typename Number>
    Number take() {
        Number number{};
        const std::size_t size = std::min(sizeof number, bytes_.size());
        if (size > 0) {
            std::memcpy(&number, bytes_.data(), size);
        }
        bytes_ = bytes_.subspan(size);
        return number;
    }

    /// A number from low to high.
    std::int32_t take_between(std::int32_t low, std::int32_t high) {
        return low +
               static_cast<std::int32_t>(take<std::uint32_t>() % static_cast<std::uint32_t>(high - low + 1));
    }

private:
    std::span<const std::uint8_t> bytes_;
};

std::vector<OpeningInterval> take_opening_hours(Bytes& bytes) {
    std::vector<OpeningInterval> opening_hours;
    for (int i = bytes.take<std::uint8_t>() % 8; i > 0; --i) {
        const int weekday = bytes.take<std::uint8_t>() % 9; // 0 and 8 are none
        const std::int32_t opens = bytes.take_between(0, 86'400);
        opening_hours.push_back({weekday, opens, bytes.take_between(0, 86'401)});
    }
    return opening_hours;
}

std::vector<Holiday> take_holidays(Bytes& bytes) {
    std::vector<Holiday> holidays;
    for (int i = bytes.take<std::uint8_t>() % 4; i > 0; --i) {
        const bool is_yearly = bytes.take<std::uint8_t>() % 2 != 0;
        using std::chrono::days;
        const Day first_day{days{bytes.take_between(-25'600, 376'300)}}; // 1899 to 3000
        Holiday holiday{"x", first_day, first_day + days{bytes.take<std::int16_t>() % 1'000}, is_yearly, {}};
        const auto exception = occurrence_in_year(holiday, std::chrono::year{bytes.take_between(1900, 3000)});
        if (is_yearly && exception) {
            holiday.except.push_back(*exception);
        }
        holidays.push_back(holiday);
    }
    return holidays;
}

TimeZone take_zone(Bytes& bytes) {
    constexpr std::int32_t longest_offset = 604'801; // a second too long
    TimeZone zone{bytes.take_between(-longest_offset, longest_offset)};
    zone.repeats_from = bytes.take<Instant>();
    for (int i = bytes.take<std::uint8_t>() % 16; i > 0; --i) {
        // Most of them near the beginning of the repetition, the rest anywhere.
        const auto distance = bytes.take<std::int64_t>();
        const Instant at = i % 4 == 0 ? distance : zone.repeats_from / 2 + distance / 512;
        zone.changes.push_back({at, bytes.take_between(-longest_offset, longest_offset)});
    }
    std::sort(zone.changes.begin(), zone.changes.end(),
              [](const auto& left, const auto& right) { return left.at < right.at; });
    return zone;
}

std::vector<Pause> take_pauses(Bytes& bytes) {
    std::vector<Instant> edges;
    for (int i = bytes.take<std::uint8_t>() % 4 * 2; i > 0; --i) {
        edges.push_back(bytes.take<Instant>());
    }
    std::sort(edges.begin(), edges.end());
    std::vector<Pause> pauses;
    for (std::size_t i = 0; i < edges.size(); i += 2) {
        if (edges[i] < edges[i + 1]) {
            pauses.push_back({edges[i], edges[i + 1]});
        }
    }
    return pauses;
}

} // namespace

/// Opening hours, holidays, a time zone, pauses, two instants and a length, whatever the bytes make of them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes({data, size});
    const auto one = bytes.take<Instant>();
    const auto other = bytes.take<Instant>();
    const auto business_time = bytes.take<Duration>();
    const auto pauses = take_pauses(bytes);
    const auto opening_hours = take_opening_hours(bytes);
    const auto zone = take_zone(bytes);
    const auto holidays = take_holidays(bytes);
    const auto clock = BusinessClock::compile(opening_hours, holidays, zone);
    if (!clock) {
        require(clock.error().code == ErrorCode::check_violation ||
                clock.error().code == ErrorCode::internal);
        require(!clock.error().message.empty());
        return 0;
    }
    require_sound_clock(*clock, one, other, business_time, pauses);
    return 0;
}
