#include <ranges>

#include "functions/policies/policy_tables.hpp"
#include "pg/function.hpp"

namespace policies {

// A document that is no exported policy is refused before anything is written, and one that was altered on its way,
// or put together by hand, after it.

namespace {

/// What is imported, and into which tenant.
struct Import {
    pg::KeptJson document;
    std::string tenant_id;
    std::string policy_id;
};

[[noreturn]] void refuse(std::string message, std::string detail = {}) {
    pg::fail({.code = core::ErrorCode::invalid_argument,
              .message = std::move(message),
              .detail = std::move(detail)});
}

bool is_array(const PolicyTable& table) {
    return !table.export_order.empty();
}

/// The rows for a table in the document $1, as an expression in FROM.
std::string rows_of(const PolicyTable& table) {
    const std::string part = "($1 -> '" + std::string(table.export_name) + "')";
    return is_array(table) ? "jsonb_array_elements(coalesce(nullif(" + part + ", 'null'), '[]')) AS e (value)"
                           : "(VALUES (" + part + ")) AS e (value)";
}

/// The tables that are exported, in the order in which their rows can be added.
auto exported_tables() {
    return policy_tables | std::views::reverse |
           std::views::filter([](const PolicyTable& table) { return !table.export_name.empty(); });
}

void require_format(pg::KeptJson document) {
    if (!pg::query_one<bool>("SELECT coalesce($1 ->> 'format' = 'policies-export' "
                             "AND $1 ->> 'format_version' = '1' "
                             "AND jsonb_typeof($1 -> 'policy') = 'object', false)",
                             document)) {
        refuse("this is no exported policy", "Its format must be policies-export, of format_version 1.");
    }
}

void require_arrays(pg::KeptJson document) {
    for (const auto& table : exported_tables() | std::views::filter(is_array)) {
        const auto type = pg::query_one<std::optional<std::string>>("SELECT jsonb_typeof($1 -> $2)", document,
                                                                    table.export_name);
        if (type && *type != "array" && *type != "null") {
            refuse("the " + std::string(table.export_name) +
                   " of the exported policy must be an array, not " + *type);
        }
    }
}

Import read_import(pg::KeptJson document, const std::optional<std::string>& into_tenant_id) {
    struct Key {
        std::optional<std::string> tenant_id;
        std::optional<std::string> policy_id;
    };

    auto key = pg::query_one<Key>("SELECT coalesce($2, $1 #>> '{policy,tenant_id}'), $1 #>> '{policy,id}'",
                                  document, into_tenant_id);
    if (!key.policy_id || key.tenant_id.value_or("").empty()) {
        refuse("the exported policy has no id or no tenant");
    }
    return {
        .document = document, .tenant_id = *std::move(key.tenant_id), .policy_id = *std::move(key.policy_id)};
}

void require_one_policy(const Import& import) {
    for (const auto& table : exported_tables()) {
        if (pg::execute("SELECT FROM " + rows_of(table) + " WHERE e.value ->> $2 IS DISTINCT FROM $3 LIMIT 1",
                        import.document, table.policy_column, import.policy_id) > 0) {
            refuse("the exported policy has parts of another policy than " + core::quoted(import.policy_id));
        }
    }
}

void refuse_claims() {
    if (pg::current_context().claims) {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message = "an import must run without claims",
                  .detail = "Under the claims of a tenant every write is stamped with them."});
    }
}

void refuse_known(const Import& import) {
    if (pg::execute("SELECT FROM policies.policies WHERE tenant_id = $1 AND id = $2", import.tenant_id,
                    import.policy_id) > 0) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "policy " + core::quoted(import.policy_id) + " is in tenant " +
                             core::quoted(import.tenant_id) + " already"});
    }
}

void write_rows(const Import& import, const PolicyTable& table) {
    const std::string name = "policies." + std::string(table.name);
    pg::execute("INSERT INTO " + name + " SELECT r.* FROM " + rows_of(table) +
                    ", jsonb_populate_record(NULL::" + name +
                    ", e.value || jsonb_build_object('tenant_id', $2)) AS r",
                import.document, import.tenant_id);
}

void require_intact_history(const Import& import) {
    struct Altered {
        std::optional<std::string> version;
    };

    const auto altered = pg::query_one<std::optional<Altered>>(
        "SELECT version FROM policies.verify_policy_history($1, $2) WHERE NOT is_intact LIMIT 1",
        import.policy_id, import.tenant_id);
    if (altered) {
        refuse("version " + core::quoted(altered->version.value_or("none")) +
                   " of the exported policy is not as it was published",
               "The SHA-256 chain of its versions does not match their content.");
    }
}

std::string import_policy(pg::KeptJson document, const std::optional<std::string>& into_tenant_id) {
    require_format(document);
    require_arrays(document);
    const auto import = read_import(document, into_tenant_id);
    require_one_policy(import);
    // A superuser's rights are not for the triggers and expressions that others have attached to the tables.
    const pg::AsOwner owner("policies");
    refuse_claims();
    refuse_known(import);
    for (const auto& table : exported_tables()) {
        write_rows(import, table);
    }
    require_intact_history(import);
    return import.policy_id;
}

} // namespace

POLICIES_FUNCTION(import_policy);

} // namespace policies
