#include "core/icalendar/holiday_reader.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <tuple>

#include "core/base/text.hpp"
#include "core/calendar/time_of_day.hpp"
#include "core/icalendar/event_reader.hpp"
#include "core/icalendar/libical.hpp"
#include "core/icalendar/property_values.hpp"
#include "core/icalendar/yearly_expansion.hpp"

namespace policies::core {

namespace {

using std::chrono::days;

constexpr const char* whole_days_hint = "Holidays are whole days: give DTSTART and DTEND as dates "
                                        "(VALUE=DATE), DTEND being the day after the last.";
constexpr days max_length{1'000'000};

bool is_midnight(LocalSecond second) {
    return second == day_of(second);
}

std::string shown(LocalSecond second) {
    return format_date(day_of(second)) + " " + format_time_of_day(second - day_of(second));
}

void sort_uniquely(std::vector<Day>& days) {
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
}

Error invalid(const Event& event, std::string detail, std::string hint = {}) {
    return Error{check_violation, "invalid holiday: " + core::quoted(event.name()), std::move(detail),
                 std::move(hint)};
}

Check check_years(const Event& event, Day first_day, Day last_day) {
    if (is_in_holiday_years(first_day) && is_in_holiday_years(last_day))
        return Ok{};
    return invalid(event, "From " + format_date(first_day) + " to " + format_date(last_day) +
                              " does not lie within the years " + std::to_string(int{first_holiday_year}) +
                              " to " + std::to_string(int{last_holiday_year}) + ".");
}

/// When an event takes place, before its exceptions are left out.
struct Occurrences {
    bool are_yearly{false};  ///< each year on the day of the first
    std::vector<Day> days{}; ///< the first days of those that are not yearly
};

/// Makes holidays of events.
class HolidayReader {
public:
    HolidayReader(const TimeZone& zone, std::optional<Day> endless_until)
        : zone_(zone), endless_until_(endless_until) {}

    Result<std::vector<Holiday>> read(const std::vector<Event>& events) {
        for (const Event& event : events)
            POLICIES_TRY(note_replacement(event));
        for (const Event& event : events) {
            if (!event.is_cancelled)
                POLICIES_TRY(add_event(event));
            if (holidays_.size() > max_holidays)
                return Error{check_violation, "too many holidays in the iCalendar text",
                             "A calendar holds at most " + std::to_string(max_holidays) + "."};
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
    Check note_replacement(const Event& event) {
        if (!event.recurrence_id)
            return Ok{};
        if (!event.uid)
            return invalid(event, "It has a RECURRENCE-ID, but no UID.");
        replaced_[*event.uid].days.push_back(day_of(to_local(*event.recurrence_id, zone_)));
        return Ok{};
    }

    Check add_event(const Event& event) {
        if (!event.start)
            return invalid(event, "Its event has no DTSTART.");
        const LocalSecond start = to_local(*event.start, zone_);
        const days length = POLICIES_TRY(length_of(event, start));
        const std::vector<Day> except = POLICIES_TRY(excepted_days(event));
        Occurrences occurrences = POLICIES_TRY(occurrences_of(event, day_of(start), length));
        Holiday holiday{.name = std::string(event.name()),
                        .first_day = day_of(start),
                        .last_day = day_of(start) + length - days{1},
                        .yearly = occurrences.are_yearly};
        if (holiday.yearly)
            POLICIES_TRY(add_yearly(event, holiday, except));
        POLICIES_TRY(add_additions(event, holiday, occurrences.days));
        return add_days(event, holiday, occurrences.days, except);
    }

    /// How many days an event that starts at that time covers, when it covers whole ones.
    Result<days> length_of(const Event& event, LocalSecond start) const {
        if (event.end && event.duration)
            return invalid(event, "Its event has both DTEND and DURATION.");
        const LocalSecond end = end_of(event, start);
        if (!is_midnight(start) || !is_midnight(end) || end <= start)
            return invalid(event, "From " + shown(start) + " to " + shown(end) + " are no whole days.",
                           whole_days_hint);
        const days length = day_of(end) - day_of(start);
        if (length > max_length)
            return invalid(event, "From " + shown(start) + " it lasts " + std::to_string(length.count()) +
                                      " days, past every year that a holiday may lie in.");
        return length;
    }

    LocalSecond end_of(const Event& event, LocalSecond start) const {
        if (event.end)
            return to_local(*event.end, zone_);
        if (!event.duration)
            return event.start->is_date ? start + days{1} : start;
        return event.start->is_utc ? to_local(event.start->second() + *event.duration, zone_)
                                   : start + *event.duration;
    }

    /// The starts that do not take place as the event has them, sorted.
    Result<std::vector<Day>> excepted_days(const Event& event) {
        std::vector<Day> except;
        for (const WrittenTime& exception : event.exceptions)
            except.push_back(day_of(to_local(exception, zone_)));
        const auto replaced =
            event.uid && !event.recurrence_id ? replaced_.find(*event.uid) : replaced_.end();
        if (replaced != replaced_.end()) {
            if (replaced->second.is_taken)
                return invalid(event, "Two events have the UID " + core::quoted(*event.uid) +
                                          ", and a third replaces an occurrence of it.");
            replaced->second.is_taken = true;
            except.insert(except.end(), replaced->second.days.begin(), replaced->second.days.end());
        }
        sort_uniquely(except);
        return except;
    }

    /// By the event's rule, if it has one.
    Result<Occurrences> occurrences_of(const Event& event, Day first_day, days length) {
        if (!event.rule)
            return Occurrences{.days = {first_day}};
        if (event.recurrence_id)
            return invalid(event, "Its event replaces one occurrence, and must not recur itself.");
        if (event.start->is_utc)
            return invalid(event, "It recurs at a time in UTC, which is not the same time of every day here.",
                           whole_days_hint);
        const YearlyRule rule = POLICIES_TRY(parse_yearly_rule(*event.rule));
        if (!is_plain(rule, first_day)) {
            const Day last_day = POLICIES_TRY(last_day_of(event, rule, first_day));
            std::vector<Day> days = POLICIES_TRY(expand(rule, *event.rule, first_day, last_day, budget_));
            return Occurrences{.days = std::move(days)};
        }
        if (length >= days{365})
            return invalid(event, "It recurs yearly and lasts " + std::to_string(length.count()) +
                                      " days, a year or more.");
        return Occurrences{.are_yearly = true};
    }

    /// The last day on which an occurrence may start.
    Result<Day> last_day_of(const Event& event, const YearlyRule& rule, Day first_day) const {
        const Day last_possible_day{last_holiday_year / 12 / 31};
        if (rule.until) {
            // For dates, the date of an UNTIL in UTC counts as written.
            WrittenTime until = *rule.until;
            until.is_utc = until.is_utc && !event.start->is_date;
            const Day last_day = std::min(last_possible_day, day_of(to_local(until, zone_)));
            if (last_day < first_day)
                return invalid(event, "It starts after its rule ends: " + core::quoted(*event.rule) + ".");
            return last_day;
        }
        if (rule.count != 0)
            return last_possible_day;
        if (!endless_until_)
            return Error{check_violation, "endless recurrence rule: " + core::quoted(*event.rule),
                         "The occurrences of " + core::quoted(event.name()) +
                             " differ from year to year, and would have to be listed without end.",
                         "Say until which day to list them, or give the rule an UNTIL or a COUNT."};
        return std::min(last_possible_day, *endless_until_);
    }

    /// Adds the RDATEs that are not occurrences of a yearly holiday already.
    Check add_additions(const Event& event, const Holiday& holiday, std::vector<Day>& days) const {
        for (const WrittenTime& addition : event.additions) {
            const LocalSecond start = to_local(addition, zone_);
            if (!is_midnight(start))
                return invalid(event, "Its additional start " + shown(start) + " is not midnight.",
                               whole_days_hint);
            if (!holiday.yearly || !is_occurrence(holiday, day_of(start)))
                days.push_back(day_of(start));
        }
        sort_uniquely(days);
        return Ok{};
    }

    static bool is_occurrence(const Holiday& yearly, Day day) {
        return is_anniversary(yearly, day) && is_in_holiday_years(day);
    }

    Check add_yearly(const Event& event, Holiday holiday, const std::vector<Day>& except) {
        POLICIES_TRY(check_years(event, holiday.first_day, holiday.last_day));
        std::copy_if(except.begin(), except.end(), std::back_inserter(holiday.except),
                     [&holiday](Day day) { return is_occurrence(holiday, day); });
        holidays_.push_back(std::move(holiday));
        return Ok{};
    }

    Check add_days(const Event& event, const Holiday& first, const std::vector<Day>& days,
                   const std::vector<Day>& except) {
        for (const Day day : days) {
            if (std::binary_search(except.begin(), except.end(), day))
                continue;
            const Day last_day = day + (first.last_day - first.first_day);
            POLICIES_TRY(check_years(event, day, last_day));
            holidays_.push_back({.name = first.name, .first_day = day, .last_day = last_day});
            if (holidays_.size() > max_holidays)
                return Ok{}; // refused by the caller
        }
        return Ok{};
    }

    /// The occurrences of one event that others replace.
    struct ReplacedDays {
        std::vector<Day> days{};
        bool is_taken{false};
    };

    const TimeZone& zone_;
    std::optional<Day> endless_until_;
    std::map<std::string, ReplacedDays> replaced_{}; ///< by UID
    ExpansionBudget budget_{};
    std::vector<Holiday> holidays_{};
};

} // namespace

Result<std::vector<Holiday>> read_holidays(std::string_view icalendar, const TimeZone& zone,
                                           std::optional<Day> endless_until) {
    if (icalendar.size() > max_icalendar_size)
        return Error{check_violation,
                     "iCalendar text too long: " + std::to_string(icalendar.size()) + " bytes",
                     "At most " + std::to_string(max_icalendar_size) + " bytes are read."};
    const std::size_t nul = icalendar.find('\0');
    if (nul != std::string_view::npos)
        return Error{invalid_text,
                     "invalid iCalendar text: the character U+0000 after " + std::to_string(nul) + " bytes"};
    const LibicalErrors errors;
    const std::vector<Event> events = POLICIES_TRY(read_events(icalendar));
    return HolidayReader(zone, endless_until).read(events);
}

} // namespace policies::core
