#pragma once

#include <string_view>

#include "pg/value.hpp"

namespace policies::pg {

/// A new typed id as a text value, later than every id that this backend made before. The prefix must have
/// passed core::check_prefix. Throws what pg::fail throws when the system has no random bytes.
KeptText new_id(std::string_view prefix);

} // namespace policies::pg
