#include "core/document/version.hpp"
#include "functions/documents/policy_records.hpp"
#include "pg/function.hpp"

namespace policies {

// What readers ask of a policy: they see what row security lets them see, of the tenant they name.

namespace {

using TenantId = std::optional<std::string_view>;

/// policy_version(): the id of a published version.
std::string policy_version(const core::TypedId& policy_id, std::string_view version, TenantId tenant_id) {
    const auto key = core::version_sort_key(pg::unwrap(core::parse_version(version)));
    auto id = pg::query_one<std::optional<std::string>>(
        "SELECT id FROM policies.policy_versions "
        "WHERE tenant_id = $1 AND policy_id = $2 AND version_sort_key = $3",
        tenant_id, policy_id, key);
    if (!id) {
        pg::fail({.code = core::ErrorCode::not_found,
                  .message = "version " + core::quoted(version) + " of policy " +
                             core::quoted(core::format_typed_id(policy_id)) + " does not exist"});
    }
    return *std::move(id);
}

/// policy_as_of(): the id of the version that was the latest at an instant.
std::string policy_as_of(const core::TypedId& policy_id, core::Instant as_of, TenantId tenant_id) {
    auto id =
        pg::query_one<std::optional<std::string>>("SELECT id FROM policies.policy_versions WHERE tenant_id = "
                                                  "$1 AND policy_id = $2 AND published_at <= $3 "
                                                  "ORDER BY published_at DESC, version_sort_key DESC LIMIT 1",
                                                  tenant_id, policy_id, as_of);
    if (!id) {
        pg::fail({.code = core::ErrorCode::not_found,
                  .message = "policy " + core::quoted(core::format_typed_id(policy_id)) +
                             " had no published version at " + pg::shown(as_of)});
    }
    return *std::move(id);
}

std::string policy_content_hash(const core::TypedId& policy_id, TenantId tenant_id) {
    auto hash = pg::query_one<std::optional<std::string>>(
        "SELECT policies.content_hash(policies.policy_content(to_jsonb(p))) FROM policies.policies p "
        "WHERE p.tenant_id = $1 AND p.id = $2 AND NOT p.is_deleted",
        tenant_id, policy_id);
    if (!hash) {
        fail_for_unknown_policy(core::format_typed_id(policy_id));
    }
    return *std::move(hash);
}

struct Body {
    std::optional<std::string> text;
};

/// The body of a live policy as it is edited.
Body body_of_draft(const core::TypedId& policy_id, TenantId tenant_id) {
    auto body = pg::query_one<std::optional<Body>>(
        "SELECT body FROM policies.policies WHERE tenant_id = $1 AND id = $2 AND NOT is_deleted", tenant_id,
        policy_id);
    if (!body) {
        fail_for_unknown_policy(core::format_typed_id(policy_id));
    }
    return *std::move(body);
}

Body body_in_force(const core::TypedId& policy_id, TenantId tenant_id) {
    auto body = pg::query_one<std::optional<Body>>(
        "SELECT body FROM policies_api.policies_in_force WHERE tenant_id = $1 AND id = $2", tenant_id,
        policy_id);
    if (!body) {
        pg::fail(
            {.code = core::ErrorCode::not_found,
             .message = "policy " + core::quoted(core::format_typed_id(policy_id)) + " is not in force"});
    }
    return *std::move(body);
}

Body body_of_version(const core::TypedId& policy_id, std::string_view version, TenantId tenant_id) {
    return pg::query_one<Body>(
        "SELECT content ->> 'body' FROM policies.policy_versions WHERE tenant_id = $1 AND id = $2", tenant_id,
        policy_version(policy_id, version, tenant_id));
}

/// body_of(): of a version, of the draft where it is "draft", and of what is in force where it is NULL.
std::string body_of(const core::TypedId& policy_id, std::optional<std::string_view> version,
                    TenantId tenant_id) {
    auto body = !version              ? body_in_force(policy_id, tenant_id)
                : *version == "draft" ? body_of_draft(policy_id, tenant_id)
                                      : body_of_version(policy_id, *version, tenant_id);
    return std::move(body.text).value_or("");
}

} // namespace

POLICIES_FUNCTION(policy_version);
POLICIES_FUNCTION(policy_as_of);
POLICIES_FUNCTION(policy_content_hash);
POLICIES_FUNCTION(body_of);

} // namespace policies
