#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/search/words.hpp"

namespace policies::core {

/// All by which words are found, each once, divided by spaces.
std::string distinct_keys(const std::vector<SearchWord>& words);

/// A text as HTML, escaped, with what was found in <mark>: all of it, or the passages around what was found, else its
/// beginning. marked_keys are the text's distinct keys, with those that were found in angle brackets.
std::string snippet(std::string_view text, const std::vector<SearchWord>& words, std::string_view marked_keys,
                    bool is_whole);

} // namespace policies::core
