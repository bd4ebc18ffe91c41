#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/calendar/time_zone.hpp"

// PostgreSQL's own time zones, for the core.

namespace policies::pg {

/// The name of a time zone as the server's database spells it; nothing for a name that is not in it, such as
/// an abbreviation or a POSIX rule, which PostgreSQL would take as well.
std::optional<std::string> time_zone_name(std::string_view name);

/// The same of a name that a row's column was given. Fails with check_violation for one that is not in the
/// database.
std::string checked_time_zone(std::string_view name, const char* column);

/// The rules of a time zone of the server's database. Fails with invalid_argument for one that it does not
/// know.
core::TimeZone read_time_zone(const std::string& name);

} // namespace policies::pg
