#pragma once

#include <cstdint>

#include "core/base/result.hpp"
#include "core/calendar/instant.hpp"
#include "core/calendar/time_zone.hpp"

namespace policies::core {

/// A span of calendar time, with PostgreSQL interval's three parts.
struct Cadence {
    std::int32_t months{0};
    std::int32_t days{0};
    std::int64_t microseconds{0};
};

/// Checks that a cadence moves time forward: no part negative, not all zero, not infinity (which PostgreSQL
/// 17 writes as the highest value of every part). Errors: check_violation naming the parts.
Check check_cadence(const Cadence& cadence);

/// Adds a cadence to an instant, in UTC and the proleptic Gregorian calendar, whatever the session's time
/// zone: first the months, a day past the end of its month becoming that month's last (31 January + 1 month =
/// 28 or 29 February; RFC 5545 would skip it, a review must not be skipped), then the days, then the
/// microseconds. Parts may be negative. Errors: out_of_range when the result is outside PostgreSQL's
/// timestamps (24 November 4714 BC to 294276).
Result<Instant> add_cadence(Instant start, const Cadence& cadence);

/// The same by the wall clock of a time zone: the months and days move its date and keep the time that it
/// shows (28 February 20:00 + 1 month = 28 March 20:00, whatever happened to the offset in between), the
/// microseconds then elapse. A time that the clock skips, or shows twice, is read as instant_of() does.
Result<Instant> add_cadence(Instant start, const Cadence& cadence, const TimeZone& zone);

} // namespace policies::core
