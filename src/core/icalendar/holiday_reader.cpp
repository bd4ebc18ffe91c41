#include "core/icalendar/holiday_reader.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <tuple>

#include "core/base/text.hpp"
#include "core/calendar/time_of_day.hpp"
#include "core/icalendar/event_reader.hpp"
#include "core/icalendar/event_versions.hpp"
#include "core/icalendar/libical.hpp"
#include "core/icalendar/property_values.hpp"
#include "core/icalendar/recurrence_expansion.hpp"

namespace policies::core {

namespace {

using std::chrono::days;

constexpr const char* whole_days_hint = "Holidays are whole days: give DTSTART and DTEND as dates "
                                        "(VALUE=DATE), DTEND being the day after the last.";
constexpr days max_length{1'000'000};

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
    if (is_in_holiday_years(first_day) && is_in_holiday_years(last_day)) {
        return Ok{};
    }
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
        const EventVersions versions(events, zone_);
        for (const Event& event : events) {
            if (event.recurrence_id && !event.uid) {
                return invalid(event, "It has a RECURRENCE-ID, but no UID.");
            }
            if (versions.counts(event)) {
                POLICIES_TRY(add_event(event, versions.replaced_days(event)));
            }
            if (holidays_.size() > max_holidays) {
                return Error{check_violation, "too many holidays in the iCalendar text",
                             "A calendar holds at most " + std::to_string(max_holidays) + "."};
            }
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
    Check add_event(const Event& event, const std::vector<Day>* replaced_days) {
        if (!event.start) {
            return invalid(event, "Its event has no DTSTART.");
        }
        const Span span = POLICIES_TRY(span_of(event));
        const std::vector<Day> except = POLICIES_TRY(excepted_days(event, replaced_days));
        Occurrences occurrences = POLICIES_TRY(occurrences_of(event, span));
        Holiday holiday{.name = std::string(event.name()),
                        .first_day = span.first_day,
                        .last_day = span.first_day + span.length - days{1},
                        .yearly = occurrences.are_yearly};
        if (holiday.yearly) {
            POLICIES_TRY(add_yearly(event, holiday, except));
        }
        POLICIES_TRY(add_additions(event, holiday, occurrences.days));
        return add_days(event, holiday, occurrences.days, except);
    }

    /// The days that an event covers.
    struct Span {
        Day first_day;
        days length;
    };

    Result<Span> span_of(const Event& event) const {
        if (event.end && event.duration) {
            return invalid(event, "Its event has both DTEND and DURATION.");
        }
        const WrittenTime& start = *event.start;
        const WrittenTime end = end_of(event);
        const std::optional<Day> first_day = day_begun_at(start, zone_, start.is_date);
        std::optional<Day> end_day = day_begun_at(end, zone_, start.is_date);
        // Many a program writes the day itself as the end of a day.
        if (event.end && start.is_date && end.is_date && end.day == start.day) {
            end_day = end.day + days{1};
        }
        if (!first_day || !end_day || *end_day <= *first_day) {
            return invalid(event,
                           "From " + shown(to_local(start, zone_)) + " to " + shown(to_local(end, zone_)) +
                               " are no whole days.",
                           whole_days_hint);
        }
        const days length = *end_day - *first_day;
        if (length > max_length) {
            return invalid(event, "From " + shown(to_local(start, zone_)) + " it lasts " +
                                      std::to_string(length.count()) +
                                      " days, past every year that a holiday may lie in.");
        }
        return Span{*first_day, length};
    }

    static WrittenTime end_of(const Event& event) {
        if (event.end) {
            return *event.end;
        }
        const std::chrono::seconds length = event.duration.value_or(event.start->is_date ? days{1} : days{0});
        const std::chrono::sys_seconds end = event.start->second() + length;
        return {.day = day_of(end),
                .time_of_day = end - day_of(end),
                .is_date = event.start->is_date,
                .is_utc = event.start->is_utc};
    }

    /// The starts that do not take place as the event has them, sorted.
    Result<std::vector<Day>> excepted_days(const Event& event, const std::vector<Day>* replaced_days) {
        std::vector<Day> except;
        for (const WrittenTime& exception : event.exceptions) {
            except.push_back(day_named_by(exception, zone_, event.start->is_date));
        }
        if (replaced_days != nullptr) {
            if (!replaced_uids_.insert(*event.uid).second) {
                return invalid(event, "Two events have the UID " + core::quoted(*event.uid) +
                                          ", and a third replaces an occurrence of it.");
            }
            except.insert(except.end(), replaced_days->begin(), replaced_days->end());
        }
        sort_uniquely(except);
        return except;
    }

    /// By the event's rule, if it has one.
    Result<Occurrences> occurrences_of(const Event& event, const Span& span) {
        if (!event.rule) {
            return Occurrences{.days = {span.first_day}};
        }
        if (event.recurrence_id) {
            return invalid(event, "Its event replaces one occurrence, and must not recur itself.");
        }
        if (event.start->is_utc) {
            return invalid(event, "It recurs at a time in UTC, which is not the same time of every day here.",
                           whole_days_hint);
        }
        const RecurrenceRule rule = POLICIES_TRY(parse_recurrence_rule(*event.rule));
        if (!is_plain(rule, span.first_day)) {
            const Day last_day = POLICIES_TRY(last_day_of(event, rule, span.first_day));
            std::vector<Day> days =
                POLICIES_TRY(expand(rule, *event.rule, span.first_day, last_day, budget_));
            return Occurrences{.days = std::move(days)};
        }
        if (span.length >= days{365}) {
            return invalid(event, "It recurs yearly and lasts " + std::to_string(span.length.count()) +
                                      " days, a year or more.");
        }
        return Occurrences{.are_yearly = true};
    }

    /// The last day on which an occurrence may start.
    Result<Day> last_day_of(const Event& event, const RecurrenceRule& rule, Day first_day) const {
        const Day last_possible_day{last_holiday_year / 12 / 31};
        if (rule.until) {
            const Day last_day =
                std::min(last_possible_day, day_named_by(*rule.until, zone_, event.start->is_date));
            if (last_day < first_day) {
                return invalid(event, "It starts after its rule ends: " + core::quoted(*event.rule) + ".");
            }
            return last_day;
        }
        if (rule.count != 0) {
            return last_possible_day;
        }
        if (!endless_until_) {
            return Error{check_violation, "endless recurrence rule: " + core::quoted(*event.rule),
                         "The occurrences of " + core::quoted(event.name()) +
                             " differ from year to year, and would have to be listed without end.",
                         "Say until which day to list them, or give the rule an UNTIL or a COUNT."};
        }
        return std::min(last_possible_day, *endless_until_);
    }

    /// Adds the RDATEs that are not occurrences of a yearly holiday already.
    Check add_additions(const Event& event, const Holiday& holiday, std::vector<Day>& days) const {
        for (const WrittenTime& addition : event.additions) {
            const std::optional<Day> day = day_begun_at(addition, zone_, event.start->is_date);
            if (!day) {
                return invalid(
                    event, "Its additional start " + shown(to_local(addition, zone_)) + " is not midnight.",
                    whole_days_hint);
            }
            if (!holiday.yearly || !is_occurrence(holiday, *day)) {
                days.push_back(*day);
            }
        }
        sort_uniquely(days);
        return Ok{};
    }

    static bool is_occurrence(const Holiday& yearly, Day day) {
        return is_anniversary(yearly, day) && is_in_holiday_years(day);
    }

    Check add_yearly(const Event& event, Holiday holiday, const std::vector<Day>& except) {
        const days length = holiday.last_day - holiday.first_day;
        if (const auto first_day = first_in_holiday_years(holiday)) {
            holiday.first_day = *first_day;
        }
        holiday.last_day = holiday.first_day + length;
        POLICIES_TRY(check_years(event, holiday.first_day, holiday.last_day));
        std::copy_if(except.begin(), except.end(), std::back_inserter(holiday.except),
                     [&holiday](Day day) { return is_occurrence(holiday, day); });
        holidays_.push_back(std::move(holiday));
        return Ok{};
    }

    /// The first occurrence of a yearly event that is older than the years that a holiday may lie in.
    static std::optional<Day> first_in_holiday_years(const Holiday& yearly) {
        std::chrono::year year = first_holiday_year;
        if (yearly.first_day >= Day{year / 1 / 1}) {
            return {};
        }
        // A 29 February may be four years away.
        std::optional<Day> day;
        for (; !day; ++year) {
            day = occurrence_in_year(yearly, year);
        }
        return day;
    }

    Check add_days(const Event& event, const Holiday& first, const std::vector<Day>& days,
                   const std::vector<Day>& except) {
        for (const Day day : days) {
            if (std::binary_search(except.begin(), except.end(), day)) {
                continue;
            }
            const Day last_day = day + (first.last_day - first.first_day);
            POLICIES_TRY(check_years(event, day, last_day));
            holidays_.push_back({.name = first.name, .first_day = day, .last_day = last_day});
            if (holidays_.size() > max_holidays) {
                return Ok{}; // refused by the caller
            }
        }
        return Ok{};
    }

    const TimeZone& zone_;
    std::optional<Day> endless_until_;
    std::set<std::string> replaced_uids_{}; ///< of the events whose replaced occurrences are left out
    ExpansionBudget budget_{};
    std::vector<Holiday> holidays_{};
};

} // namespace

Result<std::vector<Holiday>> read_holidays(std::string_view icalendar, const TimeZone& zone,
                                           std::optional<Day> endless_until) {
    if (icalendar.size() > max_icalendar_size) {
        return Error{check_violation,
                     "iCalendar text too long: " + std::to_string(icalendar.size()) + " bytes",
                     "At most " + std::to_string(max_icalendar_size) + " bytes are read."};
    }
    const std::size_t nul = icalendar.find('\0');
    if (nul != std::string_view::npos) {
        return Error{invalid_text,
                     "invalid iCalendar text: the character U+0000 after " + std::to_string(nul) + " bytes"};
    }
    const LibicalErrors errors;
    const std::vector<Event> events = POLICIES_TRY(read_events(icalendar));
    return HolidayReader(zone, endless_until).read(events);
}

} // namespace policies::core
