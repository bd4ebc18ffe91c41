#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>

#include "pg/failure.hpp"
#include "pg/fields.hpp"
#include "pg/value.hpp"

// How SQL calls a C++ function: its arguments are read as the function's parameters, what it returns becomes
// the result, and whatever it throws an error of PostgreSQL.

struct FunctionCallInfoBaseData;
struct Tuplestorestate;
struct TupleDescData;

namespace policies::pg {

/// One call of a SQL function.
class Call {
public:
    explicit Call(FunctionCallInfoBaseData* info) noexcept;
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// The call that is being made; there is one wherever a SQL function of ours runs.
    static const Call& innermost() noexcept;

    const NullableValue& argument(std::size_t n) const noexcept { return arguments_[n]; }

    /// The name of an argument as SQL declares it.
    std::string argument_name(std::size_t n) const;

    /// Whether the function is declared as one that only reads, STABLE or IMMUTABLE.
    bool only_reads() const;

    FunctionCallInfoBaseData* info() const noexcept { return info_; }

private:
    FunctionCallInfoBaseData* const info_;
    const NullableValue* const arguments_;
    const Call* const outer_;
    mutable std::optional<bool> only_reads_{};
};

/// Fails with missing_argument, naming it: a guard rail must never be a silent no-op.
[[noreturn]] void fail_for_null(const Call& call, std::size_t n);

core::Instant finite_instant(const Call& call, std::size_t n);
core::Day finite_day(const Call& call, std::size_t n);

/// How an argument is read. A parameter that is not optional refuses NULL.
template <typename T>
struct Argument {
    static constexpr bool takes_null = false;

    static T read(const Call& call, std::size_t n) {
        return Type<T>::read({call.argument(n).value, Type<T>::oid});
    }
};

template <>
struct Argument<FiniteInstant> {
    static constexpr bool takes_null = false;

    static FiniteInstant read(const Call& call, std::size_t n) { return {finite_instant(call, n)}; }
};

template <>
struct Argument<FiniteDay> {
    static constexpr bool takes_null = false;

    static FiniteDay read(const Call& call, std::size_t n) { return {finite_day(call, n)}; }
};

template <typename T>
struct Argument<std::optional<T>> {
    static constexpr bool takes_null = true;

    static std::optional<T> read(const Call& call, std::size_t n) {
        return call.argument(n).is_null ? std::nullopt : std::optional<T>(Argument<T>::read(call, n));
    }
};

/// A row as the result of a function that returns a composite type.
RawValue row_result(const Call& call, const NullableValue* fields, std::size_t count);

/// Rows as the result of a function that returns a set, one at a time.
class RowSet {
public:
    explicit RowSet(const Call& call);
    void add(const NullableValue* fields, std::size_t count);

private:
    Tuplestorestate* store_;
    TupleDescData* descriptor_;
};

/// What is written of a value that may be absent.
template <typename T>
NullableValue nullable(const T& value) {
    if constexpr (is_optional<T>) {
        return value ? nullable(*value) : NullableValue{};
    } else {
        return {.value = Type<T>::write(value), .is_null = false};
    }
}

/// What is written of the fields of a struct.
template <typename Row>
auto nullable_fields(const Row& row) {
    return std::apply(
        [](const auto&... fields) {
            return std::array<NullableValue, sizeof...(fields)>{nullable(fields)...};
        },
        fields_of(row));
}

template <typename T>
inline constexpr bool is_set = false;

template <typename Row>
inline constexpr bool is_set<std::vector<Row>> = !SqlValue<std::vector<Row>>;

/// A function's result: a value, NULL where an optional has none, a row where it is a struct, and a set of
/// rows where it is a vector of structs.
template <typename T>
NullableValue result(const Call& call, const T& value) {
    if constexpr (is_optional<T>) {
        return value ? result(call, *value) : NullableValue{};
    } else if constexpr (is_set<T>) {
        RowSet rows(call);
        for (const auto& row : value) {
            const auto fields = nullable_fields(row);
            rows.add(fields.data(), fields.size());
        }
        return {.value = 0, .is_null = false};
    } else if constexpr (SqlValue<T>) {
        return nullable(value);
    } else {
        const auto fields = nullable_fields(value);
        return {.value = row_result(call, fields.data(), fields.size()), .is_null = false};
    }
}

/// A class whose objects are made of a call and tell its result, such as a trigger's.
template <typename T>
concept CallObject = std::constructible_from<T, const Call&> && requires(T object) {
    { object.result() } -> std::same_as<NullableValue>;
};

/// A C++ function as SQL calls it.
template <auto function>
struct Function;

template <typename Result, typename... Parameters, Result (*function)(Parameters...)>
struct Function<function> {
    static NullableValue run(const Call& call) {
        if constexpr (sizeof...(Parameters) == 1 && (CallObject<std::remove_cvref_t<Parameters>> && ...)) {
            return run_object<std::remove_cvref_t<Parameters>...>(call);
        } else {
            return run_with_arguments(call, std::index_sequence_for<Parameters...>{});
        }
    }

private:
    template <typename Object>
    static NullableValue run_object(const Call& call) {
        Object object(call);
        function(object);
        return object.result();
    }

    template <std::size_t... n>
    static NullableValue run_with_arguments(const Call& call, std::index_sequence<n...>) {
        (require<std::remove_cvref_t<Parameters>>(call, n), ...);
        std::tuple<std::remove_cvref_t<Parameters>...> arguments{
            Argument<std::remove_cvref_t<Parameters>>::read(call, n)...};
        if constexpr (std::is_void_v<Result>) {
            std::apply(function, std::move(arguments));
            return {.value = 0, .is_null = false};
        } else {
            return result(call, std::apply(function, std::move(arguments)));
        }
    }

    template <typename Parameter>
    static void require(const Call& call, std::size_t n) {
        if (!Argument<Parameter>::takes_null && call.argument(n).is_null) {
            fail_for_null(call, n);
        }
    }
};

/// Makes a call; whatever it throws becomes an ereport after all C++ objects are gone.
RawValue enter(FunctionCallInfoBaseData* info, NullableValue (*body)(const Call&));

/// What PostgreSQL asks of each function: the convention by which it is called.
const void* function_information() noexcept;

} // namespace policies::pg

/// Makes a C++ function callable from SQL: exports it as the C function policies_<name>, behind which it is
/// guarded. Its parameters stand for the SQL function's arguments, in order, and its result for the result; a
/// parameter that is no std::optional refuses NULL, naming the argument. A trigger function takes a
/// pg::RowTrigger& (or a pg::Trigger&) instead. Stands in namespace policies, after the definition.
#define POLICIES_FUNCTION(name)                                                                              \
    extern "C" {                                                                                             \
    [[gnu::visibility("default")]] const void* pg_finfo_policies_##name() {                                  \
        return pg::function_information();                                                                   \
    }                                                                                                        \
    [[gnu::visibility("default")]] pg::RawValue policies_##name(FunctionCallInfoBaseData* info) {            \
        return pg::enter(info, &pg::Function<&name>::run);                                                   \
    }                                                                                                        \
    }                                                                                                        \
    static_assert(true)
