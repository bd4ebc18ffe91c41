#include "core/calendar/time_zone.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace policies::core {

namespace {

constexpr Instant last_repetition = last_instant / 2; // far from any overflow

bool is_possible_offset(std::int32_t seconds) {
    return std::abs(seconds * microseconds_per_second) <= longest_offset;
}

/// The first change that is not before an instant.
auto first_from(const std::vector<OffsetChange>& changes, Instant instant) {
    return std::partition_point(changes.begin(), changes.end(),
                                [instant](const OffsetChange& change) { return change.at < instant; });
}

} // namespace

bool is_possible(const TimeZone& zone) {
    const auto unordered = std::adjacent_find(
        zone.changes.begin(), zone.changes.end(),
        [](const OffsetChange& change, const OffsetChange& next) { return change.at >= next.at; });
    return unordered == zone.changes.end() && zone.repeats_from >= first_instant &&
           zone.repeats_from <= last_repetition && is_possible_offset(zone.first_offset_seconds) &&
           std::all_of(zone.changes.begin(), zone.changes.end(),
                       [](const OffsetChange& change) { return is_possible_offset(change.offset_seconds); });
}

std::int32_t offset_at(const TimeZone& zone, Instant instant) {
    if (!zone.changes.empty() && instant > zone.repeats_from) {
        instant = zone.repeats_from + (instant - zone.repeats_from) % microseconds_per_era;
    }
    const auto next =
        std::partition_point(zone.changes.begin(), zone.changes.end(),
                             [instant](const OffsetChange& change) { return change.at <= instant; });
    return next == zone.changes.begin() ? zone.first_offset_seconds : std::prev(next)->offset_seconds;
}

WallTime wall_time_at(const TimeZone& zone, Instant instant) {
    return instant + offset_at(zone, instant) * microseconds_per_second;
}

Instant instant_of(const TimeZone& zone, WallTime time) {
    // No zone has changed twice within two days of each other.
    const std::int32_t earlier_offset = offset_at(zone, time - microseconds_per_day);
    const std::int32_t later_offset = offset_at(zone, time + microseconds_per_day);
    const Instant by_later = time - later_offset * microseconds_per_second;
    const bool is_later_shown = offset_at(zone, by_later) == later_offset;
    return is_later_shown ? by_later : time - earlier_offset * microseconds_per_second;
}

std::vector<OffsetChange> changes_until(const TimeZone& zone, Instant end) {
    const auto repeating = first_from(zone.changes, zone.repeats_from);
    const auto repeating_end = first_from(zone.changes, zone.repeats_from + microseconds_per_era);
    std::vector<OffsetChange> changes(zone.changes.begin(), repeating_end);
    for (Duration later = microseconds_per_era; zone.repeats_from + later < end;
         later += microseconds_per_era) {
        for (auto change = repeating; change != repeating_end && change->at + later < end; ++change) {
            changes.push_back({change->at + later, change->offset_seconds});
        }
    }
    return changes;
}

} // namespace policies::core
