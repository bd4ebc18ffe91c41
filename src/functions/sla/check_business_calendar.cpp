#include "core/calendar/business_clock.hpp"
#include "core/calendar/holidays.hpp"
#include "core/calendar/opening_hours.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

struct CalendarColumns : pg::ColumnSet {
    pg::Column<std::string> id{*this, "id"};
    pg::Column<std::string> tenant_id{*this, "tenant_id"};
    pg::Column<std::string> app_id{*this, "app_id"};
    pg::Column<std::string> name{*this, "name"};
    pg::Column<std::string_view> time_zone{*this, "time_zone"};
    pg::Column<pg::Json> opening_hours{*this, "opening_hours"};
    pg::Column<pg::Json> holidays{*this, "holidays"};
    pg::Column<bool> is_default{*this, "is_default"};
    pg::Column<bool> is_deleted{*this, "is_deleted"};
};

inline constexpr CalendarColumns columns;

/// The time zone as the server's database spells it.
std::string checked_time_zone(const std::optional<std::string_view>& given) {
    if (!given) {
        pg::fail({.code = core::ErrorCode::missing_value,
                  .message = "a business calendar needs a time zone",
                  .hint = "Give time_zone, for example Europe/Berlin."},
                 columns.time_zone.name);
    }
    return pg::checked_time_zone(*given, columns.time_zone.name);
}

/// Checks what a calendar is made of, by making its clock.
void check_clock(const std::string& time_zone, const std::optional<pg::Json>& opening_hours,
                 const pg::Json& holidays) {
    if (!opening_hours) {
        pg::fail({.code = core::ErrorCode::missing_value,
                  .message = "a business calendar needs opening hours",
                  .hint = "Give opening_hours, for example "
                          "[{\"weekdays\": [1, 2, 3, 4, 5], \"opens\": \"09:00\", \"closes\": \"17:00\"}]."},
                 columns.opening_hours.name);
    }
    const auto hours = pg::unwrap(core::parse_opening_hours(opening_hours->text), columns.opening_hours.name);
    const auto days = pg::unwrap(core::parse_holidays(holidays.text), columns.holidays.name);
    pg::unwrap(core::BusinessClock::compile(hours, days, pg::read_time_zone(time_zone)),
               columns.holidays.name);
}

/// Whose default calendar it is to be.
struct Owner {
    std::string tenant_id;
    std::optional<std::string> app_id;
    std::optional<std::string> calendar_id; ///< nothing before it has one
};

/// A new calendar will be its caller's. One that is updated stays whose it is: a person may update an
/// application's.
Owner owner_of(const pg::RowTrigger& trigger) {
    if (trigger.is_insert()) {
        auto caller = pg::current_caller();
        return {
            .tenant_id = std::move(caller.tenant_id), .app_id = std::move(caller.app_id), .calendar_id = {}};
    }
    const auto old_row = trigger.old_row();
    return {.tenant_id = old_row.get(columns.tenant_id).value(),
            .app_id = old_row.get(columns.app_id),
            .calendar_id = old_row.get(columns.id)};
}

/// The unique index is what keeps a second default out; this says so in words that name the first one.
void refuse_second_default(const Owner& owner) {
    struct Calendar {
        std::string id;
        std::optional<std::string> name;
    };

    const auto other =
        pg::query_one<std::optional<Calendar>>("SELECT id, name FROM policies.business_calendars WHERE "
                                               "tenant_id = $1 AND app_id IS NOT DISTINCT FROM $2 "
                                               "AND is_default AND NOT is_deleted AND id IS DISTINCT FROM $3",
                                               owner.tenant_id, owner.app_id, owner.calendar_id);
    if (other) {
        pg::fail({.code = core::ErrorCode::already_covered,
                  .message = "business calendar " +
                             (other->name ? core::quoted(*other->name) + " (" + other->id + ")" : other->id) +
                             " is the default already",
                  .hint = "Set is_default to false, here or there."},
                 columns.is_default.name);
    }
}

/// Policies with business_hours_only would go on around the clock, and nobody would be told.
void refuse_loss_of_default(const pg::RowTriggerOf<CalendarColumns>& trigger) {
    const auto old_row = trigger.old_row();
    const auto waiting = pg::query_one<int>(
        "SELECT count(*) FROM policies.policies WHERE tenant_id = $1 AND app_id IS NOT DISTINCT FROM $2 "
        "AND status = 'active' AND NOT is_deleted AND business_hours_only AND priority IS NOT NULL "
        "AND applies_to IS NOT NULL",
        old_row.get(columns.tenant_id), old_row.get(columns.app_id));
    if (waiting > 0) {
        pg::fail(
            {.code = core::ErrorCode::conflict,
             .message =
                 "business calendar " +
                 core::quoted(old_row.get(columns.name).value_or(old_row.get(columns.id).value())) +
                 " is the default of active policies with business_hours_only: " + std::to_string(waiting),
             .detail = "Without it their clocks would never stop.",
             .hint = "Make another calendar the default first, or change these policies."},
            columns.is_deleted.name);
    }
}

/// The BEFORE trigger on business calendars. The table's constraints say the same of single columns; here it
/// is said with the value at fault. A bulk INSERT has NULL where one of its rows leaves out what another
/// gives: the defaults apply all the same.
void check_business_calendar(pg::RowTriggerOf<CalendarColumns>& trigger) {
    const auto row = trigger.row();
    const auto given_zone = row.get(columns.time_zone);
    const auto zone = checked_time_zone(given_zone);
    const auto holidays = row.get(columns.holidays);
    check_clock(zone, row.get(columns.opening_hours), holidays.value_or(pg::Json{"[]"}));
    const auto is_default = row.get(columns.is_default);
    const bool is_removed = trigger.is_update() && row.get(columns.is_deleted).value_or(false) &&
                            !trigger.old_row().get(columns.is_deleted).value_or(false);
    if (is_removed && trigger.old_row().get(columns.is_default).value_or(false)) {
        refuse_loss_of_default(trigger);
    }
    if (is_default.value_or(true) && !row.get(columns.is_deleted).value_or(false) &&
        pg::current_context().claims) {
        refuse_second_default(owner_of(trigger));
    }
    if (given_zone != zone) {
        trigger.set(columns.time_zone, zone);
    }
    if (!holidays) {
        trigger.set(columns.holidays, pg::Json{"[]"});
    }
    if (!is_default) {
        trigger.set(columns.is_default, true);
    }
}

bool is_valid_opening_hours(pg::JsonView opening_hours) {
    return static_cast<bool>(core::parse_opening_hours(opening_hours.text));
}

bool is_valid_holidays(pg::JsonView holidays) {
    return static_cast<bool>(core::parse_holidays(holidays.text));
}

} // namespace

POLICIES_FUNCTION(check_business_calendar);
POLICIES_FUNCTION(is_valid_opening_hours);
POLICIES_FUNCTION(is_valid_holidays);

} // namespace policies
