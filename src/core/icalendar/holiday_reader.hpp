#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/calendar/holidays.hpp"
#include "core/calendar/time_zone.hpp"

namespace policies::core {

/// The longest iCalendar text that is read, in bytes.
inline constexpr std::size_t max_icalendar_size = 1'048'576;

/// Reads the events (VEVENT) of one or several iCalendar objects (RFC 5545) as holidays.
///
/// Days: a DATE, and a DATE-TIME without "Z" whatever its TZID, is the day as written, as is midnight where
/// the property says VALUE=DATE; a DATE-TIME in UTC is converted to the zone, in which a day may begin later
/// than at midnight. DTEND is exclusive (3.6.1), but the day of DTSTART as a DATE counts; a DATE without
/// DTEND and DURATION is one day. An event must cover whole days. Names: SUMMARY, trimmed, cut off at
/// max_holiday_name_length, control characters read as spaces; "Holiday" when absent.
///
/// Recurrence (3.3.10, 3.8.5): DAILY, WEEKLY, MONTHLY and YEARLY, from a DATE or a local DATE-TIME, which is
/// the first occurrence whatever the rule says. A rule for the event's own month and day without end becomes
/// a yearly holiday, EXDATEs its exceptions. Every other rule becomes one holiday an occurrence: to its COUNT
/// or UNTIL, or else to endless_until, and never past last_holiday_year. BYMONTHDAY without BYMONTH in a
/// yearly rule means the event's own month, as in libical and Thunderbird. Occurrences before
/// first_holiday_year are left out. An UNTIL in UTC is converted to the zone. RDATEs are added, EXDATEs left
/// out; an event with RECURRENCE-ID replaces that occurrence of the event with the same UID. In these four a
/// time in UTC names, for an event of DATEs, the day that begins (or ends) then in the zone, or else its date
/// as written. Of an event's versions the one with the highest SEQUENCE counts; a cancelled event
/// (STATUS:CANCELLED, METHOD:CANCEL) is left out, with what has its UID and no higher SEQUENCE.
///
/// Everything but events, and every other property of them, is ignored. Returns the holidays sorted by first
/// day, without duplicates. Errors, naming the value: invalid_text for what is no iCalendar (or no UTF-8, or
/// holds NUL) and for a property that cannot be read; check_violation for text over max_icalendar_size, no
/// event at all, an event that covers no whole days, a rule that is not supported or has no end, days outside
/// first_holiday_year to last_holiday_year, more than max_holidays results.
Result<std::vector<Holiday>> read_holidays(std::string_view icalendar, const TimeZone& zone,
                                           std::optional<Day> endless_until);

} // namespace policies::core
