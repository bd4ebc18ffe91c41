#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace policies::core {

/// The longest anchor, in bytes, before the number that makes it unique.
inline constexpr std::size_t max_anchor_length = 255;

/// The anchor of a heading with this title, in UTF-8, as GitHub makes it: in lower case, with hyphens for
/// spaces and without punctuation; "section" when nothing is left. Holds letters, digits, '-' and '_' only:
/// nothing that HTML or JSON gives a meaning to.
std::string heading_anchor(std::string_view title);

} // namespace policies::core
