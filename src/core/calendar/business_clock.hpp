#pragma once

#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "core/base/result.hpp"
#include "core/calendar/holidays.hpp"
#include "core/calendar/instant.hpp"
#include "core/calendar/opening_hours.hpp"
#include "core/calendar/time_zone.hpp"
#include "core/calendar/wall_schedule.hpp"

namespace policies::core {

/// A time in which a clock stands: from its first instant up to, not including, the last.
struct Pause {
    /// Bounds of a pause that has no beginning, or has not ended.
    static constexpr Instant no_begin = std::numeric_limits<Instant>::min();
    static constexpr Instant no_end = std::numeric_limits<Instant>::max();

    Instant from{no_begin};
    Instant until{no_end};
};

/// Measures business time: the real time that passes while a calendar is open. An instant is open when the
/// wall clock of the calendar's zone shows a time inside an opening interval and its local date is no
/// holiday. Hence an hour that the zone repeats counts twice if it is open, one that it skips not at all.
///
/// Immutable once compiled; exact to the microsecond; what it costs does not depend on distances. Pauses are
/// given sorted and disjoint (they may touch). Instants outside PostgreSQL's timestamps count as the nearest
/// inside.
class BusinessClock {
public:
    /// Errors: check_violation for a holiday that breaks a rule, and when no opening time is left for ever;
    /// internal for opening intervals or a time zone that cannot be.
    static Result<BusinessClock> compile(const std::vector<OpeningInterval>& opening_hours,
                                         const std::vector<Holiday>& holidays, const TimeZone& zone);

    /// The clock that is always open.
    static BusinessClock around_the_clock();

    /// True when the calendar is open at the instant.
    bool is_open(Instant instant) const;

    /// The business time from one instant until another, in microseconds, without what is paused; negative
    /// when until is before from. What no Duration can hold is the longest.
    Duration between(Instant from, Instant until, std::span<const Pause> pauses = {}) const;

    /// Adds business time, in microseconds: when it is positive, the earliest instant by which it has fully
    /// elapsed since start; when it is negative, the latest from which it fully elapses until start; start
    /// itself when it is zero. Nothing when a pause without an end (or a beginning) stops the clock before.
    /// Errors: out_of_range when start or the result is outside PostgreSQL's timestamps.
    Result<std::optional<Instant>> add(Instant start, Duration business_time,
                                       std::span<const Pause> pauses = {}) const;

    /// The earliest open instant that is not before this one. Errors: out_of_range when it, or the instant
    /// given, is outside PostgreSQL's timestamps.
    Result<Instant> next_opening(Instant instant) const;

private:
    /// A time in which the zone keeps its offset. Instants, lengths and offsets in microseconds.
    struct Segment {
        Instant start;
        Duration open_before; ///< business time elapsed at start, from instant 0 on
        Duration offset;
        Duration shift; ///< from the wall clock's open time to the business time elapsed
    };

    explicit BusinessClock(WallSchedule schedule) : schedule_(std::move(schedule)) {}

    void set_zone(const TimeZone& zone);
    void append_segment(Instant start, Duration offset);
    const Segment& segment_at(Instant instant) const;
    Instant within_first_cycle(Instant instant) const;
    Duration open_before(Instant instant) const;
    Instant open_instant(Duration number) const;
    Result<std::optional<Instant>> add_forward(Instant start, std::uint64_t rest,
                                               std::span<const Pause> pauses) const;
    Result<std::optional<Instant>> add_backward(Instant start, std::uint64_t rest,
                                                std::span<const Pause> pauses) const;

    WallSchedule schedule_;
    std::vector<Segment> segments_; ///< until repeats_from_ and 400 years
    Instant repeats_from_{0};       ///< from here on everything repeats every 400 years
    Duration repeating_before_{0};  ///< business time elapsed at repeats_from_
    Duration repeating_open_{0};    ///< business time in 400 years
    Duration first_open_{0};        ///< business time elapsed at PostgreSQL's first instant
    Duration last_open_{0};         ///< and at its last
};

} // namespace policies::core
