#include "pg/trigger.hpp"

extern "C" {
#include "access/xact.h"
}

namespace policies::pg {

TriggerData* trigger_data(FunctionCallInfo fcinfo, const char* function_name) {
    auto* const trigger =
        CALLED_AS_TRIGGER(fcinfo) ? reinterpret_cast<TriggerData*>(fcinfo->context) : nullptr;
    if (trigger == nullptr || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event)) {
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("function \"policies.%s\" works only as a row trigger", function_name)));
    }
    return trigger;
}

AttrNumber column_number(Relation relation, const char* name, Oid base_type) {
    const TupleDesc descriptor = RelationGetDescr(relation);
    const int number = SPI_fnumber(descriptor, name);
    if (number <= 0) {
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                        errmsg("protected table \"%s\" has no column \"%s\"",
                               RelationGetRelationName(relation), name),
                        errhint("Restore the column with policies.add_base_columns().")));
    }
    const Oid type = getBaseType(TupleDescAttr(descriptor, number - 1)->atttypid);
    if (type != base_type) {
        ereport(ERROR,
                (errcode(ERRCODE_DATATYPE_MISMATCH),
                 errmsg("column \"%s\" of protected table \"%s\" must be %s, not %s", name,
                        RelationGetRelationName(relation), format_type_be(base_type), format_type_be(type))));
    }
    return static_cast<AttrNumber>(number);
}

Field field_of(HeapTuple row, TupleDesc descriptor, AttrNumber column) {
    Field field{};
    field.value = heap_getattr(row, column, descriptor, &field.is_null);
    return field;
}

TimestampTz next_update_time(TimestampTz previous) {
    if (TIMESTAMP_NOT_FINITE(previous) || !IS_VALID_TIMESTAMP(previous + 1)) {
        ereport(ERROR,
                (errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
                 errmsg("no time is later than the row's updated_at, %s", timestamptz_to_str(previous))));
    }
    return std::max(GetCurrentTransactionStartTimestamp(), previous + 1);
}

} // namespace policies::pg
