#include "pg/function.hpp"

namespace policies {

namespace {

pg::AnyValue purge_deleted(const std::optional<core::Cadence>& older_than,
                           std::optional<std::string_view> only_tenant_id) {
    const pg::AsAdministrator administrator;
    return pg::query_one<pg::AnyValue>("SELECT policies.remove_deleted($1, $2)", older_than, only_tenant_id);
}

} // namespace

POLICIES_FUNCTION(purge_deleted);

} // namespace policies
