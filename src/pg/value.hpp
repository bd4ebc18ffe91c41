#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar/business_clock.hpp"
#include "core/calendar/cadence.hpp"
#include "core/calendar/day.hpp"
#include "core/calendar/time_zone.hpp"
#include "core/ids/typed_id.hpp"

// What passes between SQL and C++: each C++ type that stands for a SQL type, how it is read and written.

namespace policies::pg {

/// A value as PostgreSQL passes it, its Datum: the value itself, or where it stands.
using RawValue = std::uintptr_t;

/// The number of an object in the system catalogs, as the types oid and regclass have it.
using Oid = std::uint32_t;

inline constexpr Oid no_oid = 0;

/// A value that may be NULL, as PostgreSQL keeps arguments.
struct NullableValue {
    RawValue value{0};
    bool is_null{true};
};

/// A value that is not NULL, and its type.
struct TypedValue {
    RawValue value;
    Oid type;
};

/// PostgreSQL's own types, by number.
namespace type {

inline constexpr Oid boolean = 16;
inline constexpr Oid character = 18; ///< "char", of one byte
inline constexpr Oid name = 19;
inline constexpr Oid int8 = 20;
inline constexpr Oid int4 = 23;
inline constexpr Oid text = 25;
inline constexpr Oid oid = 26;
inline constexpr Oid float4 = 700;
inline constexpr Oid float8 = 701;
inline constexpr Oid text_array = 1009;
inline constexpr Oid bpchar = 1042; ///< character(n)
inline constexpr Oid varchar = 1043;
inline constexpr Oid date = 1082;
inline constexpr Oid timestamptz = 1184;
inline constexpr Oid interval = 1186;
inline constexpr Oid tsvector = 3614;
inline constexpr Oid tsquery = 3615;
inline constexpr Oid jsonb = 3802;
inline constexpr Oid jsonb_array = 3807;
inline constexpr Oid tstzmultirange = 4534;

} // namespace type

/// A jsonb value as JSON text.
struct Json {
    std::string text;
};

/// The same where it is only looked at.
struct JsonView {
    std::string_view text;
};

/// A value of the type name.
struct NameText {
    std::string text;
};

/// A text value that PostgreSQL has already, and that stays at least until the call ends: to pass it on costs
/// no copy.
struct KeptText {
    RawValue value;
};

/// A jsonb value that PostgreSQL has already, to be passed on without its JSON text.
struct KeptJson {
    RawValue value;
};

/// A value of a type that needs no counterpart in C++, such as a tsquery: good for passing on as a parameter
/// or a result. It stays until the call that read it ends.
struct AnyValue {
    RawValue value;
    Oid type;
};

/// An instant that is not infinite. An infinite argument is refused by its name.
struct FiniteInstant {
    core::Instant value;

    operator core::Instant() const { return value; }
};

/// A date that is not infinite. An infinite argument is refused by its name.
struct FiniteDay {
    core::Day value;

    operator core::Day() const { return value; }
};

/// PostgreSQL's infinity: no time at all, but later than each.
inline constexpr core::Instant infinity = INT64_MAX;

/// False for PostgreSQL's infinity and -infinity.
constexpr bool is_finite(core::Instant instant) noexcept {
    return instant != INT64_MIN && instant != INT64_MAX;
}

/// How a C++ type stands for SQL types: `oid` is the one as which it is written, and array_oid that of its
/// arrays; read() reads a value of that type or of another that the C++ type can hold, and fails with an
/// internal error for any other; write() makes one in the current memory context. A view is valid as long as
/// the memory of what it was read from, and of the memory context then current. Undefined for what stands for
/// no SQL type.
template <typename T>
struct Type;

template <>
struct Type<bool> {
    static constexpr Oid oid = type::boolean;
    static bool read(TypedValue stored);
    static RawValue write(bool value);
};

/// Read from bigint as well, as far as the value fits.
template <>
struct Type<std::int32_t> {
    static constexpr Oid oid = type::int4;
    static std::int32_t read(TypedValue stored);
    static RawValue write(std::int32_t value);
};

template <>
struct Type<float> {
    static constexpr Oid oid = type::float4;
    static float read(TypedValue stored);
    static RawValue write(float value);
};

template <>
struct Type<double> {
    static constexpr Oid oid = type::float8;
    static double read(TypedValue stored);
    static RawValue write(double value);
};

template <>
struct Type<Oid> {
    static constexpr Oid oid = type::oid;
    static Oid read(TypedValue stored);
    static RawValue write(Oid value);
};

/// Read from varchar and name as well, and from jsonb as JSON text.
template <>
struct Type<std::string_view> {
    static constexpr Oid oid = type::text;
    static std::string_view read(TypedValue stored);
    static RawValue write(std::string_view value);
};

/// Read from "char" as well, and from what Type<std::string_view> is.
template <>
struct Type<std::string> {
    static constexpr Oid oid = type::text;
    static constexpr Oid array_oid = type::text_array;

    static std::string read(TypedValue stored);

    static RawValue write(const std::string& value) { return Type<std::string_view>::write(value); }
};

template <>
struct Type<Json> {
    static constexpr Oid oid = type::jsonb;
    static constexpr Oid array_oid = type::jsonb_array;
    static Json read(TypedValue stored);
    static RawValue write(const Json& value);
};

template <>
struct Type<JsonView> {
    static constexpr Oid oid = type::jsonb;
    static JsonView read(TypedValue stored);
};

template <>
struct Type<NameText> {
    static constexpr Oid oid = type::name;
    static NameText read(TypedValue stored);
};

template <>
struct Type<KeptText> {
    static constexpr Oid oid = type::text;

    static RawValue write(KeptText value) { return value.value; }
};

template <>
struct Type<KeptJson> {
    static constexpr Oid oid = type::jsonb;
    static KeptJson read(TypedValue stored);

    static RawValue write(KeptJson value) { return value.value; }
};

/// Read from any type.
template <>
struct Type<AnyValue> {
    static constexpr Oid oid = no_oid;

    static AnyValue read(TypedValue stored) { return {stored.value, stored.type}; }

    static RawValue write(AnyValue value) { return value.value; }
};

/// A text that is a typed id; its ULID may be in lower case. Reading fails with invalid_text for any other.
template <>
struct Type<core::TypedId> {
    static constexpr Oid oid = type::text;
    static core::TypedId read(TypedValue stored);
    static RawValue write(const core::TypedId& value);
};

/// A timestamptz. Its infinities are the lowest and the highest instant.
template <>
struct Type<core::Instant> {
    static constexpr Oid oid = type::timestamptz;
    static core::Instant read(TypedValue stored);
    static RawValue write(core::Instant value);
};

template <>
struct Type<core::Cadence> {
    static constexpr Oid oid = type::interval;
    static core::Cadence read(TypedValue stored);
    static RawValue write(const core::Cadence& value);
};

/// A tstzmultirange, whose parts are sorted and disjoint.
template <>
struct Type<std::vector<core::Pause>> {
    static constexpr Oid oid = type::tstzmultirange;
    static std::vector<core::Pause> read(TypedValue stored);
};

/// The elements of an array, in order.
std::vector<NullableValue> elements_of(RawValue array, Oid element_type);

/// An array of these elements.
RawValue array_of(const std::vector<RawValue>& elements, Oid element_type);

/// An array whose elements may be NULL.
template <typename Element>
requires requires {
    Type<Element>::array_oid;
}

struct Type<std::vector<std::optional<Element>>> {
    static constexpr Oid oid = Type<Element>::array_oid;

    static std::vector<std::optional<Element>> read(TypedValue stored) {
        std::vector<std::optional<Element>> elements;
        for (const auto& element : elements_of(stored.value, Type<Element>::oid)) {
            elements.push_back(element.is_null
                                   ? std::nullopt
                                   : std::optional(Type<Element>::read({element.value, Type<Element>::oid})));
        }
        return elements;
    }
};

/// An array to be written, and one to be read that the database knows to hold no NULL.
template <typename Element>
requires requires {
    Type<Element>::array_oid;
}

struct Type<std::vector<Element>> {
    static constexpr Oid oid = Type<Element>::array_oid;

    static std::vector<Element> read(TypedValue stored) {
        std::vector<Element> elements;
        for (auto& element : Type<std::vector<std::optional<Element>>>::read(stored)) {
            elements.push_back(std::move(element).value());
        }
        return elements;
    }

    static RawValue write(const std::vector<Element>& value) {
        std::vector<RawValue> elements;
        for (const auto& element : value) {
            elements.push_back(Type<Element>::write(element));
        }
        return array_of(elements, Type<Element>::oid);
    }
};

/// A C++ type that stands for a SQL type.
template <typename T>
concept SqlValue = requires {
    Type<T>::oid;
};

template <typename T>
inline constexpr bool is_optional = false;

template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

} // namespace policies::pg
