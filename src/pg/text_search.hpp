#pragma once

#include <string>
#include <vector>

#include "pg/value.hpp"

namespace policies::pg {

/// Words divided by spaces, each of which the parser takes for one word, fewer than 16,383; and the position of each.
struct PositionedWords {
    std::string text;
    std::vector<int> positions;
};

/// Fails with invalid_argument unless there is such a text search configuration: a number can pass for a regconfig.
void require_language(Oid language);

/// A tsvector of words in a language (of type regconfig), each at its position. Fails as require_language() does.
AnyValue tsvector_of(Oid language, const std::vector<PositionedWords>& words);

} // namespace policies::pg
