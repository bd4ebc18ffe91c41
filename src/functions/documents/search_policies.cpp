#include <algorithm>
#include <array>
#include <cstddef>

#include "core/search/search_query.hpp"
#include "pg/function.hpp"

namespace policies {

// Full-text search. It works with the rights of the register's owner: under row security no index could serve
// the condition on the words, which is not leakproof.

namespace {

/// The longest query, in bytes: reading one nests as deep as it is long.
constexpr std::size_t max_query_length = 4096;

constexpr std::int32_t max_results_limit = 1000;

/// What is searched for.
struct Search {
    std::string_view query;
    std::optional<std::string_view> category;
    std::optional<std::string_view> status;
    std::optional<std::string_view> tag;
    std::optional<std::string_view> owner_id;
    std::optional<float> after_rank;
    std::optional<std::string_view> after_id;
    std::optional<std::int32_t> max_results;
};

void check_query(std::string_view query) {
    if (query.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "query must not be blank",
                  .hint = "Give words to search for, in web-search syntax."});
    }
    if (query.size() > max_query_length) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "query is too long: " + std::to_string(query.size()) + " bytes",
                  .detail = "A query has at most " + std::to_string(max_query_length) + " bytes."});
    }
}

void check_page(const Search& search) {
    if (search.after_rank.has_value() != search.after_id.has_value()) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "after_rank and after_id must be given together",
                  .hint = "Give both as the last result of the page before has them."});
    }
    const auto max_results = search.max_results;
    if (!max_results || *max_results < 1 || *max_results > max_results_limit) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "max_results must be from 1 to " + std::to_string(max_results_limit) + ", not " +
                             (max_results ? std::to_string(*max_results) : "NULL")});
    }
}

/// From this share of all rows on, a tenant's rows are found by the words alone, and others' passed over: to
/// walk the list of the tenant's rows in the index costs more.
constexpr double large_share = 0.1;

bool is_large(std::string_view tenant_id) {
    return pg::share_of_text(pg::relation_oid("policies", "policy_search"), "tenant_id", tenant_id) >=
           large_share;
}

/// Longer values have no label.
constexpr std::size_t max_label_length = 1000;

/// Labels of policies.search_labels() that matches must have, as a query's text.
class Labels {
public:
    void add(char kind, std::optional<std::string_view> value) {
        if (!value || value->size() > max_label_length) {
            return;
        }
        query_ += query_.empty() ? "'" : " & '";
        query_ += kind;
        for (const char c : *value) {
            query_.append(c == '\\' || c == '\'' ? 2 : 1, c);
        }
        query_ += '\'';
    }

    std::optional<std::string_view> query() const {
        return query_.empty() ? std::nullopt : std::optional<std::string_view>(query_);
    }

private:
    std::string query_;
};

/// What the index of words shall find beside them. A large tenant's label is left out.
Labels labels_to_find(const Search& search, std::string_view tenant_id, bool is_of_large_tenant) {
    Labels labels;
    labels.add('\1', is_of_large_tenant ? std::nullopt : std::optional(tenant_id));
    labels.add('\2', search.category);
    labels.add('\3', search.status);
    labels.add('\4', search.owner_id);
    return labels;
}

/// A query as it was read.
struct ParsedQuery {
    pg::AnyValue language;
    pg::AnyValue words;
    pg::AnyValue words_and_labels;
    std::int32_t node_count; ///< 0 for stop words alone, which match nothing
    bool is_of_few;          ///< the tenant has so few policies that looking at each beats any index of words
};

/// The language is that of policies.search_language(), whose body is repeated here: a function in SQL would be parsed
/// and planned for each search.
constinit pg::Statement parse_query{
    .sql = "SELECT l.language, w.words, "
           "CASE WHEN $3 IS NULL THEN w.words ELSE $3::tsquery && w.words END, numnode(w.words), "
           "NOT $4 AND 200 > (SELECT count(*) FROM "
           "(SELECT FROM policies.policy_search s WHERE s.tenant_id = $1 LIMIT 200) AS few) "
           "FROM (SELECT ('pg_catalog.' || coalesce((SELECT p.search_language "
           "FROM policies.policy_settings p WHERE p.tenant_id = $1 AND p.app_id IS NULL "
           "AND NOT p.is_deleted), 'simple'))::regconfig AS language OFFSET 0) AS l "
           "CROSS JOIN LATERAL (SELECT to_tsquery(l.language, $2) AS words OFFSET 0) AS w"};

ParsedQuery read_query(const Search& search, std::string_view words, std::string_view tenant_id) {
    const bool is_of_large_tenant = is_large(tenant_id);
    const auto labels = labels_to_find(search, tenant_id, is_of_large_tenant);
    return pg::query_one<ParsedQuery>(parse_query, tenant_id, words, labels.query(), is_of_large_tenant);
}

/// String literals joined by the compiler: a kept statement has its text from the start.
template <std::size_t... sizes>
constexpr auto joined(const char (&... parts)[sizes]) {
    std::array<char, (sizes + ... + 1) - sizeof...(sizes)> text{};
    char* end = text.data();
    ((end = std::copy_n(parts, sizes - 1, end)), ...);
    return text;
}

/// The search among rows s of the caller's tenant that hold the words $4.
template <std::size_t size>
constexpr auto search_among(const char (&rows)[size]) {
    return joined("SELECT found.policy_id, found.rank FROM ("
                  "SELECT s.policy_id, ts_rank_cd(s.document, $3) AS rank FROM ",
                  rows,
                  " AND ($2 IS NULL OR s.app_id = $2) AND ($5 IS NULL OR s.category = $5) "
                  "AND ($6 IS NULL OR s.status = $6) AND ($7 IS NULL OR s.tags ? $7) "
                  "AND ($8 IS NULL OR s.owner_id = $8) OFFSET 0) AS found "
                  "WHERE $9 IS NULL OR found.rank < $9 OR found.rank = $9 AND found.policy_id > $10 "
                  "ORDER BY found.rank DESC, found.policy_id LIMIT $11");
}

constexpr auto search_few_rows =
    search_among("(SELECT * FROM policies.policy_search t WHERE t.tenant_id = $1 OFFSET 0) "
                 "AS s WHERE s.document @@ $4");
/// The primary key, of no use here, is kept out by coalesce().
constexpr auto search_by_words =
    search_among("policies.policy_search s WHERE coalesce(s.tenant_id, '') = $1 AND s.document @@ $4");

/// The caller's tenant and app are part of both; nothing else keeps other tenants' rows out. Each is planned once:
/// planning takes longer than many a search.
constinit pg::Statement few_rows{.sql = search_few_rows.data(), .planning = pg::Planning::once};
constinit pg::Statement by_words{.sql = search_by_words.data(), .planning = pg::Planning::once};

struct Match {
    pg::AnyValue policy_id;
    float rank;
};

struct FoundPolicy {
    pg::AnyValue policy_id;
    float rank;
    pg::AnyValue words;
    pg::AnyValue language;
};

std::vector<FoundPolicy> find(const Search& search, const core::Claims& caller, const ParsedQuery& parsed) {
    std::vector<FoundPolicy> found;
    for (const auto& match : pg::query<Match>(
             parsed.is_of_few ? few_rows : by_words, caller.tenant_id, caller.app_id, parsed.words,
             parsed.is_of_few ? parsed.words : parsed.words_and_labels, search.category, search.status,
             search.tag, search.owner_id, search.after_rank, search.after_id, search.max_results)) {
        found.push_back({match.policy_id, match.rank, parsed.words, parsed.language});
    }
    return found;
}

std::vector<FoundPolicy>
search_policies(std::string_view query, std::optional<std::string_view> category,
                std::optional<std::string_view> status, std::optional<std::string_view> tag,
                std::optional<std::string_view> owner_id, std::optional<float> after_rank,
                std::optional<std::string_view> after_id, std::optional<std::int32_t> max_results) {
    const auto caller = pg::current_caller();
    const Search search{query, category, status, tag, owner_id, after_rank, after_id, max_results};
    check_query(query);
    check_page(search);
    const auto words = core::search_query(query);
    if (words.empty()) {
        return {};
    }
    const pg::AsOwner owner("policy_search");
    const auto parsed = read_query(search, words, caller.tenant_id);
    return parsed.node_count == 0 ? std::vector<FoundPolicy>() : find(search, caller, parsed);
}

} // namespace

POLICIES_FUNCTION(search_policies);

} // namespace policies
