#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <libical/ical.h>

#include "core/calendar/business_calendar.hpp"

/// What the core asks of libical: to read single values. Its parser of whole texts is not used, since in 3.0
/// it reads the time zone database's zone.tab at the first "Z", ends value lists after 500 values, and copies
/// bytes of properties that mean nothing here into buffers of fixed size.
namespace policies::core {

/// For its lifetime, libical reports errors instead of aborting the process, as it does by default in some
/// builds.
class LibicalErrors {
public:
    LibicalErrors() : were_fatal_(icalerror_get_errors_are_fatal()) { icalerror_set_errors_are_fatal(0); }

    ~LibicalErrors() { icalerror_set_errors_are_fatal(were_fatal_); }

    LibicalErrors(const LibicalErrors&) = delete;
    LibicalErrors& operator=(const LibicalErrors&) = delete;

private:
    int were_fatal_;
};

/// A DATE or DATE-TIME (RFC 5545, 3.3.4 and 3.3.5) as written.
struct WrittenTime {
    Day day{0};
    std::int32_t second{0}; ///< since midnight
    bool is_date{true};
    bool is_utc{false};
};

/// Reads a DATE or DATE-TIME; nothing for what is none, or does not exist.
std::optional<WrittenTime> read_time(std::string_view text);

/// Whether all of the text is ASCII digits, at least one and at most so many.
bool is_number(std::string_view text, std::size_t max_digits);

/// The text with ASCII letters in upper case.
std::string to_upper(std::string_view text);

/// The text without white space and control characters at its ends.
std::string_view trimmed(std::string_view text);

/// Where the calendar year begins.
Day first_day_of_year(int year);

} // namespace policies::core
