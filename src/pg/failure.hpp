#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.hpp"
#include "core/base/text.hpp"

// The one way in which a function fails, and in which it passes on that the core did.

namespace policies::pg {

/// An error of ours on its way to the border, where it becomes a PostgreSQL error. Only the shim catches it.
struct Failure {
    core::Error error;
    std::string column{}; ///< the column at fault, reported as such to the client
};

/// Fails with an error, which may name the column at fault.
[[noreturn]] void fail(core::Error error, std::string_view column = {});

/// The value of a result; fails with its error where there is none.
template <typename T>
T unwrap(core::Result<T> result, std::string_view column = {}) {
    if (!result) {
        fail(std::move(result).error(), column);
    }
    return *std::move(result);
}

} // namespace policies::pg
