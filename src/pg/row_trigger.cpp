#include "pg/row_trigger.hpp"

#include "pg/guard.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/partition.h"
#include "utils/datum.h"
}

namespace policies::pg {

namespace {

/// What a trigger's columns are, looked up once per statement and table, kept where the executor keeps the
/// trigger function.
struct FoundColumns {
    std::array<AttrNumber, ColumnSet::max_size> numbers;
    std::array<core::Duration, ColumnSet::max_size> resolutions;
};

[[noreturn]] void refuse_call(const Call& call, const char* kind) {
    const char* const name = pg::call([&] { return get_func_name(call.info()->flinfo->fn_oid); });
    fail({.code = core::ErrorCode::not_a_trigger,
          .message = std::string("function \"policies.") + (name == nullptr ? "" : name) +
                     "\" works only as a " + kind});
}

Form_pg_attribute find_column(Relation table, const AnyColumn& column) {
    const TupleDesc descriptor = RelationGetDescr(table);
    const int number = call([&] { return SPI_fnumber(descriptor, column.name); });
    if (number <= 0) {
        fail({.code = core::ErrorCode::undefined_column,
              .message = "protected table " + core::quoted(RelationGetRelationName(table)) +
                         " has no column " + core::quoted(column.name),
              .hint = "Restore the column with policies.add_base_columns()."});
    }
    const Form_pg_attribute attribute = TupleDescAttr(descriptor, number - 1);
    const Oid type = base_type(attribute->atttypid);
    if (type != column.type) {
        fail({.code = core::ErrorCode::wrong_type,
              .message = "column " + core::quoted(column.name) + " of protected table " +
                         core::quoted(RelationGetRelationName(table)) + " must be " + type_name(column.type) +
                         ", not " + type_name(type)});
    }
    return attribute;
}

/// What set() gives a column is not checked against the constraints of its domain: a row could be stored that
/// no dump restores.
void refuse_constrained_domain(Relation table, const Form_pg_attribute attribute) {
    if (has_domain_constraints(attribute->atttypid)) {
        fail({.code = core::ErrorCode::wrong_type,
              .message = "column " + core::quoted(NameStr(attribute->attname)) + " of protected table " +
                         core::quoted(RelationGetRelationName(table)) + " must not be of the domain " +
                         type_name(attribute->atttypid) + ", which has constraints",
              .detail = "What is stamped is not checked against them.",
              .hint = "Drop the domain's constraints, or give the column the type under it."},
             NameStr(attribute->attname));
    }
}

/// By the precision of its type, in a domain or not; -1 stands for none.
core::Duration resolution_of(const Form_pg_attribute attribute) {
    std::int32_t precision = attribute->atttypmod;
    call([&] { return getBaseTypeAndTypmod(attribute->atttypid, &precision); });
    core::Duration resolution = 1;
    for (int digits = precision < 0 ? 6 : precision; digits < 6; ++digits) {
        resolution *= 10;
    }
    return resolution;
}

const FoundColumns& find_columns(FunctionCallInfo info, const TriggerData* trigger,
                                 const ColumnSet& columns) {
    auto*& kept = info->flinfo->fn_extra;
    if (kept == nullptr) {
        FoundColumns found{};
        for (const auto& column : columns.columns()) {
            const Form_pg_attribute attribute = find_column(trigger->tg_relation, column);
            if (attribute->atttypid != column.type && TRIGGER_FIRED_BEFORE(trigger->tg_event)) {
                refuse_constrained_domain(trigger->tg_relation, attribute);
            }
            found.numbers[column.index] = attribute->attnum;
            if (column.type == type::timestamptz) {
                found.resolutions[column.index] = resolution_of(attribute);
            }
        }
        kept = call([&] { return MemoryContextAlloc(info->flinfo->fn_mcxt, sizeof(FoundColumns)); });
        *static_cast<FoundColumns*>(kept) = found;
    }
    return *static_cast<const FoundColumns*>(kept);
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
    const auto& found = find_columns(call.info(), trigger_, columns);
    numbers_ = found.numbers.data();
    resolutions_ = found.resolutions.data();
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

core::Duration RowTrigger::resolution(const Column<core::Instant>& column) const {
    return resolutions_[column.index];
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
