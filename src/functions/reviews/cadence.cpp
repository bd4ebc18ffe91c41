#include "core/calendar/cadence.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

bool is_valid_cadence(const core::Cadence& cadence) {
    return static_cast<bool>(core::check_cadence(cadence));
}

core::Instant add_cadence(core::Instant instant, const core::Cadence& cadence) {
    return pg::is_finite(instant) ? pg::unwrap(core::add_cadence(instant, cadence)) : instant;
}

} // namespace

POLICIES_FUNCTION(is_valid_cadence);
POLICIES_FUNCTION(add_cadence);

} // namespace policies
