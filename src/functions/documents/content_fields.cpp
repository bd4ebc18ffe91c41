#include "core/policies/policy_rules.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

std::vector<std::string> content_fields() {
    return {std::begin(core::content_fields), std::end(core::content_fields)};
}

} // namespace

POLICIES_FUNCTION(content_fields);

} // namespace policies
