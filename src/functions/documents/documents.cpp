#include <nlohmann/json.hpp>

#include "core/document/line_diff.hpp"
#include "core/document/markdown.hpp"
#include "core/document/version.hpp"
#include "core/icalendar/icalendar.hpp"
#include "pg/guard.hpp"
#include "pg/values.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
}

// What documents are read, compared and scheduled with: functions of their arguments alone.

namespace {

using namespace policies;

/// A member of a review, as policies_api.review_calendar_icalendar() gives it; empty where it is null.
std::string text_member(const nlohmann::json& review, const char* name) {
    const auto found = review.find(name);
    return found != review.end() && found->is_string() ? found->get<std::string>() : std::string();
}

core::Instant instant_member(const nlohmann::json& review, const char* name) {
    // The Unix times of PostgreSQL's timestamps.
    constexpr double first = -210'866'803'200.0;
    constexpr double last = 9'224'318'016'000.0;
    const auto found = review.find(name);
    const double seconds = found != review.end() && found->is_number() ? found->get<double>() : last;
    if (!(seconds >= first && seconds < last)) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = std::string("a review needs the Unix time ") + name});
    }
    return static_cast<core::Instant>(seconds) * core::microseconds_per_second - pg::unix_epoch_offset;
}

/// One event a policy, whatever its date: a calendar program moves it when the review moves. The time of the
/// last change numbers its revisions.
core::CalendarEvent event_of(const nlohmann::json& review) {
    const auto changed_at = instant_member(review, "changed_at");
    const auto name = text_member(review, "name");
    core::CalendarEvent event{
        .uid = "review-" + text_member(review, "policy_id") + "@" + text_member(review, "tenant_id"),
        .stamp = changed_at,
        .starts_at = instant_member(review, "due_at"),
        .summary = "Policy review: " + (name.empty() ? text_member(review, "policy_id") : name),
        .sequence = static_cast<std::int32_t>(
            std::clamp<core::Instant>(changed_at / core::microseconds_per_second, 0, INT32_MAX))};
    for (const auto& [label, member] :
         {std::pair{"Policy", "policy_id"}, {"Version", "version"}, {"Owner", "owner_id"}}) {
        if (const auto value = text_member(review, member); !value.empty()) {
            event.description += (event.description.empty() ? "" : "\n") + std::string(label) + ": " + value;
        }
    }
    if (const auto category = text_member(review, "category"); !category.empty()) {
        event.categories.push_back(category);
    }
    return event;
}

bool is_cancelled() {
    return QueryCancelPending || ProcDiePending;
}

} // namespace

POLICIES_RAW_FUNCTION(next_version) {
    if (PG_ARGISNULL(1)) {
        pg::fail({.code = core::ErrorCode::missing_argument, .message = "requested must not be NULL"});
    }
    const auto last = pg::optional_text_argument(fcinfo, 0);
    return pg::text_datum(pg::unwrap(core::next_version(last, pg::text_argument(fcinfo, 1))));
}

POLICIES_RAW_FUNCTION(markdown_to_html) {
    return pg::text_datum(pg::unwrap(core::markdown_to_html(pg::text_argument(fcinfo, 0))));
}

POLICIES_RAW_FUNCTION(markdown_contents) {
    const auto json = pg::unwrap(core::table_of_contents(pg::text_argument(fcinfo, 0)));
    return pg::call([&] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.c_str())); });
}

POLICIES_RAW_FUNCTION(unified_diff) {
    const auto old_text = pg::text_argument(fcinfo, 0);
    const auto new_text = pg::text_argument(fcinfo, 1);
    const auto old_label = pg::text_argument(fcinfo, 2);
    const auto new_label = pg::text_argument(fcinfo, 3);
    for (;;) {
        const auto diff = pg::unwrap(
            core::unified_diff(old_text, new_text, old_label, new_label, PG_GETARG_INT32(4), is_cancelled));
        if (diff) {
            return pg::text_datum(*diff);
        }
        pg::call([] { CHECK_FOR_INTERRUPTS(); });
    }
}

POLICIES_RAW_FUNCTION(write_review_events) {
    Datum* elements = nullptr;
    bool* nulls = nullptr;
    int count = 0;
    pg::call([&] {
        deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), JSONBOID, -1, false, TYPALIGN_INT, &elements, &nulls,
                          &count);
    });
    std::vector<core::CalendarEvent> events;
    for (int i = 0; i < count; ++i) {
        const auto json = nulls[i] ? std::string_view("null") : pg::jsonb_text(elements[i]);
        const auto review = nlohmann::json::parse(json, nullptr, false);
        if (!review.is_object()) {
            pg::fail({.code = core::ErrorCode::invalid_argument,
                      .message = "a review must be a JSON object, not " + core::quoted(json)});
        }
        events.push_back(event_of(review));
    }
    return pg::text_datum(core::write_events("-//policies//Review calendar//EN", events));
}
