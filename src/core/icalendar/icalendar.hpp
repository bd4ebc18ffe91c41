#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/calendar/business_calendar.hpp"
#include "core/calendar/time_zone.hpp"

namespace policies::core {

/// The longest iCalendar text that is read, in bytes.
inline constexpr std::size_t max_icalendar_size = 1'048'576;

/// Reads the events (VEVENT) of one or several iCalendar objects (RFC 5545) as holidays.
///
/// Days: a DATE, and a DATE-TIME without "Z" whatever its TZID, is the day as written; a DATE-TIME in UTC is
/// converted to the zone. DTEND is exclusive (3.6.1); a DATE without DTEND and DURATION is one day. An event
/// must cover whole days. Names: SUMMARY, trimmed, control characters read as spaces; "Holiday" when absent.
///
/// Recurrence (3.3.10, 3.8.5): only FREQ=YEARLY, only from a DATE or a local DATE-TIME that is itself the
/// rule's first occurrence. A rule for the event's own month and day without end becomes a yearly holiday,
/// EXDATEs its exceptions. Every other rule becomes one holiday an occurrence: to its COUNT or UNTIL, or else
/// to endless_until, and never past last_holiday_year. BYMONTHDAY without BYMONTH means the event's own
/// month, as in libical and Thunderbird. An UNTIL in UTC is converted to the zone, but for an event of DATEs
/// its date counts as written. RDATEs are added, EXDATEs left out; an event with RECURRENCE-ID replaces that
/// occurrence of the event with the same UID; a cancelled one (STATUS:CANCELLED) is left out.
///
/// Everything but events, and every other property of them, is ignored. Returns the holidays sorted by first
/// day, without duplicates. Errors, naming the value: invalid_text for what is no iCalendar (or no UTF-8, or
/// holds NUL) and for a property that cannot be read; check_violation for text over max_icalendar_size, no
/// event at all, an event that covers no whole days, a rule that is not supported or has no end, days outside
/// first_holiday_year to last_holiday_year, a name that is too long, more than max_holidays results.
Result<std::vector<Holiday>> read_holidays(std::string_view icalendar, const TimeZone& zone,
                                           std::optional<Day> endless_until);

/// An event to publish, a point in time or a whole day.
struct CalendarEvent {
    std::string uid{};
    Instant stamp{0};     ///< when it was last changed
    Instant starts_at{0}; ///< ignored when there is a day
    std::optional<Day> day{};
    std::string summary{};
    std::string description{}; ///< omitted when empty, as are the two below
    std::string url{};
    std::vector<std::string> categories{};
    std::int32_t sequence{0};
};

/// Writes an iCalendar object (RFC 5545, text/calendar) of the events in the order given: instants in UTC,
/// lines folded at 75 octets between characters (3.1), text escaped (3.3.11). The same input gives the same
/// text. Line breaks in a text are written as "\n", other control characters as spaces (in a URL, which is
/// written in ASCII, both percent-encoded), and bytes that are no UTF-8 as U+FFFD, so that no value can
/// begin a line of its own. Fractions of a second are cut off. An event outside the years 0 to 9999, which
/// the format cannot write, is left out.
std::string write_events(std::string_view product_id, const std::vector<CalendarEvent>& events);

} // namespace policies::core
