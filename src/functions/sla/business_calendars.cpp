#include "core/calendar/business_clock.hpp"
#include "core/icalendar/holiday_reader.hpp"
#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/time_zone.hpp"
#include "pg/trigger.hpp"
#include "pg/values.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/date.h"
#include "utils/jsonb.h"
}

// Business calendars: the checks of their rows, and the import of holidays.

namespace {

using namespace policies;

enum Column : int {
    name,
    time_zone,
    opening_hours,
    holidays,
    is_default,
    id,
    tenant_id,
    app_id,
    is_deleted,
    column_count
};

constexpr std::array<pg::NeededColumn, column_count> columns{{
    {"name", TEXTOID},
    {"time_zone", TEXTOID},
    {"opening_hours", JSONBOID},
    {"holidays", JSONBOID},
    {"is_default", BOOLOID},
    {"id", TEXTOID},
    {"tenant_id", TEXTOID},
    {"app_id", TEXTOID},
    {"is_deleted", BOOLOID},
}};

/// A row of the table, and what is to be changed in it.
class CalendarRow {
public:
    explicit CalendarRow(const TriggerData* trigger)
        : descriptor_(RelationGetDescr(trigger->tg_relation)), row_(pg::row_of(trigger)),
          old_row_(pg::fired_by_update(trigger) ? trigger->tg_trigtuple : nullptr),
          numbers_(pg::call([&] { return pg::column_numbers(trigger->tg_relation, columns); })) {}

    std::optional<Datum> datum(Column column) const {
        const auto field = pg::field_of(row_, descriptor_, numbers_[column]);
        return field.is_null ? std::nullopt : std::optional(field.value);
    }

    bool is_updated() const { return old_row_ != nullptr; }

    /// The text that an updated row had before.
    std::optional<std::string_view> old_text(Column column) const {
        const auto field = pg::field_of(old_row_, descriptor_, numbers_[column]);
        return field.is_null ? std::nullopt : std::optional(pg::text_view(field.value));
    }

    /// The JSON text of a column, or the column's default where a bulk INSERT has NULL.
    std::string_view json(Column column, std::string_view standard = "") const {
        const auto value = datum(column);
        return value ? pg::jsonb_text(*value) : standard;
    }

    bool is_true(Column column, bool standard) const {
        const auto value = datum(column);
        return value ? DatumGetBool(*value) : standard;
    }

    void set(Column column, Datum value) {
        int number = numbers_[column];
        bool is_null = false;
        row_ = pg::call(
            [&] { return heap_modify_tuple_by_cols(row_, descriptor_, 1, &number, &value, &is_null); });
    }

    HeapTuple tuple() const { return row_; }

private:
    TupleDesc descriptor_;
    HeapTuple row_;
    HeapTuple old_row_;
    std::array<AttrNumber, column_count> numbers_;
};

Datum jsonb_datum(const std::string& json) {
    return pg::call([&] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.c_str())); });
}

/// The value, or the error with the column that it is about.
template <typename Value>
Value checked(core::Result<Value> result, Column column) {
    if (!result) {
        pg::fail(std::move(result).error(), columns[column].name);
    }
    return *std::move(result);
}

std::string checked_time_zone(const CalendarRow& row) {
    const auto given = row.datum(time_zone);
    if (!given) {
        pg::fail({.code = core::ErrorCode::missing_value,
                  .message = "a business calendar needs a time zone",
                  .hint = "Give time_zone, for example Europe/Berlin."},
                 columns[time_zone].name);
    }
    const auto name = pg::text_view(*given);
    const auto canonical = pg::time_zone_name(name);
    if (!canonical) {
        pg::fail({.code = core::ErrorCode::check_violation,
                  .message = "unknown time zone: " + core::quoted(name),
                  .detail = "It is not in the server's time zone database.",
                  .hint = "Give the name of an IANA time zone, for example Europe/Berlin; pg_timezone_names "
                          "lists them."},
                 columns[time_zone].name);
    }
    return *canonical;
}

/// The unique index is what keeps a second default out; this says so in words that name the first one.
void refuse_second_default(const CalendarRow& row) {
    const auto& context = pg::current_context();
    if (!context.claims || !row.is_true(is_default, true) || row.is_true(is_deleted, false)) {
        return;
    }
    // A new row becomes the caller's; an updated one stays whose it is, which a person may be of no app's.
    const core::Claims caller = *context.claims;
    const auto tenant = row.is_updated() ? row.old_text(tenant_id) : caller.tenant_id;
    const auto app = row.is_updated() ? row.old_text(app_id) : caller.app_id;
    const auto own_id = row.is_updated() ? row.old_text(id) : std::nullopt;
    const auto others = pg::query(
        "SELECT id, name FROM policies.business_calendars WHERE tenant_id OPERATOR(pg_catalog.=) $1 "
        "AND ($2 IS NULL AND app_id IS NULL OR app_id OPERATOR(pg_catalog.=) $2) "
        "AND is_default AND NOT is_deleted AND ($3 IS NULL OR id OPERATOR(pg_catalog.<>) $3)",
        {pg::text_parameter(tenant), pg::text_parameter(app), pg::text_parameter(own_id)});
    if (!others.empty()) {
        const auto& other = others.front();
        pg::fail({.code = core::ErrorCode::already_covered,
                  .message = "business calendar " +
                             (other[1] ? core::quoted(*other[1]) + " (" + other[0].value() + ")"
                                       : other[0].value()) +
                             " is the default already",
                  .hint = "Set is_default to false, here or there."},
                 columns[is_default].name);
    }
}

struct StoredCalendar {
    std::string id;
    std::string time_zone;
    std::vector<core::Holiday> holidays;
};

StoredCalendar lock_calendar(const core::Claims& caller, const std::string& id) {
    const auto found = pg::query(
        "SELECT time_zone, holidays FROM policies.business_calendars "
        "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND id OPERATOR(pg_catalog.=) $2 AND NOT is_deleted "
        "AND ($3 IS NULL OR app_id OPERATOR(pg_catalog.=) $3) FOR UPDATE",
        {pg::text_parameter(caller.tenant_id), pg::text_parameter(id), pg::text_parameter(caller.app_id)});
    if (found.empty()) {
        pg::fail({.code = core::ErrorCode::not_found,
                  .message = "business calendar " + core::quoted(id) + " does not exist"});
    }
    return {.id = id,
            .time_zone = found[0][0].value(),
            .holidays = pg::unwrap(core::parse_holidays(found[0][1].value()))};
}

/// A date; nothing where it is NULL.
std::optional<core::Day> day_argument(FunctionCallInfo fcinfo, int n, const char* argument) {
    if (PG_ARGISNULL(n)) {
        return std::nullopt;
    }
    const DateADT date = PG_GETARG_DATEADT(n);
    if (DATE_NOT_FINITE(date)) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = std::string(argument) + " must be a finite date, not " +
                             (DATE_IS_NOEND(date) ? "infinity" : "-infinity")});
    }
    return core::postgres_epoch + std::chrono::days{date};
}

} // namespace

POLICIES_RAW_FUNCTION(is_valid_opening_hours) {
    return BoolGetDatum(static_cast<bool>(core::parse_opening_hours(pg::jsonb_text(PG_GETARG_DATUM(0)))));
}

POLICIES_RAW_FUNCTION(is_valid_holidays) {
    return BoolGetDatum(static_cast<bool>(core::parse_holidays(pg::jsonb_text(PG_GETARG_DATUM(0)))));
}

/// The BEFORE trigger on business calendars. The table's constraints say the same of single columns; here it
/// is said with the value at fault.
POLICIES_RAW_FUNCTION(check_business_calendar) {
    const auto* const trigger = pg::call([&] { return pg::trigger_data(fcinfo, "check_business_calendar"); });
    CalendarRow row(trigger);
    const pg::SpiSession session;
    const auto zone = checked_time_zone(row);
    if (!row.datum(opening_hours)) {
        pg::fail({.code = core::ErrorCode::missing_value,
                  .message = "a business calendar needs opening hours",
                  .hint = "Give opening_hours, for example "
                          "[{\"weekdays\": [1, 2, 3, 4, 5], \"opens\": \"09:00\", \"closes\": \"17:00\"}]."},
                 columns[opening_hours].name);
    }
    const auto hours = checked(core::parse_opening_hours(row.json(opening_hours)), opening_hours);
    const auto days = checked(core::parse_holidays(row.json(holidays, "[]")), holidays);
    checked(core::BusinessClock::compile(hours, days, pg::read_time_zone(zone)), holidays);
    refuse_second_default(row);
    if (pg::text_view(*row.datum(time_zone)) != zone) {
        row.set(time_zone, pg::text_datum(zone));
    }
    if (!row.datum(holidays)) {
        row.set(holidays, jsonb_datum("[]"));
    }
    if (!row.datum(is_default)) {
        row.set(is_default, BoolGetDatum(true));
    }
    return PointerGetDatum(row.tuple());
}

/// import_holidays(calendar_id, icalendar, endless_until)
POLICIES_RAW_FUNCTION(import_holidays) {
    pg::require_arguments(fcinfo, {"calendar_id", "icalendar"});
    const core::Claims caller = pg::unwrap(pg::current_context().claims);
    const auto calendar_id = pg::typed_id_argument(fcinfo, 0);
    const auto icalendar = pg::text_argument(fcinfo, 1);
    const auto endless_until = day_argument(fcinfo, 2, "endless_until");

    const pg::SpiSession session;
    auto calendar = lock_calendar(caller, calendar_id);
    const auto imported =
        pg::unwrap(core::read_holidays(icalendar, pg::read_time_zone(calendar.time_zone), endless_until));
    std::int32_t added = 0;
    for (const auto& holiday : imported) {
        if (std::ranges::find(calendar.holidays, holiday) == calendar.holidays.end()) {
            calendar.holidays.push_back(holiday);
            ++added;
        }
    }
    if (added > 0) {
        pg::execute("UPDATE policies.business_calendars SET holidays = $3 "
                    "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND id OPERATOR(pg_catalog.=) $2",
                    {pg::text_parameter(caller.tenant_id),
                     pg::text_parameter(calendar.id),
                     {.type = JSONBOID, .value = jsonb_datum(core::write_holidays(calendar.holidays))}});
    }
    return Int32GetDatum(added);
}
