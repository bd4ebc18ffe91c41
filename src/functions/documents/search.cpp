#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/statistics.hpp"
#include "pg/table.hpp"
#include "pg/values.hpp"

extern "C" {
#include "catalog/pg_type.h"
}

// Full-text search. It works with the rights of the register's owner: under row security no index could serve
// the condition on the words, which is not leakproof.

namespace {

using namespace policies;

/// The longest query, in bytes: reading one nests as deep as it is long.
constexpr std::size_t max_query_length = 4096;

constexpr std::int32_t max_results_limit = 1000;

pg::Parameter text_argument_parameter(FunctionCallInfo fcinfo, int n) {
    return {.type = TEXTOID, .value = PG_GETARG_DATUM(n), .is_null = PG_ARGISNULL(n)};
}

void require_query(FunctionCallInfo fcinfo) {
    pg::require_arguments(fcinfo, {"query"});
    if (pg::text_argument(fcinfo, 0).find_first_not_of(" \t\r\n") == std::string_view::npos) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "query must not be blank",
                  .hint = "Give words to search for, in web-search syntax."});
    }
    if (const auto length = pg::text_argument(fcinfo, 0).size(); length > max_query_length) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "query is too long: " + std::to_string(length) + " bytes",
                  .detail = "A query has at most " + std::to_string(max_query_length) + " bytes."});
    }
    if (PG_ARGISNULL(5) != PG_ARGISNULL(6)) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "after_rank and after_id must be given together",
                  .hint = "Give both as the last result of the page before has them."});
    }
    if (PG_ARGISNULL(7) || PG_GETARG_INT32(7) < 1 || PG_GETARG_INT32(7) > max_results_limit) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "max_results must be from 1 to " + std::to_string(max_results_limit) + ", not " +
                             (PG_ARGISNULL(7) ? std::string("NULL") : std::to_string(PG_GETARG_INT32(7)))});
    }
}

/// From this share of all rows on, a tenant's rows are found by the words alone, and others' passed over: to
/// walk the list of the tenant's rows in the index costs more.
constexpr double large_share = 0.1;

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

std::optional<std::string_view> filter_argument(FunctionCallInfo fcinfo, int n) {
    return PG_ARGISNULL(n) ? std::nullopt : std::optional(pg::text_argument(fcinfo, n));
}

bool is_large(std::string_view tenant_id) {
    return pg::share_of_text(pg::relation_oid("policies", "policy_search"), "tenant_id", tenant_id) >=
           large_share;
}

/// What the index of words shall find beside them. A large tenant's label is left out.
Labels labels_to_find(FunctionCallInfo fcinfo, std::optional<std::string_view> tenant_id) {
    Labels labels;
    labels.add('\1', tenant_id);
    labels.add('\2', filter_argument(fcinfo, 1));
    labels.add('\3', filter_argument(fcinfo, 2));
    labels.add('\4', filter_argument(fcinfo, 4));
    return labels;
}

/// The query in the tenant's language, also with labels, and whether the tenant has so few policies that
/// looking at each beats any index of words. The language as policies.search_language() has it: a function in
/// SQL would be read anew each time.
pg::KeptStatement parse_query{
    .sql =
        "SELECT l.language, w.words, "
        "CASE WHEN $3 IS NULL THEN w.words ELSE $3::pg_catalog.tsquery OPERATOR(pg_catalog.&&) w.words END, "
        "pg_catalog.numnode(w.words), NOT $4 AND 200 OPERATOR(pg_catalog.>) (SELECT pg_catalog.count(*) FROM "
        "("
        "SELECT FROM policies.policy_search s WHERE s.tenant_id OPERATOR(pg_catalog.=) $1 LIMIT 200) AS few) "
        "FROM (SELECT ('pg_catalog.' OPERATOR(pg_catalog.||) coalesce((SELECT p.search_language "
        "FROM policies.policy_settings p WHERE p.tenant_id OPERATOR(pg_catalog.=) $1 AND p.app_id IS NULL "
        "AND NOT p.is_deleted), 'simple'))::pg_catalog.regconfig AS language OFFSET 0) AS l "
        "CROSS JOIN LATERAL (SELECT pg_catalog.websearch_to_tsquery(l.language, $2) AS words OFFSET 0) AS w"};

/// String literals joined by the compiler.
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
                  "SELECT s.policy_id, pg_catalog.ts_rank_cd(s.document, $3) AS rank FROM ",
                  rows,
                  " AND ($2 IS NULL OR s.app_id OPERATOR(pg_catalog.=) $2) "
                  "AND ($5 IS NULL OR s.category OPERATOR(pg_catalog.=) $5) "
                  "AND ($6 IS NULL OR s.status OPERATOR(pg_catalog.=) $6) "
                  "AND ($7 IS NULL OR s.tags OPERATOR(pg_catalog.?) $7) "
                  "AND ($8 IS NULL OR s.owner_id OPERATOR(pg_catalog.=) $8) OFFSET 0) AS found "
                  "WHERE $9 IS NULL OR found.rank OPERATOR(pg_catalog.<) $9 "
                  "OR found.rank OPERATOR(pg_catalog.=) $9 AND found.policy_id OPERATOR(pg_catalog.>) $10 "
                  "ORDER BY found.rank DESC, found.policy_id LIMIT $11");
}

constexpr auto search_few_rows = search_among(
    "(SELECT * FROM policies.policy_search t WHERE t.tenant_id OPERATOR(pg_catalog.=) $1 OFFSET 0) "
    "AS s WHERE s.document OPERATOR(pg_catalog.@@) $4");
/// The primary key, of no use here, is kept out by coalesce().
constexpr auto search_by_words =
    search_among("policies.policy_search s WHERE coalesce(s.tenant_id, '') OPERATOR(pg_catalog.=) $1 "
                 "AND s.document OPERATOR(pg_catalog.@@) $4");

/// The caller's tenant and app are part of both; nothing else keeps other tenants' rows out. There is one
/// plan for each, and planning takes longer than many a search.
pg::KeptStatement few_rows{.sql = search_few_rows.data(), .planning = pg::Planning::once};
pg::KeptStatement by_words{.sql = search_by_words.data(), .planning = pg::Planning::once};

} // namespace

/// find_policies(query, category, status, tag, owner_id, after_rank, after_id, max_results)
POLICIES_RAW_FUNCTION(find_policies) {
    pg::call([&] { InitMaterializedSRF(fcinfo, 0); });
    const core::Claims caller = pg::unwrap(pg::current_context().claims);
    require_query(fcinfo);

    const pg::SpiSession session;
    const pg::RunAs owner(pg::register_owner("policy_search"));
    const bool is_of_many = is_large(caller.tenant_id);
    const Labels labels =
        labels_to_find(fcinfo, is_of_many ? std::nullopt : std::optional<std::string_view>(caller.tenant_id));
    pg::read(parse_query, {pg::text_parameter(caller.tenant_id),
                           text_argument_parameter(fcinfo, 0),
                           pg::text_parameter(labels.query()),
                           {.type = BOOLOID, .value = BoolGetDatum(is_of_many)}});
    if (DatumGetInt32(pg::result_value(0, 4).value) == 0) {
        return Datum{0};
    }
    const Datum language = pg::result_value(0, 1).value;
    const Datum words = pg::result_value(0, 2).value;
    const bool is_of_few = DatumGetBool(pg::result_value(0, 5).value);
    const auto count =
        pg::read(is_of_few ? few_rows : by_words,
                 {pg::text_parameter(caller.tenant_id),
                  pg::text_parameter(caller.app_id),
                  {.type = TSQUERYOID, .value = words},
                  {.type = TSQUERYOID, .value = is_of_few ? words : pg::result_value(0, 3).value},
                  text_argument_parameter(fcinfo, 1),
                  text_argument_parameter(fcinfo, 2),
                  text_argument_parameter(fcinfo, 3),
                  text_argument_parameter(fcinfo, 4),
                  {.type = FLOAT4OID, .value = PG_GETARG_DATUM(5), .is_null = PG_ARGISNULL(5)},
                  text_argument_parameter(fcinfo, 6),
                  {.type = INT4OID, .value = PG_GETARG_DATUM(7)}});
    auto* const set = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
    for (std::uint64_t row = 0; row < count; ++row) {
        std::array<Datum, 4> values{pg::result_value(row, 1).value, pg::result_value(row, 2).value, words,
                                    language};
        std::array<bool, 4> is_null{};
        pg::call([&] { tuplestore_putvalues(set->setResult, set->setDesc, values.data(), is_null.data()); });
    }
    return Datum{0};
}
