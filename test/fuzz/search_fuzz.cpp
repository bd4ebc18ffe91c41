#include <algorithm>
#include <cstdint>
#include <string>

#include "core/base/text.hpp"
#include "core/base/utf8.hpp"
#include "core/search/query_matcher.hpp"
#include "core/search/search_query.hpp"
#include "core/search/snippet.hpp"
#include "fuzz/require.hpp"

using namespace policies::core;

namespace {

/// The text without the operators of a query: hyphens that could mean "without", quotes, and the word "or".
std::string without_operators(std::string_view text) {
    std::string plain;
    for (const char character : text)
        plain += character == '-' || character == '"' ? ' ' : character;
    for (std::size_t i = 0; i + 1 < plain.size(); ++i) {
        if (to_upper(plain[i]) == 'O' && to_upper(plain[i + 1]) == 'R')
            plain[i] = 'u';
    }
    return plain;
}

/// Every other key as found, and two of those forms of one word.
std::vector<FoundKey> every_other(const std::string& keys) {
    std::vector<FoundKey> found;
    bool is_found = false;
    for (const auto key : split(keys, ' ')) {
        is_found = !is_found;
        if (is_found)
            found.push_back({std::string(key), std::to_string(found.size() / 2)});
    }
    return found;
}

void check_words(std::string_view text, const std::vector<SearchWord>& words) {
    std::size_t last_begin = 0;
    for (const auto& word : words) {
        // A ligature is several words that stand in the same place.
        require(word.begin >= last_begin && word.end > word.begin && word.end <= text.size());
        require(!word.spellings.empty());
        for (const auto& spelling : word.spellings)
            require(!spelling.empty() && is_utf8(spelling) && spelling.size() <= 2046 &&
                    spelling.find_first_of("'\\ <>&|!:*") == std::string::npos);
        last_begin = word.begin;
    }
}

std::string without_marks(std::string html) {
    for (const std::string_view mark : {"<mark>", "</mark>"}) {
        for (std::size_t at = 0; (at = html.find(mark, at)) != std::string::npos;)
            html.erase(at, mark.size());
    }
    return html;
}

} // namespace

/// A text, which is a query as well.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
    const auto words = search_words(text);
    check_words(text, words);
    QueryMatcher matcher(text);
    for (const auto& [word, positions] : matcher.positions())
        require(word.size() <= 2046 && *positions.begin() >= 1 && *positions.rbegin() < 4095);
    const auto query = search_query(text);
    require(query.empty() || !words.empty());
    matcher.finds(query);
    require(matcher.is_sound());
    // A text finds itself.
    const auto plain = without_operators(text);
    const auto plain_query = search_query(plain);
    require(plain_query.empty() == search_words(plain).empty());
    require(plain_query.empty() || QueryMatcher(plain).finds(plain_query));
    // However little room there is.
    std::size_t needed = 0;
    const QueryMatcher small(text, 100);
    for (const auto& [word, positions] : small.positions())
        needed += word.size() + 2 * positions.size();
    require(needed <= 100 || text.size() <= 100 / 32);
    const auto found = every_other(distinct_keys(words));
    const auto whole = without_marks(snippet(text, words, found, true));
    std::string escaped = without_marks(snippet(text, words, {}, true));
    require(whole == escaped);
    require(is_utf8(snippet(text, words, found, false)) || !is_utf8(text));
    return 0;
}
