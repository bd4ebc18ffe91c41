#include <memory>

#include "pg/compatibility.hpp"
#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/trigger.hpp"
#include "pg/values.hpp"

extern "C" {
#include "access/table.h"
#include "access/xact.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

// The AFTER trigger that keeps what an UPDATE or DELETE supersedes, in <table>_history. An INSERT writes
// nothing there, so restoring rows cannot duplicate their history.

namespace {

using namespace policies;

/// The insert into one table's history, planned once per backend.
struct Plan {
    Oid table;
    Oid root; ///< the partitioned table above, or the table itself: the history has its name
    Oid history;
    Oid history_owner;
    SPIPlanPtr plan;
    bool is_stale;
    int uses;                 ///< executions that are under way: a trigger of the history may lead back here
    std::vector<int> columns; ///< the table's columns, in the order of the plan's first parameters
};

/// Each where it is for good, since a plan may be in use when another is added.
std::vector<std::unique_ptr<Plan>>* plans = nullptr;

void on_relation_change(Datum, Oid relation) {
    for (auto& plan : *plans) {
        plan->is_stale = plan->is_stale || !OidIsValid(relation) || relation == plan->table ||
                         relation == plan->root || relation == plan->history;
    }
}

/// The plan names the history by its schema.
void on_schema_change(Datum, pg::SystemCache, uint32) {
    on_relation_change(Datum{0}, InvalidOid);
}

Oid root_of(Relation table) {
    const Oid table_id = RelationGetRelid(table);
    return table->rd_rel->relispartition ? llast_oid(get_partition_ancestors(table_id)) : table_id;
}

/// The history of a table, which has the name that keep_history() gave the trigger, beside the table, and
/// belongs to policies_admin: anything else would be another's table, or another table's history.
Oid find_history(Oid root, const Trigger* trigger) {
    const char* const name = psprintf("%s_history", get_rel_name(root));
    const Oid history = get_relname_relid(name, get_rel_namespace(root));
    if (!OidIsValid(history) || trigger->tgnargs != 1 || strcmp(trigger->tgargs[0], name) != 0) {
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
                        errmsg("the history table \"%s\" of protected table \"%s\" is missing", name,
                               get_rel_name(root)),
                        errhint("Create it, or attach it again, with policies.keep_history().")));
    }
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(history));
    const Oid owner =
        HeapTupleIsValid(tuple) ? reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner : InvalidOid;
    if (HeapTupleIsValid(tuple)) {
        ReleaseSysCache(tuple);
    }
    if (owner != pg::role_oid(pg::admin_role)) {
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("the history table \"%s\" does not belong to policies_admin", name)));
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

    /// Adds a column and returns its parameter.
    std::string add(std::string_view column, Oid type) {
        types.push_back(type);
        const auto parameter = "$" + std::to_string(types.size());
        columns += (columns.empty() ? "" : ", ") + pg::identifier(column);
        parameters += (parameters.empty() ? "" : ", ") + parameter;
        return parameter;
    }
};

/// The periods of a row's versions follow each other without overlap, also where an administrator set
/// updated_at back or nobody stamps it: a version begins where the last one ended, if that is later than it
/// says itself. Operators are qualified: the statement runs with the owner's rights under the caller's
/// search_path.
std::string insert_statement(const Insert& insert, const std::string& history, const std::string& tenant_id,
                             const std::string& id) {
    const auto start = "$" + std::to_string(insert.types.size() + 1);
    const auto end = "$" + std::to_string(insert.types.size() + 2);
    const auto person = "$" + std::to_string(insert.types.size() + 3);
    return "INSERT INTO " + history + " (" + insert.columns +
           ", valid_from, valid_to, superseded_by) SELECT " + insert.parameters +
           ", p.valid_from, GREATEST(" + end +
           ", p.valid_from OPERATOR(pg_catalog.+) '00:00:00.000001'::pg_catalog.interval), " + person +
           " FROM (SELECT GREATEST(" + start + ", (SELECT h.valid_to FROM " + history +
           " h WHERE h.tenant_id OPERATOR(pg_catalog.=) " + tenant_id + " AND h.id OPERATOR(pg_catalog.=) " +
           id + " ORDER BY h.valid_from DESC LIMIT 1))) AS p (valid_from)";
}

SPIPlanPtr prepare(const std::string& sql, std::vector<Oid> types) {
    return pg::call([&] {
        const SPIPlanPtr plan = SPI_prepare(sql.c_str(), static_cast<int>(types.size()), types.data());
        if (plan == nullptr || SPI_keepplan(plan) != 0) {
            elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
        }
        return plan;
    });
}

/// Plans the insert of all stored columns; fails when the history lacks one.
void plan_insert(Plan& plan, Relation table, Relation history) {
    Insert insert;
    std::string tenant_id;
    std::string id;
    for (int column = 0; column < RelationGetDescr(table)->natts; ++column) {
        const auto* const attribute = TupleDescAttr(RelationGetDescr(table), column);
        if (attribute->attisdropped || attribute->attgenerated == 'v') {
            continue;
        }
        const std::string name(NameStr(attribute->attname));
        const Oid type = pg::call([&] { return getBaseType(attribute->atttypid); });
        pg::call([&] { require_history_column(table, history, name.c_str(), type); });
        const auto parameter = insert.add(name, type);
        if (name == "tenant_id") {
            tenant_id = parameter;
        } else if (name == "id") {
            id = parameter;
        }
        plan.columns.push_back(column + 1);
    }
    const char* const schema = pg::call([&] { return get_namespace_name(RelationGetNamespace(history)); });
    const auto sql =
        insert_statement(insert, pg::qualified(schema, RelationGetRelationName(history)), tenant_id, id);
    insert.types.insert(insert.types.end(), {TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID});
    const pg::RunAs owner(plan.history_owner);
    plan.plan = prepare(sql, std::move(insert.types));
}

std::unique_ptr<Plan> make_plan(const TriggerData* trigger) {
    const Relation table = trigger->tg_relation;
    auto plan = std::make_unique<Plan>();
    plan->table = RelationGetRelid(table);
    plan->root = pg::call([&] { return root_of(table); });
    plan->history = pg::call([&] { return find_history(plan->root, trigger->tg_trigger); });
    const Relation history = pg::call([&] { return table_open(plan->history, AccessShareLock); });
    plan->history_owner = history->rd_rel->relowner;
    plan_insert(*plan, table, history);
    pg::call([&] { table_close(history, NoLock); });
    return plan;
}

void prepare_cache() {
    if (plans == nullptr) {
        pg::call([] {
            CacheRegisterRelcacheCallback(on_relation_change, Datum{0});
            CacheRegisterSyscacheCallback(NAMESPACEOID, on_schema_change, Datum{0});
        });
        plans = new std::vector<std::unique_ptr<Plan>>;
    }
}

/// Forgets plans that are out of date, but not while one is being executed further up the stack.
void drop_stale_plans() {
    const auto is_droppable = [](const std::unique_ptr<Plan>& plan) {
        return plan->is_stale && plan->uses == 0;
    };
    for (const auto& plan : *plans) {
        if (is_droppable(plan)) {
            pg::call([&] { SPI_freeplan(plan->plan); });
        }
    }
    std::erase_if(*plans, is_droppable);
}

Plan& plan_for(const TriggerData* trigger) {
    prepare_cache();
    drop_stale_plans();
    const auto found = std::ranges::find_if(*plans, [&](const auto& plan) {
        return plan->table == RelationGetRelid(trigger->tg_relation) && !plan->is_stale;
    });
    if (found != plans->end()) {
        return **found;
    }
    auto fresh = make_plan(trigger);
    return *plans->emplace_back(std::move(fresh));
}

/// Marks a plan as in use for the length of a scope.
class PlanUse {
public:
    explicit PlanUse(Plan& plan) noexcept : plan_(plan) { ++plan_.uses; }

    ~PlanUse() { --plan_.uses; }

    PlanUse(const PlanUse&) = delete;
    PlanUse& operator=(const PlanUse&) = delete;

private:
    Plan& plan_;
};

/// When a version ends, and who ended it.
struct End {
    pg::Field time;
    pg::Field person;
};

End end_of_update(const TriggerData* trigger) {
    const Relation table = trigger->tg_relation;
    const auto new_value = [&](const char* column, Oid type) {
        return pg::field_of(trigger->tg_newtuple, RelationGetDescr(table),
                            pg::column_number(table, column, type));
    };
    return {.time = new_value("updated_at", TIMESTAMPTZOID), .person = new_value("updated_by", TEXTOID)};
}

End end_of_delete() {
    const auto& person = pg::current_context().person_id;
    const Datum name =
        person ? person->value
               : pg::text_datum(psprintf("role:%s", GetUserNameFromId(GetSessionUserId(), false)));
    return {.time = {.value = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()), .is_null = false},
            .person = {.value = name, .is_null = false}};
}

void execute(Plan& plan, std::vector<Datum> values, const std::vector<char>& nulls) {
    const PlanUse use(plan);
    const pg::RunAs owner(plan.history_owner);
    const int code =
        pg::call([&] { return SPI_execute_plan(plan.plan, values.data(), nulls.data(), false, 0); });
    if (code != SPI_OK_INSERT) {
        pg::fail({.code = core::ErrorCode::internal,
                  .message = std::string("writing the history failed: ") + SPI_result_code_string(code)});
    }
}

} // namespace

POLICIES_RAW_FUNCTION(record_history) {
    const auto* const trigger = pg::trigger_data(fcinfo, "record_history");
    const Relation table = trigger->tg_relation;
    const AttrNumber updated_at = pg::column_number(table, "updated_at", TIMESTAMPTZOID);
    const End end = pg::fired_by_update(trigger) ? end_of_update(trigger) : end_of_delete();

    const pg::SpiSession session;
    auto& plan = plan_for(trigger);
    std::vector<Datum> values;
    std::vector<char> nulls;
    const auto add = [&](pg::Field field) {
        values.push_back(field.value);
        nulls.push_back(field.is_null ? 'n' : ' ');
    };
    for (const int column : plan.columns) {
        add(pg::field_of(trigger->tg_trigtuple, RelationGetDescr(table), static_cast<AttrNumber>(column)));
    }
    add(pg::field_of(trigger->tg_trigtuple, RelationGetDescr(table), updated_at));
    add(end.time);
    add(end.person);
    execute(plan, std::move(values), nulls);
    return Datum{0};
}
