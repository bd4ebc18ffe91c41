#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/trigger.hpp"
#include "pg/values.hpp"

extern "C" {
#include "access/relation.h"
#include "access/table.h"
#include "catalog/partition.h"
#include "utils/inval.h"
#include "utils/memutils.h"
}

// The AFTER trigger that keeps what an UPDATE or DELETE supersedes, in <table>_history. An INSERT writes
// nothing there, so restoring rows cannot duplicate their history.

namespace {

using namespace policies;

/// The columns that a history table has behind those of its table.
constexpr std::array<const char*, 3> period_columns{"valid_from", "valid_to", "superseded_by"};

/// The insert into one table's history, planned once per backend.
struct Plan {
    Oid table;
    Oid history;
    Oid history_owner;
    SPIPlanPtr plan;
    bool is_stale;
    std::vector<int> columns; ///< the table's columns, in the order of the plan's first parameters
};

std::vector<Plan>* plans = nullptr;

void on_relation_change(Datum, Oid relation) {
    for (auto& plan : *plans) {
        plan.is_stale =
            plan.is_stale || !OidIsValid(relation) || relation == plan.table || relation == plan.history;
    }
}

Oid find_history(Relation table) {
    const Oid table_id = RelationGetRelid(table);
    const Oid root = table->rd_rel->relispartition ? llast_oid(get_partition_ancestors(table_id)) : table_id;
    const char* const name = psprintf("%s_history", get_rel_name(root));
    const Oid history = get_relname_relid(name, get_rel_namespace(root));
    if (!OidIsValid(history)) {
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
                        errmsg("the history table \"%s\" of protected table \"%s\" is missing", name,
                               get_rel_name(root)),
                        errhint("Create it again with policies.keep_history().")));
    }
    return history;
}

void require_history_column(Relation table, Relation history, const char* name, Oid type) {
    const int number = SPI_fnumber(RelationGetDescr(history), name);
    if (number > 0 && TupleDescAttr(RelationGetDescr(history), number - 1)->atttypid == type) {
        return;
    }
    ereport(ERROR, (errcode(number > 0 ? ERRCODE_DATATYPE_MISMATCH : ERRCODE_UNDEFINED_COLUMN),
                    errmsg("history table \"%s\" has no column \"%s\" of type %s",
                           RelationGetRelationName(history), name, format_type_be(type)),
                    errdetail("Without it, the superseded row of table \"%s\" would be lost.",
                              RelationGetRelationName(table)),
                    errhint("Call policies.keep_history() again: it adds what is missing.")));
}

/// The text and the parameter types of the insert.
struct Insert {
    std::string columns;
    std::string parameters;
    std::vector<Oid> types;

    void add(std::string_view column, Oid type) {
        types.push_back(type);
        columns += (columns.empty() ? "" : ", ") + pg::identifier(column);
        parameters += (parameters.empty() ? "$" : ", $") + std::to_string(types.size());
    }
};

SPIPlanPtr prepare(const Insert& insert, Relation history) {
    const auto name =
        pg::qualified(get_namespace_name(RelationGetNamespace(history)), RelationGetRelationName(history));
    const auto sql = "INSERT INTO " + name + " (" + insert.columns + ") VALUES (" + insert.parameters + ")";
    return pg::call([&] {
        auto types = insert.types;
        const SPIPlanPtr plan = SPI_prepare(sql.c_str(), static_cast<int>(types.size()), types.data());
        if (plan == nullptr || SPI_keepplan(plan) != 0) {
            elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
        }
        return plan;
    });
}

Plan make_plan(Relation table) {
    const Oid history_id = pg::call([&] { return find_history(table); });
    const Relation history = pg::call([&] { return table_open(history_id, AccessShareLock); });
    Plan plan{.table = RelationGetRelid(table),
              .history = history_id,
              .history_owner = history->rd_rel->relowner,
              .plan = nullptr,
              .is_stale = false,
              .columns = {}};
    Insert insert;
    for (int column = 0; column < RelationGetDescr(table)->natts; ++column) {
        const auto* const attribute = TupleDescAttr(RelationGetDescr(table), column);
        if (attribute->attisdropped) {
            continue;
        }
        pg::call([&] {
            require_history_column(table, history, NameStr(attribute->attname), attribute->atttypid);
        });
        insert.add(NameStr(attribute->attname), attribute->atttypid);
        plan.columns.push_back(column + 1);
    }
    insert.add(period_columns[0], TIMESTAMPTZOID);
    insert.add(period_columns[1], TIMESTAMPTZOID);
    insert.add(period_columns[2], TEXTOID);
    const pg::RunAs owner(plan.history_owner);
    plan.plan = prepare(insert, history);
    pg::call([&] { table_close(history, NoLock); });
    return plan;
}

Plan& plan_for(Relation table) {
    if (plans == nullptr) {
        plans = new std::vector<Plan>;
        pg::call([] { CacheRegisterRelcacheCallback(on_relation_change, Datum{0}); });
    }
    const auto found = std::ranges::find(*plans, RelationGetRelid(table), &Plan::table);
    if (found != plans->end() && !found->is_stale) {
        return *found;
    }
    auto fresh = make_plan(table);
    if (found == plans->end()) {
        return plans->emplace_back(std::move(fresh));
    }
    std::swap(*found, fresh);
    pg::call([&] { SPI_freeplan(fresh.plan); });
    return *found;
}

/// When a row's version ends, and who ended it.
struct End {
    TimestampTz time;
    pg::Field person;
};

End end_of_version(const TriggerData* trigger, AttrNumber updated_at, AttrNumber updated_by,
                   TimestampTz start) {
    if (pg::fired_by_update(trigger)) {
        const TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
        const auto time =
            DatumGetTimestampTz(pg::field_of(trigger->tg_newtuple, descriptor, updated_at).value);
        // Only an administrator can set updated_at back; the superseded version is kept all the same.
        return {.time = std::max(time, start + 1),
                .person = pg::field_of(trigger->tg_newtuple, descriptor, updated_by)};
    }
    const auto& context = pg::current_context();
    if (context.claims && context.claims->person_id) {
        return {.time = pg::next_update_time(start),
                .person = {.value = pg::text_datum(*context.claims->person_id), .is_null = false}};
    }
    const char* const role =
        pg::call([] { return psprintf("role:%s", GetUserNameFromId(GetSessionUserId(), false)); });
    return {.time = pg::next_update_time(start), .person = {.value = pg::text_datum(role), .is_null = false}};
}

} // namespace

POLICIES_FUNCTION(record_history) {
    const auto* const trigger = pg::trigger_data(fcinfo, "record_history");
    const Relation table = trigger->tg_relation;
    const TupleDesc descriptor = RelationGetDescr(table);
    const AttrNumber updated_at = pg::column_number(table, "updated_at", TIMESTAMPTZOID);
    const AttrNumber updated_by = pg::column_number(table, "updated_by", TEXTOID);

    const pg::SpiSession session;
    auto& plan = plan_for(table);
    std::vector<Datum> values;
    std::vector<char> nulls;
    const auto add = [&](pg::Field field) {
        values.push_back(field.value);
        nulls.push_back(field.is_null ? 'n' : ' ');
    };
    for (const int column : plan.columns) {
        add(pg::field_of(trigger->tg_trigtuple, descriptor, static_cast<AttrNumber>(column)));
    }
    const auto start = pg::field_of(trigger->tg_trigtuple, descriptor, updated_at);
    const auto end = end_of_version(trigger, updated_at, updated_by, DatumGetTimestampTz(start.value));
    add(start);
    add({.value = TimestampTzGetDatum(end.time), .is_null = false});
    add(end.person);

    const pg::RunAs owner(plan.history_owner);
    const int code =
        pg::call([&] { return SPI_execute_plan(plan.plan, values.data(), nulls.data(), false, 0); });
    if (code != SPI_OK_INSERT) {
        pg::fail({.code = core::ErrorCode::internal,
                  .message = std::string("writing the history failed: ") + SPI_result_code_string(code)});
    }
    return PointerGetDatum(nullptr);
}
