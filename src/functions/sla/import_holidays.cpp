#include <algorithm>

#include "core/calendar/holidays.hpp"
#include "core/icalendar/holiday_reader.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

struct StoredCalendar {
    std::string time_zone;
    std::string holidays;
};

StoredCalendar lock_calendar(const core::Claims& caller, const std::string& id) {
    auto found = pg::query_one<std::optional<StoredCalendar>>(
        "SELECT time_zone, holidays FROM policies.business_calendars WHERE tenant_id = $1 AND id = $2 "
        "AND NOT is_deleted AND ($3 IS NULL OR app_id = $3) FOR UPDATE",
        caller.tenant_id, id, caller.app_id);
    if (!found) {
        pg::fail({.code = core::ErrorCode::not_found,
                  .message = "business calendar " + core::quoted(id) + " does not exist"});
    }
    return *std::move(found);
}

/// Adds the holidays of an iCalendar text to a calendar, those it already has excepted; returns how many.
std::int32_t import_holidays(const core::TypedId& calendar_id, std::string_view icalendar,
                             std::optional<pg::FiniteDay> endless_until) {
    const auto caller = pg::current_caller();
    const auto id = core::format_typed_id(calendar_id);
    const auto calendar = lock_calendar(caller, id);
    auto holidays = pg::unwrap(core::parse_holidays(calendar.holidays));
    std::int32_t added = 0;
    for (const auto& holiday :
         pg::unwrap(core::read_holidays(icalendar, pg::read_time_zone(calendar.time_zone), endless_until))) {
        if (std::ranges::find(holidays, holiday) == holidays.end()) {
            holidays.push_back(holiday);
            ++added;
        }
    }
    if (added > 0) {
        pg::execute("UPDATE policies.business_calendars SET holidays = $3 WHERE tenant_id = $1 AND id = $2",
                    caller.tenant_id, id, pg::Json{core::write_holidays(holidays)});
    }
    return added;
}

} // namespace

POLICIES_FUNCTION(import_holidays);

} // namespace policies
