#include "core/icalendar/event_writer.hpp"

#include <algorithm>
#include <chrono>

#include "core/base/text.hpp"
#include "core/base/utf8.hpp"
#include "core/calendar/time_of_day.hpp"

namespace policies::core {

namespace {

constexpr std::size_t max_line_size = 75; // octets, without the line end

void append_line(std::string& out, std::string_view line) {
    std::size_t size = 0;
    while (!line.empty()) {
        const std::size_t length = std::max<std::size_t>(utf8_length(line), 1);
        if (size + length > max_line_size) {
            out += "\r\n ";
            size = 1;
        }
        out += line.substr(0, length);
        size += length;
        line.remove_prefix(length);
    }
    out += "\r\n";
}

std::string escaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (character == "\n" || character == "\r" || is_line_separator(character)) {
            out += "\\n";
        } else if (character == "\\" || character == ";" || character == ",") {
            (out += '\\') += character;
        } else if (is_control(character[0]) && character != "\t") {
            out += ' ';
        } else {
            out += character;
        }
        text.remove_prefix(text.starts_with("\r\n") ? 2 : character.size());
    }
    return out;
}

std::string percent_encoded(std::string_view url) {
    std::string out;
    for (const char character : url) {
        if (character > ' ' && character < '\x7F') {
            out += character;
            continue;
        }
        out += '%';
        append_hexadecimal(out, character);
    }
    return out;
}

/// A DATE; nothing outside the years 0 to 9999.
std::optional<std::string> written_date(Day day) {
    constexpr Day first{std::chrono::year{0} / 1 / 1};
    constexpr Day last{std::chrono::year{9999} / 12 / 31};
    if (day < first || day > last) {
        return {};
    }
    std::string text = format_date(day);
    std::erase(text, '-');
    return text;
}

/// A DATE-TIME in UTC; nothing outside the years 0 to 9999.
std::optional<std::string> written_time(Instant instant) {
    const std::optional<std::string> date = written_date(day_of(instant));
    if (!date) {
        return {};
    }
    const Duration of_day = floor_modulo(instant, microseconds_per_day);
    std::string time = format_time_of_day(std::chrono::seconds{of_day / microseconds_per_second});
    std::erase(time, ':');
    return *date + "T" + time + "Z";
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
    if (!text.empty()) {
        append_line(out, std::string(name) + ":" + escaped(text));
    }
}

void append_event(std::string& out, const CalendarEvent& event) {
    const std::optional<std::string> stamp = written_time(event.stamp);
    const std::optional<std::string> start =
        event.day ? written_date(*event.day) : written_time(event.starts_at);
    if (!stamp || !start) {
        return;
    }
    append_line(out, "BEGIN:VEVENT");
    append_line(out, "UID:" + escaped(event.uid));
    append_line(out, "DTSTAMP:" + *stamp);
    append_line(out, (event.day ? "DTSTART;VALUE=DATE:" : "DTSTART:") + *start);
    append_line(out, "SUMMARY:" + escaped(event.summary));
    append_text(out, "DESCRIPTION", event.description);
    if (!event.url.empty()) {
        append_line(out, "URL:" + percent_encoded(event.url));
    }
    std::string categories;
    for (const std::string& category : event.categories) {
        categories += categories.empty() ? "" : ",";
        categories += escaped(category);
    }
    if (!categories.empty()) {
        append_line(out, "CATEGORIES:" + categories);
    }
    append_line(out, "SEQUENCE:" + std::to_string(event.sequence));
    append_line(out, "TRANSP:TRANSPARENT"); // takes none of the reader's time
    append_line(out, "END:VEVENT");
}

/// RFC 5545 (3.4) wants a component in every calendar, and a time zone is the only one that shows nothing.
void append_time_zone(std::string& out) {
    for (const std::string_view line :
         {"BEGIN:VTIMEZONE", "TZID:UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000",
          "TZOFFSETTO:+0000", "TZNAME:UTC", "END:STANDARD", "END:VTIMEZONE"}) {
        append_line(out, line);
    }
}

} // namespace

std::string write_events(std::string_view product_id, const std::vector<CalendarEvent>& events) {
    std::string out;
    append_line(out, "BEGIN:VCALENDAR");
    append_line(out, "VERSION:2.0");
    append_line(out, "PRODID:" + escaped(product_id));
    append_line(out, "METHOD:PUBLISH");
    const std::size_t header_size = out.size();
    for (const CalendarEvent& event : events) {
        append_event(out, event);
    }
    if (out.size() == header_size) {
        append_time_zone(out);
    }
    append_line(out, "END:VCALENDAR");
    return out;
}

} // namespace policies::core
