#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/trigger.hpp"
#include "pg/values.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/datum.h"
#include "utils/tuplestore.h"
}

// Full-text search: the trigger that keeps the words of each policy, and the search itself. Both work with
// the rights of the register's owner: under row security no index could serve the condition on the words,
// which is not leakproof.

namespace {

using namespace policies;

constexpr std::int32_t max_results_limit = 1000;

/// True while the trigger itself writes the words, which then needs no look at what is there already.
bool is_indexing = false;

/// The columns whose words are searched, and those that say whose they are and whether they are searched.
constexpr std::array<pg::NeededColumn, 11> columns{{
    {"tenant_id", TEXTOID},
    {"id", TEXTOID},
    {"is_deleted", BOOLOID},
    {"app_id", TEXTOID},
    {"category", TEXTOID},
    {"status", TEXTOID},
    {"owner_id", TEXTOID},
    {"name", TEXTOID},
    {"description", TEXTOID},
    {"tags", JSONBOID},
    {"body", TEXTOID},
}};

struct Indexer {
    std::array<AttrNumber, columns.size()> numbers;

    void build(FunctionCallInfo fcinfo) {
        numbers = pg::column_numbers(reinterpret_cast<TriggerData*>(fcinfo->context)->tg_relation, columns);
    }
};

bool is_same(const pg::Field& left, const pg::Field& right, Oid type) {
    const bool is_by_value = type == BOOLOID;
    return left.is_null == right.is_null &&
           (left.is_null || datum_image_eq(left.value, right.value, is_by_value, is_by_value ? 1 : -1));
}

/// Whether an update leaves the words as they are.
bool keeps_words(const TriggerData* trigger, const Indexer& indexer) {
    const TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
    if (!pg::fired_by_update(trigger)) {
        return false;
    }
    for (std::size_t column = 0; column < columns.size(); ++column) {
        const AttrNumber number = indexer.numbers[column];
        const bool is_kept = pg::call([&] {
            return is_same(pg::field_of(trigger->tg_trigtuple, descriptor, number),
                           pg::field_of(trigger->tg_newtuple, descriptor, number), columns[column].type);
        });
        if (!is_kept) {
            return false;
        }
    }
    return true;
}

pg::KeptStatement insert_words{
    .sql = "INSERT INTO policies.policy_search "
           "(tenant_id, policy_id, app_id, category, status, owner_id, tags, document) "
           "SELECT p.tenant_id, p.id, p.app_id, p.category, p.status, p.owner_id, p.tags, "
           "policies.search_document(p.tenant_id, p.name, p.description, p.tags, p.body, "
           "policies.search_language(p.tenant_id, p.app_id)) "
           "FROM policies.policies p "
           "WHERE p.tenant_id OPERATOR(pg_catalog.=) $1 AND p.id OPERATOR(pg_catalog.=) $2 "
           "ON CONFLICT (tenant_id, policy_id) DO UPDATE SET app_id = excluded.app_id, "
           "category = excluded.category, status = excluded.status, owner_id = excluded.owner_id, "
           "tags = excluded.tags, document = excluded.document"};

pg::KeptStatement delete_words{
    .sql = "DELETE FROM policies.policy_search "
           "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND policy_id OPERATOR(pg_catalog.=) $2"};

void index_policy(std::string_view tenant_id, std::string_view id, bool is_deleted) {
    struct Indexing {
        Indexing() { is_indexing = true; }
        ~Indexing() { is_indexing = false; }
    } const indexing;
    pg::execute(is_deleted ? delete_words : insert_words,
                {pg::text_parameter(tenant_id), pg::text_parameter(id)});
}

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

/// The query in the tenant's language, also with the word that stands for the tenant, and whether the tenant
/// has so few policies that looking at each beats any index of words.
pg::KeptStatement parse_query{
    .sql =
        "SELECT l.language, w.words, policies.tenant_query($1) OPERATOR(pg_catalog.&&) w.words, "
        "pg_catalog.numnode(w.words), 200 OPERATOR(pg_catalog.>) (SELECT pg_catalog.count(*) FROM ("
        "SELECT FROM policies.policy_search s WHERE s.tenant_id OPERATOR(pg_catalog.=) $1 LIMIT 200) AS few) "
        "FROM (SELECT policies.search_language($1, $2) AS language OFFSET 0) AS l "
        "CROSS JOIN LATERAL (SELECT pg_catalog.websearch_to_tsquery(l.language, $3) AS words OFFSET 0) AS w"};

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

POLICIES_FUNCTION(index_policy) {
    const auto* const trigger = pg::call([&] { return pg::trigger_data(fcinfo, "index_policy"); });
    const auto& indexer = *pg::call([&] { return pg::statement_state<Indexer>(fcinfo); });
    if (keeps_words(trigger, indexer)) {
        return PointerGetDatum(nullptr);
    }
    const Relation table = trigger->tg_relation;
    const auto text = [&](int column) {
        return std::string(pg::text_view(
            pg::field_of(pg::row_of(trigger), RelationGetDescr(table), indexer.numbers[column]).value));
    };
    const pg::SpiSession session;
    const pg::RunAs owner(table->rd_rel->relowner);
    const bool is_deleted =
        DatumGetBool(pg::field_of(pg::row_of(trigger), RelationGetDescr(table), indexer.numbers[2]).value);
    index_policy(text(0), text(1), is_deleted);
    return PointerGetDatum(nullptr);
}

/// A restore of data alone fires the policies' trigger first: the rows it made are then restored once more.
POLICIES_FUNCTION(skip_known_document) {
    const auto* const trigger = pg::call([&] { return pg::trigger_data(fcinfo, "skip_known_document"); });
    bool is_known = false;
    if (!is_indexing) {
        const TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
        const auto text = [&](const char* column) {
            const AttrNumber number =
                pg::call([&] { return pg::column_number(trigger->tg_relation, column, TEXTOID); });
            return pg::text_view(pg::field_of(trigger->tg_trigtuple, descriptor, number).value);
        };
        const pg::SpiSession session;
        is_known = !pg::query("SELECT FROM policies.policy_search WHERE tenant_id OPERATOR(pg_catalog.=) $1 "
                              "AND policy_id OPERATOR(pg_catalog.=) $2",
                              {pg::text_parameter(text("tenant_id")), pg::text_parameter(text("policy_id"))})
                        .empty();
    }
    return PointerGetDatum(is_known ? nullptr : trigger->tg_trigtuple);
}

/// find_policies(query, category, status, tag, owner_id, after_rank, after_id, max_results)
POLICIES_FUNCTION(find_policies) {
    pg::call([&] { InitMaterializedSRF(fcinfo, 0); });
    const core::Claims caller = pg::unwrap(pg::current_context().claims);
    require_query(fcinfo);

    const pg::SpiSession session;
    const pg::RunAs owner(pg::relation_owner("policies", "policy_search"));
    pg::read(parse_query, {pg::text_parameter(caller.tenant_id), pg::text_parameter(caller.app_id),
                           text_argument_parameter(fcinfo, 0)});
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
