#include "core/icalendar/event_reader.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/base/utf8.hpp"
#include "core/calendar/holidays.hpp"
#include "core/icalendar/content_lines.hpp"

namespace policies::core {

namespace {

Error invalid_line(const ContentLine& line, std::string detail) {
    return Error{invalid_text, "invalid " + line.shown(), std::move(detail)};
}

/// The text cut off where it is too long for the name of a holiday, between characters.
std::string_view shortened(std::string_view name) {
    if (name.size() <= max_holiday_name_length) {
        return name;
    }
    std::size_t length = max_holiday_name_length;
    while (is_utf8_continuation(name[length])) {
        --length;
    }
    return trimmed(name.substr(0, length));
}

/// The name of a holiday, absent when the text is blank.
std::optional<std::string> read_name(std::string_view text) {
    std::string name = read_text(text);
    std::replace_if(name.begin(), name.end(), is_control, ' ');
    const std::string_view shown = shortened(trimmed(name));
    return shown.empty() ? std::optional<std::string>() : std::optional<std::string>(shown);
}

/// Reads the time in a property's value. Where the property says that it is a date, midnight is one.
std::optional<WrittenTime> read_time_of(const ContentLine& line, std::string_view value) {
    std::optional<WrittenTime> time = read_time(to_upper(trimmed(value)));
    const bool says_date = (line.parameters + ";").find(";VALUE=DATE;") != std::string::npos;
    if (time && says_date && time->time_of_day == std::chrono::seconds{0}) {
        return WrittenTime{.day = time->day};
    }
    return time;
}

/// Reads the text's events.
class EventReader {
public:
    Result<std::vector<Event>> read(std::string_view text) {
        ContentLines lines(text);
        ContentLine line;
        while (lines.next(line)) {
            if (!is_utf8(line.text)) {
                return Error{invalid_text,
                             "invalid iCalendar line " + std::to_string(line.number) + ": it is not UTF-8"};
            }
            POLICIES_TRY(read_line(line));
        }
        if (!has_calendar_) {
            return no_calendar(text);
        }
        if (!open_.empty()) {
            return Error{invalid_text,
                         "invalid iCalendar text: " + core::quoted("BEGIN:" + open_.back()) + " has no end"};
        }
        if (!has_event_) {
            return Error{check_violation, "the iCalendar text holds no event", "No VEVENT is in it."};
        }
        return std::move(events_);
    }

private:
    static Error no_calendar(std::string_view text) {
        std::string_view start = trimmed(text);
        start = start.substr(0, start.find_first_of("\r\n"));
        return Error{invalid_text, "no iCalendar: " + (is_utf8(start) ? core::quoted(start) : "not UTF-8"),
                     "The text must begin with BEGIN:VCALENDAR."};
    }

    bool is_in_event() const { return open_.size() == 2 && open_[1] == "VEVENT" && open_[0] == "VCALENDAR"; }

    /// Whether the line stands in a component whose content is ignored.
    bool is_skipped() const { return open_.size() > 1 && !is_in_event(); }

    Check read_line(ContentLine& line) {
        if (!line.split()) {
            if (!has_calendar_) {
                return no_calendar(line.text);
            }
            if (is_skipped() || trimmed(line.text).empty()) {
                return Ok{};
            }
            return invalid_line(line, "A line is a name, perhaps parameters, a colon, and a value.");
        }
        if (line.name == "BEGIN") {
            return begin(line);
        }
        if (line.name == "END") {
            return end(line);
        }
        if (open_.empty()) {
            return has_calendar_
                       ? invalid_line(line, "It stands outside of BEGIN:VCALENDAR and END:VCALENDAR.")
                       : no_calendar(line.text);
        }
        if (open_.size() == 1 && line.name == "METHOD") {
            is_cancellation_ = to_upper(trimmed(line.value)) == "CANCEL";
        }
        return is_in_event() ? read_property(line) : Ok{};
    }

    Check begin(const ContentLine& line) {
        const std::string component = to_upper(trimmed(line.value));
        if (open_.empty() && component != "VCALENDAR") {
            return has_calendar_ ? invalid_line(line, "Only VCALENDAR may stand alone.")
                                 : no_calendar(line.text);
        }
        has_calendar_ = true;
        if (open_.empty()) {
            is_cancellation_ = false;
            events_before_ = events_.size();
        }
        open_.push_back(component);
        if (!is_in_event()) {
            return Ok{};
        }
        has_event_ = true;
        event_ = {};
        return Ok{};
    }

    Check end(const ContentLine& line) {
        if (!has_calendar_) {
            return no_calendar(line.text);
        }
        if (open_.empty() || open_.back() != to_upper(trimmed(line.value))) {
            return invalid_line(line, open_.empty()
                                          ? "Nothing is begun that it could end."
                                          : "It does not end " + core::quoted("BEGIN:" + open_.back()) + ".");
        }
        if (is_in_event()) {
            events_.push_back(std::move(event_));
        }
        open_.pop_back();
        if (open_.empty() && is_cancellation_) {
            cancel_events();
        }
        return Ok{};
    }

    /// Those of this iCalendar object: its METHOD (RFC 5546) may stand behind them.
    void cancel_events() {
        for (std::size_t i = events_before_; i < events_.size(); ++i) {
            events_[i].is_cancelled = true;
        }
    }

    Check read_property(const ContentLine& line) {
        const std::string_view value = trimmed(line.value);
        if (line.name == "DTSTART") {
            return read_single(line, event_.start, read_time_of(line, value));
        }
        if (line.name == "DTEND") {
            return read_single(line, event_.end, read_time_of(line, value));
        }
        if (line.name == "DURATION") {
            return read_single(line, event_.duration, read_duration(to_upper(value)));
        }
        if (line.name == "RECURRENCE-ID") {
            return read_recurrence_id(line);
        }
        if (line.name == "RRULE") {
            return read_single(line, event_.rule, std::optional<std::string>(value));
        }
        if (line.name == "EXDATE") {
            return read_times(line, event_.exceptions);
        }
        if (line.name == "RDATE") {
            return read_times(line, event_.additions);
        }
        if (line.name == "SUMMARY" && !event_.summary) {
            event_.summary = read_name(line.value);
        }
        if (line.name == "UID" && !event_.uid && !value.empty()) {
            event_.uid = value;
        }
        if (line.name == "SEQUENCE" && is_number(value, 9)) {
            event_.sequence = std::stoi(std::string(value));
        }
        if (line.name == "STATUS" && to_upper(value) == "CANCELLED") {
            event_.is_cancelled = true;
        }
        if (line.name == "EXRULE") {
            return Error{check_violation, "unsupported iCalendar property: " + core::quoted(line.text),
                         "RFC 5545 has dropped EXRULE.", "List the dates left out as EXDATE."};
        }
        return Ok{};
    }

    template <typename T>
    static Check read_single(const ContentLine& line, std::optional<T>& field, std::optional<T> value) {
        if (!value) {
            return invalid_line(line, "The value of " + line.name + " cannot be read.");
        }
        if (field) {
            return Error{check_violation, "invalid " + line.shown(),
                         "An event has at most one " + line.name + "."};
        }
        field = std::move(value);
        return Ok{};
    }

    Check read_recurrence_id(const ContentLine& line) {
        if (line.parameters.find(";RANGE=") != std::string::npos) {
            return Error{check_violation, "unsupported iCalendar property: " + core::quoted(line.text),
                         "A change of this and all later occurrences is not read.",
                         "End the rule with UNTIL, and add an event for the later occurrences."};
        }
        return read_single(line, event_.recurrence_id, read_time_of(line, line.value));
    }

    Check read_times(const ContentLine& line, std::vector<WrittenTime>& times) {
        for (const std::string_view part : split(line.value, ',')) {
            const std::optional<WrittenTime> time = read_time_of(line, part);
            if (!time) {
                return invalid_line(line, "The date " + core::quoted(trimmed(part)) + " cannot be read.");
            }
            times.push_back(*time);
        }
        return Ok{};
    }

    std::vector<std::string> open_{};
    std::vector<Event> events_{};
    Event event_{};
    std::size_t events_before_{0}; ///< those of earlier iCalendar objects
    bool is_cancellation_{false};
    bool has_calendar_{false};
    bool has_event_{false};
};

} // namespace

Result<std::vector<Event>> read_events(std::string_view icalendar) {
    return EventReader().read(icalendar);
}

} // namespace policies::core
