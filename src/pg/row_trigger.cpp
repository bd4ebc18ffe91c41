#include "pg/row_trigger.hpp"

#include "pg/guard.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/partition.h"
#include "utils/datum.h"
}

namespace policies::pg {

namespace {

/// The numbers of a trigger's columns, looked up once per statement and table, kept where the executor keeps
/// the trigger function.
struct ColumnNumbers {
    std::array<AttrNumber, ColumnSet::max_size> numbers;
};

[[noreturn]] void refuse_call(const Call& call, const char* kind) {
    const char* const name = pg::call([&] { return get_func_name(call.info()->flinfo->fn_oid); });
    fail({.code = core::ErrorCode::not_a_trigger,
          .message = std::string("function \"policies.") + (name == nullptr ? "" : name) +
                     "\" works only as a " + kind});
}

AttrNumber number_of(Relation table, const AnyColumn& column) {
    const TupleDesc descriptor = RelationGetDescr(table);
    const int number = call([&] { return SPI_fnumber(descriptor, column.name); });
    if (number <= 0) {
        fail({.code = core::ErrorCode::undefined_column,
              .message = "protected table " + core::quoted(RelationGetRelationName(table)) +
                         " has no column " + core::quoted(column.name),
              .hint = "Restore the column with policies.add_base_columns()."});
    }
    const Oid type = base_type(TupleDescAttr(descriptor, number - 1)->atttypid);
    if (type != column.type) {
        fail({.code = core::ErrorCode::wrong_type,
              .message = "column " + core::quoted(column.name) + " of protected table " +
                         core::quoted(RelationGetRelationName(table)) + " must be " + type_name(column.type) +
                         ", not " + type_name(type)});
    }
    return static_cast<AttrNumber>(number);
}

const AttrNumber* column_numbers(FunctionCallInfo info, Relation table, const ColumnSet& columns) {
    auto*& kept = info->flinfo->fn_extra;
    if (kept == nullptr) {
        ColumnNumbers found{};
        std::ranges::transform(columns.columns(), found.numbers.begin(),
                               [&](const AnyColumn& column) { return number_of(table, column); });
        kept = call([&] { return MemoryContextAlloc(info->flinfo->fn_mcxt, sizeof(ColumnNumbers)); });
        *static_cast<ColumnNumbers*>(kept) = found;
    }
    return static_cast<const ColumnNumbers*>(kept)->numbers.data();
}

/// The row that an INSERT or UPDATE is to write, or that a DELETE removes.
HeapTuple tuple_of(const TriggerData* trigger) {
    return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
}

} // namespace

Trigger::Trigger(const Call& call)
    : call_(call),
      trigger_(CALLED_AS_TRIGGER(call.info()) ? reinterpret_cast<TriggerData*>(call.info()->context)
                                              : nullptr) {
    if (trigger_ == nullptr) {
        refuse_call(call, "trigger");
    }
}

RowTrigger::RowTrigger(const Call& call, const ColumnSet& columns) : Trigger(call) {
    if (!TRIGGER_FIRED_FOR_ROW(trigger_->tg_event)) {
        refuse_call(call, "row trigger");
    }
    numbers_ = column_numbers(call.info(), trigger_->tg_relation, columns);
}

bool RowTrigger::is_insert() const {
    return TRIGGER_FIRED_BY_INSERT(trigger_->tg_event);
}

bool RowTrigger::is_update() const {
    return TRIGGER_FIRED_BY_UPDATE(trigger_->tg_event);
}

TableRow RowTrigger::row() const {
    return {*this, tuple_of(trigger_)};
}

TableRow RowTrigger::old_row() const {
    return {*this, trigger_->tg_trigtuple};
}

NullableValue TableRow::field(const AnyColumn& column) const {
    return field(trigger_->numbers_[column.index]);
}

NullableValue TableRow::field(std::int16_t number) const {
    NullableValue field{};
    field.value =
        heap_getattr(tuple_, number, RelationGetDescr(trigger_->trigger_->tg_relation), &field.is_null);
    return field;
}

Parameter TableRow::parameter(const StoredColumn& column) const {
    const auto value = field(column.number);
    return {.type = column.base_type, .value = value.value, .is_null = value.is_null};
}

bool RowTrigger::changes(const AnyColumn& column) const {
    const auto before = old_row().field(column);
    const auto after = row().field(column);
    if (before.is_null || after.is_null) {
        return before.is_null != after.is_null;
    }
    const auto* const attribute =
        TupleDescAttr(RelationGetDescr(trigger_->tg_relation), numbers_[column.index] - 1);
    return !call(
        [&] { return datum_image_eq(before.value, after.value, attribute->attbyval, attribute->attlen); });
}

void RowTrigger::replace(const AnyColumn& column, NullableValue value) {
    replacements_[column.index] = {.value = value.value, .is_null = value.is_null};
    replaced_ |= 1U << column.index;
}

std::string RowTrigger::schema_name() const {
    return call([&] { return get_namespace_name(RelationGetNamespace(trigger_->tg_relation)); });
}

std::string RowTrigger::table_name() const {
    return RelationGetRelationName(trigger_->tg_relation);
}

Oid RowTrigger::table_oid() const {
    return RelationGetRelid(trigger_->tg_relation);
}

Oid RowTrigger::root_table_oid() const {
    return trigger_->tg_relation->rd_rel->relispartition
               ? call([&] { return llast_oid(get_partition_ancestors(table_oid())); })
               : table_oid();
}

std::vector<StoredColumn> RowTrigger::stored_columns() const {
    std::vector<StoredColumn> columns;
    const TupleDesc descriptor = RelationGetDescr(trigger_->tg_relation);
    for (int index = 0; index < descriptor->natts; ++index) {
        const auto* const attribute = TupleDescAttr(descriptor, index);
        if (!attribute->attisdropped && attribute->attgenerated != 'v') {
            columns.push_back({.number = attribute->attnum,
                               .name = NameStr(attribute->attname),
                               .base_type = base_type(attribute->atttypid)});
        }
    }
    return columns;
}

std::string RowTrigger::name() const {
    return trigger_->tg_trigger->tgname;
}

std::span<const char* const> RowTrigger::arguments() const {
    const auto* const trigger = trigger_->tg_trigger;
    return {trigger->tgargs, static_cast<std::size_t>(trigger->tgnargs)};
}

NullableValue RowTrigger::result() const {
    if (is_skipped_ || TRIGGER_FIRED_AFTER(trigger_->tg_event)) {
        return {.value = 0, .is_null = false};
    }
    HeapTuple tuple = tuple_of(trigger_);
    if (replaced_ != 0) {
        std::array<int, ColumnSet::max_size> numbers;
        std::array<Datum, ColumnSet::max_size> values;
        std::array<bool, ColumnSet::max_size> nulls;
        int count = 0;
        for (std::size_t index = 0; index < ColumnSet::max_size; ++index) {
            if ((replaced_ >> index & 1U) != 0) {
                numbers[count] = numbers_[index];
                values[count] = replacements_[index].value;
                nulls[count] = replacements_[index].is_null;
                ++count;
            }
        }
        tuple = call([&] {
            return heap_modify_tuple_by_cols(tuple, RelationGetDescr(trigger_->tg_relation), count,
                                             numbers.data(), values.data(), nulls.data());
        });
    }
    return {.value = PointerGetDatum(tuple), .is_null = false};
}

} // namespace policies::pg
