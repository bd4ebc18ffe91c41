#pragma once

#include "pg/values.hpp"

// What the row triggers share. Their bodies keep only trivially destructible objects (see pg/guard.hpp),
// since they run for every row.

namespace policies::pg {

/// Makes sure that a function was fired as a row trigger; raises 39P01 otherwise.
TriggerData* trigger_data(FunctionCallInfo fcinfo, const char* function_name);

inline bool fired_by_insert(const TriggerData* trigger) {
    return TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
}

inline bool fired_by_update(const TriggerData* trigger) {
    return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
}

/// The row that an INSERT or UPDATE is to write, or that a DELETE removes.
inline HeapTuple row_of(const TriggerData* trigger) {
    return fired_by_update(trigger) ? trigger->tg_newtuple : trigger->tg_trigtuple;
}

/// The number of the column of that name and base type. Raises 42703 or 42804 when the table has changed
/// since it was protected.
AttrNumber column_number(Relation relation, const char* name, Oid base_type);

/// A column that a trigger needs, by name and type.
struct NeededColumn {
    const char* name;
    Oid type;
};

/// The numbers of all these columns, as column_number() finds them.
template <std::size_t Count>
std::array<AttrNumber, Count> column_numbers(Relation relation,
                                             const std::array<NeededColumn, Count>& columns) {
    std::array<AttrNumber, Count> numbers;
    std::ranges::transform(columns, numbers.begin(), [&](const NeededColumn& column) {
        return column_number(relation, column.name, column.type);
    });
    return numbers;
}

/// A column's value in a row.
Field field_of(HeapTuple row, TupleDesc descriptor, AttrNumber column);

/// State that a trigger builds once per statement and table, kept where the executor keeps the trigger
/// function.
template <typename State>
State* statement_state(FunctionCallInfo fcinfo) {
    static_assert(std::is_trivially_destructible_v<State>);
    if (fcinfo->flinfo->fn_extra == nullptr) {
        auto* const memory = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(State));
        auto* const state = new (memory) State{};
        state->build(fcinfo);
        fcinfo->flinfo->fn_extra = state;
    }
    return static_cast<State*>(fcinfo->flinfo->fn_extra);
}

/// Transaction time, but later than what the row already carries, so that each of its versions has a time of
/// its own. Raises 22008 when the row carries the last instant there is.
TimestampTz next_update_time(TimestampTz previous);

} // namespace policies::pg
