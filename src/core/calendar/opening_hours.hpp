#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace policies::core {

/// A weekly opening interval on one wall-clock day: [opens, closes) in seconds since local midnight, closes
/// at most 86,400 (24:00). An interval that crosses midnight is two of these.
struct OpeningInterval {
    int weekday{0}; ///< ISO 8601: 1 Monday to 7 Sunday
    std::int32_t opens{0};
    std::int32_t closes{0};

    bool operator==(const OpeningInterval&) const = default;
};

/// The most intervals of one calendar.
inline constexpr std::size_t max_opening_intervals = 336;

/// Reads opening hours: a JSON array of
///   {"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}
/// with ISO 8601 weekdays (1 Monday to 7 Sunday), times HH:MM or HH:MM:SS, "24:00" as a closing time, and
/// "closes_next_day": true for an interval that crosses midnight (it then closes no later in the day than it
/// opens). Returns the intervals split at midnight, sorted by weekday and time, those that touch merged.
///
/// Errors, naming the value: invalid_text for what is no JSON, check_violation for what breaks a rule: an
/// unknown or missing key, a weekday outside 1 to 7 or given twice, a time that does not exist, an interval
/// that closes before or when it opens, intervals that overlap, no opening time at all, too many of them.
Result<std::vector<OpeningInterval>> parse_opening_hours(std::string_view json);

} // namespace policies::core
