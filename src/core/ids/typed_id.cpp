#include "core/ids/typed_id.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/text.hpp"

namespace policies::core {

namespace {

constexpr char separator = '_';

bool is_lower_case_letter(char character) {
    return character >= 'a' && character <= 'z';
}

/// Why it is no prefix, or nullptr. A literal, because valid prefixes are checked too often to allocate.
const char* prefix_fault(std::string_view prefix) {
    if (prefix.empty()) {
        return "The prefix must not be empty.";
    }
    if (prefix.size() > max_prefix_length) {
        return "The prefix must not be longer than 63 characters.";
    }
    for (const char character : prefix) {
        if (character != separator && !is_lower_case_letter(character)) {
            return "The prefix must consist of the lower-case letters a to z and \"_\".";
        }
    }
    if (prefix.front() == separator || prefix.back() == separator) {
        return "The prefix must not begin or end with \"_\".";
    }
    return nullptr;
}

Error invalid_id(std::string_view text, std::string detail) {
    return Error{invalid_text, "invalid id: " + core::quoted(text), std::move(detail)};
}

} // namespace

Check check_prefix(std::string_view prefix) {
    if (const char* fault = prefix_fault(prefix)) {
        return Error{invalid_argument, "invalid id prefix: " + core::quoted(prefix), fault};
    }
    return Ok{};
}

Result<TypedId> parse_typed_id(std::string_view text) {
    const std::size_t position = text.rfind(separator);
    if (position == std::string_view::npos) {
        return invalid_id(text, "An id is a prefix, \"_\" and a ULID; there is no \"_\".");
    }
    const std::string_view prefix = text.substr(0, position);
    if (const char* fault = prefix_fault(prefix)) {
        return invalid_id(text, fault);
    }
    Result<Ulid> ulid = parse_ulid(text.substr(position + 1));
    if (!ulid) {
        return invalid_id(text, std::move(ulid).error().detail);
    }
    return TypedId{std::string(prefix), *ulid};
}

bool is_canonical_typed_id(std::string_view text) {
    if (text.size() <= ulid_text_length || text.size() > max_typed_id_length) {
        return false;
    }
    const std::size_t position = text.size() - ulid_text_length - 1;
    const std::string_view ulid_text = text.substr(position + 1);
    return text[position] == separator && prefix_fault(text.substr(0, position)) == nullptr &&
           std::none_of(ulid_text.begin(), ulid_text.end(), is_lower_case_letter) && parse_ulid(ulid_text);
}

std::size_t write_typed_id(std::string_view prefix, const Ulid& ulid, char* out) noexcept {
    std::memcpy(out, prefix.data(), prefix.size());
    out[prefix.size()] = separator;
    write_ulid(ulid, out + prefix.size() + 1);
    return prefix.size() + 1 + ulid_text_length;
}

std::string format_typed_id(const TypedId& id) {
    std::string text(id.prefix.size() + 1 + ulid_text_length, '\0');
    write_typed_id(id.prefix, id.ulid, text.data());
    return text;
}

} // namespace policies::core
