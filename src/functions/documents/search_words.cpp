#include <cstddef>

#include "core/base/utf8.hpp"
#include "core/search/index_terms.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

/// The fields of a policy have 121,000 characters, a tsvector has a megabyte.
constexpr std::size_t bytes_per_character = 8;

/// The first characters of a text, so many at most.
std::string_view beginning_of(std::string_view text, std::size_t max_length) {
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        if (!core::is_utf8_continuation(text[end]) && max_length-- == 0) {
            break;
        }
    }
    return text.substr(0, end);
}

pg::AnyValue search_words(std::optional<std::string_view> source, std::int32_t max_length, pg::Oid language) {
    const auto length = static_cast<std::size_t>(std::max(max_length, 0));
    std::vector<pg::PositionedWords> words;
    for (auto& terms :
         core::index_terms(beginning_of(source.value_or(""), length), length * bytes_per_character)) {
        words.push_back({std::move(terms.text), std::move(terms.positions)});
    }
    return pg::tsvector_of(language, words);
}

} // namespace

POLICIES_FUNCTION(search_words);

} // namespace policies
