#include "pg/value.hpp"

#include "pg/guard.hpp"
#include "pg/table.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/date.h"
#include "utils/jsonb.h"
#include "utils/multirangetypes.h"
#include "utils/typcache.h"
}

namespace policies::pg {

static_assert(std::is_same_v<RawValue, Datum> || sizeof(RawValue) == sizeof(Datum));
static_assert(std::is_same_v<Oid, ::Oid>);
static_assert(type::boolean == BOOLOID && type::character == CHAROID && type::name == NAMEOID &&
              type::int8 == INT8OID && type::int4 == INT4OID && type::text == TEXTOID &&
              type::oid == OIDOID && type::float4 == FLOAT4OID && type::float8 == FLOAT8OID &&
              type::text_array == TEXTARRAYOID && type::bpchar == BPCHAROID && type::varchar == VARCHAROID &&
              type::date == DATEOID && type::timestamptz == TIMESTAMPTZOID && type::interval == INTERVALOID &&
              type::tsvector == TSVECTOROID && type::tsquery == TSQUERYOID && type::jsonb == JSONBOID &&
              type::jsonb_array == JSONBARRAYOID && type::tstzmultirange == TSTZMULTIRANGEOID);
static_assert(INT64_MIN == DT_NOBEGIN && INT64_MAX == DT_NOEND);

namespace {

void require_type(TypedValue stored, Oid expected) {
    if (stored.type != expected) {
        fail({.code = core::ErrorCode::internal,
              .message = "a value is of type " + type_name(stored.type) + ", not " + type_name(expected)});
    }
}

/// The bytes of a text value. Only a compressed or out-of-line value is copied.
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

/// How arrays hold a type.
struct ElementLayout {
    int16 length;
    bool is_by_value;
    char alignment;
};

ElementLayout layout_of(Oid element_type) {
    ElementLayout layout{};
    call([&] { get_typlenbyvalalign(element_type, &layout.length, &layout.is_by_value, &layout.alignment); });
    return layout;
}

/// The bounds of a range of times, infinity as the lowest and highest instant.
core::Pause pause_of(TypeCacheEntry* range_type, const RangeType* range) {
    RangeBound lower;
    RangeBound upper;
    bool is_empty = false;
    range_deserialize(range_type, range, &lower, &upper, &is_empty);
    return {.from = lower.infinite ? DT_NOBEGIN : DatumGetTimestampTz(lower.val),
            .until = upper.infinite ? DT_NOEND : DatumGetTimestampTz(upper.val)};
}

} // namespace

bool Type<bool>::read(TypedValue stored) {
    require_type(stored, oid);
    return DatumGetBool(stored.value);
}

RawValue Type<bool>::write(bool value) {
    return BoolGetDatum(value);
}

std::int32_t Type<std::int32_t>::read(TypedValue stored) {
    if (stored.type == type::int8) {
        const auto value = DatumGetInt64(stored.value);
        if (!std::in_range<std::int32_t>(value)) {
            fail({.code = core::ErrorCode::out_of_range,
                  .message = "a count is too large: " + std::to_string(value)});
        }
        return static_cast<std::int32_t>(value);
    }
    require_type(stored, oid);
    return DatumGetInt32(stored.value);
}

RawValue Type<std::int32_t>::write(std::int32_t value) {
    return Int32GetDatum(value);
}

float Type<float>::read(TypedValue stored) {
    require_type(stored, oid);
    return DatumGetFloat4(stored.value);
}

RawValue Type<float>::write(float value) {
    return Float4GetDatum(value);
}

double Type<double>::read(TypedValue stored) {
    require_type(stored, oid);
    return DatumGetFloat8(stored.value);
}

RawValue Type<double>::write(double value) {
    return Float8GetDatum(value);
}

Oid Type<Oid>::read(TypedValue stored) {
    require_type(stored, oid);
    return DatumGetObjectId(stored.value);
}

RawValue Type<Oid>::write(Oid value) {
    return ObjectIdGetDatum(value);
}

std::string_view Type<std::string_view>::read(TypedValue stored) {
    switch (stored.type) {
    case type::text:
    case type::varchar:
        return text_view(stored.value);
    case type::jsonb:
        return jsonb_text(stored.value);
    case type::name:
        return NameStr(*DatumGetName(stored.value));
    default:
        require_type(stored, oid);
        return {};
    }
}

RawValue Type<std::string_view>::write(std::string_view value) {
    return text_datum(value);
}

std::string Type<std::string>::read(TypedValue stored) {
    if (stored.type == type::character) {
        return {DatumGetChar(stored.value)};
    }
    return std::string(Type<std::string_view>::read(stored));
}

JsonView Type<JsonView>::read(TypedValue stored) {
    require_type(stored, oid);
    return {jsonb_text(stored.value)};
}

Json Type<Json>::read(TypedValue stored) {
    return {std::string(Type<JsonView>::read(stored).text)};
}

RawValue Type<Json>::write(const Json& value) {
    return call([&] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(value.text.c_str())); });
}

KeptJson Type<KeptJson>::read(TypedValue stored) {
    require_type(stored, oid);
    return {stored.value};
}

NameText Type<NameText>::read(TypedValue stored) {
    require_type(stored, oid);
    return {NameStr(*DatumGetName(stored.value))};
}

core::TypedId Type<core::TypedId>::read(TypedValue stored) {
    return unwrap(core::parse_typed_id(Type<std::string_view>::read(stored)));
}

RawValue Type<core::TypedId>::write(const core::TypedId& value) {
    return text_datum(core::format_typed_id(value));
}

core::Instant Type<core::Instant>::read(TypedValue stored) {
    require_type(stored, oid);
    return DatumGetTimestampTz(stored.value);
}

RawValue Type<core::Instant>::write(core::Instant value) {
    return TimestampTzGetDatum(value);
}

core::Cadence Type<core::Cadence>::read(TypedValue stored) {
    require_type(stored, oid);
    const auto& interval = *DatumGetIntervalP(stored.value);
    return {.months = interval.month, .days = interval.day, .microseconds = interval.time};
}

RawValue Type<core::Cadence>::write(const core::Cadence& value) {
    auto* const interval = static_cast<Interval*>(palloc_extended(sizeof(Interval), MCXT_ALLOC_NO_OOM));
    if (interval == nullptr) {
        throw std::bad_alloc();
    }
    *interval = {.time = value.microseconds, .day = value.days, .month = value.months};
    return IntervalPGetDatum(interval);
}

std::vector<core::Pause> Type<std::vector<core::Pause>>::read(TypedValue stored) {
    TypeCacheEntry* range_type = nullptr;
    RangeType** ranges = nullptr;
    int32 count = 0;
    call([&] {
        auto* const multirange = DatumGetMultirangeTypeP(stored.value);
        if (multirange->rangeCount > 0) {
            range_type = lookup_type_cache(oid, TYPECACHE_MULTIRANGE_INFO)->rngtype;
            multirange_deserialize(range_type, multirange, &count, &ranges);
        }
    });
    std::vector<core::Pause> pauses;
    pauses.reserve(static_cast<std::size_t>(count));
    for (int32 number = 0; number < count; ++number) {
        core::Pause pause{};
        call([&] { pause = pause_of(range_type, ranges[number]); });
        pauses.push_back(pause);
    }
    return pauses;
}

std::vector<NullableValue> elements_of(RawValue array, Oid element_type) {
    const auto layout = layout_of(element_type);
    Datum* values = nullptr;
    bool* nulls = nullptr;
    int count = 0;
    call([&] {
        deconstruct_array(DatumGetArrayTypeP(array), element_type, layout.length, layout.is_by_value,
                          layout.alignment, &values, &nulls, &count);
    });
    std::vector<NullableValue> elements;
    elements.reserve(static_cast<std::size_t>(count));
    for (int n = 0; n < count; ++n) {
        elements.push_back({.value = values[n], .is_null = nulls[n]});
    }
    return elements;
}

RawValue array_of(const std::vector<RawValue>& elements, Oid element_type) {
    const auto layout = layout_of(element_type);
    std::vector<Datum> values(elements.begin(), elements.end());
    return PointerGetDatum(call([&] {
        return construct_array(values.data(), static_cast<int>(values.size()), element_type, layout.length,
                               layout.is_by_value, layout.alignment);
    }));
}

} // namespace policies::pg
