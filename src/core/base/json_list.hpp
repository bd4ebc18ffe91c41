#pragma once

#include <span>
#include <string_view>

#include "core/base/json.hpp"
#include "core/base/result.hpp"

namespace policies::core {

/// A JSON array of objects: what errors call it, in the plural, and the keys its objects may have.
struct ListShape {
    std::string_view name;
    std::span<const std::string_view> keys;
};

/// Reads a JSON array of objects. Errors, naming the value: invalid_text for what is no JSON,
/// check_violation for what is no array of objects, an unknown key or a key given twice.
Result<nlohmann::json> parse_list(std::string_view text, const ListShape& shape);

/// The error of an object that lacks a key which must be there: a check_violation.
Error missing_key(const ListShape& shape, std::string_view key);

/// Reads a member that is true or false, and false when it is absent. Errors: check_violation naming the
/// value.
Result<bool> read_flag(const nlohmann::json& object, std::string_view key);

} // namespace policies::core
