#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/document/edit_script.hpp"

namespace policies::core {

/// The most lines of context around a change.
inline constexpr int max_context_lines = 1'000'000;

/// The differences between two texts, line by line, in GNU's unified format (as diff -u prints it and patch
/// reads it), and after it a line of counts without a line break: "3 lines added, 1 line removed". Texts that
/// are equal give the counts alone.
///
/// A line ends after '\n' and nowhere else, so that a '\r' before it is part of the line. In the labels, line
/// breaks and other control characters become spaces.
///
/// The differences are the fewest possible (Myers, "An O(ND) Difference Algorithm and Its Variations", in
/// linear space), unless the texts differ in more than about a thousand lines that occur in both: like GNU
/// diff and git, the search then settles for a split that need not be the best, and the result is correct but
/// may be longer than needed. Time is within a few seconds and memory linear, whatever the texts.
///
/// should_stop is asked now and then when it is given; once it says true, there is no value (std::nullopt).
/// It must not throw nor jump.
///
/// Errors: invalid_argument: context_lines is negative or above max_context_lines.
Result<std::optional<std::string>> unified_diff(std::string_view from, std::string_view to,
                                                std::string_view from_label, std::string_view to_label,
                                                int context_lines = 3, StopCheck should_stop = nullptr);

} // namespace policies::core
