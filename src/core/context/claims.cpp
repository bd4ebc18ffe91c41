#include "core/context/claims.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace policies::core {

namespace {

using nlohmann::json;

Error refused(std::string message, std::string detail = {}) {
    return Error{not_permitted, std::move(message), std::move(detail),
                 "The claims are a JSON object; the settings policies.tenant_claim, policies.app_claim and "
                 "policies.person_claim say where in it the tenant, the application and the person stand."};
}

Error refused_claim(std::string_view path, const char* fault) {
    return refused("the claim " + core::quoted(path) + " " + fault,
                   "It must be a non-empty string of at most " + std::to_string(max_claim_length) +
                       " bytes.");
}

/// Undoes RFC 6901's ~1 for '/' and ~0 for '~'.
std::string unescape(std::string_view token) {
    std::string key;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~' || i + 1 == token.size()) {
            key += token[i];
            continue;
        }
        key += token[++i] == '1' ? '/' : '~';
    }
    return key;
}

bool is_array_index(std::string_view token) {
    return is_number(token, token.size()) && (token.size() == 1 || token.front() != '0');
}

const json* find_element(const json& array, std::string_view index_text) {
    std::size_t index = 0;
    const auto parsed = std::from_chars(index_text.data(), index_text.data() + index_text.size(), index);
    return parsed.ec != std::errc{} || index >= array.size() ? nullptr : &array[index];
}

/// The claim, or nullptr when it is absent. nlohmann's own json_pointer throws for some of these paths. A
/// value on the way that cannot hold the claim is an error, not an absent claim, to fail closed.
Result<const json*> follow_pointer(const json& claims, std::string_view path) {
    const json* value = &claims;
    std::string_view rest = path;
    while (value != nullptr && !value->is_null() && !rest.empty()) {
        rest.remove_prefix(1);
        const std::string_view token = rest.substr(0, rest.find('/'));
        rest.remove_prefix(token.size());
        if (value->is_object()) {
            value = find_member(*value, unescape(token));
        } else if (value->is_array() && is_array_index(token)) {
            value = find_element(*value, token);
        } else {
            return refused("the claim " + core::quoted(path) + " cannot be reached",
                           "A value on the way to it is not an object.");
        }
    }
    return value;
}

Result<const json*> find_claim(const json& claims, std::string_view path) {
    if (path.starts_with('/')) {
        return follow_pointer(claims, path);
    }
    return find_member(claims, path);
}

Result<std::optional<std::string>> read_claim(const json& claims, std::string_view path) {
    const json* found = POLICIES_TRY(find_claim(claims, path));
    if (found == nullptr || found->is_null()) {
        return std::optional<std::string>{};
    }
    const auto* text = found->get_ptr<const std::string*>();
    if (text == nullptr) {
        return refused_claim(path, "is not a string");
    }
    if (text->empty()) {
        return refused_claim(path, "is empty");
    }
    if (text->size() > max_claim_length) {
        return refused_claim(path, "is too long");
    }
    if (holds_nul(*text)) {
        return refused_claim(path, "holds the character U+0000");
    }
    return std::optional<std::string>{*text};
}

Result<json> parse_object(std::string_view text) {
    if (text.empty()) {
        return refused("the claims are empty");
    }
    json claims = parse_json(text);
    if (claims.is_discarded()) {
        return refused("the claims are not valid JSON");
    }
    if (!claims.is_object()) {
        return refused("the claims are not a JSON object");
    }
    return claims;
}

bool has_stray_tilde(std::string_view pointer) {
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        if (pointer[i] == '~' &&
            (i + 1 == pointer.size() || (pointer[i + 1] != '0' && pointer[i + 1] != '1'))) {
            return true;
        }
    }
    return false;
}

} // namespace

Check check_claim_path(std::string_view path) {
    const auto invalid = [path](const char* detail) {
        return Error{invalid_argument, "invalid claim path: " + core::quoted(path), detail};
    };
    if (path.empty()) {
        return invalid("It must be the name of a claim, or a JSON Pointer to one.");
    }
    if (path.starts_with('/') && has_stray_tilde(path)) {
        return invalid("In a JSON Pointer, \"~\" must be followed by \"0\" or \"1\".");
    }
    return Ok{};
}

Result<Claims> parse_claims(std::string_view json_text, const ClaimPaths& paths) {
    const json claims = POLICIES_TRY(parse_object(json_text));
    std::optional<std::string> tenant = POLICIES_TRY(read_claim(claims, paths.tenant));
    if (!tenant) {
        return refused_claim(paths.tenant, "is missing");
    }
    std::optional<std::string> app = POLICIES_TRY(read_claim(claims, paths.app));
    std::optional<std::string> person = POLICIES_TRY(read_claim(claims, paths.person));
    return Claims{*std::move(tenant), std::move(app), std::move(person)};
}

} // namespace policies::core
