#include "core/document/version.hpp"
#include "functions/documents/policy_records.hpp"
#include "functions/documents/published_policy.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

/// Nobody has read what was published while they read another version.
void require_latest(const PublishedPolicy& policy, const std::string& read_version) {
    const auto given = pg::unwrap(core::parse_version(read_version));
    const auto latest = pg::unwrap(core::parse_version(policy.version));
    if (core::compare_versions(given, latest) != 0) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "version " + core::quoted(read_version) + " of policy " +
                             core::quoted(policy.id) + " is not the latest",
                  .detail = "The latest is " + core::quoted(policy.version) + ".",
                  .hint = "Read that one."});
    }
}

/// Answers every open request to the person, for whichever version it was. Returns how many there were.
std::uint64_t answer_requests(const core::Claims& caller, const PublishedPolicy& policy,
                              const std::string& person) {
    return pg::execute(
        "UPDATE policies.policy_acknowledgements SET acknowledged_at = $4, acknowledged_version = $5 "
        "WHERE tenant_id = $1 AND policy_id = $2 AND person_id = $3 "
        "AND acknowledged_at IS NULL AND superseded_at IS NULL",
        caller.tenant_id, policy.id, person, pg::transaction_time(), policy.version);
}

/// Records the acknowledgement of a person who was not asked.
void add_unasked(const core::Claims& caller, const PublishedPolicy& policy, const std::string& person) {
    const auto added = pg::execute(
        "INSERT INTO policies.policy_acknowledgements (id, tenant_id, app_id, policy_id, version, person_id, "
        "acknowledged_at, acknowledged_version) "
        "SELECT $1, $2, $3, $4, $5, $6, $7, $5 WHERE NOT EXISTS ("
        "SELECT FROM policies.policy_acknowledgements a WHERE a.tenant_id = $2 AND a.policy_id = $4 "
        "AND a.person_id = $6 AND a.acknowledged_version = $5) "
        "ON CONFLICT (tenant_id, policy_id, version, person_id) DO UPDATE SET "
        "acknowledged_at = excluded.acknowledged_at, acknowledged_version = excluded.acknowledged_version, "
        "superseded_at = NULL WHERE policy_acknowledgements.acknowledged_at IS NULL",
        pg::new_id("ack"), caller.tenant_id, policy.app_id, policy.id, policy.version, person,
        pg::transaction_time());
    if (added == 0) {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "person " + core::quoted(person) + " has acknowledged version " +
                             core::quoted(policy.version) + " of policy " + core::quoted(policy.id) +
                             " already"});
    }
}

void acknowledge_policy(const core::TypedId& id, const std::optional<std::string>& version) {
    const auto caller = pg::current_caller();
    const auto person = require_person(caller, "acknowledge");
    const auto policy = lock_published_policy(caller, core::format_typed_id(id));
    if (version) {
        require_latest(policy, *version);
    }
    const pg::AsOwner owner({"policy_versions", "policy_acknowledgements"});
    if (answer_requests(caller, policy, person) == 0) {
        add_unasked(caller, policy, person);
    }
}

} // namespace

POLICIES_FUNCTION(acknowledge_policy);

} // namespace policies
