#include "core/search/snippet.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

/// Which of a text's words a query asks for, PostgreSQL tells: it knows the words of the language.
constinit pg::Statement mark_keys{
    .sql = "SELECT ts_headline($1::regconfig, $2, $3, 'HighlightAll=true, StartSel=<, StopSel=>')"};

/// And which of those are forms of one word.
constinit pg::Statement words_of_keys{
    .sql = "SELECT k.key, to_tsvector($1::regconfig, k.key)::text FROM unnest($2::text[]) AS k(key)"};

std::vector<core::FoundKey> find_keys(std::string_view keys, pg::AnyValue query, pg::Oid language) {
    const auto found = core::found_keys(
        pg::query_one<std::string>(mark_keys, language, keys, pg::AnyValue{query.value, pg::type::tsquery}));
    return pg::query<core::FoundKey>(words_of_keys, language, found);
}

std::string search_snippet(std::string_view source, pg::AnyValue query, pg::Oid language, bool whole) {
    pg::require_language(language);
    const auto words = core::search_words(source);
    return core::snippet(source, words, find_keys(core::distinct_keys(words), query, language), whole);
}

} // namespace

POLICIES_FUNCTION(search_snippet);

} // namespace policies
