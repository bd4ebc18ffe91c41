#include "core/calendar/cadence.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

constexpr std::int32_t max_required_approvals = 100;

struct SettingsColumns : pg::ColumnSet {
    pg::Column<std::int32_t> required_approvals{*this, "required_approvals"};
    pg::Column<core::Cadence> review_cadence{*this, "review_cadence"};
    pg::Column<std::string_view> time_zone{*this, "time_zone"};
    pg::Column<std::string_view> search_language{*this, "search_language"};
};

void check_required_approvals(std::int32_t required) {
    if (required < 0 || required > max_required_approvals) {
        pg::fail({.code = core::ErrorCode::check_violation,
                  .message = "required_approvals must be 0 to " + std::to_string(max_required_approvals) +
                             ", not " + std::to_string(required)},
                 "required_approvals");
    }
}

void check_search_language(std::string_view language) {
    if (pg::execute(
            "SELECT FROM pg_ts_config WHERE cfgname = $1 AND cfgnamespace = 'pg_catalog'::regnamespace",
            language) == 0) {
        pg::fail({.code = core::ErrorCode::check_violation,
                  .message = "unknown search language: " + core::quoted(language),
                  .hint = "Give the name of a text search configuration, for example english; pg_ts_config "
                          "lists them."},
                 "search_language");
    }
}

/// The BEFORE trigger of policy_settings: checks what is given, and names the value at fault; a time zone is
/// written as the server spells it.
void check_policy_settings(pg::RowTriggerOf<SettingsColumns>& trigger) {
    const auto row = trigger.row();
    if (const auto required = row.get(trigger.columns.required_approvals)) {
        check_required_approvals(*required);
    }
    if (const auto cadence = row.get(trigger.columns.review_cadence)) {
        pg::unwrap(core::check_cadence(*cadence), "review_cadence");
    }
    if (const auto zone = row.get(trigger.columns.time_zone)) {
        const auto checked = pg::checked_time_zone(*zone, trigger.columns.time_zone.name);
        if (checked != *zone) {
            trigger.set(trigger.columns.time_zone, checked);
        }
    }
    if (const auto language = row.get(trigger.columns.search_language)) {
        check_search_language(*language);
    }
}

} // namespace

POLICIES_FUNCTION(check_policy_settings);

} // namespace policies
