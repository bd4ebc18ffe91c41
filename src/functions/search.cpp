#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/values.hpp"

extern "C" {
#include "utils/tuplestore.h"
}

// Full-text search. It works with the rights of the register's owner: under row security no index could serve
// the condition on the words, which is not leakproof.

namespace {

using namespace policies;

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

// The caller's tenant and app are part of the statement: nothing else keeps other tenants' rows out of it.
constexpr const char* search_statement =
    "SELECT found.policy_id, found.rank, found.words, found.language FROM ("
    "SELECT s.policy_id, pg_catalog.ts_rank_cd(s.document, q.words) AS rank, q.words, q.language "
    "FROM (SELECT l.language, pg_catalog.websearch_to_tsquery(l.language, $3) AS words "
    "FROM (SELECT policies.search_language($1) AS language) AS l) AS q "
    "JOIN policies.policy_search s ON s.document OPERATOR(pg_catalog.@@) "
    "(policies.tenant_query($1) OPERATOR(pg_catalog.&&) q.words) "
    "JOIN policies.policies p ON p.tenant_id OPERATOR(pg_catalog.=) s.tenant_id "
    "AND p.id OPERATOR(pg_catalog.=) s.policy_id "
    "WHERE s.tenant_id OPERATOR(pg_catalog.=) $1 AND NOT p.is_deleted "
    "AND pg_catalog.numnode(q.words) OPERATOR(pg_catalog.>) 0 "
    "AND ($2 IS NULL OR p.app_id OPERATOR(pg_catalog.=) $2) "
    "AND ($4 IS NULL OR p.category OPERATOR(pg_catalog.=) $4) "
    "AND ($5 IS NULL OR p.status OPERATOR(pg_catalog.=) $5) "
    "AND ($6 IS NULL OR p.tags OPERATOR(pg_catalog.?) $6) "
    "AND ($7 IS NULL OR p.owner_id OPERATOR(pg_catalog.=) $7)) AS found "
    "WHERE $8 IS NULL OR found.rank OPERATOR(pg_catalog.<) $8 "
    "OR found.rank OPERATOR(pg_catalog.=) $8 AND found.policy_id OPERATOR(pg_catalog.>) $9 "
    "ORDER BY found.rank DESC, found.policy_id LIMIT $10";

} // namespace

/// find_policies(query, category, status, tag, owner_id, after_rank, after_id, max_results)
POLICIES_FUNCTION(find_policies) {
    pg::call([&] { InitMaterializedSRF(fcinfo, 0); });
    const core::Claims caller = pg::unwrap(pg::current_context().claims);
    require_query(fcinfo);

    const pg::SpiSession session;
    const pg::RunAs owner(pg::register_owner("policy_search"));
    const auto count = pg::select(
        search_statement, {pg::text_parameter(caller.tenant_id),
                           pg::text_parameter(caller.app_id),
                           text_argument_parameter(fcinfo, 0),
                           text_argument_parameter(fcinfo, 1),
                           text_argument_parameter(fcinfo, 2),
                           text_argument_parameter(fcinfo, 3),
                           text_argument_parameter(fcinfo, 4),
                           {.type = FLOAT4OID, .value = PG_GETARG_DATUM(5), .is_null = PG_ARGISNULL(5)},
                           text_argument_parameter(fcinfo, 6),
                           {.type = INT4OID, .value = PG_GETARG_DATUM(7)}});
    auto* const set = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
    for (std::uint64_t row = 0; row < count; ++row) {
        std::array<Datum, 4> values{};
        std::array<bool, 4> is_null{};
        for (std::size_t column = 0; column < values.size(); ++column) {
            const auto field = pg::result_value(row, static_cast<int>(column) + 1);
            values[column] = field.value;
            is_null[column] = field.is_null;
        }
        pg::call([&] { tuplestore_putvalues(set->setResult, set->setDesc, values.data(), is_null.data()); });
    }
    return Datum{0};
}
