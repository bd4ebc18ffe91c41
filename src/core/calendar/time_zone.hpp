#pragma once

#include <cstdint>
#include <vector>

#include "core/calendar/instant.hpp"

namespace policies::core {

/// From this instant on a zone has this offset east of UTC.
struct OffsetChange {
    Instant at{0};
    std::int32_t offset_seconds{0};
};

/// What a clock has to know of a time zone: its offset at every instant. Whoever has a time zone database
/// fills it: PostgreSQL's own on the server.
struct TimeZone {
    std::int32_t first_offset_seconds{0}; ///< before the first change
    /// Strictly increasing, complete up to 400 years (days_per_era) after repeats_from.
    std::vector<OffsetChange> changes{};
    /// From here on everything repeats every 400 years, as the Gregorian calendar does: 0 for a zone without
    /// changes.
    Instant repeats_from{0};
};

/// The longest offset that a zone may have, on either side of UTC: POSIX allows 167 hours.
inline constexpr Duration longest_offset = 7 * microseconds_per_day;

/// Whether the zone keeps the rules above, and its offsets and changes are none that would overflow.
bool is_possible(const TimeZone& zone);

/// The zone's offset east of UTC at an instant, in seconds.
std::int32_t offset_at(const TimeZone& zone, Instant instant);

/// What the zone's wall clock shows at an instant.
WallTime wall_time_at(const TimeZone& zone, Instant instant);

/// When the zone's wall clock shows a time, as PostgreSQL's AT TIME ZONE has it: a time that is skipped is
/// read by the offset before the change, one that is shown twice is its second showing.
Instant instant_of(const TimeZone& zone, WallTime time);

/// The changes of a zone until an instant, at most some thousand years after those that it lists.
std::vector<OffsetChange> changes_until(const TimeZone& zone, Instant end);

} // namespace policies::core
