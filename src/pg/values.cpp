#include "pg/values.hpp"

#include "core/ids/typed_id.hpp"

#include "pg/guard.hpp"

extern "C" {
#include "utils/jsonb.h"
}

namespace policies::pg {

std::string_view text_view(Datum value) {
    const auto* stored = reinterpret_cast<struct varlena*>(DatumGetPointer(value));
    if (VARATT_IS_COMPRESSED(stored) || VARATT_IS_EXTERNAL(stored)) {
        stored = call([&] {
            return pg_detoast_datum_packed(reinterpret_cast<struct varlena*>(DatumGetPointer(value)));
        });
    }
    return {VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored)};
}

Datum text_datum(std::string_view text) {
    if (text.size() > MaxAllocSize - VARHDRSZ) {
        throw std::bad_alloc();
    }
    auto* const result =
        static_cast<struct varlena*>(palloc_extended(text.size() + VARHDRSZ, MCXT_ALLOC_NO_OOM));
    if (result == nullptr) {
        throw std::bad_alloc();
    }
    SET_VARSIZE(result, text.size() + VARHDRSZ);
    std::copy_n(text.data(), text.size(), VARDATA(result));
    return PointerGetDatum(result);
}

std::string_view jsonb_text(Datum value) {
    return call([&]() -> std::string_view {
        Jsonb* const json = DatumGetJsonbP(value);
        return JsonbToCString(nullptr, &json->root, static_cast<int>(VARSIZE(json)));
    });
}

std::optional<std::string> optional_text_argument(FunctionCallInfo fcinfo, int n) {
    return PG_ARGISNULL(n) ? std::nullopt : std::optional<std::string>(text_argument(fcinfo, n));
}

std::string typed_id_argument(FunctionCallInfo fcinfo, int n) {
    return core::format_typed_id(unwrap(core::parse_typed_id(text_argument(fcinfo, n))));
}

void require_arguments(FunctionCallInfo fcinfo, std::initializer_list<const char*> names) {
    int n = 0;
    for (const auto* const name : names) {
        if (PG_ARGISNULL(n++)) {
            fail({.code = core::ErrorCode::missing_argument,
                  .message = std::string(name) + " must not be NULL"});
        }
    }
}

core::Cadence cadence_of(const Interval& interval) noexcept {
    return {.months = interval.month, .days = interval.day, .microseconds = interval.time};
}

} // namespace policies::pg
