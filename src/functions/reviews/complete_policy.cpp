#include "core/calendar/cadence.hpp"
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

// close_review_cycle(): the work of complete_policy(). The policy is read, locked and updated with the
// caller's rights; only the row of the review log, which callers cannot write, is inserted with its owner's.

namespace {

using namespace policies;

/// How soon after a completion another one must be a repetition of it rather than the early end of the new
/// cycle.
constexpr std::int64_t repetition_window = INT64CONST(24) * 3600 * 1000000;

/// What a review leads to.
constexpr std::array<std::string_view, 3> outcomes{"confirmed", "changed", "retired"};
constexpr std::string_view retired = outcomes[2];

/// The policy under review, its row locked.
struct Policy {
    std::string id;
    std::optional<std::string> app_id;
    std::optional<std::string> version;
    std::optional<TimestampTz> due_at;
    std::optional<core::Cadence> cadence;
};

/// What the reviewer says.
struct Review {
    std::optional<std::string> note;
    std::optional<TimestampTz> next_review_at;
    std::optional<std::string> outcome;
};

std::string shown(TimestampTz instant) {
    const char* const text = pg::call([&] { return timestamptz_to_str(instant); });
    return text;
}

std::optional<TimestampTz> time_result(int column) {
    const auto value = pg::result_value(0, column);
    return value.is_null ? std::nullopt : std::optional<TimestampTz>(DatumGetTimestampTz(value.value));
}

/// What is reviewed: the version in force, or without any what the policy calls its version. A register that
/// was made before there were outcomes has no published versions, and no settings.
std::string version_expression(const Review& review) {
    return review.outcome ? "coalesce((SELECT v.version FROM policies.policy_versions v "
                            "WHERE v.tenant_id OPERATOR(pg_catalog.=) p.tenant_id "
                            "AND v.policy_id OPERATOR(pg_catalog.=) p.id "
                            "ORDER BY v.version_sort_key DESC LIMIT 1), version)"
                          : "version";
}

Policy lock_reviewed(const core::Claims& caller, const std::string& id, const Review& review) {
    lock_policy(caller, id, "app_id, " + version_expression(review) + ", next_review_at, review_cadence");
    const auto cadence = pg::result_value(0, 4);
    Policy policy{.id = id,
                  .app_id = pg::result_text(0, 1),
                  .version = pg::result_text(0, 2),
                  .due_at = time_result(3),
                  .cadence = cadence.is_null
                                 ? std::nullopt
                                 : std::optional(pg::cadence_of(*DatumGetIntervalP(cadence.value)))};
    if (!policy.cadence && review.outcome) {
        policy.cadence = settings_of(caller.tenant_id, policy.app_id).review_cadence;
    }
    return policy;
}

[[noreturn]] void refuse(std::string message, std::string detail, const char* hint) {
    pg::fail({.code = core::ErrorCode::conflict,
              .message = std::move(message),
              .detail = std::move(detail),
              .hint = hint});
}

/// Each due date is completed once, and the cycle that a completion opens not in the same breath.
void refuse_repetition(const core::Claims& caller, const Policy& policy, TimestampTz now) {
    pg::execute("SELECT pg_catalog.max(reviewed_at), pg_catalog.bool_or(due_at OPERATOR(pg_catalog.=) $3) "
                "FROM policies.policy_reviews "
                "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND policy_id OPERATOR(pg_catalog.=) $2",
                {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.id),
                 pg::timestamp_parameter(policy.due_at)});
    const auto last = time_result(1);
    if (!last) {
        return;
    }
    const auto due_was_completed = pg::result_value(0, 2);
    const auto completed = "Its last review was completed at " + shown(*last);
    const auto name = core::quoted(policy.id);
    if (!policy.due_at) {
        refuse("policy " + name + " has no open review cycle", completed + ", and no next one is scheduled.",
               "Set next_review_at first.");
    }
    if (!due_was_completed.is_null && DatumGetBool(due_was_completed.value)) {
        refuse("the review of policy " + name + " that was due at " + shown(*policy.due_at) +
                   " is already completed",
               completed + ".", "Set next_review_at to a time whose review is still open.");
    }
    if (now < *policy.due_at && now - *last < repetition_window) {
        refuse("the review of policy " + name + " is already completed",
               completed + "; the next one is due at " + shown(*policy.due_at) + ".",
               "The next review can be completed early from 24 hours after the last one.");
    }
}

std::optional<TimestampTz> next_review(const Policy& policy, const Review& review, TimestampTz now) {
    const auto given = review.next_review_at;
    if (given && (!pg::is_finite(*given) || *given <= now)) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "next_review_at must be a time after the completion, not " + shown(*given)});
    }
    if (review.outcome == retired) {
        if (given) {
            pg::fail({.code = core::ErrorCode::invalid_argument,
                      .message = "a retired policy has no next review, not even at " + shown(*given)});
        }
        return std::nullopt;
    }
    if (given || !policy.cadence) {
        return given;
    }
    return pg::unwrap(core::add_cadence(now, *policy.cadence));
}

void log_review(const core::Claims& caller, const Policy& policy, const Review& review, TimestampTz now,
                std::optional<TimestampTz> next) {
    const auto id = pg::new_id("rev").value;
    const pg::RunAs owner(pg::register_owner("policy_reviews"));
    pg::execute(
        "INSERT INTO policies.policy_reviews (id, tenant_id, app_id, policy_id, policy_version, due_at, "
        "reviewed_at, reviewed_by, note, next_review_at" +
            std::string(review.outcome ? ", outcome" : "") +
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10" + (review.outcome ? ", $11)" : ")"),
        {{.type = TEXTOID, .value = id},
         pg::text_parameter(caller.tenant_id),
         pg::text_parameter(policy.app_id),
         pg::text_parameter(policy.id),
         pg::text_parameter(policy.version),
         pg::timestamp_parameter(policy.due_at),
         pg::timestamp_parameter(now),
         pg::text_parameter(caller.person_id),
         pg::text_parameter(review.note),
         pg::timestamp_parameter(next),
         pg::text_parameter(review.outcome)});
}

void set_next_review(const core::Claims& caller, const Policy& policy, const Review& review,
                     std::optional<TimestampTz> next) {
    pg::execute(
        "UPDATE policies.policies SET next_review_at = $3" +
            std::string(review.outcome == retired ? ", status = 'inactive'" : "") +
            " WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND id OPERATOR(pg_catalog.=) $2",
        {pg::text_parameter(caller.tenant_id), pg::text_parameter(policy.id), pg::timestamp_parameter(next)});
}

void close_review_cycle(const std::string& id, const Review& review) {
    // A copy: what follows may change the context's cache.
    const core::Claims caller = pg::unwrap(pg::current_context().claims);
    const pg::SpiSession session;
    const auto policy = lock_reviewed(caller, id, review);
    const TimestampTz now = GetCurrentTransactionStartTimestamp();
    refuse_repetition(caller, policy, now);
    const auto next = next_review(policy, review, now);
    log_review(caller, policy, review, now, next);
    set_next_review(caller, policy, review, next);
}

/// The arguments that both forms of the function have.
Review review_argument(FunctionCallInfo fcinfo) {
    return {.note = pg::optional_text_argument(fcinfo, 1),
            .next_review_at =
                PG_ARGISNULL(2) ? std::nullopt : std::optional<TimestampTz>(PG_GETARG_TIMESTAMPTZ(2)),
            .outcome = std::nullopt};
}

} // namespace

POLICIES_RAW_FUNCTION(close_review_cycle) {
    pg::require_arguments(fcinfo, {"id"});
    close_review_cycle(pg::typed_id_argument(fcinfo, 0), review_argument(fcinfo));
    PG_RETURN_VOID();
}

POLICIES_RAW_FUNCTION(close_review_cycle_with_outcome) {
    pg::require_arguments(fcinfo, {"id"});
    auto review = review_argument(fcinfo);
    review.outcome = pg::optional_text_argument(fcinfo, 3);
    if (!review.outcome || std::ranges::find(outcomes, *review.outcome) == outcomes.end()) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "unknown outcome of a review: " +
                             (review.outcome ? core::quoted(*review.outcome) : "NULL"),
                  .detail = "The outcomes are confirmed, changed and retired."});
    }
    close_review_cycle(pg::typed_id_argument(fcinfo, 0), review);
    PG_RETURN_VOID();
}
