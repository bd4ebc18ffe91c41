#include "core/icalendar/icalendar.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <map>
#include <tuple>

#include "core/calendar/civil_date.hpp"
#include "core/icalendar/icalendar_reader.hpp"
#include "core/icalendar/yearly_rule.hpp"

namespace policies::core {

namespace {

constexpr std::int32_t seconds_per_day = 86'400;
constexpr const char* whole_days_hint = "Holidays are whole days: give DTSTART and DTEND as dates "
                                        "(VALUE=DATE), DTEND being the day after the last.";

Error unreadable(std::string message, std::string detail = {}) {
    return {ErrorCode::invalid_text, std::move(message), std::move(detail)};
}

Error violation(std::string message, std::string detail = {}, std::string hint = {}) {
    return {ErrorCode::check_violation, std::move(message), std::move(detail), std::move(hint)};
}

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

std::string time_text(LocalSecond second) {
    const auto of_day = static_cast<int>(second - std::int64_t{day_of(second)} * seconds_per_day);
    char text[64];
    std::snprintf(text, sizeof text, " %02d:%02d:%02d", of_day / 3'600, of_day / 60 % 60, of_day % 60);
    return format_date(day_of(second)) + text;
}

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
        return invalid(event, "From " + format_date(first_day) + " to " + format_date(last_day) +
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
    const Result<std::vector<Event>> events = read_events(icalendar);
    if (!events)
        return events.error();
    return HolidayReader(zone, endless_until).read(*events);
}

} // namespace policies::core
