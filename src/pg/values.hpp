#pragma once

#include "core/calendar/cadence.hpp"
#include "pg/postgres.hpp"

// Arguments and results: PostgreSQL's Datums as C++ types and back. Usable under both regimes of
// pg/guard.hpp.

namespace policies::pg {

/// A value of a row's column, or NULL.
struct Field {
    Datum value;
    bool is_null;
};

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

/// PostgreSQL's timestamps count microseconds from 2000-01-01 UTC, Unix's from 1970-01-01 UTC.
inline constexpr std::int64_t unix_epoch_offset =
    (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * INT64CONST(86400000000);

/// True for a timestamp that is not ±infinity.
inline bool is_finite(TimestampTz timestamp) noexcept {
    return !TIMESTAMP_NOT_FINITE(timestamp);
}

} // namespace policies::pg
