#include "functions/documents/draft.hpp"

#include <utility>

#include "functions/documents/policy_records.hpp"

namespace policies {

namespace {

struct Content {
    std::optional<std::string> app_id;
    std::optional<std::string> version;
    std::string body;
    pg::Json content;
    std::string content_hash;
};

struct Authorship {
    core::Instant content_since;
    std::vector<std::string> author_ids;
};

Authorship read_authorship(const core::Claims& caller, const std::string& policy_id) {
    auto authorship = pg::query_one<std::optional<Authorship>>(
        "SELECT content_since, author_ids FROM policies.policy_drafts WHERE tenant_id = $1 AND id = $2",
        caller.tenant_id, policy_id);
    if (!authorship) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "nothing is known of the draft of policy " + core::quoted(policy_id),
                  .detail = "It was written while triggers were off.",
                  .hint = "Edit its content: its author is known then."});
    }
    return *std::move(authorship);
}

} // namespace

Draft lock_draft(const core::Claims& caller, const std::string& policy_id) {
    auto content =
        lock_policy<Content>(caller, policy_id,
                             "app_id, version, coalesce(body, ''), policies.policy_content(to_jsonb(p)), "
                             "policies.content_hash(policies.policy_content(to_jsonb(p)))");
    auto authorship = read_authorship(caller, policy_id);
    return {.policy_id = policy_id,
            .app_id = std::move(content.app_id),
            .version = std::move(content.version),
            .body = std::move(content.body),
            .content = std::move(content.content),
            .content_hash = std::move(content.content_hash),
            .content_since = authorship.content_since,
            .author_ids = std::move(authorship.author_ids)};
}

std::int32_t count_approvals(const core::Claims& caller, const Draft& draft) {
    return pg::query_one<std::int32_t>("SELECT count(*) FROM policies.policy_approvals a "
                                       "WHERE a.tenant_id = $1 AND a.policy_id = $2 AND a.content_hash = $3 "
                                       "AND a.content_since = $4 AND a.approved_by <> ALL ($5)",
                                       caller.tenant_id, draft.policy_id, draft.content_hash,
                                       draft.content_since, draft.author_ids);
}

} // namespace policies
