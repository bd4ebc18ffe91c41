#include "pg/function.hpp"

namespace policies {

namespace {

pg::AnyValue rebuild_search(std::optional<std::string_view> only_tenant_id) {
    const pg::AsAdministrator administrator;
    return pg::query_one<pg::AnyValue>("SELECT policies.rewrite_search($1)", only_tenant_id);
}

} // namespace

POLICIES_FUNCTION(rebuild_search);

} // namespace policies
