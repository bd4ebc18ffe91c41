#include "functions/documents/policy_records.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

/// A version as it is kept, and its hashes as they should be.
struct ChainedVersion {
    std::string version;
    core::Instant published_at;
    std::string content_hash;
    std::string right_content_hash;
    std::optional<std::string> previous_hash;
    std::string version_hash;
    std::string right_version_hash;
};

struct VerifiedVersion {
    std::optional<std::string> version;
    std::optional<core::Instant> published_at;
    bool is_intact;
    std::optional<std::string_view> problem;
};

/// The hash of the latest version as publish_policy() noted it, nothing before the first. Fails with not_found.
std::optional<std::string> last_hash_of(const std::string& policy_id,
                                        std::optional<std::string_view> tenant_id) {
    struct Draft {
        std::optional<std::string> published_hash;
    };

    auto draft = pg::query_one<std::optional<Draft>>(
        "SELECT published_hash FROM policies.policy_drafts WHERE tenant_id = $1 AND id = $2", tenant_id,
        policy_id);
    if (!draft) {
        fail_for_unknown_policy(policy_id);
    }
    return std::move(draft->published_hash);
}

std::vector<ChainedVersion> chain_of(const std::string& policy_id,
                                     std::optional<std::string_view> tenant_id) {
    return pg::query<ChainedVersion>(
        "SELECT v.version, v.published_at, v.content_hash, policies.content_hash(v.content), "
        "v.previous_hash, "
        "v.version_hash, policies.version_hash(v.previous_hash, v.policy_id, v.version, v.change, "
        "v.change_note, v.published_at, v.published_by, v.content_hash) "
        "FROM policies.policy_versions v WHERE v.tenant_id = $1 AND v.policy_id = $2 "
        "ORDER BY v.version_sort_key",
        tenant_id, policy_id);
}

/// What is wrong with a version, given the one before it, if any.
std::optional<std::string_view> problem_of(const ChainedVersion& version, const ChainedVersion* before) {
    if (version.content_hash != version.right_content_hash) {
        return "the content was altered";
    }
    if (version.version_hash != version.right_version_hash) {
        return "the version was altered";
    }
    if (version.previous_hash != (before ? std::optional(before->version_hash) : std::nullopt)) {
        return "the version before it is missing or was altered";
    }
    if (before && version.published_at <= before->published_at) {
        return "it was published before the version before it";
    }
    return std::nullopt;
}

std::vector<VerifiedVersion> verify_policy_history(const core::TypedId& policy_id,
                                                   std::optional<std::string_view> tenant_id) {
    const auto id = core::format_typed_id(policy_id);
    const auto last_hash = last_hash_of(id, tenant_id);
    const auto chain = chain_of(id, tenant_id);
    std::vector<VerifiedVersion> verified;
    const ChainedVersion* before = nullptr;
    for (const auto& version : chain) {
        auto problem = problem_of(version, before);
        if (!problem && &version == &chain.back() && version.version_hash != last_hash) {
            problem = "later versions are missing";
        }
        verified.push_back({version.version, version.published_at, !problem, problem});
        before = &version;
    }
    if (chain.empty() && last_hash) {
        verified.push_back({{}, {}, false, "every version is missing"});
    }
    return verified;
}

} // namespace

POLICIES_FUNCTION(verify_policy_history);

} // namespace policies
