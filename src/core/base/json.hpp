#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace policies::core {

/// Reads a JSON text; a discarded value (is_discarded) for what is none, and for what holds a NUL byte, which
/// nlohmann's parser takes for the end.
nlohmann::json parse_json(std::string_view text);

/// The member of an object, or nullptr when it has none of that name.
const nlohmann::json* find_member(const nlohmann::json& object, std::string_view key);

/// The text of a string, or nullptr for another value or none.
const std::string* find_string(const nlohmann::json& object, std::string_view key);

/// A value as an error message shows it, shortened when it is long.
std::string shown(const nlohmann::json& value);

/// A value as JSON text in one line; what is not UTF-8 in its strings becomes U+FFFD.
std::string write_json(const nlohmann::ordered_json& value);

} // namespace policies::core
