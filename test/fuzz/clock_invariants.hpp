#pragma once

#include <span>

#include "core/calendar/business_clock.hpp"
#include "fuzz/require.hpp"

namespace policies::core {

inline bool is_timestamp(Instant instant) {
    return instant >= first_instant && instant <= last_instant;
}

inline void require_sound_instant(const BusinessClock& clock, Instant instant) {
    const auto opening = clock.next_opening(instant);
    if (!is_timestamp(instant)) {
        require(!opening && opening.error().code == ErrorCode::out_of_range);
        return;
    }
    if (instant < last_instant) {
        require(clock.between(instant, instant + 1) == (clock.is_open(instant) ? 1 : 0));
    }
    if (!opening) {
        require(!clock.is_open(instant) && clock.between(instant, last_instant) == 0);
        return;
    }
    require(*opening >= instant && clock.is_open(*opening) && clock.between(instant, *opening) == 0);
    require(clock.is_open(instant) == (*opening == instant));
}

inline void require_sound_distance(const BusinessClock& clock, Instant from, Instant until,
                                   std::span<const Pause> pauses) {
    const Duration open = clock.between(from, until);
    const Duration running = clock.between(from, until, pauses);
    require(clock.between(until, from, pauses) == -running && clock.between(until, from) == -open);
    if (from > until) {
        return;
    }
    require(running >= 0 && running <= open);
    require(static_cast<std::uint64_t>(open) <=
            static_cast<std::uint64_t>(until) - static_cast<std::uint64_t>(from));
}

/// What add returns is exactly as far away as asked for, and an instant nearer to start is not.
inline void require_sound_sum(const BusinessClock& clock, Instant start, Duration business_time,
                              std::span<const Pause> pauses) {
    const auto sum = clock.add(start, business_time, pauses);
    if (!is_timestamp(start)) {
        require(!sum && sum.error().code == ErrorCode::out_of_range);
        return;
    }
    if (!sum || !*sum) {
        require(sum || sum.error().code == ErrorCode::out_of_range);
        const Instant end = business_time > 0 ? Pause::no_end : Pause::no_begin;
        const Duration available = clock.between(start, end, pauses);
        require(business_time > 0 ? available < business_time : available > business_time);
        return;
    }
    require(is_timestamp(**sum));
    require(clock.between(start, **sum, pauses) == business_time ||
            business_time == std::numeric_limits<Duration>::min());
    if (business_time == 0) {
        require(**sum == start);
        return;
    }
    const Instant nearer = business_time > 0 ? **sum - 1 : **sum + 1;
    require(clock.between(start, nearer, pauses) ==
            (business_time > 0 ? business_time - 1 : business_time + 1));
}

inline void require_sound_clock(const BusinessClock& clock, Instant one, Instant other,
                                Duration business_time, std::span<const Pause> pauses) {
    for (const Instant instant : {one, other, first_instant, last_instant}) {
        require_sound_instant(clock, instant);
        require_sound_sum(clock, instant, business_time, pauses);
        require_sound_sum(clock, instant, business_time, {});
        require_sound_distance(clock, instant, one, pauses);
        require_sound_distance(clock, instant, std::numeric_limits<Instant>::max(), pauses);
        require_sound_distance(clock, std::numeric_limits<Instant>::min(), instant, pauses);
    }
    require_sound_sum(clock, one, clock.between(one, other, pauses), pauses);
}

} // namespace policies::core
