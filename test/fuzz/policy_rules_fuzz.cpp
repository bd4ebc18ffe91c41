#include <algorithm>
#include <cstdint>
#include <string>

#include "core/policies/policy_rules.hpp"
#include "fuzz/require.hpp"

using namespace policies::core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    PolicyFields fields;
    fields.applies_to_json = text;
    const auto types = parse_ticket_types(text);
    require(static_cast<bool>(types) == !find_broken_rule(fields));
    if (types) {
        require(std::is_sorted(types->begin(), types->end()));
        require(std::adjacent_find(types->begin(), types->end()) == types->end());
    }
    fields = {};
    fields.tags_json = text;
    find_broken_rule(fields);
    fields = {};
    fields.version = fields.category = fields.priority = text;
    // Only a known word is a category, and no known word is a version.
    const auto broken = find_broken_rule(fields);
    require(broken && broken->error.code == ErrorCode::check_violation);
    return 0;
}
