#include "core/calendar/cadence.hpp"
#include "pg/guard.hpp"
#include "pg/values.hpp"

using namespace policies;

POLICIES_RAW_FUNCTION(is_valid_cadence) {
    return BoolGetDatum(static_cast<bool>(core::check_cadence(pg::cadence_of(*PG_GETARG_INTERVAL_P(0)))));
}

POLICIES_RAW_FUNCTION(add_cadence) {
    const TimestampTz start = PG_GETARG_TIMESTAMPTZ(0);
    if (!pg::is_finite(start)) {
        PG_RETURN_TIMESTAMPTZ(start);
    }
    const auto cadence = pg::cadence_of(*PG_GETARG_INTERVAL_P(1));
    return TimestampTzGetDatum(pg::unwrap(core::add_cadence(start, cadence)));
}
