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

core::Instant add_cadence_in_time_zone(core::Instant instant, const core::Cadence& cadence,
                                       const std::string& time_zone) {
    const auto zone = pg::read_time_zone(time_zone);
    return pg::is_finite(instant) ? pg::unwrap(core::add_cadence(instant, cadence, zone)) : instant;
}

} // namespace

POLICIES_FUNCTION(is_valid_cadence);
POLICIES_FUNCTION(add_cadence);
POLICIES_FUNCTION(add_cadence_in_time_zone);

} // namespace policies
