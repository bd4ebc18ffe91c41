#pragma once

#include <string_view>

namespace policies::pg {

/// Whether there is a setting of that name.
bool has_setting(const char* name);

/// The value of a setting, empty when there is none. Valid until it changes.
std::string_view setting(const char* name);

} // namespace policies::pg
