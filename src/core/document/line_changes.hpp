#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/document/edit_script.hpp"

namespace policies::core {

/// The lines of a text, each with its line break; the last one may lack it.
using Lines = std::vector<std::string_view>;

/// Splits a text after each '\n' and nowhere else.
Lines split_lines(std::string_view text);

/// A run of lines that are replaced: from [from_begin, from_end) by to [to_begin, to_end); one may be empty.
struct LineChange {
    std::size_t from_begin;
    std::size_t from_end;
    std::size_t to_begin;
    std::size_t to_end;

    bool is_empty() const { return from_begin == from_end && to_begin == to_end; }
};

/// The changes that make one text the other, in order: the fewest lines, within the bounds that line_diff.hpp
/// tells of. A run that changes one text only stands as far down as it can: the same edit, told as the reader
/// expects it, with an added paragraph's blank line at its end rather than before it. No value (std::nullopt)
/// once should_stop, which may be null, says true.
std::optional<std::vector<LineChange>> find_changes(const Lines& from, const Lines& to,
                                                    StopCheck should_stop);

} // namespace policies::core
