#include "core/document/version.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

bool is_valid_version(std::string_view version) {
    return static_cast<bool>(core::parse_version(version));
}

std::int32_t compare_versions(std::string_view left, std::string_view right) {
    const auto left_version = pg::unwrap(core::parse_version(left));
    const auto order = core::compare_versions(left_version, pg::unwrap(core::parse_version(right)));
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

std::string version_sort_key(std::string_view version) {
    return core::version_sort_key(pg::unwrap(core::parse_version(version)));
}

} // namespace

POLICIES_FUNCTION(is_valid_version);
POLICIES_FUNCTION(compare_versions);
POLICIES_FUNCTION(version_sort_key);

} // namespace policies
