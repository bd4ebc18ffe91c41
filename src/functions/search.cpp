#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/values.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/tuplestore.h"
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

/// The query in the tenant's language, also with the word that stands for the tenant, and whether the tenant
/// has so few policies that looking at each beats any index of words.
pg::KeptStatement parse_query{
    .sql =
        "SELECT l.language, w.words, policies.tenant_query($1) OPERATOR(pg_catalog.&&) w.words, "
        "pg_catalog.numnode(w.words), 200 OPERATOR(pg_catalog.>) (SELECT pg_catalog.count(*) FROM ("
        "SELECT FROM policies.policy_search s WHERE s.tenant_id OPERATOR(pg_catalog.=) $1 LIMIT 200) AS few) "
        "FROM (SELECT policies.search_language($1) AS language OFFSET 0) AS l "
        "CROSS JOIN LATERAL (SELECT pg_catalog.websearch_to_tsquery(l.language, $2) AS words OFFSET 0) AS w"};

struct SearchQuery {
    Datum language;
    Datum words;
    Datum words_of_tenant;
    bool is_of_few;
};

/// The search, planned for its query: words may be in every document or in none. The caller's tenant and app
/// are part of it; nothing else keeps other tenants' rows out. Of a tenant with many policies the index of
/// words finds them, since the tenant is a word of each: its primary key, of no more use then, is kept out by
/// coalesce().
pg::KeptStatement search{
    .sql = "SELECT found.policy_id, found.rank FROM ("
           "SELECT s.policy_id, pg_catalog.ts_rank_cd(s.document, $3) AS rank FROM policies.policy_search s "
           "WHERE coalesce(s.tenant_id, '') OPERATOR(pg_catalog.=) $1 "
           "AND (NOT $12 OR s.tenant_id OPERATOR(pg_catalog.=) $1) "
           "AND s.document OPERATOR(pg_catalog.@@) $4 "
           "AND ($2 IS NULL OR s.app_id OPERATOR(pg_catalog.=) $2) "
           "AND ($5 IS NULL OR s.category OPERATOR(pg_catalog.=) $5) "
           "AND ($6 IS NULL OR s.status OPERATOR(pg_catalog.=) $6) "
           "AND ($7 IS NULL OR s.tags OPERATOR(pg_catalog.?) $7) "
           "AND ($8 IS NULL OR s.owner_id OPERATOR(pg_catalog.=) $8) OFFSET 0) AS found "
           "WHERE $9 IS NULL OR found.rank OPERATOR(pg_catalog.<) $9 "
           "OR found.rank OPERATOR(pg_catalog.=) $9 AND found.policy_id OPERATOR(pg_catalog.>) $10 "
           "ORDER BY found.rank DESC, found.policy_id LIMIT $11",
    .planning = pg::Planning::for_each_execution};

} // namespace

/// find_policies(query, category, status, tag, owner_id, after_rank, after_id, max_results)
POLICIES_FUNCTION(find_policies) {
    pg::call([&] { InitMaterializedSRF(fcinfo, 0); });
    const core::Claims caller = pg::unwrap(pg::current_context().claims);
    require_query(fcinfo);

    const pg::SpiSession session;
    const pg::RunAs owner(pg::register_owner("policy_search"));
    pg::read(parse_query, {pg::text_parameter(caller.tenant_id), text_argument_parameter(fcinfo, 0)});
    if (DatumGetInt32(pg::result_value(0, 4).value) == 0) {
        return Datum{0};
    }
    const SearchQuery query{.language = pg::result_value(0, 1).value,
                            .words = pg::result_value(0, 2).value,
                            .words_of_tenant = pg::result_value(0, 3).value,
                            .is_of_few = DatumGetBool(pg::result_value(0, 5).value)};
    const auto count = pg::read(
        search, {pg::text_parameter(caller.tenant_id),
                 pg::text_parameter(caller.app_id),
                 {.type = TSQUERYOID, .value = query.words},
                 {.type = TSQUERYOID, .value = query.is_of_few ? query.words : query.words_of_tenant},
                 text_argument_parameter(fcinfo, 1),
                 text_argument_parameter(fcinfo, 2),
                 text_argument_parameter(fcinfo, 3),
                 text_argument_parameter(fcinfo, 4),
                 {.type = FLOAT4OID, .value = PG_GETARG_DATUM(5), .is_null = PG_ARGISNULL(5)},
                 text_argument_parameter(fcinfo, 6),
                 {.type = INT4OID, .value = PG_GETARG_DATUM(7)},
                 {.type = BOOLOID, .value = BoolGetDatum(query.is_of_few)}});
    auto* const set = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
    for (std::uint64_t row = 0; row < count; ++row) {
        std::array<Datum, 4> values{pg::result_value(row, 1).value, pg::result_value(row, 2).value,
                                    query.words, query.language};
        std::array<bool, 4> is_null{};
        pg::call([&] { tuplestore_putvalues(set->setResult, set->setDesc, values.data(), is_null.data()); });
    }
    return Datum{0};
}
