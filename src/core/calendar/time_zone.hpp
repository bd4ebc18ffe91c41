#pragma once

#include <cstdint>
#include <vector>

namespace policies::core {

/// An instant as PostgreSQL counts: microseconds since 2000-01-01 00:00 UTC.
using Instant = std::int64_t;

/// A length of time in microseconds.
using Duration = std::int64_t;

inline constexpr Duration microseconds_per_second = 1'000'000;

/// From this instant on a zone has this offset east of UTC.
struct OffsetChange {
    Instant at{0};
    std::int32_t offset_seconds{0};
};

/// What a clock has to know of a time zone: its offset at every instant. Whoever has a time zone database
/// fills it: PostgreSQL's own on the server.
struct TimeZone {
    std::int32_t first_offset_seconds{0}; ///< before the first change
    /// Strictly increasing, complete up to 400 years (146,097 days) after repeats_from.
    std::vector<OffsetChange> changes{};
    /// From here on everything repeats every 400 years, as the Gregorian calendar does: 0 for a zone without
    /// changes.
    Instant repeats_from{0};
};

} // namespace policies::core
