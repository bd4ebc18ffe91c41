#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace policies::core {

/// Words for PostgreSQL to index, divided by spaces, each of which its parser takes for one word.
struct IndexTerms {
    std::string text;
    std::vector<int> positions; ///< of each
};

/// PostgreSQL counts as far as 16,383 words.
inline constexpr std::size_t max_terms = 8000;

/// Positions start over at this number, at the next space: four texts make one document, whose positions reach as far as
/// PostgreSQL counts.
inline constexpr int max_index_position = 4000;

/// By which words a text is found, and where they stand in it: those that need max_bytes of a tsvector at most, so many
/// at a time.
std::vector<IndexTerms> index_terms(std::string_view text, std::size_t max_bytes);

} // namespace policies::core
