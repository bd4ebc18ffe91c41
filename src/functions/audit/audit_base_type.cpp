#include "pg/function.hpp"

namespace policies {

namespace {

std::optional<pg::Oid> audit_base_type(pg::Oid type) {
    const auto base = pg::base_type(type);
    return base == pg::no_oid ? std::nullopt : std::optional(base);
}

} // namespace

POLICIES_FUNCTION(audit_base_type);

} // namespace policies
