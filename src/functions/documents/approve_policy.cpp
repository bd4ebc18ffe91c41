#include <algorithm>

#include "functions/documents/draft.hpp"
#include "functions/documents/policy_records.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

void require_content(const Draft& draft, const std::string& content_hash) {
    if (content_hash != draft.content_hash) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "policy " + core::quoted(draft.policy_id) +
                             " has not the content with the hash " + core::quoted(content_hash),
                  .detail = "It was changed, or that was never its hash.",
                  .hint = "Read it again; policy_content_hash() tells the hash of its present content."});
    }
}

void refuse_author(const Draft& draft, const std::string& person) {
    if (std::ranges::find(draft.author_ids, person) != draft.author_ids.end()) {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message = "an author of policy " + core::quoted(draft.policy_id) + " cannot approve it",
                  .detail = "Person " + core::quoted(person) +
                            " changed its content since it was last published."});
    }
}

void insert_approval(const core::Claims& caller, const Draft& draft, const std::string& person,
                     const std::optional<std::string>& note) {
    const pg::AsOwner owner({"policy_versions", "policy_approvals"});
    const auto added = pg::execute(
        "INSERT INTO policies.policy_approvals "
        "(id, tenant_id, app_id, policy_id, content_hash, content_since, approved_at, approved_by, note) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
        "ON CONFLICT (tenant_id, policy_id, content_since, approved_by) DO NOTHING",
        pg::new_id("apr"), caller.tenant_id, draft.app_id, draft.policy_id, draft.content_hash,
        draft.content_since, pg::transaction_time(), person, note);
    if (added == 0) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "person " + core::quoted(person) + " has approved this content of policy " +
                             core::quoted(draft.policy_id) + " already"});
    }
}

std::int32_t approve_policy(const core::TypedId& id, const std::string& content_hash,
                            const std::optional<std::string>& note) {
    const auto caller = pg::current_caller();
    const auto person = require_person(caller, "approve");
    const auto draft = lock_draft(caller, core::format_typed_id(id));
    require_content(draft, content_hash);
    refuse_author(draft, person);
    insert_approval(caller, draft, person, note);
    return count_approvals(caller, draft);
}

} // namespace

POLICIES_FUNCTION(approve_policy);

} // namespace policies
