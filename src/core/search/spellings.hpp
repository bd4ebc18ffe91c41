#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace policies::core {

/// How a word that append_folded() has made can be written, each once: with its accents, without them, and as those
/// write it who have no umlauts (müller, muller, mueller). The first is as it was written, the second, if there is
/// one, without accents.
std::vector<std::string> spellings_of(std::u32string_view folded);

/// The one without accents.
inline const std::string& plain_of(const std::vector<std::string>& spellings) {
    return spellings[spellings.size() > 1 ? 1 : 0];
}

} // namespace policies::core
