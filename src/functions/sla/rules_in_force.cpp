#include "functions/sla/rules_in_force.hpp"

#include <limits>

#include "core/calendar/holidays.hpp"
#include "core/calendar/opening_hours.hpp"
#include "core/policies/policy_rules.hpp"

namespace policies {

namespace {

/// The rows of a table as they are that a condition holds for; $1 is the tenant.
std::string current_rows(const std::string& table, const std::string& columns, const std::string& condition) {
    return "SELECT " + columns + ", updated_at, NULL::timestamptz FROM policies." + table +
           " WHERE tenant_id = $1 AND " + condition;
}

/// All versions of a table's rows that a condition holds for, since when and until when.
std::string versions(const std::string& table, const std::string& columns, const std::string& condition) {
    return current_rows(table, columns, condition) + " UNION ALL SELECT " + columns +
           ", valid_from, valid_to FROM policies." + table + "_history WHERE tenant_id = $1 AND " + condition;
}

/// The version $3 and $4 name, and nothing else.
std::string one_version(const std::string& table, const std::string& columns, const std::string& condition) {
    return "SELECT * FROM (" + versions(table, columns, "id = $3 AND " + condition) + ") AS v (" + columns +
           ", since, until) WHERE since = $4";
}

/// The caller's own scope: an application's rows for it, and for a person those of no application.
constexpr const char* own_scope = "($2 IS NULL AND app_id IS NULL OR app_id = $2)";
/// What the caller may name.
constexpr const char* visible_scope = "($2 IS NULL OR app_id = $2)";

constexpr const char* columns_of_policies =
    "id, priority, applies_to, name, first_response_minutes, resolution_minutes, business_hours_only";
constexpr const char* calendar_columns = "id, name, time_zone, opening_hours, holidays";

struct PolicyVersion {
    std::string policy_id;
    std::optional<std::string> priority;
    std::optional<std::string> applies_to;
    std::optional<std::string> policy_name;
    std::optional<std::int32_t> first_response_minutes;
    std::optional<std::int32_t> resolution_minutes;
    std::optional<bool> business_hours_only;
    core::Instant since;
    std::optional<core::Instant> until; ///< nothing for what is in force

    SharedTargets targets() const {
        return std::make_shared<const TargetsInForce>(
            TargetsInForce{.policy_id = policy_id,
                           .version = core::format_row_version({policy_id, since}),
                           .policy_name = policy_name,
                           .first_response_minutes = first_response_minutes,
                           .resolution_minutes = resolution_minutes,
                           .business_hours_only = business_hours_only.value_or(false)});
    }
};

struct CalendarVersion {
    std::string id;
    std::optional<std::string> name;
    std::string time_zone;
    std::string opening_hours;
    std::string holidays;
    core::Instant since;
    std::optional<core::Instant> until;
};

std::string targets_condition() {
    return "NOT is_deleted AND status = 'active' AND priority IS NOT NULL AND applies_to IS NOT NULL AND " +
           std::string(own_scope);
}

std::string default_calendar_condition() {
    return "NOT is_deleted AND is_default AND " + std::string(own_scope);
}

/// Time zones are compiled from the server's files, which do not change under a running backend.
const core::TimeZone& time_zone(const std::string& name) {
    static TextMap<core::TimeZone>* zones = nullptr;
    if (zones == nullptr) {
        zones = new TextMap<core::TimeZone>;
    }
    auto found = zones->find(name);
    if (found == zones->end()) {
        found = zones->emplace(name, pg::read_time_zone(name)).first;
    }
    return found->second;
}

[[noreturn]] void fail_for_missing_version(const char* what, const core::RowVersion& version) {
    pg::fail({.code = core::ErrorCode::not_found,
              .message = "that version of " + std::string(what) + " " + core::quoted(version.id) +
                         " does not exist"});
}

/// The end of what is in force.
constexpr core::Instant for_ever = std::numeric_limits<core::Instant>::max();

CalendarInForce compile(const CalendarVersion& version) {
    return {.id = version.id,
            .version = core::format_row_version({version.id, version.since}),
            .name = version.name.value_or(""),
            .time_zone = version.time_zone,
            .clock = pg::unwrap(core::BusinessClock::compile(
                pg::unwrap(core::parse_opening_hours(version.opening_hours)),
                pg::unwrap(core::parse_holidays(version.holidays)), time_zone(version.time_zone)))};
}

} // namespace

double minutes_of(core::Duration duration) {
    return static_cast<double>(duration) / static_cast<double>(microseconds_per_minute);
}

std::optional<core::Instant> CalendarInForce::due_at(core::Instant start, std::int32_t minutes,
                                                     std::span<const core::Pause> pauses) const {
    return pg::unwrap(clock.add(start, minutes * microseconds_per_minute, pauses));
}

CalendarInForce always_open() {
    return {.id = std::nullopt,
            .version = {},
            .name = "Around the clock",
            .time_zone = "UTC",
            .clock = core::BusinessClock::around_the_clock()};
}

ByTicket<SharedTargets> read_targets(const core::Claims& caller) {
    ByTicket<SharedTargets> targets;
    for (const auto& version : pg::query<PolicyVersion>(
             current_rows("policies", columns_of_policies, targets_condition()) + " ORDER BY updated_at",
             caller.tenant_id, caller.app_id)) {
        const auto in_force = version.targets();
        for (const auto& ticket_type : pg::unwrap(core::parse_ticket_types(*version.applies_to))) {
            targets[*version.priority].insert_or_assign(ticket_type, in_force);
        }
    }
    return targets;
}

ByTicket<core::Timeline<SharedTargets>> read_past_targets(const core::Claims& caller) {
    using Period = core::Timeline<SharedTargets>::Period;
    ByTicket<std::vector<Period>> periods;
    for (const auto& version :
         pg::query<PolicyVersion>(versions("policies", columns_of_policies, targets_condition()),
                                  caller.tenant_id, caller.app_id)) {
        const auto in_force = version.targets();
        for (const auto& ticket_type : pg::unwrap(core::parse_ticket_types(*version.applies_to))) {
            periods[*version.priority][ticket_type].push_back(
                {version.since, version.until.value_or(for_ever), in_force});
        }
    }
    ByTicket<core::Timeline<SharedTargets>> timelines;
    for (auto& [priority, of_priority] : periods) {
        for (auto& [ticket_type, of_type] : of_priority) {
            timelines[priority].emplace(ticket_type, core::Timeline<SharedTargets>(std::move(of_type)));
        }
    }
    return timelines;
}

SharedTargets read_targets(const core::Claims& caller, const core::RowVersion& policy) {
    const auto found =
        pg::query_one<std::optional<PolicyVersion>>(one_version("policies", columns_of_policies, own_scope),
                                                    caller.tenant_id, caller.app_id, policy.id, policy.since);
    if (!found) {
        fail_for_missing_version("policy", policy);
    }
    return found->targets();
}

CalendarInForce read_calendar(const core::Claims& caller, std::optional<std::string_view> id) {
    const auto condition = id ? "NOT is_deleted AND id = $3 AND " + std::string(visible_scope)
                              : "$3 IS NULL AND " + default_calendar_condition();
    const auto found = pg::query_one<std::optional<CalendarVersion>>(
        current_rows("business_calendars", calendar_columns, condition), caller.tenant_id, caller.app_id, id);
    if (found) {
        return compile(*found);
    }
    if (id) {
        pg::fail({.code = core::ErrorCode::not_found,
                  .message = "business calendar " + core::quoted(*id) + " does not exist"});
    }
    return always_open();
}

core::Timeline<core::RowVersion> read_past_default_calendars(const core::Claims& caller) {
    struct Version {
        std::string id;
        core::Instant since;
        std::optional<core::Instant> until;
    };

    std::vector<core::Timeline<core::RowVersion>::Period> periods;
    for (const auto& version :
         pg::query<Version>(versions("business_calendars", "id", default_calendar_condition()),
                            caller.tenant_id, caller.app_id)) {
        periods.push_back({version.since, version.until.value_or(for_ever), {version.id, version.since}});
    }
    return core::Timeline<core::RowVersion>(std::move(periods));
}

CalendarInForce read_calendar(const core::Claims& caller, const core::RowVersion& calendar) {
    const auto found = pg::query_one<std::optional<CalendarVersion>>(
        one_version("business_calendars", calendar_columns, visible_scope), caller.tenant_id, caller.app_id,
        calendar.id, calendar.since);
    if (!found) {
        fail_for_missing_version("business calendar", calendar);
    }
    return compile(*found);
}

} // namespace policies
