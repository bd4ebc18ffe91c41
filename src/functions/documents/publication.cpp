#include "core/document/version.hpp"
#include "functions/documents/policy_records.hpp"
#include "functions/policies/policy_settings.hpp"
#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/new_id.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/values.hpp"

extern "C" {
#include "access/xact.h"
}

// The work of publish_policy() and approve_policy(). The
// policy is read, locked and updated with the caller's rights; the records, which callers cannot write, are
// with their owner's. Whoever writes them holds the lock on the policy's row until its transaction ends.

namespace {

using namespace policies;

/// A policy whose row is locked, as a publication or an approval sees it.
struct LockedPolicy {
    std::string id;
    std::optional<std::string> app_id;
    std::optional<std::string> version; ///< as the row has it, which says nothing of what was published
    std::string content;
    std::string content_hash;
    TimestampTz content_since; ///< when the content was last changed
    std::string author_ids;    ///< who changed it since the last publication, an array as text
    std::optional<PublishedVersion> last_version;
};

void read_draft(const core::Claims& caller, LockedPolicy& policy) {
    if (pg::execute("SELECT content_since, author_ids::pg_catalog.text FROM policies.policy_drafts "
                    "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND id OPERATOR(pg_catalog.=) $2",
                    {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.id)}) == 0) {
        fail(core::ErrorCode::conflict, "nothing is known of the draft of policy " + core::quoted(policy.id),
             "It was written while triggers were off.", "Edit its content: its author is known then.");
    }
    policy.content_since = DatumGetTimestampTz(pg::result_value(0, 1).value);
    policy.author_ids = pg::result_text(0, 2).value();
}

LockedPolicy lock_content(const core::Claims& caller, const std::string& id) {
    lock_policy(caller, id,
                "app_id, version, policies.policy_content(pg_catalog.to_jsonb(p))::pg_catalog.text, "
                "policies.content_hash(policies.policy_content(pg_catalog.to_jsonb(p)))");
    LockedPolicy policy{.id = id,
                        .app_id = pg::result_text(0, 1),
                        .version = pg::result_text(0, 2),
                        .content = pg::result_text(0, 3).value(),
                        .content_hash = pg::result_text(0, 4).value(),
                        .content_since = 0,
                        .author_ids = {},
                        .last_version = last_version(caller, id)};
    read_draft(caller, policy);
    return policy;
}

/// How many persons have approved the content since it was last changed, and were not its authors.
int count_approvals(const core::Claims& caller, const LockedPolicy& policy) {
    const auto rows =
        pg::query("SELECT pg_catalog.count(*) FROM policies.policy_approvals a "
                  "WHERE a.tenant_id OPERATOR(pg_catalog.=) $1 AND a.policy_id OPERATOR(pg_catalog.=) $2 "
                  "AND a.content_hash OPERATOR(pg_catalog.=) $3 "
                  "AND a.content_since OPERATOR(pg_catalog.=) $4 "
                  "AND a.approved_by OPERATOR(pg_catalog.<>) ALL ($5::pg_catalog.text[])",
                  {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.id),
                   pg::text_parameter(policy.content_hash), pg::timestamp_parameter(policy.content_since),
                   pg::text_parameter(policy.author_ids)});
    return std::stoi(rows.at(0)[0].value());
}

void require_approvals(const core::Claims& caller, const LockedPolicy& policy, int required) {
    const int given = required == 0 ? 0 : count_approvals(caller, policy);
    if (given < required) {
        fail(core::ErrorCode::conflict,
             "policy " + core::quoted(policy.id) + " has " + std::to_string(given) + " of " +
                 std::to_string(required) + " required approvals",
             "They are for one exact content, since it was last edited, and by others than its authors.",
             "Have it approved by approve_policy(), with the hash that policy_content_hash() tells.");
    }
}

const char* change_between(const std::optional<std::string>& from, const std::string& to) {
    if (!from) {
        return "major";
    }
    const auto earlier = core::parse_version(*from);
    const auto later = core::parse_version(to);
    switch (core::version_change(*earlier, *later)) {
    case core::VersionChange::major:
        return "major";
    case core::VersionChange::minor:
        return "minor";
    case core::VersionChange::patch:
        return "patch";
    }
    return "patch";
}

void insert_version(const core::Claims& caller, const LockedPolicy& policy, const std::string& version,
                    const char* change, const std::optional<std::string>& change_note,
                    TimestampTz published_at) {
    const auto rows = pg::query(
        "INSERT INTO policies.policy_versions (id, tenant_id, app_id, policy_id, version, version_sort_key, "
        "change, change_note, published_at, published_by, content, content_hash, previous_hash, "
        "version_hash) "
        "VALUES ($1, $2, $3, $4, $5, policies.version_sort_key($5), $6, $7, $8, $9, $10::pg_catalog.jsonb, "
        "$11, $12, policies.version_hash($12, $4, $5, $6, $7, $8, $9, $11)) RETURNING version_hash",
        {{.type = TEXTOID, .value = pg::new_id("ver").value},
         pg::text_parameter(caller.tenant_id),
         pg::text_parameter(policy.app_id),
         pg::text_parameter(policy.id),
         pg::text_parameter(version),
         pg::text_parameter(change),
         pg::text_parameter(change_note),
         pg::timestamp_parameter(published_at),
         pg::text_parameter(caller.person_id),
         pg::text_parameter(policy.content),
         pg::text_parameter(policy.content_hash),
         pg::text_parameter(policy.last_version ? std::optional(policy.last_version->hash) : std::nullopt)});
    pg::execute("UPDATE policies.policy_drafts SET author_ids = '{}', published_hash = $3 "
                "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND id OPERATOR(pg_catalog.=) $2",
                {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.id),
                 pg::text_parameter(rows.at(0)[0])});
}

/// Asks everybody again who was asked to read an earlier version, with as much time as then: a hundred years
/// at most, so that a due time exists.
void ask_again(const core::Claims& caller, const LockedPolicy& policy, const std::string& version,
               TimestampTz now) {
    pg::execute("INSERT INTO policies.policy_acknowledgements "
                "(id, tenant_id, app_id, policy_id, version, person_id, requested_at, requested_by, due_at) "
                "SELECT policies.new_id('ack'), $1, $2, $3, $4, earlier.person_id, $5, $6, "
                "CASE WHEN earlier.due_at IS NOT NULL THEN $5 OPERATOR(pg_catalog.+) (least(earlier.due_at, "
                "earlier.requested_at OPERATOR(pg_catalog.+) pg_catalog.make_interval(years => 100)) "
                "OPERATOR(pg_catalog.-) earlier.requested_at) END "
                "FROM (SELECT DISTINCT ON (a.person_id) a.person_id, a.requested_at, a.due_at "
                "FROM policies.policy_acknowledgements a "
                "WHERE a.tenant_id OPERATOR(pg_catalog.=) $1 AND a.policy_id OPERATOR(pg_catalog.=) $3 "
                "AND a.requested_at IS NOT NULL "
                "ORDER BY a.person_id, a.requested_at DESC) AS earlier",
                {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.app_id),
                 pg::text_parameter(policy.id), pg::text_parameter(version), pg::timestamp_parameter(now),
                 pg::text_parameter(caller.person_id)});
    pg::execute(
        "UPDATE policies.policy_acknowledgements SET superseded_at = $4 "
        "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND policy_id OPERATOR(pg_catalog.=) $2 "
        "AND version OPERATOR(pg_catalog.<>) $3 AND acknowledged_at IS NULL AND superseded_at IS NULL",
        {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.id), pg::text_parameter(version),
         pg::timestamp_parameter(now)});
}

/// The policy becomes the active one of this version, and its review is due by its cadence or the tenant's. A
/// review that is overdue stays so until it is completed.
void set_published(const core::Claims& caller, const LockedPolicy& policy, const std::string& version,
                   TimestampTz published_at, const PolicySettings& settings) {
    Interval cadence{};
    if (settings.review_cadence) {
        cadence = {.time = settings.review_cadence->microseconds,
                   .day = settings.review_cadence->days,
                   .month = settings.review_cadence->months};
    }
    pg::execute(
        "UPDATE policies.policies SET version = $3, published_at = $4, status = 'active', next_review_at = "
        "CASE WHEN next_review_at OPERATOR(pg_catalog.<) $4 THEN next_review_at ELSE "
        "coalesce(policies.add_cadence($4, coalesce(review_cadence, $5)), next_review_at) END "
        "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND id OPERATOR(pg_catalog.=) $2",
        {pg::text_parameter(caller.tenant_id),
         pg::text_parameter(policy.id),
         pg::text_parameter(version),
         pg::timestamp_parameter(published_at),
         {.type = INTERVALOID,
          .value = IntervalPGetDatum(&cadence),
          .is_null = !settings.review_cadence.has_value()}});
}

void refuse_author(const LockedPolicy& policy, const std::string& person) {
    const auto rows = pg::query("SELECT $1 OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[])",
                                {pg::text_parameter(person), pg::text_parameter(policy.author_ids)});
    if (rows.at(0)[0] == "t") {
        fail(core::ErrorCode::not_permitted,
             "an author of policy " + core::quoted(policy.id) + " cannot approve it",
             "Person " + core::quoted(person) + " changed its content since it was last published.");
    }
}

void insert_approval(const core::Claims& caller, const LockedPolicy& policy, const std::string& person,
                     const std::optional<std::string>& note) {
    const pg::RunAs owner(owner_of_records({"policy_approvals"}));
    const auto added = pg::execute(
        "INSERT INTO policies.policy_approvals "
        "(id, tenant_id, app_id, policy_id, content_hash, content_since, approved_at, approved_by, note) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
        "ON CONFLICT (tenant_id, policy_id, content_since, approved_by) DO NOTHING",
        {{.type = TEXTOID, .value = pg::new_id("apr").value},
         pg::text_parameter(caller.tenant_id),
         pg::text_parameter(policy.app_id),
         pg::text_parameter(policy.id),
         pg::text_parameter(policy.content_hash),
         pg::timestamp_parameter(policy.content_since),
         pg::timestamp_parameter(GetCurrentTransactionStartTimestamp()),
         pg::text_parameter(person),
         pg::text_parameter(note)});
    if (added == 0) {
        fail(core::ErrorCode::conflict, "person " + core::quoted(person) +
                                            " has approved this content of policy " +
                                            core::quoted(policy.id) + " already");
    }
}

} // namespace

/// publish_version(id, version, change_note)
POLICIES_RAW_FUNCTION(publish_version) {
    pg::require_arguments(fcinfo, {"id", "version"});
    const auto caller = current_caller();
    const auto id = pg::typed_id_argument(fcinfo, 0);
    const std::string requested(pg::text_argument(fcinfo, 1));
    const auto change_note = pg::optional_text_argument(fcinfo, 2);

    const pg::SpiSession session;
    const auto policy = lock_content(caller, id);
    const auto& last = policy.last_version;
    const auto last_text = last ? std::optional(last->version) : std::nullopt;
    const auto version = pg::unwrap(core::next_version(last_text, requested, policy.version));
    const auto settings = settings_of(caller.tenant_id, policy.app_id);
    require_approvals(caller, policy, settings.required_approvals);
    // Later than the version before, whose transaction may have begun after this one.
    const TimestampTz published_at =
        std::max<TimestampTz>(GetCurrentTransactionStartTimestamp(), last ? last->published_at + 1 : 0);
    const auto* const change = change_between(last_text, version);
    {
        const pg::RunAs owner(owner_of_records({"policy_drafts", "policy_acknowledgements"}));
        insert_version(caller, policy, version, change, change_note, published_at);
        if (std::string_view(change) == "major") {
            ask_again(caller, policy, version, published_at);
        }
    }
    set_published(caller, policy, version, published_at, settings);
    PG_RETURN_VOID();
}

/// approve_content(id, content_hash, note)
POLICIES_RAW_FUNCTION(approve_content) {
    pg::require_arguments(fcinfo, {"id", "content_hash"});
    const auto caller = current_caller();
    const auto id = pg::typed_id_argument(fcinfo, 0);
    const auto person = require_person(caller, "approve");
    const std::string content_hash(pg::text_argument(fcinfo, 1));
    const auto note = pg::optional_text_argument(fcinfo, 2);

    const pg::SpiSession session;
    const auto policy = lock_content(caller, id);
    if (content_hash != policy.content_hash) {
        fail(core::ErrorCode::conflict,
             "policy " + core::quoted(policy.id) + " has not the content with the hash " +
                 core::quoted(content_hash),
             "It was changed, or that was never its hash.",
             "Read it again; policy_content_hash() tells the hash of its present content.");
    }
    refuse_author(policy, person);
    insert_approval(caller, policy, person, note);
    return Int32GetDatum(count_approvals(caller, policy));
}
