#pragma once

#include <cstdint>
#include <string_view>

namespace policies::core {

/// Estimates how long cmark-gfm takes for what it takes quadratic time for; version 0.29.0.gfm.6, which
/// Debian 12 packages, lacks the mending of CVE-2023-22483, 22484, 22486, 24824 and 37463. Everything else is
/// linear. Returns nanoseconds, roughly.
std::uint64_t markdown_cost(std::string_view markdown);

} // namespace policies::core
