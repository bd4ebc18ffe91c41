#pragma once

#include "core/calendar/cadence.hpp"
#include "pg/failure.hpp"
#include "pg/postgres.hpp"
#include "pg/time.hpp"
#include "pg/value.hpp"

// Arguments and results: PostgreSQL's Datums as C++ types and back. Usable under both regimes of
// pg/guard.hpp.

namespace policies::pg {

/// A value of a row's column, or NULL.
using Field = NullableValue;

/// The bytes of a text value. Valid while the current memory context is; only a compressed or out-of-line
/// value is copied.
std::string_view text_view(Datum value);

/// A new text value in the current memory context. Throws std::bad_alloc.
Datum text_datum(std::string_view text);

/// A jsonb value as JSON text, in the current memory context.
std::string_view jsonb_text(Datum value);

/// The text of argument n, which is not NULL.
inline std::string_view text_argument(FunctionCallInfo fcinfo, int n) {
    return text_view(PG_GETARG_DATUM(n));
}

/// The text of argument n, or nothing when it is NULL.
std::optional<std::string> optional_text_argument(FunctionCallInfo fcinfo, int n);

/// The typed id in argument n, which is not NULL, in canonical form. Fails with invalid_text for what is
/// none.
std::string typed_id_argument(FunctionCallInfo fcinfo, int n);

/// Fails with missing_argument when one of the first arguments, of these names, is NULL: a guard rail must
/// never be a silent no-op.
void require_arguments(FunctionCallInfo fcinfo, std::initializer_list<const char*> names);

/// An interval as a core cadence.
core::Cadence cadence_of(const Interval& interval) noexcept;

} // namespace policies::pg
