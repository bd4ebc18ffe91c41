#include "core/base/json_list.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "core/base/text.hpp"

namespace policies::core {

namespace {

using nlohmann::json;

// Depths of the parser: the list is at 0, its objects at 1, their keys and values at 2.
constexpr int object_depth = 1;
constexpr int key_depth = 2;
// What is nested deeper than an array within an object is an error already; not kept, it cannot exhaust the
// stack when it is shown.
constexpr int last_kept_depth = 3;

/// Of two members with the same key the parser keeps the last and says nothing.
class DuplicateKeys {
public:
    void observe(int depth, json::parse_event_t event, const json& parsed) {
        if (event == json::parse_event_t::object_start && depth == object_depth) {
            keys_.clear();
        } else if (event == json::parse_event_t::key && depth == key_depth) {
            observe_key(parsed.get_ref<const std::string&>());
        }
    }

    const std::optional<std::string>& found() const { return found_; }

private:
    void observe_key(const std::string& key) {
        const bool is_new = keys_.insert(key).second;
        if (!is_new && !found_) {
            found_ = key;
        }
    }

    std::set<std::string> keys_;
    std::optional<std::string> found_;
};

Check check_object(const json& object, const ListShape& shape) {
    if (!object.is_object()) {
        return Error{check_violation, "invalid element of " + std::string(shape.name) + ": " + shown(object),
                     "Every element must be a JSON object."};
    }
    for (const auto& member : object.items()) {
        if (std::find(shape.keys.begin(), shape.keys.end(), member.key()) == shape.keys.end()) {
            return Error{check_violation,
                         "unknown key in " + std::string(shape.name) + ": " + core::quoted(member.key()),
                         "The known keys are " + enumerated(shape.keys) + "."};
        }
    }
    return Ok{};
}

} // namespace

Result<json> parse_list(std::string_view text, const ListShape& shape) {
    const std::string name(shape.name);
    DuplicateKeys duplicates;
    const auto observe = [&duplicates](int depth, json::parse_event_t event, json& parsed) {
        duplicates.observe(depth, event, parsed);
        return depth <= last_kept_depth;
    };
    json list = holds_nul(text) ? json(json::value_t::discarded)
                                : json::parse(text.begin(), text.end(), observe, false);
    if (list.is_discarded()) {
        return Error{invalid_text, "invalid JSON for " + name + ": " + core::quoted(text),
                     "It must be a JSON array of objects."};
    }
    if (!list.is_array()) {
        return Error{check_violation, "invalid " + name + ": " + shown(list),
                     "It must be a JSON array of objects."};
    }
    if (duplicates.found()) {
        return Error{check_violation, "duplicate key in " + name + ": " + core::quoted(*duplicates.found()),
                     "An object must not have the same key twice."};
    }
    for (const json& object : list) {
        POLICIES_TRY(check_object(object, shape));
    }
    return list;
}

Error missing_key(const ListShape& shape, std::string_view key) {
    return Error{check_violation, "missing key in " + std::string(shape.name) + ": " + core::quoted(key),
                 "Every object must have it."};
}

Result<bool> read_flag(const json& object, std::string_view key) {
    const json* member = find_member(object, key);
    if (member == nullptr) {
        return false;
    }
    if (!member->is_boolean()) {
        return Error{check_violation, "invalid " + std::string(key) + ": " + shown(*member),
                     "It must be true or false."};
    }
    return member->get<bool>();
}

} // namespace policies::core
