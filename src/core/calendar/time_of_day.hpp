#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace policies::core {

/// Reads a time of day, HH:MM or HH:MM:SS from 00:00 to 24:00, as the time since midnight; nothing when it is
/// written otherwise or does not exist.
std::optional<std::chrono::seconds> parse_time_of_day(std::string_view text);

/// Writes a time since midnight as HH:MM:SS.
std::string format_time_of_day(std::chrono::seconds time);

} // namespace policies::core
