#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar/day.hpp"

namespace policies::core {

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

/// Writes an iCalendar object (RFC 5545, text/calendar) that publishes the events (RFC 5546; Outlook takes no
/// other) in the order given: instants in UTC,
/// lines folded at 75 octets between characters (3.1), text escaped (3.3.11). The same input gives the same
/// text. Line breaks in a text are written as "\n", other control characters as spaces (in a URL, which is
/// written in ASCII, both percent-encoded), and bytes that are no UTF-8 as U+FFFD, so that no value can
/// begin a line of its own. Fractions of a second are cut off. An event outside the years 0 to 9999, which
/// the format cannot write, is left out. Where no event is left, the object describes UTC, since an empty one
/// would be invalid.
std::string write_events(std::string_view product_id, const std::vector<CalendarEvent>& events);

} // namespace policies::core
