#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace policies::core {

using Flags = std::vector<char>; // not bool: a byte each is faster than a bit
using StopCheck = bool (*)();

/// The lines of both texts as numbers: equal lines have equal ones.
struct InternedLines {
    std::vector<std::uint32_t> from;
    std::vector<std::uint32_t> to;
    std::size_t distinct{0};
};

/// Which lines are removed and which are added; what is left of both is the same.
struct EditScript {
    Flags removed;
    Flags added;
};

/// Finds which lines to remove and to add to make one text the other: the fewest, within the bounds that
/// line_diff.hpp tells of. No value (std::nullopt) once should_stop, which may be null, says true.
std::optional<EditScript> find_edit_script(const InternedLines& lines, StopCheck should_stop);

} // namespace policies::core
