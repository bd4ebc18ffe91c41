#include "functions/documents/policy_records.hpp"

#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"

namespace policies {

void lock_policy(const core::Claims& caller, const std::string& id, const std::string& expressions) {
    const auto count = pg::execute(
        "SELECT " + expressions +
            " FROM policies.policies p "
            "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND id OPERATOR(pg_catalog.=) $2 AND NOT is_deleted "
            "AND ($3 IS NULL OR app_id OPERATOR(pg_catalog.=) $3) FOR NO KEY UPDATE",
        {pg::text_parameter(caller.tenant_id), pg::text_parameter(id), pg::text_parameter(caller.app_id)});
    if (count == 0) {
        fail(core::ErrorCode::not_found, "policy " + core::quoted(id) + " does not exist");
    }
}

std::optional<PublishedVersion> last_version(const core::Claims& caller, const std::string& id) {
    if (pg::execute("SELECT version, version_hash, published_at FROM policies.policy_versions "
                    "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND policy_id OPERATOR(pg_catalog.=) $2 "
                    "ORDER BY version_sort_key DESC LIMIT 1",
                    {pg::text_parameter(caller.tenant_id), pg::text_parameter(id)}) == 0) {
        return std::nullopt;
    }
    return PublishedVersion{.version = pg::result_text(0, 1).value(),
                            .hash = pg::result_text(0, 2).value(),
                            .published_at = DatumGetTimestampTz(pg::result_value(0, 3).value)};
}

void fail(core::ErrorCode code, std::string message, std::string detail, std::string hint) {
    pg::fail(
        {.code = code, .message = std::move(message), .detail = std::move(detail), .hint = std::move(hint)});
}

core::Claims current_caller() {
    return pg::unwrap(pg::current_context().claims);
}

std::string require_person(const core::Claims& caller, const char* action) {
    if (!caller.person_id) {
        fail(core::ErrorCode::not_permitted, std::string("only a person can ") + action + " a policy",
             "The caller's claims name no person.");
    }
    return *caller.person_id;
}

Oid owner_of_records(std::initializer_list<const char*> written) {
    for (const auto* const table : written) {
        pg::register_owner(table);
    }
    return pg::register_owner("policy_versions");
}

} // namespace policies
