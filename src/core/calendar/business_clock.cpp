#include "core/calendar/business_clock.hpp"

#include <algorithm>

namespace policies::core {

namespace {

constexpr Duration longest = std::numeric_limits<Duration>::max();

Instant clamped(Instant instant) {
    return std::clamp(instant, first_instant, last_instant);
}

bool is_in_range(Instant instant) {
    return instant == clamped(instant);
}

/// The distance between two lengths, which may not fit a Duration.
std::uint64_t distance(Duration from, Duration until) {
    return static_cast<std::uint64_t>(until) - static_cast<std::uint64_t>(from);
}

/// A length added to or taken from a number when the sum is known to fit.
Duration moved(Duration number, std::uint64_t by) {
    return static_cast<Duration>(static_cast<std::uint64_t>(number) + by);
}

/// The first pause that ends after an instant.
auto first_after(std::span<const Pause> pauses, Instant instant) {
    return std::partition_point(pauses.begin(), pauses.end(),
                                [instant](const Pause& pause) { return pause.until <= instant; });
}

/// The last element whose key is not after the one searched; the first has the lowest of all keys. Which half
/// goes on is a choice of values, not a branch: no processor could predict it.
template <typename Element>
const Element& last_not_after(const std::vector<Element>& elements, std::int64_t Element::*key,
                              std::int64_t searched) {
    const Element* first = elements.data();
    for (std::size_t count = elements.size(); count > 1;) {
        const std::size_t half = count / 2;
        first += first[half].*key <= searched ? half : 0;
        count -= half;
    }
    return *first;
}

Error outside_timestamps() {
    return Error{out_of_range, "timestamp out of range",
                 "The instant lies outside PostgreSQL's timestamps, 4714 BC to 294276."};
}

} // namespace

Result<BusinessClock> BusinessClock::compile(const std::vector<OpeningInterval>& opening_hours,
                                             const std::vector<Holiday>& holidays, const TimeZone& zone) {
    if (!is_possible(zone)) {
        return Error{internal, "impossible time zone"};
    }
    WallSchedule schedule = POLICIES_TRY(WallSchedule::compile(opening_hours, holidays));
    BusinessClock clock(std::move(schedule));
    clock.set_zone(zone);
    if (clock.repeating_open_ == 0) {
        return no_opening_time_left();
    }
    return clock;
}

BusinessClock BusinessClock::around_the_clock() {
    std::vector<OpeningInterval> opening_hours;
    for (int weekday = 1; weekday <= 7; ++weekday) {
        opening_hours.push_back({weekday, 0, seconds_per_day});
    }
    return *compile(opening_hours, {}, {});
}

void BusinessClock::set_zone(const TimeZone& zone) {
    // By then local time has come to where the schedule repeats, whatever the offset. Not before instant 0,
    // so that the distance of any instant fits.
    repeats_from_ = std::max({zone.repeats_from, schedule_.repeats_from() + longest_offset, Instant{0}});
    append_segment(Pause::no_begin, zone.first_offset_seconds * microseconds_per_second);
    for (const OffsetChange& change : changes_until(zone, repeats_from_ + microseconds_per_era)) {
        const Duration offset = change.offset_seconds * microseconds_per_second;
        if (change.at <= first_instant) {
            segments_.front().offset = offset;
        } else if (offset != segments_.back().offset) {
            append_segment(change.at, offset);
        }
    }
    // Until here no cycle is left out: both instants are in the first.
    const Instant end = repeats_from_ + microseconds_per_era;
    const auto open_before_in = [this](const Segment& segment, Instant instant) {
        return segment.shift + schedule_.open_before(instant + segment.offset);
    };
    // Counted from instant 0 on, business time fits wherever an instant does.
    const Duration origin = open_before_in(segment_at(0), 0);
    for (Segment& segment : segments_) {
        segment.shift -= origin;
        segment.open_before -= &segment == &segments_.front() ? 0 : origin;
    }
    repeating_before_ = open_before_in(segment_at(repeats_from_), repeats_from_);
    repeating_open_ = open_before_in(segments_.back(), end) - repeating_before_;
    first_open_ = open_before(first_instant);
    last_open_ = open_before(last_instant);
}

void BusinessClock::append_segment(Instant start, Duration offset) {
    if (segments_.empty()) {
        segments_.push_back({start, std::numeric_limits<Duration>::min(), offset, 0});
        return;
    }
    const Segment& last = segments_.back();
    const Duration open = last.shift + schedule_.open_before(start + last.offset);
    segments_.push_back({start, open, offset, open - schedule_.open_before(start + offset)});
}

/// The segment of an instant of the first cycle.
const BusinessClock::Segment& BusinessClock::segment_at(Instant instant) const {
    return last_not_after(segments_, &Segment::start, instant);
}

/// The instant itself, or the one that is like it some cycles before.
Instant BusinessClock::within_first_cycle(Instant instant) const {
    return instant < repeats_from_ ? instant
                                   : repeats_from_ + (instant - repeats_from_) % microseconds_per_era;
}

/// The business time elapsed from instant 0 until this one, negative when it is before.
Duration BusinessClock::open_before(Instant instant) const {
    const Instant alike = within_first_cycle(instant);
    const Segment& segment = segment_at(alike);
    return segment.shift + schedule_.open_before(alike + segment.offset) +
           (instant - alike) / microseconds_per_era * repeating_open_;
}

/// The last instant with open_before(instant) == number: where the open microsecond of that number begins.
Instant BusinessClock::open_instant(Duration number) const {
    std::int64_t cycles = 0;
    if (number >= repeating_before_ + repeating_open_) {
        cycles = (number - repeating_before_) / repeating_open_;
        number -= cycles * repeating_open_;
    }
    const Segment& segment = last_not_after(segments_, &Segment::open_before, number);
    return schedule_.open_time(number - segment.shift) - segment.offset + cycles * microseconds_per_era;
}

bool BusinessClock::is_open(Instant instant) const {
    const Instant alike = within_first_cycle(clamped(instant));
    return schedule_.is_open(alike + segment_at(alike).offset);
}

Duration BusinessClock::between(Instant from, Instant until, std::span<const Pause> pauses) const {
    if (until < from) {
        return -between(until, from, pauses);
    }
    from = clamped(from);
    until = clamped(until);
    std::uint64_t open = distance(open_before(from), open_before(until));
    auto pause = first_after(pauses, from);
    for (; pause != pauses.end() && pause->from < until; ++pause) {
        const Instant pause_from = std::max(pause->from, from);
        const Instant pause_until = std::min(pause->until, until);
        open -= distance(open_before(pause_from), open_before(pause_until));
    }
    return static_cast<Duration>(std::min<std::uint64_t>(open, longest));
}

Result<std::optional<Instant>> BusinessClock::add(Instant start, Duration business_time,
                                                  std::span<const Pause> pauses) const {
    if (!is_in_range(start)) {
        return outside_timestamps();
    }
    if (business_time == 0) {
        return std::optional{start};
    }
    return business_time > 0 ? add_forward(start, distance(0, business_time), pauses)
                             : add_backward(start, distance(business_time, 0), pauses);
}

Result<std::optional<Instant>> BusinessClock::add_forward(Instant start, std::uint64_t rest,
                                                          std::span<const Pause> pauses) const {
    Duration open = open_before(start);
    for (auto pause = first_after(pauses, start); pause != pauses.end(); ++pause) {
        const std::uint64_t available = distance(open, open_before(clamped(std::max(pause->from, start))));
        if (rest <= available) {
            break;
        }
        if (pause->until == Pause::no_end) {
            return std::optional<Instant>{};
        }
        rest -= available;
        open = open_before(clamped(pause->until));
    }
    if (rest > distance(open, last_open_)) {
        return outside_timestamps();
    }
    // The end of its last open microsecond, not the beginning of the next.
    return std::optional{open_instant(moved(open, rest - 1)) + 1};
}

Result<std::optional<Instant>> BusinessClock::add_backward(Instant start, std::uint64_t rest,
                                                           std::span<const Pause> pauses) const {
    Duration open = open_before(start);
    auto next = std::partition_point(pauses.begin(), pauses.end(),
                                     [start](const Pause& pause) { return pause.from < start; });
    while (next != pauses.begin()) {
        const Pause& pause = *--next;
        const std::uint64_t available = distance(open_before(clamped(std::min(pause.until, start))), open);
        if (rest <= available) {
            break;
        }
        if (pause.from == Pause::no_begin) {
            return std::optional<Instant>{};
        }
        rest -= available;
        open = open_before(clamped(pause.from));
    }
    if (rest > distance(first_open_, open)) {
        return outside_timestamps();
    }
    return std::optional{open_instant(moved(open, -rest))};
}

Result<Instant> BusinessClock::next_opening(Instant instant) const {
    if (!is_in_range(instant)) {
        return outside_timestamps();
    }
    const Duration number = open_before(instant);
    if (number >= open_before(last_instant + 1)) {
        return outside_timestamps();
    }
    return open_instant(number);
}

} // namespace policies::core
