#include "core/icalendar/icalendar_reader.hpp"

#include <algorithm>
#include <memory>

#include "core/base/utf8.hpp"

namespace policies::core {

namespace {

constexpr std::int32_t seconds_per_day = 86'400;

Error unreadable(std::string message, std::string detail = {}) {
    return {ErrorCode::invalid_text, std::move(message), std::move(detail)};
}

Error violation(std::string message, std::string detail = {}, std::string hint = {}) {
    return {ErrorCode::check_violation, std::move(message), std::move(detail), std::move(hint)};
}

/// One content line (RFC 5545, 3.1), unfolded.
struct ContentLine {
    std::string text{};
    std::size_t number{0}; ///< where it begins in the text
    std::string name{};    ///< in upper case
    std::string parameters{};
    std::string value{};
};

/// Unfolds a text line by line. Lines end with CRLF, LF or CR; empty ones are skipped.
class LineReader {
public:
    explicit LineReader(std::string_view text) : rest_(text) {
        if (rest_.starts_with("\xEF\xBB\xBF"))
            rest_.remove_prefix(3);
    }

    /// Reads the next line's text and number; false at the end.
    bool next(ContentLine& line) {
        line = {};
        while (!rest_.empty() && line.text.empty()) {
            line.number = number_ + 1;
            line.text = take_line();
        }
        while (rest_.starts_with(' ') || rest_.starts_with('\t')) {
            rest_.remove_prefix(1);
            line.text += take_line();
        }
        return !line.text.empty();
    }

private:
    std::string_view take_line() {
        const std::size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (rest_.starts_with("\r\n"))
            rest_.remove_prefix(2);
        else if (!rest_.empty())
            rest_.remove_prefix(1);
        ++number_;
        return line;
    }

    std::string_view rest_;
    std::size_t number_{0};
};

/// Splits a line into name, parameters and value; false when it has no name or no value.
bool split_line(ContentLine& line) {
    const std::string_view text = line.text;
    constexpr std::string_view name_characters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    const std::size_t name_end = text.find_first_not_of(name_characters);
    if (name_end == 0 || name_end == std::string_view::npos)
        return false;
    if (text[name_end] != ';' && text[name_end] != ':')
        return false;
    // A colon within double quotes belongs to a parameter.
    std::size_t colon = name_end;
    for (bool is_quoted = false; colon < text.size() && (is_quoted || text[colon] != ':'); ++colon)
        is_quoted = is_quoted != (text[colon] == '"');
    if (colon == text.size())
        return false;
    line.name = to_upper(text.substr(0, name_end));
    line.parameters = to_upper(text.substr(name_end, colon - name_end));
    line.value = text.substr(colon + 1);
    return true;
}

Error invalid_line(const ContentLine& line, std::string detail) {
    return unreadable("invalid iCalendar line " + std::to_string(line.number) + ": " +
                          core::quoted(line.text),
                      std::move(detail));
}

/// Reads a DURATION (RFC 5545, 3.3.6) that is not negative, in seconds.
std::optional<std::int64_t> read_duration(std::string_view text) {
    if (text.starts_with('+'))
        text.remove_prefix(1);
    // libical takes "P" and digits without a unit for nothing, and its numbers overflow.
    if (!text.starts_with('P') || text.size() < 3 || text.size() > 64 ||
        is_number(text.substr(text.size() - 1), 1) || text.back() == 'T')
        return {};
    std::size_t digits = 0;
    for (const char character : text) {
        digits = is_number({&character, 1}, 1) ? digits + 1 : 0;
        if (digits > 6)
            return {};
    }
    const icaldurationtype duration = icaldurationtype_from_string(std::string(text).c_str());
    if (icaldurationtype_is_bad_duration(duration) || duration.is_neg != 0)
        return {};
    return (std::int64_t{duration.weeks} * 7 + duration.days) * seconds_per_day +
           std::int64_t{duration.hours} * 3'600 + std::int64_t{duration.minutes} * 60 + duration.seconds;
}

struct FreeValue {
    void operator()(icalvalue* value) const { icalvalue_free(value); }
};

/// Undoes the escapes of a TEXT (RFC 5545, 3.3.11). A backslash that escapes nothing stands for itself: of
/// what it precedes libical would make a space, even of the first byte of a character.
std::string unescaped(std::string_view text) {
    std::string sound;
    for (std::size_t i = 0; i < text.size(); ++i) {
        sound += text[i];
        if (text[i] != '\\')
            continue;
        if (i + 1 < text.size() && std::string_view("\\;,nN\"").find(text[i + 1]) != std::string_view::npos)
            sound += text[++i];
        else
            sound += '\\';
    }
    const std::unique_ptr<icalvalue, FreeValue> value(
        icalvalue_new_from_string(ICAL_TEXT_VALUE, sound.c_str()));
    const char* content = value == nullptr ? nullptr : icalvalue_get_text(value.get());
    return content == nullptr ? std::string() : std::string(content);
}

/// The name of a holiday, absent when the text is blank.
Result<std::optional<std::string>> read_name(std::string_view text) {
    std::string name = unescaped(text);
    std::replace_if(name.begin(), name.end(), is_control, ' ');
    const std::string_view shown = trimmed(name);
    if (shown.size() > max_holiday_name_length)
        return violation("invalid holiday name: " + core::quoted(shown),
                         "It has " + std::to_string(shown.size()) + " bytes, more than " +
                             std::to_string(max_holiday_name_length) + ".");
    return shown.empty() ? std::optional<std::string>() : std::optional<std::string>(shown);
}

/// Reads the text's events.
class EventReader {
public:
    Result<std::vector<Event>> read(std::string_view text) {
        LineReader lines(text);
        ContentLine line;
        while (lines.next(line)) {
            if (!is_utf8(line.text))
                return unreadable("invalid iCalendar line " + std::to_string(line.number) +
                                  ": it is not UTF-8");
            const Check check = read_line(line);
            if (!check)
                return check.error();
        }
        if (!has_calendar_)
            return no_calendar(text);
        if (!open_.empty())
            return unreadable("invalid iCalendar text: " + core::quoted("BEGIN:" + open_.back()) +
                              " has no end");
        if (!has_event_)
            return violation("the iCalendar text holds no event", "No VEVENT is in it.");
        return std::move(events_);
    }

private:
    static Error no_calendar(std::string_view text) {
        std::string_view start = trimmed(text);
        start = start.substr(0, start.find_first_of("\r\n"));
        return unreadable("no iCalendar: " + (is_utf8(start) ? core::quoted(start) : "not UTF-8"),
                          "The text must begin with BEGIN:VCALENDAR.");
    }

    bool is_in_event() const { return open_.size() == 2 && open_[1] == "VEVENT" && open_[0] == "VCALENDAR"; }

    /// Whether the line stands in a component whose content is ignored.
    bool is_skipped() const { return open_.size() > 1 && !is_in_event(); }

    Check read_line(ContentLine& line) {
        if (!split_line(line)) {
            if (!has_calendar_)
                return no_calendar(line.text);
            if (is_skipped() || trimmed(line.text).empty())
                return Ok{};
            return invalid_line(line, "A line is a name, perhaps parameters, a colon, and a value.");
        }
        if (line.name == "BEGIN")
            return begin(line);
        if (line.name == "END")
            return end(line);
        if (open_.empty())
            return has_calendar_
                       ? invalid_line(line, "It stands outside of BEGIN:VCALENDAR and END:VCALENDAR.")
                       : no_calendar(line.text);
        return is_in_event() ? read_property(line) : Ok{};
    }

    Check begin(const ContentLine& line) {
        const std::string component = to_upper(trimmed(line.value));
        if (open_.empty() && component != "VCALENDAR")
            return has_calendar_ ? invalid_line(line, "Only VCALENDAR may stand alone.")
                                 : no_calendar(line.text);
        has_calendar_ = true;
        open_.push_back(component);
        if (!is_in_event())
            return Ok{};
        has_event_ = true;
        event_ = {};
        return Ok{};
    }

    Check end(const ContentLine& line) {
        if (!has_calendar_)
            return no_calendar(line.text);
        if (open_.empty() || open_.back() != to_upper(trimmed(line.value)))
            return invalid_line(line, open_.empty()
                                          ? "Nothing is begun that it could end."
                                          : "It does not end " + core::quoted("BEGIN:" + open_.back()) + ".");
        if (is_in_event())
            events_.push_back(std::move(event_));
        open_.pop_back();
        return Ok{};
    }

    Check read_property(const ContentLine& line) {
        const std::string_view value = trimmed(line.value);
        if (line.name == "DTSTART")
            return read_single(line, event_.start, read_time(to_upper(value)));
        if (line.name == "DTEND")
            return read_single(line, event_.end, read_time(to_upper(value)));
        if (line.name == "DURATION")
            return read_single(line, event_.duration, read_duration(to_upper(value)));
        if (line.name == "RECURRENCE-ID")
            return read_recurrence_id(line);
        if (line.name == "RRULE")
            return read_single(line, event_.rule, std::optional<std::string>(value));
        if (line.name == "EXDATE")
            return read_times(line, event_.exceptions);
        if (line.name == "RDATE")
            return read_times(line, event_.additions);
        if (line.name == "SUMMARY" && !event_.summary)
            return read_summary(line);
        if (line.name == "UID" && !event_.uid && !value.empty())
            event_.uid = value;
        if (line.name == "STATUS" && to_upper(value) == "CANCELLED")
            event_.is_cancelled = true;
        if (line.name == "EXRULE")
            return violation("unsupported iCalendar property: " + core::quoted(line.text),
                             "RFC 5545 has dropped EXRULE.", "List the dates left out as EXDATE.");
        return Ok{};
    }

    template <typename T>
    static Check read_single(const ContentLine& line, std::optional<T>& field, std::optional<T> value) {
        if (!value)
            return invalid_line(line, "The value of " + line.name + " cannot be read.");
        if (field)
            return violation("invalid iCalendar line " + std::to_string(line.number) + ": " +
                                 core::quoted(line.text),
                             "An event has at most one " + line.name + ".");
        field = std::move(value);
        return Ok{};
    }

    Check read_recurrence_id(const ContentLine& line) {
        if (line.parameters.find(";RANGE=") != std::string::npos)
            return violation("unsupported iCalendar property: " + core::quoted(line.text),
                             "A change of this and all later occurrences is not read.",
                             "End the rule with UNTIL, and add an event for the later occurrences.");
        return read_single(line, event_.recurrence_id, read_time(to_upper(trimmed(line.value))));
    }

    Check read_times(const ContentLine& line, std::vector<WrittenTime>& times) {
        std::string_view rest = line.value;
        for (;;) {
            const std::size_t comma = rest.find(',');
            const std::string_view text = trimmed(rest.substr(0, comma));
            const std::optional<WrittenTime> time = read_time(to_upper(text));
            if (!time)
                return invalid_line(line, "The date " + core::quoted(text) + " cannot be read.");
            times.push_back(*time);
            if (comma == std::string_view::npos)
                return Ok{};
            rest.remove_prefix(comma + 1);
        }
    }

    Check read_summary(const ContentLine& line) {
        Result<std::optional<std::string>> name = read_name(line.value);
        if (!name)
            return std::move(name).error();
        event_.summary = *std::move(name);
        return Ok{};
    }

    std::vector<std::string> open_{};
    std::vector<Event> events_{};
    Event event_{};
    bool has_calendar_{false};
    bool has_event_{false};
};

} // namespace

Result<std::vector<Event>> read_events(std::string_view icalendar) {
    return EventReader().read(icalendar);
}

} // namespace policies::core
