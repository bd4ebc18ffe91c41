#include "pg/call.hpp"

#include "pg/errors.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "catalog/pg_proc.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"
}

namespace policies::pg {

static_assert(sizeof(NullableValue) == sizeof(NullableDatum) &&
              offsetof(NullableValue, is_null) == offsetof(NullableDatum, isnull));

namespace {

const Call* innermost_call = nullptr;

/// The descriptor of a function's composite result, made once for each place in a query that calls it.
TupleDesc result_descriptor(FunctionCallInfo info) {
    if (info->flinfo->fn_extra == nullptr) {
        const MemoryContext previous = MemoryContextSwitchTo(info->flinfo->fn_mcxt);
        TupleDesc descriptor = nullptr;
        if (get_call_result_type(info, nullptr, &descriptor) != TYPEFUNC_COMPOSITE) {
            elog(ERROR, "a function that returns a row is declared as one that does not");
        }
        info->flinfo->fn_extra = BlessTupleDesc(CreateTupleDescCopy(descriptor));
        MemoryContextSwitchTo(previous);
    }
    return static_cast<TupleDesc>(info->flinfo->fn_extra);
}

void require_fields(TupleDesc descriptor, std::size_t count) {
    if (descriptor->natts != static_cast<int>(count)) {
        fail({.code = core::ErrorCode::internal,
              .message = "a result has " + std::to_string(count) + " columns, but is declared with " +
                         std::to_string(descriptor->natts)});
    }
}

/// Fields as PostgreSQL's functions for rows take them.
struct Fields {
    std::array<Datum, max_fields> values;
    std::array<bool, max_fields> nulls;

    Fields(const NullableValue* fields, std::size_t count) {
        for (std::size_t n = 0; n < count; ++n) {
            values[n] = fields[n].value;
            nulls[n] = fields[n].is_null;
        }
    }
};

[[noreturn]] void fail_for_infinity(const Call& call, std::size_t n, const char* kind, bool is_positive) {
    fail({.code = core::ErrorCode::invalid_argument,
          .message = call.argument_name(n) + " must be a finite " + kind + ", not " +
                     (is_positive ? "infinity" : "-infinity")});
}

} // namespace

Call::Call(FunctionCallInfoBaseData* info) noexcept
    : info_(info), arguments_(reinterpret_cast<const NullableValue*>(info->args)), outer_(innermost_call) {
    innermost_call = this;
}

Call::~Call() {
    innermost_call = outer_;
}

const Call& Call::innermost() noexcept {
    return *innermost_call;
}

std::string Call::argument_name(std::size_t n) const {
    char** names = nullptr;
    const int count = call([&] {
        const HeapTuple row = SearchSysCache1(PROCOID, ObjectIdGetDatum(info_->flinfo->fn_oid));
        if (!HeapTupleIsValid(row)) {
            return 0;
        }
        bool has_no_modes = false;
        bool has_no_names = false;
        const Datum all_names = SysCacheGetAttr(PROCOID, row, Anum_pg_proc_proargnames, &has_no_names);
        const Datum modes = SysCacheGetAttr(PROCOID, row, Anum_pg_proc_proargmodes, &has_no_modes);
        const int found =
            has_no_names ? 0 : get_func_input_arg_names(all_names, has_no_modes ? Datum{0} : modes, &names);
        ReleaseSysCache(row);
        return found;
    });
    return static_cast<int>(n) < count && names[n] != nullptr ? names[n]
                                                              : "argument " + std::to_string(n + 1);
}

bool Call::only_reads() const {
    if (!only_reads_) {
        only_reads_ = call([&] { return func_volatile(info_->flinfo->fn_oid) != PROVOLATILE_VOLATILE; });
    }
    return *only_reads_;
}

void fail_for_null(const Call& call, std::size_t n) {
    fail({.code = core::ErrorCode::missing_argument, .message = call.argument_name(n) + " must not be NULL"});
}

core::Instant finite_instant(const Call& call, std::size_t n) {
    const auto instant = Type<core::Instant>::read({call.argument(n).value, type::timestamptz});
    if (!is_finite(instant)) {
        fail_for_infinity(call, n, "time", instant > 0);
    }
    return instant;
}

core::Day finite_day(const Call& call, std::size_t n) {
    const DateADT date = DatumGetDateADT(call.argument(n).value);
    if (DATE_NOT_FINITE(date)) {
        fail_for_infinity(call, n, "date", DATE_IS_NOEND(date));
    }
    return core::postgres_epoch + std::chrono::days{date};
}

RawValue row_result(const Call& call, const NullableValue* fields, std::size_t count) {
    const TupleDesc descriptor = pg::call([&] { return result_descriptor(call.info()); });
    require_fields(descriptor, count);
    Fields row(fields, count);
    return pg::call(
        [&] { return HeapTupleGetDatum(heap_form_tuple(descriptor, row.values.data(), row.nulls.data())); });
}

RowSet::RowSet(const Call& call) {
    // The caller's descriptor: one made anew would leave what it takes to make it behind until the query ends.
    pg::call([&] { InitMaterializedSRF(call.info(), MAT_SRF_USE_EXPECTED_DESC); });
    auto* const set = reinterpret_cast<ReturnSetInfo*>(call.info()->resultinfo);
    store_ = set->setResult;
    descriptor_ = set->setDesc;
}

void RowSet::add(const NullableValue* fields, std::size_t count) {
    require_fields(descriptor_, count);
    Fields row(fields, count);
    call([&] { tuplestore_putvalues(store_, descriptor_, row.values.data(), row.nulls.data()); });
}

RawValue enter(FunctionCallInfoBaseData* info, NullableValue (*body)(const Call&)) {
    Report report;
    try {
        const Call call(info);
        const NullableValue result = body(call);
        info->isnull = result.is_null;
        return result.value;
    } catch (...) {
        report.set_exception();
    }
    raise(report);
}

const void* function_information() noexcept {
    static constexpr Pg_finfo_record information{1};
    return &information;
}

} // namespace policies::pg
