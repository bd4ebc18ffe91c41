#include "core/icalendar.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <map>
#include <memory>
#include <tuple>

#include "core/libical.hpp"
#include "core/yearly_rule.hpp"

namespace policies::core {

namespace {

constexpr std::int32_t seconds_per_day = 86'400;
constexpr Duration microseconds_per_day = Duration{seconds_per_day} * microseconds_per_second;
constexpr Day epoch_day = 10'957; // 1 January 2000
constexpr std::string_view default_name = "Holiday";
constexpr const char* whole_days_hint = "Holidays are whole days: give DTSTART and DTEND as dates "
                                        "(VALUE=DATE), DTEND being the day after the last.";

constexpr std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
    return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

Error unreadable(std::string message, std::string detail = {}) {
    return {ErrorCode::invalid_text, std::move(message), std::move(detail)};
}

Error violation(std::string message, std::string detail = {}, std::string hint = {}) {
    return {ErrorCode::check_violation, std::move(message), std::move(detail), std::move(hint)};
}

// ---------------------------------------------------------------------------------------------- UTF-8

/// The length of the UTF-8 character that the text begins with, 0 when it begins with none.
std::size_t character_length(std::string_view text) {
    const auto byte = [text](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto is_continuation = [](unsigned value) { return (value & 0xC0) == 0x80; };
    const unsigned first = byte(0);
    if (text.empty() || first < 0x80)
        return text.empty() ? 0 : 1;
    if (first < 0xC2 || first > 0xF4 || !is_continuation(byte(1)))
        return 0;
    if (first < 0xE0)
        return 2;
    if (!is_continuation(byte(2)))
        return 0;
    // Neither longer than needed, nor surrogates, nor above U+10FFFF.
    if (first < 0xF0)
        return (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ? 0 : 3;
    if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F))
        return 0;
    return is_continuation(byte(3)) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

bool is_control(char character) {
    return static_cast<unsigned char>(character) < ' ' || character == '\x7F';
}

// ------------------------------------------------------------------------------------------ content lines

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

// ------------------------------------------------------------------------------------------------ times

/// The zone's offset east of UTC at an instant.
std::int32_t offset_at(const TimeZone& zone, Instant instant) {
    constexpr Duration cycle = 146'097 * microseconds_per_day;
    if (!zone.changes.empty() && instant > zone.repeats_from)
        instant = zone.repeats_from + (instant - zone.repeats_from) % cycle;
    const auto next =
        std::upper_bound(zone.changes.begin(), zone.changes.end(), instant,
                         [](Instant value, const OffsetChange& change) { return value < change.at; });
    return next == zone.changes.begin() ? zone.first_offset_seconds : std::prev(next)->offset_seconds;
}

/// A wall-clock time of the calendar's zone, in seconds since 1970-01-01 00:00.
using LocalSecond = std::int64_t;

LocalSecond written_second(const WrittenTime& time) {
    return std::int64_t{time.day} * seconds_per_day + time.second;
}

/// A time in UTC, in seconds since 1970-01-01 00:00 UTC, as the zone's wall clock.
LocalSecond to_local(std::int64_t utc_second, const TimeZone& zone) {
    const Instant instant =
        (utc_second - std::int64_t{epoch_day} * seconds_per_day) * microseconds_per_second;
    return utc_second + offset_at(zone, instant);
}

LocalSecond local_second(const WrittenTime& time, const TimeZone& zone) {
    return time.is_utc ? to_local(written_second(time), zone) : written_second(time);
}

Day day_of(LocalSecond second) {
    return static_cast<Day>(floor_divide(second, seconds_per_day));
}

bool is_midnight(LocalSecond second) {
    return second % seconds_per_day == 0;
}

std::string date_text(Day day) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

std::string time_text(LocalSecond second) {
    const auto of_day = static_cast<int>(second - std::int64_t{day_of(second)} * seconds_per_day);
    char text[64];
    std::snprintf(text, sizeof text, " %02d:%02d:%02d", of_day / 3'600, of_day / 60 % 60, of_day % 60);
    return date_text(day_of(second)) + text;
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

// --------------------------------------------------------------------------------------------- events

/// What is read of a VEVENT.
struct Event {
    std::optional<std::string> uid{};
    std::optional<std::string> summary{};
    std::optional<WrittenTime> start{};
    std::optional<WrittenTime> end{};
    std::optional<std::int64_t> duration{}; ///< seconds
    std::optional<std::string> rule{};
    std::optional<WrittenTime> recurrence_id{};
    std::vector<WrittenTime> additions{};
    std::vector<WrittenTime> exceptions{};
    bool is_cancelled{false};

    std::string_view name() const { return summary ? std::string_view(*summary) : default_name; }
};

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
    if (shown.size() > max_holiday_name_size)
        return violation("invalid holiday name: " + core::quoted(shown),
                         "It has " + std::to_string(shown.size()) + " bytes, more than " +
                             std::to_string(max_holiday_name_size) + ".");
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

// ------------------------------------------------------------------------------------------- holidays

/// Makes holidays of events.
class HolidayReader {
public:
    HolidayReader(const TimeZone& zone, std::optional<Day> endless_until)
        : zone_(zone), endless_until_(endless_until) {}

    Result<std::vector<Holiday>> read(const std::vector<Event>& events) {
        for (const Event& event : events) {
            if (!event.recurrence_id)
                continue;
            if (!event.uid)
                return invalid(event, "It has a RECURRENCE-ID, but no UID.");
            replaced_[*event.uid].days.push_back(day_of(local_second(*event.recurrence_id, zone_)));
        }
        for (const Event& event : events) {
            const Check check = event.is_cancelled ? Check(Ok{}) : add_event(event);
            if (!check)
                return check.error();
            if (holidays_.size() > max_holidays)
                return violation("too many holidays in the iCalendar text",
                                 "A calendar holds at most " + std::to_string(max_holidays) + ".");
        }
        const auto key = [](const Holiday& holiday) {
            return std::tie(holiday.first_day, holiday.last_day, holiday.name, holiday.yearly,
                            holiday.except);
        };
        std::sort(holidays_.begin(), holidays_.end(),
                  [key](const Holiday& left, const Holiday& right) { return key(left) < key(right); });
        holidays_.erase(std::unique(holidays_.begin(), holidays_.end()), holidays_.end());
        return std::move(holidays_);
    }

private:
    static Error invalid(const Event& event, std::string detail, std::string hint = {}) {
        return violation("invalid holiday: " + core::quoted(event.name()), std::move(detail),
                         std::move(hint));
    }

    Check add_event(const Event& event) {
        if (!event.start)
            return invalid(event, "Its event has no DTSTART.");
        const LocalSecond start = local_second(*event.start, zone_);
        const Result<std::int32_t> length = length_in_days(event, start);
        if (!length)
            return length.error();
        const Day first_day = day_of(start);
        Holiday holiday{.name = std::string(event.name()), .first_day = first_day};
        const Result<std::vector<Day>> except = excepted_days(event);
        if (!except)
            return except.error();
        std::vector<Day> days;
        if (event.rule) {
            Check check = add_recurrence(event, *length, holiday, days);
            if (!check)
                return check;
        } else {
            days.push_back(first_day);
        }
        Check check = holiday.yearly ? add_yearly(event, holiday, *length, *except) : Check(Ok{});
        if (!check)
            return check;
        for (const WrittenTime& addition : event.additions) {
            const LocalSecond second = local_second(addition, zone_);
            if (!is_midnight(second))
                return invalid(event, "Its additional start " + time_text(second) + " is not midnight.",
                               whole_days_hint);
            if (!holiday.yearly || !is_occurrence(holiday, day_of(second)))
                days.push_back(day_of(second));
        }
        return add_days(event, holiday.name, days, *length, *except);
    }

    /// How many days an event that starts at that time covers, when it covers whole ones.
    Result<std::int32_t> length_in_days(const Event& event, LocalSecond start) const {
        if (event.end && event.duration)
            return invalid(event, "Its event has both DTEND and DURATION.");
        LocalSecond end = start;
        if (event.end)
            end = local_second(*event.end, zone_);
        else if (event.duration && event.start->is_utc)
            end = to_local(written_second(*event.start) + *event.duration, zone_);
        else if (event.duration)
            end = start + *event.duration;
        else if (event.start->is_date)
            end = start + seconds_per_day;
        if (!is_midnight(start) || !is_midnight(end) || end <= start)
            return invalid(event,
                           "From " + time_text(start) + " to " + time_text(end) + " are no whole days.",
                           whole_days_hint);
        const std::int64_t length = (end - start) / seconds_per_day;
        if (length > max_length)
            return invalid(event, "From " + time_text(start) + " it lasts " + std::to_string(length) +
                                      " days, past every year that a holiday may lie in.");
        return static_cast<std::int32_t>(length);
    }

    /// The starts that do not take place as the event has them, sorted.
    Result<std::vector<Day>> excepted_days(const Event& event) {
        std::vector<Day> except;
        for (const WrittenTime& exception : event.exceptions)
            except.push_back(day_of(local_second(exception, zone_)));
        const auto replaced =
            event.uid && !event.recurrence_id ? replaced_.find(*event.uid) : replaced_.end();
        if (replaced != replaced_.end()) {
            if (replaced->second.is_taken)
                return invalid(event, "Two events have the UID " + core::quoted(*event.uid) +
                                          ", and a third replaces an occurrence of it.");
            replaced->second.is_taken = true;
            except.insert(except.end(), replaced->second.days.begin(), replaced->second.days.end());
        }
        std::sort(except.begin(), except.end());
        except.erase(std::unique(except.begin(), except.end()), except.end());
        return except;
    }

    /// Makes the holiday yearly, or finds the days of the rule.
    Check add_recurrence(const Event& event, std::int32_t length, Holiday& holiday, std::vector<Day>& days) {
        if (event.recurrence_id)
            return invalid(event, "Its event replaces one occurrence, and must not recur itself.");
        if (event.start->is_utc)
            return invalid(event, "It recurs at a time in UTC, which is not the same time of every day here.",
                           whole_days_hint);
        const Result<YearlyRule> rule = parse_yearly_rule(*event.rule);
        if (!rule)
            return rule.error();
        if (is_plain(*rule, holiday.first_day)) {
            holiday.yearly = true;
            if (length >= 365)
                return invalid(event, "It recurs yearly and lasts " + std::to_string(length) +
                                          " days, a year or more.");
            return Ok{};
        }
        Day last = first_day_of_year(last_holiday_year + 1) - 1;
        if (rule->until) {
            last = std::min(last, last_day_of(*rule, *event.start));
            if (last < holiday.first_day)
                return invalid(event, "It starts after its rule ends: " + core::quoted(*event.rule) + ".");
        } else if (rule->count == 0) {
            if (!endless_until_)
                return violation("endless recurrence rule: " + core::quoted(*event.rule),
                                 "The occurrences of " + core::quoted(event.name()) +
                                     " differ from year to year, and would have to be listed without end.",
                                 "Say until which day to list them, or give the rule an UNTIL or a COUNT.");
            last = std::min(last, *endless_until_);
        }
        Result<std::vector<Day>> occurrences = expand(*rule, *event.rule, holiday.first_day, last, budget_);
        if (!occurrences)
            return std::move(occurrences).error();
        days = *std::move(occurrences);
        return Ok{};
    }

    /// The last day on which an occurrence may start.
    Day last_day_of(const YearlyRule& rule, const WrittenTime& start) const {
        const WrittenTime until{*rule.until, rule.until_second, false, rule.until_is_utc && !start.is_date};
        return day_of(local_second(until, zone_));
    }

    static bool is_occurrence(const Holiday& holiday, Day day) {
        using std::chrono::year_month_day;
        const year_month_day first{std::chrono::sys_days{std::chrono::days{holiday.first_day}}};
        const year_month_day other{std::chrono::sys_days{std::chrono::days{day}}};
        return day >= holiday.first_day && first.month() == other.month() && first.day() == other.day() &&
               static_cast<int>(other.year()) <= last_holiday_year;
    }

    Check add_yearly(const Event& event, const Holiday& yearly, std::int32_t length,
                     const std::vector<Day>& except) {
        Check check = check_years(event, yearly.first_day, length);
        if (!check)
            return check;
        Holiday holiday = yearly;
        holiday.last_day = holiday.first_day + length - 1;
        std::copy_if(except.begin(), except.end(), std::back_inserter(holiday.except),
                     [&holiday](Day day) { return is_occurrence(holiday, day); });
        holidays_.push_back(std::move(holiday));
        return Ok{};
    }

    Check add_days(const Event& event, const std::string& name, std::vector<Day>& days, std::int32_t length,
                   const std::vector<Day>& except) {
        std::sort(days.begin(), days.end());
        days.erase(std::unique(days.begin(), days.end()), days.end());
        for (const Day day : days) {
            if (std::binary_search(except.begin(), except.end(), day))
                continue;
            Check check = check_years(event, day, length);
            if (!check)
                return check;
            holidays_.push_back({.name = name, .first_day = day, .last_day = day + length - 1});
            if (holidays_.size() > max_holidays)
                return Ok{}; // refused by the caller
        }
        return Ok{};
    }

    static Check check_years(const Event& event, Day first_day, std::int32_t length) {
        const Day last_day = first_day + length - 1;
        if (first_day >= first_day_of_year(first_holiday_year) &&
            last_day < first_day_of_year(last_holiday_year + 1))
            return Ok{};
        return invalid(event, "From " + date_text(first_day) + " to " + date_text(last_day) +
                                  " does not lie within the years " + std::to_string(first_holiday_year) +
                                  " to " + std::to_string(last_holiday_year) + ".");
    }

    /// The occurrences of one event that others replace.
    struct ReplacedDays {
        std::vector<Day> days{};
        bool is_taken{false};
    };

    static constexpr std::int64_t max_length = 1'000'000; // days; a Day holds the sum with any start

    const TimeZone& zone_;
    std::optional<Day> endless_until_;
    std::map<std::string, ReplacedDays> replaced_{}; ///< by UID
    ExpansionBudget budget_{};
    std::vector<Holiday> holidays_{};
};

// -------------------------------------------------------------------------------------------- writing

constexpr std::size_t max_line_size = 75; // octets, without the line end

bool is_line_separator(std::string_view character) {
    // U+0085, U+2028 and U+2029, at which some programs break lines.
    return character == "\xC2\x85" || character == "\xE2\x80\xA8" || character == "\xE2\x80\xA9";
}

void append_line(std::string& out, std::string_view line) {
    std::size_t size = 0;
    while (!line.empty()) {
        const std::size_t length = std::max<std::size_t>(character_length(line), 1);
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
        const std::size_t length = character_length(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
        if (length == 0)
            out += "\xEF\xBF\xBD";
        else if (character == "\n" || character == "\r" || is_line_separator(character))
            out += "\\n";
        else if (character == "\\" || character == ";" || character == ",")
            (out += '\\') += character;
        else if (is_control(character[0]) && character != "\t")
            out += ' ';
        else
            out += character;
        text.remove_prefix(text.starts_with("\r\n") ? 2 : character.size());
    }
    return out;
}

std::string percent_encoded(std::string_view url) {
    constexpr char hexadecimal[] = "0123456789ABCDEF";
    std::string out;
    for (const char character : url) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte > ' ' && byte < 0x7F)
            out += character;
        else
            ((out += '%') += hexadecimal[byte >> 4]) += hexadecimal[byte & 0x0F];
    }
    return out;
}

/// A DATE; nothing outside the years 0 to 9999.
std::optional<std::string> written_date(std::int64_t day) {
    if (day < first_day_of_year(0) || day >= first_day_of_year(10'000))
        return {};
    std::string text = date_text(static_cast<Day>(day));
    std::erase(text, '-');
    return text;
}

/// A DATE-TIME in UTC; nothing outside the years 0 to 9999.
std::optional<std::string> written_time(Instant instant) {
    const std::int64_t second = floor_divide(instant, microseconds_per_second);
    const std::int64_t day = floor_divide(second, seconds_per_day);
    std::optional<std::string> text = written_date(day + epoch_day);
    if (!text)
        return {};
    const auto of_day = static_cast<int>(second - day * seconds_per_day);
    char time[64];
    std::snprintf(time, sizeof time, "T%02d%02d%02dZ", of_day / 3'600, of_day / 60 % 60, of_day % 60);
    return *text + time;
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
    if (!text.empty())
        append_line(out, std::string(name) + ":" + escaped(text));
}

void append_event(std::string& out, const CalendarEvent& event) {
    const std::optional<std::string> stamp = written_time(event.stamp);
    const std::optional<std::string> start =
        event.day ? written_date(*event.day) : written_time(event.starts_at);
    if (!stamp || !start)
        return;
    append_line(out, "BEGIN:VEVENT");
    append_line(out, "UID:" + escaped(event.uid));
    append_line(out, "DTSTAMP:" + *stamp);
    append_line(out, (event.day ? "DTSTART;VALUE=DATE:" : "DTSTART:") + *start);
    append_line(out, "SUMMARY:" + escaped(event.summary));
    append_text(out, "DESCRIPTION", event.description);
    if (!event.url.empty())
        append_line(out, "URL:" + percent_encoded(event.url));
    std::string categories;
    for (const std::string& category : event.categories) {
        categories += categories.empty() ? "" : ",";
        categories += escaped(category);
    }
    if (!categories.empty())
        append_line(out, "CATEGORIES:" + categories);
    append_line(out, "SEQUENCE:" + std::to_string(event.sequence));
    append_line(out, "TRANSP:TRANSPARENT"); // takes none of the reader's time
    append_line(out, "END:VEVENT");
}

} // namespace

Result<std::vector<Holiday>> read_holidays(std::string_view icalendar, const TimeZone& zone,
                                           std::optional<Day> endless_until) {
    if (icalendar.size() > max_icalendar_size)
        return violation("iCalendar text too long: " + std::to_string(icalendar.size()) + " bytes",
                         "At most " + std::to_string(max_icalendar_size) + " bytes are read.");
    const std::size_t nul = icalendar.find('\0');
    if (nul != std::string_view::npos)
        return unreadable("invalid iCalendar text: the character U+0000 after " + std::to_string(nul) +
                          " bytes");
    const LibicalErrors errors;
    const Result<std::vector<Event>> events = EventReader().read(icalendar);
    if (!events)
        return events.error();
    return HolidayReader(zone, endless_until).read(*events);
}

std::string write_events(std::string_view product_id, const std::vector<CalendarEvent>& events) {
    std::string out;
    append_line(out, "BEGIN:VCALENDAR");
    append_line(out, "VERSION:2.0");
    append_line(out, "PRODID:" + escaped(product_id));
    for (const CalendarEvent& event : events)
        append_event(out, event);
    append_line(out, "END:VCALENDAR");
    return out;
}

} // namespace policies::core
