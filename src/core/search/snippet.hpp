#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/search/words.hpp"

namespace policies::core {

/// All by which words are found, each once, divided by spaces.
std::string distinct_keys(const std::vector<SearchWord>& words);

/// A key of a text that a query found, and which of the query's words it stands for: packages for packag.
struct FoundKey {
    std::string key;
    std::string word;
};

/// Those of the distinct keys that stand in angle brackets, without them.
std::vector<std::string> found_keys(std::string_view marked_keys);

/// A text as HTML, escaped, with what was found in <mark>: all of it, or two passages. The first of them is where the
/// most words of the query stand, the closest together; the other one the best after it, else before it. The text's
/// beginning where nothing was found.
std::string snippet(std::string_view text, const std::vector<SearchWord>& words,
                    const std::vector<FoundKey>& found, bool is_whole);

} // namespace policies::core
