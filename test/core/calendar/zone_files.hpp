#pragma once

#include <string>
#include <vector>

#include "core/calendar/time_zone.hpp"

namespace policies::core {

/// A time zone from the system's database (tzdata), expanded until it repeats. Throws for a name it does not
/// know.
TimeZone read_zone(const std::string& name);

/// The names of all zones that differ since 1970, in the database's order.
std::vector<std::string> zone_names();

} // namespace policies::core
