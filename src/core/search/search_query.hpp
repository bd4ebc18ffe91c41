#pragma once

#include <string>
#include <string_view>

namespace policies::core {

/// What a person typed, as to_tsquery() takes it: all words, "a phrase", one or another, -without. Any text is a
/// query: what makes no sense in it is passed over. Empty for a text without words.
std::string search_query(std::string_view text);

} // namespace policies::core
