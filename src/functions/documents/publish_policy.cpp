#include <algorithm>

#include "core/document/next_version.hpp"
#include "core/document/visible_text.hpp"
#include "functions/documents/draft.hpp"
#include "functions/documents/policy_records.hpp"
#include "functions/policies/policy_settings.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

/// What is to be published, and as what.
struct Publication {
    std::string version;
    std::string_view change; ///< major, minor or patch
    std::optional<std::string> change_note;
    std::optional<std::string> previous_hash; ///< of the version before
    core::Instant published_at;
};

void require_text(const Draft& draft) {
    if (!core::has_visible_text(draft.body)) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "policy " + core::quoted(draft.policy_id) + " has no text to publish",
                  .detail = "Its body is empty, or nothing but white space and invisible characters.",
                  .hint = "Write its body first."});
    }
}

void require_approvals(const core::Claims& caller, const Draft& draft, int required) {
    const int given = required == 0 ? 0 : count_approvals(caller, draft);
    if (given < required) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "policy " + core::quoted(draft.policy_id) + " has " + std::to_string(given) +
                             " of " + std::to_string(required) + " required approvals",
                  .detail = "They are for one exact content, since it was last edited, and by others than "
                            "its authors.",
                  .hint = "Have it approved by approve_policy(), with the hash that policy_content_hash() "
                          "tells."});
    }
}

std::string_view name_of(core::VersionChange change) {
    switch (change) {
    case core::VersionChange::major:
        return "major";
    case core::VersionChange::minor:
        return "minor";
    case core::VersionChange::patch:
        return "patch";
    }
    return "patch";
}

Publication plan_publication(const Draft& draft, const std::optional<PublishedVersion>& last,
                             const std::string& requested, const std::optional<std::string>& change_note) {
    Publication publication{.version = {},
                            .change = "major",
                            .change_note = change_note,
                            .previous_hash = {},
                            .published_at = pg::transaction_time()};
    if (!last) {
        publication.version = pg::unwrap(core::next_version({}, requested, draft.version));
        return publication;
    }
    publication.version = pg::unwrap(core::next_version(last->version, requested, draft.version));
    publication.change = name_of(core::version_change(pg::unwrap(core::parse_version(last->version)),
                                                      pg::unwrap(core::parse_version(publication.version))));
    publication.previous_hash = last->hash;
    // Later than the version before, whose transaction may have begun after this one.
    publication.published_at = std::max(publication.published_at, last->published_at + 1);
    return publication;
}

void insert_version(const core::Claims& caller, const Draft& draft, const Publication& publication) {
    const auto hash = pg::query_one<std::string>(
        "INSERT INTO policies.policy_versions (id, tenant_id, app_id, policy_id, version, version_sort_key, "
        "change, change_note, published_at, published_by, content, content_hash, previous_hash, "
        "version_hash) "
        "VALUES ($1, $2, $3, $4, $5, policies.version_sort_key($5), $6, $7, $8, $9, $10, $11, $12, "
        "policies.version_hash($12, $4, $5, $6, $7, $8, $9, $11)) RETURNING version_hash",
        pg::new_id("ver"), caller.tenant_id, draft.app_id, draft.policy_id, publication.version,
        publication.change, publication.change_note, publication.published_at, caller.person_id,
        draft.content, draft.content_hash, publication.previous_hash);
    pg::execute("UPDATE policies.policy_drafts SET author_ids = '{}', published_hash = $3 "
                "WHERE tenant_id = $1 AND id = $2",
                caller.tenant_id, draft.policy_id, hash);
}

/// Asks everybody again who was asked to read an earlier version, with as much time as then: a hundred years
/// at most, so that a due time exists.
void ask_again(const core::Claims& caller, const Draft& draft, const Publication& publication) {
    pg::execute("INSERT INTO policies.policy_acknowledgements "
                "(id, tenant_id, app_id, policy_id, version, person_id, requested_at, requested_by, due_at) "
                "SELECT policies.new_id('ack'), $1, $2, $3, $4, earlier.person_id, $5, $6, "
                "CASE WHEN earlier.due_at IS NOT NULL THEN $5 + (least(earlier.due_at, "
                "earlier.requested_at + make_interval(years => 100)) - earlier.requested_at) END "
                "FROM (SELECT DISTINCT ON (a.person_id) a.person_id, a.requested_at, a.due_at "
                "FROM policies.policy_acknowledgements a "
                "WHERE a.tenant_id = $1 AND a.policy_id = $3 AND a.requested_at IS NOT NULL "
                "ORDER BY a.person_id, a.requested_at DESC) AS earlier",
                caller.tenant_id, draft.app_id, draft.policy_id, publication.version,
                publication.published_at, caller.person_id);
    pg::execute("UPDATE policies.policy_acknowledgements SET superseded_at = $4 "
                "WHERE tenant_id = $1 AND policy_id = $2 AND version <> $3 "
                "AND acknowledged_at IS NULL AND superseded_at IS NULL",
                caller.tenant_id, draft.policy_id, publication.version, publication.published_at);
}

void record_publication(const core::Claims& caller, const Draft& draft, const Publication& publication) {
    const pg::AsOwner owner({"policy_versions", "policy_drafts", "policy_acknowledgements"});
    insert_version(caller, draft, publication);
    if (publication.change == "major") {
        ask_again(caller, draft, publication);
    }
}

/// The policy becomes the active one of this version, and its review is due by its cadence or the tenant's. A
/// review that is overdue stays so until it is completed.
void set_published(const core::Claims& caller, const Draft& draft, const Publication& publication,
                   const PolicySettings& settings) {
    pg::execute(
        "UPDATE policies.policies SET version = $3, published_at = $4, status = 'active', next_review_at = "
        "CASE WHEN next_review_at < $4 THEN next_review_at ELSE "
        "coalesce(policies.add_cadence($4, coalesce(review_cadence, $5), $6), next_review_at) END "
        "WHERE tenant_id = $1 AND id = $2",
        caller.tenant_id, draft.policy_id, publication.version, publication.published_at,
        settings.review_cadence, settings.time_zone);
}

void publish_policy(const core::TypedId& id, const std::string& version,
                    const std::optional<std::string>& change_note) {
    const auto caller = pg::current_caller();
    const auto draft = lock_draft(caller, core::format_typed_id(id));
    const auto publication =
        plan_publication(draft, last_version(caller, draft.policy_id), version, change_note);
    require_text(draft);
    const auto settings = settings_of(caller.tenant_id, draft.app_id);
    require_approvals(caller, draft, settings.required_approvals);
    record_publication(caller, draft, publication);
    set_published(caller, draft, publication, settings);
}

} // namespace

POLICIES_FUNCTION(publish_policy);

} // namespace policies
