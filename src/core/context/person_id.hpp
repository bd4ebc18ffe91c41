#pragma once

#include <string_view>

#include "core/base/result.hpp"

namespace policies::core {

/// Checks a person id that somebody gives: not blank, and no longer than one in the claims may be. Errors:
/// invalid_argument naming it.
Check check_person_id(std::string_view person_id);

} // namespace policies::core
