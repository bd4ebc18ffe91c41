#include "pg/guard.hpp"
#include "pg/row_trigger.hpp"
#include "pg/table.hpp"

extern "C" {
#include "access/sysattr.h"
#include "catalog/pg_constraint.h"
#include "nodes/bitmapset.h"
#include "utils/relcache.h"
#include "utils/syscache.h"
}

// How a trigger knows an UPDATE by a foreign key. Within pg::call(), nothing here has a destructor.

namespace policies::pg {

namespace {

/// As PostgreSQL numbers columns in sets.
int member(AttrNumber number) {
    return number - FirstLowInvalidHeapAttributeNumber;
}

/// The columns that an UPDATE names, without the generated ones, which PostgreSQL counts among them.
Bitmapset* columns_named(const TriggerData* trigger) {
    Bitmapset* named = bms_copy(trigger->tg_updatedcols);
    const TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
    for (int index = 0; index < descriptor->natts; ++index) {
        const auto* const attribute = TupleDescAttr(descriptor, index);
        if (attribute->attgenerated != '\0') {
            named = bms_del_member(named, member(attribute->attnum));
        }
    }
    return named;
}

/// What a foreign key sets in the rows that refer to another.
struct ForeignKey {
    char on_update;
    char on_delete;
    Bitmapset* columns;
    Bitmapset* set_on_delete; ///< null for all
};

ForeignKey read_foreign_key(HeapTuple row) {
    const auto* const form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row));
    std::array<AttrNumber, INDEX_MAX_KEYS> columns;
    std::array<AttrNumber, INDEX_MAX_KEYS> referenced;
    std::array<AttrNumber, INDEX_MAX_KEYS> set_on_delete;
    int count = 0;
    int set_count = 0;
    DeconstructFkConstraintRow(row, &count, columns.data(), referenced.data(), nullptr, nullptr, nullptr,
                               &set_count, set_on_delete.data());
    ForeignKey key{.on_update = form->confupdtype,
                   .on_delete = form->confdeltype,
                   .columns = nullptr,
                   .set_on_delete = nullptr};
    for (int index = 0; index < count; ++index) {
        key.columns = bms_add_member(key.columns, member(columns[index]));
    }
    for (int index = 0; index < set_count; ++index) {
        key.set_on_delete = bms_add_member(key.set_on_delete, member(set_on_delete[index]));
    }
    return key;
}

bool are_null(const TriggerData* trigger, const Bitmapset* columns) {
    int found = -1;
    while ((found = bms_next_member(columns, found)) >= 0) {
        if (!heap_attisnull(trigger->tg_newtuple, found + FirstLowInvalidHeapAttributeNumber,
                            RelationGetDescr(trigger->tg_relation))) {
            return false;
        }
    }
    return true;
}

bool sets_as(char action, const TriggerData* trigger, const Bitmapset* named) {
    return action == FKCONSTR_ACTION_SETDEFAULT ||
           (action == FKCONSTR_ACTION_SETNULL && are_null(trigger, named));
}

bool is_action_of(Oid constraint, const TriggerData* trigger, const Bitmapset* named) {
    const HeapTuple row = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
    if (!HeapTupleIsValid(row)) {
        return false;
    }
    const ForeignKey key = read_foreign_key(row);
    ReleaseSysCache(row);
    const bool names_all = bms_equal(named, key.columns);
    const bool is_on_update =
        names_all && (key.on_update == FKCONSTR_ACTION_CASCADE || sets_as(key.on_update, trigger, named));
    const bool is_on_delete =
        (key.set_on_delete == nullptr ? names_all : bms_equal(named, key.set_on_delete)) &&
        sets_as(key.on_delete, trigger, named);
    return is_on_update || is_on_delete;
}

bool is_action_of_any(const TriggerData* trigger) {
    const Bitmapset* const named = columns_named(trigger);
    ListCell* cell = nullptr;
    foreach (cell, RelationGetFKeyList(trigger->tg_relation)) {
        if (is_action_of(static_cast<const ForeignKeyCacheInfo*>(lfirst(cell))->conoid, trigger, named)) {
            return true;
        }
    }
    return false;
}

/// The context that PostgreSQL gives to a foreign key's statements.
bool is_in_context_of_foreign_keys(Oid role) {
    constexpr int flags = SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS;
    Oid current = InvalidOid;
    int context = 0;
    GetUserIdAndSecContext(&current, &context);
    return current == role && (context & flags) == flags;
}

} // namespace

bool RowTrigger::is_referential_action() const {
    if (!is_update() || !InNoForceRLSOperation()) {
        return false;
    }
    const bool is_own = is_in_context_of_foreign_keys(trigger_->tg_relation->rd_rel->relowner) ||
                        (trigger_->tg_relation->rd_rel->relispartition &&
                         is_in_context_of_foreign_keys(owner_of(root_table_oid())));
    return is_own && call([&] { return is_action_of_any(trigger_); });
}

bool RowTrigger::sets(const AnyColumn& column) const {
    return bms_is_member(member(numbers_[column.index]), trigger_->tg_updatedcols);
}

bool RowTrigger::sets_only(const AnyColumn& column) const {
    return sets(column) && call([&] { return bms_num_members(columns_named(trigger_)) == 1; });
}

} // namespace policies::pg
