#include "core/document/version.hpp"
#include "pg/guard.hpp"
#include "pg/values.hpp"

using namespace policies;

POLICIES_RAW_FUNCTION(is_valid_version) {
    return BoolGetDatum(static_cast<bool>(core::parse_version(pg::text_argument(fcinfo, 0))));
}

POLICIES_RAW_FUNCTION(compare_versions) {
    const auto left = pg::unwrap(core::parse_version(pg::text_argument(fcinfo, 0)));
    const auto right = pg::unwrap(core::parse_version(pg::text_argument(fcinfo, 1)));
    const auto order = core::compare_versions(left, right);
    return Int32GetDatum(order < 0 ? -1 : order > 0 ? 1 : 0);
}

POLICIES_RAW_FUNCTION(version_sort_key) {
    return pg::text_datum(
        core::version_sort_key(pg::unwrap(core::parse_version(pg::text_argument(fcinfo, 0)))));
}
