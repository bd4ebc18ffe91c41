#include "core/base/json.hpp"

#include "core/base/text.hpp"

namespace policies::core {

using nlohmann::json;

json parse_json(std::string_view text) {
    if (holds_nul(text)) {
        return json::value_t::discarded;
    }
    return json::parse(text.begin(), text.end(), nullptr, false);
}

const json* find_member(const json& object, std::string_view key) {
    const auto member = object.find(key);
    return member == object.end() ? nullptr : &*member;
}

const std::string* find_string(const json& object, std::string_view key) {
    const json* member = find_member(object, key);
    return member == nullptr ? nullptr : member->get_ptr<const std::string*>();
}

std::string shown(const json& value) {
    if (const auto* text = value.get_ptr<const std::string*>()) {
        return core::quoted(*text);
    }
    const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    return value.is_structured() ? core::quoted(text) : text;
}

std::string write_json(const nlohmann::ordered_json& value) {
    return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace policies::core
