#include "functions/sla/rules_in_force.hpp"

#include "core/calendar/holidays.hpp"
#include "core/calendar/opening_hours.hpp"
#include "core/policies/policy_rules.hpp"

namespace policies {

namespace {

/// The versions of a table's rows that were in force at $3, or that are now where it is NULL, and since when;
/// $1 is the tenant.
std::string versions_in_force(const std::string& table, const std::string& columns,
                              const std::string& condition) {
    const std::string rows = "WHERE tenant_id = $1 AND NOT is_deleted AND " + condition;
    return "SELECT " + columns + ", updated_at AS since FROM policies." + table + " " + rows +
           " AND ($3 IS NULL OR updated_at <= $3) "
           "UNION ALL SELECT " +
           columns + ", valid_from FROM policies." + table + "_history " + rows +
           " AND valid_from <= $3 AND valid_to > $3";
}

/// The caller's own scope: an application's rows for it, and for a person those of no application.
constexpr const char* own_scope = "($2 IS NULL AND app_id IS NULL OR app_id = $2)";

struct PolicyVersion {
    std::string priority;
    std::string applies_to;
    std::string policy_id;
    std::optional<std::string> policy_name;
    std::optional<std::int32_t> first_response_minutes;
    std::optional<std::int32_t> resolution_minutes;
    bool business_hours_only;
    core::Instant since;
};

struct CalendarVersion {
    std::string id;
    std::optional<std::string> name;
    std::string time_zone;
    std::string opening_hours;
    std::string holidays;
    core::Instant since;
};

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

CalendarInForce compile(const CalendarVersion& version) {
    return {.id = version.id,
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
            .name = "Around the clock",
            .time_zone = "UTC",
            .clock = core::BusinessClock::around_the_clock()};
}

TextMap<TextMap<TargetsInForce>> read_targets(const core::Claims& caller,
                                              std::optional<core::Instant> as_of) {
    const auto versions = pg::query<PolicyVersion>(
        versions_in_force("policies",
                          "priority, applies_to, id, name, first_response_minutes, resolution_minutes, "
                          "coalesce(business_hours_only, false)",
                          "status = 'active' AND priority IS NOT NULL AND applies_to IS NOT NULL AND " +
                              std::string(own_scope)) +
            " ORDER BY since",
        caller.tenant_id, caller.app_id, as_of);
    TextMap<TextMap<TargetsInForce>> targets;
    for (const auto& version : versions) {
        const TargetsInForce in_force{.policy_id = version.policy_id,
                                      .policy_name = version.policy_name,
                                      .first_response_minutes = version.first_response_minutes,
                                      .resolution_minutes = version.resolution_minutes,
                                      .business_hours_only = version.business_hours_only};
        for (const auto& ticket_type : pg::unwrap(core::parse_ticket_types(version.applies_to))) {
            targets[version.priority].insert_or_assign(ticket_type, in_force);
        }
    }
    return targets;
}

CalendarInForce read_calendar(const core::Claims& caller, std::optional<core::Instant> as_of,
                              std::optional<std::string_view> id) {
    const auto condition = id ? "id = $4 AND ($2 IS NULL OR app_id = $2)"
                              : "$4 IS NULL AND is_default AND " + std::string(own_scope);
    const auto found = pg::query_one<std::optional<CalendarVersion>>(
        versions_in_force("business_calendars", "id, name, time_zone, opening_hours, holidays", condition) +
            " ORDER BY since DESC LIMIT 1",
        caller.tenant_id, caller.app_id, as_of, id);
    if (found) {
        return compile(*found);
    }
    if (id) {
        pg::fail({.code = core::ErrorCode::not_found,
                  .message = "business calendar " + core::quoted(*id) + " does not exist"});
    }
    return always_open();
}

} // namespace policies
