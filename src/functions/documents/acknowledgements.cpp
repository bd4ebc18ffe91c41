#include "core/document/version.hpp"
#include "functions/documents/policy_records.hpp"
#include "pg/guard.hpp"
#include "pg/new_id.hpp"
#include "pg/spi.hpp"
#include "pg/values.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/array.h"
}

// The work of request_acknowledgements() and acknowledge_policy(). The policy is read and locked with the
// caller's rights; the records, which callers cannot write, are written with their owner's.

namespace {

using namespace policies;

constexpr std::size_t max_requested_persons = 10'000;
constexpr std::size_t max_person_id_length = 255;

/// A policy in force whose row is locked, and its latest published version.
struct PublishedPolicy {
    std::string id;
    std::optional<std::string> app_id;
    std::string version;
};

PublishedPolicy lock_published(const core::Claims& caller, const std::string& id) {
    lock_policy(caller, id, "app_id, status");
    const auto app_id = pg::result_text(0, 1);
    const auto status = pg::result_text(0, 2).value_or("");
    const auto last = last_version(caller, id);
    if (!last) {
        fail(core::ErrorCode::conflict, "policy " + core::quoted(id) + " has no published version", {},
             "Publish it by publish_policy() first.");
    }
    if (status != "active") {
        fail(core::ErrorCode::conflict, "policy " + core::quoted(id) + " is not in force",
             "Its status is " + core::quoted(status) + ".");
    }
    return {.id = id, .app_id = app_id, .version = last->version};
}

/// Nobody has read what was published while they read another version.
void require_latest(const PublishedPolicy& policy, const std::optional<std::string>& read_version) {
    if (!read_version) {
        return;
    }
    const auto given = pg::unwrap(core::parse_version(*read_version));
    if (core::compare_versions(given, *core::parse_version(policy.version)) != 0) {
        fail(core::ErrorCode::conflict,
             "version " + core::quoted(*read_version) + " of policy " + core::quoted(policy.id) +
                 " is not the latest",
             "The latest is " + core::quoted(policy.version) + ".", "Read that one.");
    }
}

/// The persons in argument n, each once.
std::vector<std::string> persons_argument(FunctionCallInfo fcinfo, int n) {
    Datum* elements = nullptr;
    bool* nulls = nullptr;
    int count = 0;
    pg::call([&] {
        deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls,
                          &count);
    });
    if (count == 0 || static_cast<std::size_t>(count) > max_requested_persons) {
        fail(core::ErrorCode::invalid_argument, "person_ids must name 1 to " +
                                                    std::to_string(max_requested_persons) + " persons, not " +
                                                    std::to_string(count));
    }
    std::vector<std::string> persons;
    for (int i = 0; i < count; ++i) {
        const auto person = nulls[i] ? std::string_view{} : pg::text_view(elements[i]);
        if (person.find_first_not_of(" \t\r\n") == std::string_view::npos ||
            person.size() > max_person_id_length) {
            fail(core::ErrorCode::invalid_argument,
                 "invalid person id: " + (nulls[i] ? std::string("NULL") : core::quoted(person)),
                 "A person id has 1 to " + std::to_string(max_person_id_length) +
                     " bytes, not blanks alone.");
        }
        persons.emplace_back(person);
    }
    std::ranges::sort(persons);
    persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
    return persons;
}

std::optional<TimestampTz> due_argument(FunctionCallInfo fcinfo, int n, TimestampTz now) {
    if (PG_ARGISNULL(n)) {
        return std::nullopt;
    }
    const TimestampTz due_at = PG_GETARG_TIMESTAMPTZ(n);
    if (!pg::is_finite(due_at) || due_at <= now) {
        const char* const shown = pg::call([&] { return timestamptz_to_str(due_at); });
        fail(core::ErrorCode::invalid_argument, std::string("due_at must be a time to come, not ") + shown);
    }
    return due_at;
}

} // namespace

/// add_acknowledgement_requests(id, person_ids, due_at)
POLICIES_RAW_FUNCTION(add_acknowledgement_requests) {
    pg::require_arguments(fcinfo, {"id", "person_ids"});
    const auto caller = current_caller();
    const auto id = pg::typed_id_argument(fcinfo, 0);
    const TimestampTz now = GetCurrentTransactionStartTimestamp();
    const auto persons = persons_argument(fcinfo, 1);
    const auto due_at = due_argument(fcinfo, 2, now);

    const pg::SpiSession session;
    const auto policy = lock_published(caller, id);
    const pg::RunAs owner(owner_of_records({"policy_acknowledgements"}));
    pg::execute("INSERT INTO policies.policy_acknowledgements "
                "(id, tenant_id, app_id, policy_id, version, person_id, requested_at, requested_by, due_at) "
                "SELECT policies.new_id('ack'), $1, $2, $3, $4, p.person_id, $5, $6, $7 "
                "FROM pg_catalog.unnest($8) AS p (person_id) "
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
                {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.app_id),
                 pg::text_parameter(policy.id), pg::text_parameter(policy.version),
                 pg::timestamp_parameter(now), pg::text_parameter(caller.person_id),
                 pg::timestamp_parameter(due_at), pg::text_array_parameter(persons)});
    const auto open =
        pg::query("SELECT pg_catalog.count(*) FROM policies.policy_acknowledgements "
                  "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND policy_id OPERATOR(pg_catalog.=) $2 "
                  "AND version OPERATOR(pg_catalog.=) $3 AND person_id OPERATOR(pg_catalog.=) ANY ($4) "
                  "AND acknowledged_at IS NULL",
                  {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.id),
                   pg::text_parameter(policy.version), pg::text_array_parameter(persons)});
    return Int32GetDatum(std::stoi(open.at(0)[0].value()));
}

/// record_acknowledgement(id, version)
POLICIES_RAW_FUNCTION(record_acknowledgement) {
    pg::require_arguments(fcinfo, {"id"});
    const auto caller = current_caller();
    const auto id = pg::typed_id_argument(fcinfo, 0);
    const auto person = require_person(caller, "acknowledge");
    const auto read_version = pg::optional_text_argument(fcinfo, 1);

    const pg::SpiSession session;
    const auto policy = lock_published(caller, id);
    require_latest(policy, read_version);
    const TimestampTz now = GetCurrentTransactionStartTimestamp();
    const pg::RunAs owner(owner_of_records({"policy_acknowledgements"}));
    const auto answered = pg::execute(
        "UPDATE policies.policy_acknowledgements SET acknowledged_at = $4, acknowledged_version = $5 "
        "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND policy_id OPERATOR(pg_catalog.=) $2 "
        "AND person_id OPERATOR(pg_catalog.=) $3 AND acknowledged_at IS NULL AND superseded_at IS NULL",
        {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.id), pg::text_parameter(person),
         pg::timestamp_parameter(now), pg::text_parameter(policy.version)});
    if (answered > 0) {
        PG_RETURN_VOID();
    }
    const auto added = pg::execute(
        "INSERT INTO policies.policy_acknowledgements (id, tenant_id, app_id, policy_id, version, person_id, "
        "acknowledged_at, acknowledged_version) "
        "SELECT $1, $2, $3, $4, $5, $6, $7, $5 WHERE NOT EXISTS ("
        "SELECT FROM policies.policy_acknowledgements a "
        "WHERE a.tenant_id OPERATOR(pg_catalog.=) $2 AND a.policy_id OPERATOR(pg_catalog.=) $4 "
        "AND a.person_id OPERATOR(pg_catalog.=) $6 AND a.acknowledged_version OPERATOR(pg_catalog.=) $5) "
        "ON CONFLICT (tenant_id, policy_id, version, person_id) DO UPDATE SET "
        "acknowledged_at = excluded.acknowledged_at, acknowledged_version = excluded.acknowledged_version, "
        "superseded_at = NULL WHERE policy_acknowledgements.acknowledged_at IS NULL",
        {{.type = TEXTOID, .value = pg::new_id("ack").value},
         pg::text_parameter(caller.tenant_id),
         pg::text_parameter(policy.app_id),
         pg::text_parameter(policy.id),
         pg::text_parameter(policy.version),
         pg::text_parameter(person),
         pg::timestamp_parameter(now)});
    if (added == 0) {
        fail(core::ErrorCode::conflict, "person " + core::quoted(person) + " has acknowledged version " +
                                            core::quoted(policy.version) + " of policy " +
                                            core::quoted(policy.id) + " already");
    }
    PG_RETURN_VOID();
}
