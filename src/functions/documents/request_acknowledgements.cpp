#include <algorithm>

#include "core/context/person_id.hpp"
#include "functions/documents/published_policy.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

using PersonIds = std::vector<std::optional<std::string>>;

constexpr std::size_t max_requested_persons = 10'000;

std::string checked(const std::optional<std::string>& person) {
    if (!person) {
        pg::fail({.code = core::ErrorCode::invalid_argument, .message = "person_ids must not hold NULL"});
    }
    pg::unwrap(core::check_person_id(*person));
    return *person;
}

/// The persons, each once.
std::vector<std::string> distinct_persons(const PersonIds& person_ids) {
    if (person_ids.empty() || person_ids.size() > max_requested_persons) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "person_ids must name 1 to " + std::to_string(max_requested_persons) +
                             " persons, not " + std::to_string(person_ids.size())});
    }
    std::vector<std::string> persons;
    for (const auto& person : person_ids) {
        persons.push_back(checked(person));
    }
    std::ranges::sort(persons);
    persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
    return persons;
}

void require_future(core::Instant due_at) {
    if (!pg::is_finite(due_at) || due_at <= pg::transaction_time()) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "due_at must be a time to come, not " + pg::shown(due_at)});
    }
}

/// Who was asked before and has not answered gets the new due time; who has answered keeps the answer.
void write_requests(const core::Claims& caller, const PublishedPolicy& policy,
                    const std::vector<std::string>& persons, std::optional<core::Instant> due_at) {
    pg::execute("INSERT INTO policies.policy_acknowledgements "
                "(id, tenant_id, app_id, policy_id, version, person_id, requested_at, requested_by, due_at) "
                "SELECT policies.new_id('ack'), $1, $2, $3, $4, p.person_id, $5, $6, $7 "
                "FROM unnest($8) AS p (person_id) "
                "ON CONFLICT (tenant_id, policy_id, version, person_id) DO UPDATE SET "
                "requested_at = CASE WHEN policy_acknowledgements.superseded_at IS NULL "
                "THEN coalesce(policy_acknowledgements.requested_at, excluded.requested_at) "
                "ELSE excluded.requested_at END, "
                "requested_by = CASE WHEN policy_acknowledgements.superseded_at IS NULL "
                "THEN coalesce(policy_acknowledgements.requested_by, excluded.requested_by) "
                "ELSE excluded.requested_by END, "
                "due_at = CASE WHEN policy_acknowledgements.acknowledged_at IS NULL THEN excluded.due_at "
                "ELSE policy_acknowledgements.due_at END, "
                "superseded_at = NULL",
                caller.tenant_id, policy.app_id, policy.id, policy.version, pg::transaction_time(),
                caller.person_id, due_at, persons);
}

std::int32_t count_unanswered(const core::Claims& caller, const PublishedPolicy& policy,
                              const std::vector<std::string>& persons) {
    return pg::query_one<std::int32_t>("SELECT count(*) FROM policies.policy_acknowledgements "
                                       "WHERE tenant_id = $1 AND policy_id = $2 AND version = $3 "
                                       "AND person_id = ANY ($4) AND acknowledged_at IS NULL",
                                       caller.tenant_id, policy.id, policy.version, persons);
}

std::int32_t request_acknowledgements(const core::TypedId& id, const PersonIds& person_ids,
                                      std::optional<core::Instant> due_at) {
    const auto caller = pg::current_caller();
    const auto persons = distinct_persons(person_ids);
    if (due_at) {
        require_future(*due_at);
    }
    const auto policy = lock_published_policy(caller, core::format_typed_id(id));
    const pg::AsOwner owner({"policy_versions", "policy_acknowledgements"});
    write_requests(caller, policy, persons, due_at);
    return count_unanswered(caller, policy, persons);
}

} // namespace

POLICIES_FUNCTION(request_acknowledgements);

} // namespace policies
