#pragma once

#include <string>
#include <utility>
#include <variant>

namespace policies::core {

/// What went wrong, as the field's callers tell errors apart. The shim maps each to one SQLSTATE, and
/// PostgREST maps that to an HTTP status.
enum class ErrorCode {
    invalid_text,     ///< text that cannot be read as what it should be (22P02, HTTP 400)
    invalid_argument, ///< an argument outside what the function takes (22023, HTTP 400)
    out_of_range,     ///< an instant or a length that cannot be represented (22008, HTTP 400)
    check_violation,  ///< a field that breaks a rule of its resource (23514, HTTP 400)
    missing_argument, ///< a NULL where an argument is required (22004, HTTP 400)
    missing_value,    ///< a required field is absent (23502, HTTP 400)
    not_permitted,    ///< no or insufficient context, wrong role (42501, HTTP 403)
    not_found,        ///< not visible to the caller, hence not there (PT404, HTTP 404)
    conflict,         ///< the state of the row forbids it (PT409, HTTP 409)
    already_covered,  ///< another row holds the same key (23505, HTTP 409)
    wrong_object,     ///< the named table or column is of a kind that cannot be used (42809, HTTP 400)
    wrong_type,       ///< a column has another type than required (42804, HTTP 400)
    undefined_table,  ///< a table that is needed is missing (42P01, HTTP 404)
    undefined_column, ///< a column that is needed is missing (42703, HTTP 400)
    not_a_trigger,    ///< a trigger function is called otherwise than by its trigger (39P01, HTTP 500)
    duplicate_object, ///< an object of that name is in the way (42710, HTTP 400)
    not_supported,    ///< a known, documented limit (0A000, HTTP 400)
    internal,         ///< a defect of ours, never a user's mistake (XX000, HTTP 500)
};

using enum ErrorCode;

/// An error as a person reads it: a sentence that names the value, then optionally why, then what to do.
/// Made as Error{check_violation, "invalid …", "It must …"}.
struct Error {
    ErrorCode code{ErrorCode::internal};
    std::string message;
    std::string detail{};
    std::string hint{};
};

/// The value of a function, or the error that prevented it.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}

    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    /// True when there is a value.
    explicit operator bool() const noexcept { return state_.index() == 0; }

    /// The value; only when there is one.
    const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }

    T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }

    const T* operator->() const noexcept { return std::get_if<0>(&state_); }

    /// The error; only when there is no value.
    const Error& error() const& noexcept { return *std::get_if<1>(&state_); }

    Error&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

private:
    std::variant<T, Error> state_;
};

/// The value of a check that has nothing to return.
struct Ok {};

using Check = Result<Ok>;

/// The value of a Result; where it is an error, the function that this stands in returns that error. Stands
/// as a statement of its own, as an initializer, or after =, never amid a larger expression.
#define POLICIES_TRY(...)                                                                                    \
    __extension__({                                                                                          \
        auto policies_try_result = (__VA_ARGS__);                                                            \
        if (!policies_try_result)                                                                            \
            return std::move(policies_try_result).error();                                                   \
        *std::move(policies_try_result);                                                                     \
    })

} // namespace policies::core
