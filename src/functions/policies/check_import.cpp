#include "pg/function.hpp"

namespace policies {

// The checking half of import_policy(): a document that is no exported policy is refused before anything is written.

namespace {

[[noreturn]] void refuse(std::string message, std::string detail = {}) {
    pg::fail({.code = core::ErrorCode::invalid_argument,
              .message = std::move(message),
              .detail = std::move(detail)});
}

void require_format(const pg::Json& document) {
    if (!pg::query_one<bool>(
            "SELECT coalesce($1 ->> 'format' = 'policies-export' AND "
            "$1 ->> 'format_version' = '1' AND jsonb_typeof($1 -> 'policy') = 'object', false)",
            document)) {
        refuse("this is no exported policy", "Its format must be policies-export, of format_version 1.");
    }
}

void require_arrays(const pg::Json& document) {
    struct Part {
        std::string name;
        std::string type;
    };

    const auto misshapen = pg::query_one<std::optional<Part>>(
        "SELECT part.name, jsonb_typeof($1 -> part.name) FROM unnest(ARRAY['history', 'versions', "
        "'approvals', "
        "'acknowledgements', 'reviews']) AS part (name) "
        "WHERE jsonb_typeof($1 -> part.name) NOT IN ('array', 'null') LIMIT 1",
        document);
    if (misshapen) {
        refuse("the " + misshapen->name + " of the exported policy must be an array, not " + misshapen->type);
    }
}

void require_same_policy(const pg::Json& document, const std::string& id) {
    if (pg::query_one<bool>(
            "SELECT $1 #>> '{draft,id}' IS DISTINCT FROM $2 OR EXISTS ("
            "SELECT FROM (VALUES ('history', 'id'), ('versions', 'policy_id'), ('approvals', 'policy_id'), "
            "('acknowledgements', 'policy_id'), ('reviews', 'policy_id')) AS part (name, key) "
            "CROSS JOIN LATERAL jsonb_array_elements(coalesce(nullif($1 -> part.name, 'null'), '[]')) AS e "
            "(value) "
            "WHERE e.value ->> part.key IS DISTINCT FROM $2)",
            document, id)) {
        refuse("the exported policy has parts of another policy than " + core::quoted(id));
    }
}

void refuse_claims() {
    if (pg::current_context().claims) {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message = "an import must run without claims",
                  .detail = "Under the claims of a tenant every write is stamped with them."});
    }
}

void refuse_known(const std::string& tenant_id, const std::string& id) {
    if (pg::execute("SELECT FROM policies.policies WHERE tenant_id = $1 AND id = $2", tenant_id, id) > 0) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "policy " + core::quoted(id) + " is in tenant " + core::quoted(tenant_id) +
                             " already"});
    }
}

struct PolicyKey {
    std::optional<std::string> tenant_id;
    std::optional<std::string> id;
};

void check_import(const std::optional<pg::Json>& document, const std::optional<std::string>& into_tenant_id) {
    const pg::Json checked = document.value_or(pg::Json{"null"});
    require_format(checked);
    require_arrays(checked);
    const auto key = pg::query_one<PolicyKey>(
        "SELECT coalesce($2, $1 #>> '{policy,tenant_id}'), $1 #>> '{policy,id}'", checked, into_tenant_id);
    if (!key.id || key.tenant_id.value_or("").empty()) {
        refuse("the exported policy has no id or no tenant");
    }
    require_same_policy(checked, *key.id);
    refuse_claims();
    refuse_known(*key.tenant_id, *key.id);
}

} // namespace

POLICIES_FUNCTION(check_import);

} // namespace policies
