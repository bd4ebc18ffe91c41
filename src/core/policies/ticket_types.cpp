#include "core/policies/ticket_types.hpp"

#include <algorithm>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace policies::core {

namespace {

using nlohmann::json;

/// Why it is no ticket type, or nullptr.
const char* ticket_type_fault(std::string_view ticket_type) {
    if (is_blank(ticket_type)) {
        return "A ticket type must not be blank.";
    }
    if (ticket_type.size() > max_key_length) {
        return "A ticket type must not be longer than 255 bytes.";
    }
    if (holds_nul(ticket_type)) {
        return "A ticket type must not hold the character U+0000.";
    }
    return nullptr;
}

Error invalid_ticket_type(std::string_view ticket_type, const char* detail) {
    return Error{check_violation, "invalid ticket type in applies_to: " + core::quoted(ticket_type), detail};
}

Result<std::vector<std::string>> read_strings(std::string_view text) {
    const auto invalid = [text](const char* detail) {
        return Error{check_violation, "invalid applies_to: " + core::quoted(text), detail};
    };
    json array = parse_json(text);
    if (!array.is_array()) {
        return invalid("It must be a JSON array of ticket types.");
    }
    std::vector<std::string> strings;
    strings.reserve(array.size());
    for (json& element : array) {
        auto* string = element.get_ptr<std::string*>();
        if (string == nullptr) {
            return invalid("Every ticket type must be a string.");
        }
        strings.push_back(std::move(*string));
    }
    return strings;
}

} // namespace

Result<std::vector<std::string>> parse_ticket_types(std::string_view json_text) {
    std::vector<std::string> ticket_types = POLICIES_TRY(read_strings(json_text));
    for (const std::string& ticket_type : ticket_types) {
        if (const char* fault = ticket_type_fault(ticket_type)) {
            return invalid_ticket_type(ticket_type, fault);
        }
    }
    std::sort(ticket_types.begin(), ticket_types.end());
    const auto duplicate = std::adjacent_find(ticket_types.begin(), ticket_types.end());
    if (duplicate != ticket_types.end()) {
        return invalid_ticket_type(*duplicate, "A ticket type must not be named twice.");
    }
    return ticket_types;
}

} // namespace policies::core
