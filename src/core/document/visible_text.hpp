#pragma once

#include <string_view>

namespace policies::core {

/// Whether a UTF-8 text has a character that a reader sees: not for white space of any script, control characters, and
/// what Unicode has shown as nothing, such as U+200B and U+FEFF. What is no UTF-8 counts as seen.
bool has_visible_text(std::string_view text);

} // namespace policies::core
