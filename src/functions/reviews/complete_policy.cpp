#include <algorithm>
#include <array>

#include "core/calendar/cadence.hpp"
#include "functions/documents/policy_records.hpp"
#include "functions/policies/policy_settings.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

/// How soon after a completion another one must be a repetition of it rather than the early end of the new
/// cycle.
constexpr core::Duration repetition_window = 24 * 3600 * core::microseconds_per_second;

/// What a review leads to.
constexpr std::array<std::string_view, 3> outcomes{"confirmed", "changed", "retired"};
constexpr std::string_view retired = outcomes[2];

/// The policy under review, its row locked.
struct Policy {
    std::optional<std::string> app_id;
    std::optional<std::string> version;
    std::optional<core::Instant> due_at;
    std::optional<core::Cadence> cadence;
};

/// What the reviewer says.
struct Review {
    std::string policy_id;
    std::optional<std::string> note;
    std::optional<core::Instant> next_review_at;
    std::string outcome;
};

void require_outcome(const std::optional<std::string>& outcome) {
    if (!outcome || std::ranges::find(outcomes, *outcome) == outcomes.end()) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "unknown outcome of a review: " + (outcome ? core::quoted(*outcome) : "NULL"),
                  .detail = "The outcomes are confirmed, changed and retired."});
    }
}

/// What is reviewed is the version in force, or without any what the policy calls its version.
Policy lock_reviewed(const core::Claims& caller, const std::string& id) {
    auto policy = lock_policy<Policy>(caller, id, "app_id, version, next_review_at, review_cadence");
    // After the lock: what was published while it was waited for counts.
    if (const auto last = last_version(caller, id)) {
        policy.version = last->version;
    }
    return policy;
}

[[noreturn]] void refuse(std::string message, std::string detail, const char* hint) {
    pg::fail({.code = core::ErrorCode::conflict,
              .message = std::move(message),
              .detail = std::move(detail),
              .hint = hint});
}

struct LastReview {
    std::optional<core::Instant> reviewed_at;
    std::optional<bool> was_of_due_at;
};

/// Each due date is completed once, and the cycle that a completion opens not in the same breath.
void refuse_repetition(const core::Claims& caller, const Policy& policy, const std::string& id) {
    const auto last = pg::query_one<LastReview>(
        "SELECT max(reviewed_at), bool_or(due_at = $3) FROM policies.policy_reviews "
        "WHERE tenant_id = $1 AND policy_id = $2",
        caller.tenant_id, id, policy.due_at);
    if (!last.reviewed_at) {
        return;
    }
    const auto completed = "Its last review was completed at " + pg::shown(*last.reviewed_at);
    const auto name = core::quoted(id);
    if (!policy.due_at) {
        refuse("policy " + name + " has no open review cycle", completed + ", and no next one is scheduled.",
               "Set next_review_at first.");
    }
    if (last.was_of_due_at.value_or(false)) {
        refuse("the review of policy " + name + " that was due at " + pg::shown(*policy.due_at) +
                   " is already completed",
               completed + ".", "Set next_review_at to a time whose review is still open.");
    }
    const auto now = pg::transaction_time();
    if (now < *policy.due_at && now - *last.reviewed_at < repetition_window) {
        refuse("the review of policy " + name + " is already completed",
               completed + "; the next one is due at " + pg::shown(*policy.due_at) + ".",
               "The next review can be completed early from 24 hours after the last one.");
    }
}

/// The next review by the cadence; none where the policy was due at no time, and nothing says when it is.
std::optional<core::Instant> review_by_cadence(const core::Claims& caller, const Policy& policy,
                                               const Review& review) {
    const auto settings = settings_of(caller.tenant_id, policy.app_id);
    if (const auto cadence = policy.cadence ? policy.cadence : settings.review_cadence) {
        return pg::unwrap(
            core::add_cadence(pg::transaction_time(), *cadence, pg::read_time_zone(settings.time_zone)));
    }
    if (policy.due_at) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "policy " + core::quoted(review.policy_id) + " would have no next review",
                  .detail = "Neither the policy nor its tenant has a review_cadence.",
                  .hint = "Give next_review_at; \"infinity\" where there is to be no next review."});
    }
    return std::nullopt;
}

std::optional<core::Instant> next_review(const core::Claims& caller, const Policy& policy,
                                         const Review& review) {
    const auto given = review.next_review_at;
    if (review.outcome == retired) {
        if (given) {
            pg::fail({.code = core::ErrorCode::invalid_argument,
                      .message = "a retired policy has no next review, not even at " + pg::shown(*given)});
        }
        return std::nullopt;
    }
    if (!given) {
        return review_by_cadence(caller, policy, review);
    }
    if (*given == pg::infinity) {
        return std::nullopt;
    }
    if (!pg::is_finite(*given) || *given <= pg::transaction_time()) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = "next_review_at must be a time after the completion, not " + pg::shown(*given)});
    }
    return given;
}

void log_review(const core::Claims& caller, const Policy& policy, const Review& review,
                std::optional<core::Instant> next) {
    const pg::AsOwner owner("policy_reviews");
    pg::execute(
        "INSERT INTO policies.policy_reviews (id, tenant_id, app_id, policy_id, policy_version, due_at, "
        "reviewed_at, reviewed_by, note, next_review_at, outcome) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        pg::new_id("rev"), caller.tenant_id, policy.app_id, review.policy_id, policy.version, policy.due_at,
        pg::transaction_time(), caller.person_id, review.note, next, review.outcome);
}

void set_next_review(const core::Claims& caller, const Review& review, std::optional<core::Instant> next) {
    pg::execute("UPDATE policies.policies SET next_review_at = $3" +
                    std::string(review.outcome == retired ? ", status = 'inactive'" : "") +
                    " WHERE tenant_id = $1 AND id = $2",
                caller.tenant_id, review.policy_id, next);
}

void complete_policy(const core::TypedId& id, const std::optional<std::string>& note,
                     std::optional<core::Instant> next_review_at, const std::optional<std::string>& outcome) {
    require_outcome(outcome);
    const Review review{.policy_id = core::format_typed_id(id),
                        .note = note,
                        .next_review_at = next_review_at,
                        .outcome = *outcome};
    const auto caller = pg::current_caller();
    const auto policy = lock_reviewed(caller, review.policy_id);
    refuse_repetition(caller, policy, review.policy_id);
    const auto next = next_review(caller, policy, review);
    log_review(caller, policy, review, next);
    set_next_review(caller, review, next);
}

} // namespace

POLICIES_FUNCTION(complete_policy);

} // namespace policies
