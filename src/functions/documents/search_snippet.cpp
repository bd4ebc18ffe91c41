#include "core/search/snippet.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

/// Which of a text's words a query asks for, PostgreSQL tells: it knows the words of the language.
constinit pg::Statement mark_keys{
    .sql = "SELECT ts_headline($1::regconfig, $2, $3, 'HighlightAll=true, StartSel=<, StopSel=>')"};

std::string search_snippet(std::string_view source, pg::AnyValue query, pg::Oid language, bool whole) {
    pg::require_language(language);
    const auto words = core::search_words(source);
    const auto marked_keys = pg::query_one<std::string>(mark_keys, language, core::distinct_keys(words),
                                                        pg::AnyValue{query.value, pg::type::tsquery});
    return core::snippet(source, words, marked_keys, whole);
}

} // namespace

POLICIES_FUNCTION(search_snippet);

} // namespace policies
