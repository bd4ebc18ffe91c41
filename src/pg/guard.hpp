#pragma once

#include "pg/failure.hpp"
#include "pg/postgres.hpp"

// The border between PostgreSQL's errors (longjmp) and C++'s (unwinding).
//
// Where C++ objects are alive, whatever may ereport is called through pg::call, which turns the error into an
// exception. On the way out, pg::enter makes an ereport of it again, with the SQLSTATE that it had.

namespace policies::pg {

/// A PostgreSQL error on its way through C++ frames. The transaction is as good as aborted: it must reach the
/// border.
struct PostgresError {
    ErrorData* data; ///< null when even the copy of the error found no memory
};

/// Runs function(argument); an ereport inside becomes a PostgresError, thrown from a frame without live
/// objects.
void call_catching(void (*function)(void*), void* argument);

/// Calls PostgreSQL from a scope that holds C++ objects. The callable captures by reference, creates no
/// object with a destructor, and returns something trivial.
template <std::invocable Callable>
auto call(Callable&& callable) {
    using Value = std::invoke_result_t<Callable>;
    if constexpr (std::is_void_v<Value>) {
        call_catching([](void* target) { (*static_cast<std::remove_reference_t<Callable>*>(target))(); },
                      &callable);
    } else {
        static_assert(std::is_trivially_destructible_v<Value>);

        struct Frame {
            std::remove_reference_t<Callable>& callable;
            Value value;
        } frame{callable, Value{}};

        call_catching(
            [](void* target) {
                auto* inner = static_cast<Frame*>(target);
                inner->value = inner->callable();
            },
            &frame);
        return frame.value;
    }
}

/// Runs function(argument) in a subtransaction; where it ereports, all that it did is undone, and the result is
/// false. What cancels the statement, or finds no memory, still ends it.
bool attempt_catching(void (*function)(void*), void* argument);

/// The same for a callable, under the rules of call(): one that may fail, and whose failure is an answer.
template <std::invocable Callable>
bool attempt(Callable&& callable) {
    return attempt_catching(
        [](void* target) { (*static_cast<std::remove_reference_t<Callable>*>(target))(); }, &callable);
}

} // namespace policies::pg
