#include "core/policies/policy_rules.hpp"
#include "pg/function.hpp"

namespace policies {

// The BEFORE trigger that checks a policy's fields. The table's CHECK constraints say the same; the trigger
// says it with the value at fault, which row security keeps out of a constraint's error.

namespace {

struct PolicyColumns : pg::ColumnSet {
    pg::Column<std::string_view> version{*this, "version"};
    pg::Column<std::string_view> category{*this, "category"};
    pg::Column<std::string_view> status{*this, "status"};
    pg::Column<std::string_view> priority{*this, "priority"};
    pg::Column<std::string_view> source_type{*this, "source_type"};
    pg::Column<pg::JsonView> tags{*this, "tags"};
    pg::Column<pg::JsonView> applies_to{*this, "applies_to"};
    pg::Column<std::int32_t> first_response_minutes{*this, "first_response_minutes"};
    pg::Column<std::int32_t> resolution_minutes{*this, "resolution_minutes"};
    pg::Column<core::Cadence> review_cadence{*this, "review_cadence"};
    pg::Column<core::Instant> published_at{*this, "published_at"};
    pg::Column<core::Instant> next_review_at{*this, "next_review_at"};
};

using PolicyTrigger = pg::RowTriggerOf<PolicyColumns>;

std::optional<std::string_view> json_text(std::optional<pg::JsonView> json) {
    return json ? std::optional(json->text) : std::nullopt;
}

core::Infinity infinity_of(std::optional<core::Instant> instant) {
    if (!instant || pg::is_finite(*instant)) {
        return core::Infinity::none;
    }
    return *instant > 0 ? core::Infinity::positive : core::Infinity::negative;
}

core::PolicyFields fields_of(const pg::TableRow& row) {
    constexpr PolicyColumns columns{};
    return {.version = row.get(columns.version),
            .category = row.get(columns.category),
            .status = row.get(columns.status),
            .priority = row.get(columns.priority),
            .source_type = row.get(columns.source_type),
            .tags_json = json_text(row.get(columns.tags)),
            .applies_to_json = json_text(row.get(columns.applies_to)),
            .first_response_minutes = row.get(columns.first_response_minutes),
            .resolution_minutes = row.get(columns.resolution_minutes),
            .review_cadence = row.get(columns.review_cadence),
            .published_at = infinity_of(row.get(columns.published_at)),
            .next_review_at = infinity_of(row.get(columns.next_review_at))};
}

void check_policy(PolicyTrigger& trigger) {
    auto fields = fields_of(trigger.row());
    // A bulk INSERT names NULL where one of its rows leaves out what another gives: the default applies all the same.
    const bool needs_status = trigger.is_insert() && !fields.status;
    if (needs_status) {
        fields.status = core::statuses[0];
    }
    if (auto broken = core::find_broken_rule(fields)) {
        pg::fail(std::move(broken->error), broken->field);
    }
    if (needs_status) {
        trigger.set(trigger.columns.status, core::statuses[0]);
    }
}

bool is_valid_ticket_types(pg::JsonView ticket_types) {
    return static_cast<bool>(core::parse_ticket_types(ticket_types.text));
}

} // namespace

POLICIES_FUNCTION(check_policy);
POLICIES_FUNCTION(is_valid_ticket_types);

} // namespace policies
