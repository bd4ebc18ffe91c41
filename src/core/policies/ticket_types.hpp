#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace policies::core {

/// The longest ticket type or priority, in bytes: both are part of an index row.
inline constexpr std::size_t max_key_length = 255;

/// Reads applies_to: a JSON array of distinct, non-blank strings of at most max_key_length bytes. Returns
/// them sorted bytewise. An empty array is allowed. Errors: check_violation naming the value.
Result<std::vector<std::string>> parse_ticket_types(std::string_view json);

} // namespace policies::core
