#include <algorithm>
#include <utility>

#include "core/icalendar/event_writer.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

struct DueReview {
    std::string policy_id;
    std::string tenant_id;
    std::optional<std::string> name;
    std::optional<std::string> version;
    std::optional<std::string> owner_id;
    std::optional<std::string> category;
    core::Instant due_at;
    core::Instant changed_at;
};

std::string description_of(const DueReview& review) {
    std::string description = "Policy: " + review.policy_id;
    for (const auto& [label, value] : {std::pair("Version", review.version), {"Owner", review.owner_id}}) {
        if (value && !value->empty()) {
            description += "\n" + std::string(label) + ": " + *value;
        }
    }
    return description;
}

/// One event a policy, whatever its date: a calendar program moves it when the review moves. The time of the
/// last change numbers its revisions.
core::CalendarEvent event_of(const DueReview& review) {
    const auto name = review.name.value_or("");
    core::CalendarEvent event{.uid = "review-" + review.policy_id + "@" + review.tenant_id,
                              .stamp = review.changed_at,
                              .starts_at = review.due_at,
                              .summary = "Policy review: " + (name.empty() ? review.policy_id : name),
                              .description = description_of(review),
                              .sequence = static_cast<std::int32_t>(std::clamp<core::Instant>(
                                  review.changed_at / core::microseconds_per_second, 0, INT32_MAX))};
    if (review.category) {
        event.categories.push_back(*review.category);
    }
    return event;
}

std::string review_calendar_icalendar(std::optional<core::Instant> from_time,
                                      std::optional<core::Instant> until_time) {
    std::vector<core::CalendarEvent> events;
    for (const auto& review :
         pg::query<DueReview>("SELECT r.policy_id, r.tenant_id, r.name, r.version, r.owner_id, r.category, "
                              "r.due_at, p.updated_at "
                              "FROM policies_api.review_calendar($1, $2) r "
                              "JOIN policies.policies p ON p.tenant_id = r.tenant_id AND p.id = r.policy_id "
                              "ORDER BY r.due_at, r.policy_id",
                              from_time, until_time)) {
        events.push_back(event_of(review));
    }
    return core::write_events("-//policies//Review calendar//EN", events);
}

} // namespace

POLICIES_FUNCTION(review_calendar_icalendar);

} // namespace policies
