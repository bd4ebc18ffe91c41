#include "core/icalendar/recurrence_expansion.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "core/calendar/holidays.hpp"

namespace policies::core {

namespace {

using std::chrono::days;
using std::chrono::weekday;
using std::chrono::weeks;
using std::chrono::year_month_day;

Day new_year(int year) {
    return std::chrono::year{year} / 1 / 1;
}

int year_of(Day day) {
    return int{year_month_day{day}.year()};
}

/// A place among so many days or weeks.
Position position_of(std::chrono::days::rep index, std::chrono::days::rep count) {
    return {static_cast<std::size_t>(index + 1), static_cast<std::size_t>(count - index)};
}

Position position_in(Day first, Day end, Day day) {
    return position_of((day - first).count(), (end - first).count());
}

/// Fills in from the start what the rule leaves open (RFC 5545, 3.3.10).
RecurrenceRule completed(RecurrenceRule rule, Day start) {
    const year_month_day date{start};
    const bool has_days = !rule.weekdays.empty() || rule.month_days.any() || rule.year_days.any();
    const bool is_of_weeks = rule.period == Period::week || rule.weeks.any();
    if (rule.period == Period::day) {
        return rule;
    }
    if (!has_days && is_of_weeks) {
        rule.weekdays.push_back({weekday{start}, 0});
    } else if (!has_days) {
        rule.month_days.from_start.set(unsigned{date.day()});
    }
    if (rule.period == Period::year && !is_of_weeks && rule.month_days.any() && !rule.year_days.any() &&
        !rule.months.any()) {
        rule.months.from_start.set(unsigned{date.month()});
    }
    return rule;
}

/// The first day of the year's week 1: the first with at least four days in the year.
Day first_day_of_weeks(int year, weekday week_start) {
    const Day fourth_january = new_year(year) + days{3};
    return fourth_january - (weekday{fourth_january} - week_start);
}

/// The days of one period.
struct Span {
    Day first;
    Day end;
};

/// Where weeks count, a year is that of its weeks, which may begin before it and end after it.
Span year_span(const RecurrenceRule& rule, int year) {
    if (!rule.weeks.any()) {
        return {new_year(year), new_year(year + 1)};
    }
    return {first_day_of_weeks(year, rule.week_start), first_day_of_weeks(year + 1, rule.week_start)};
}

Span month_span(const std::chrono::year_month& month) {
    return {month / 1, (month + std::chrono::months{1}) / 1};
}

/// Finds the days of a rule in a period.
class PeriodDays {
public:
    PeriodDays(const RecurrenceRule& rule, ExpansionBudget& budget) : rule_(rule), budget_(budget) {}

    /// In their order.
    std::vector<Day> in(const Span& span) const {
        std::vector<Day> found;
        --budget_.days;
        for (Day day = span.first; day < span.end;) {
            const year_month_day date{day};
            const Span month = month_span(date.year() / date.month());
            if (rule_.months.any() && !rule_.months.from_start.test(unsigned{date.month()})) {
                day = month.end;
                continue;
            }
            // Many weekdays make a day more work.
            budget_.days -= static_cast<std::int64_t>(1 + rule_.weekdays.size() / 8);
            if (matches(day, span, month, int{date.year()})) {
                found.push_back(day);
            }
            day += days{1};
        }
        return rule_.positions.empty() ? found : chosen_positions(found);
    }

private:
    bool matches(Day day, const Span& period, const Span& month, int year) const {
        const Position in_month = position_in(month.first, month.end, day);
        const Position in_year = position_in(new_year(year), new_year(year + 1), day);
        const bool are_of_month = rule_.period == Period::month || rule_.months.any();
        return (!rule_.month_days.any() || rule_.month_days.holds(in_month)) &&
               (!rule_.year_days.any() || rule_.year_days.holds(in_year)) &&
               (!rule_.weeks.any() || is_in_week(day, period)) &&
               (rule_.weekdays.empty() || is_on_weekday(weekday{day}, are_of_month ? in_month : in_year));
    }

    bool is_in_week(Day day, const Span& year) const {
        return rule_.weeks.holds(
            position_of((day - year.first) / weeks{1}, (year.end - year.first) / weeks{1}));
    }

    bool is_on_weekday(weekday day, const Position& position) const {
        const int from_start = static_cast<int>(position.from_start - 1) / 7 + 1;
        const int from_end = static_cast<int>(position.from_end - 1) / 7 + 1;
        return std::any_of(rule_.weekdays.begin(), rule_.weekdays.end(), [&](const WeekdayChoice& choice) {
            return choice.weekday == day &&
                   (choice.ordinal == 0 || choice.ordinal == from_start || choice.ordinal == -from_end);
        });
    }

    std::vector<Day> chosen_positions(const std::vector<Day>& found) const {
        std::vector<Day> chosen;
        const auto size = static_cast<int>(found.size());
        for (const int position : rule_.positions) {
            const int index = position > 0 ? position - 1 : size + position;
            if (index >= 0 && index < size) {
                chosen.push_back(found[static_cast<std::size_t>(index)]);
            }
        }
        std::sort(chosen.begin(), chosen.end());
        chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
        return chosen;
    }

    const RecurrenceRule& rule_;
    ExpansionBudget& budget_;
};

/// The year whose weeks hold the start, where weeks count, or else its calendar year.
int first_year(const RecurrenceRule& rule, Day start) {
    const int year = year_of(start);
    if (start < year_span(rule, year).first) {
        return year - 1;
    }
    return start >= year_span(rule, year).end ? year + 1 : year;
}

/// The n-th period from the start's on, of those that the interval lets count; nothing past the years that a
/// holiday may lie in.
std::optional<Span> span_of(const RecurrenceRule& rule, Day start, int n) {
    const int distance = n * rule.interval;
    switch (rule.period) {
    case Period::year: {
        const int year = first_year(rule, start) + distance;
        if (year > int{last_holiday_year}) {
            return {};
        }
        return year_span(rule, year);
    }
    case Period::month: {
        const year_month_day date{start};
        const int month = year_of(start) * 12 + static_cast<int>(unsigned{date.month()}) - 1 + distance;
        if (month / 12 > int{last_holiday_year}) {
            return {};
        }
        return month_span(std::chrono::year{month / 12} /
                          std::chrono::month{static_cast<unsigned>(month % 12 + 1)});
    }
    case Period::week: {
        const Day first = start - (weekday{start} - rule.week_start) + weeks{distance};
        return Span{first, first + weeks{1}};
    }
    case Period::day:
        break;
    }
    const Day day = start + days{distance};
    return Span{day, day + days{1}};
}

} // namespace

bool is_plain(const RecurrenceRule& rule, Day start) {
    RecurrenceRule own_date;
    own_date.months.from_start.set(unsigned{year_month_day{start}.month()});
    own_date.month_days.from_start.set(unsigned{year_month_day{start}.day()});
    return rule.period == Period::year && rule.interval == 1 && rule.count == 0 && !rule.until &&
           (!rule.months.any() || rule.months == own_date.months) &&
           (!rule.month_days.any() || rule.month_days == own_date.month_days) && !rule.year_days.any() &&
           !rule.weeks.any() && rule.weekdays.empty() && rule.positions.empty();
}

Result<std::vector<Day>> expand(const RecurrenceRule& open_rule, std::string_view text, Day start, Day last,
                                ExpansionBudget& budget) {
    const RecurrenceRule rule = completed(open_rule, start);
    const PeriodDays period_days(rule, budget);
    std::vector<Day> occurrences;
    if (start > last) {
        return occurrences;
    }
    if (is_in_holiday_years(start)) {
        occurrences.push_back(start);
    }
    for (int count = 1, n = 0; count != rule.count; ++n) {
        const std::optional<Span> span = span_of(rule, start, n);
        if (!span || span->first > last) {
            return occurrences;
        }
        // A period may have no occurrence, and the loop be long; its end is nevertheless certain.
        if (budget.days <= 0) {
            return unsupported_rule(text, "The recurrence rules of this text have too many days to look at.",
                                    "Give the rules an earlier UNTIL.");
        }
        for (const Day day : period_days.in(*span)) {
            if (day <= start) {
                continue;
            }
            if (day > last || count == rule.count) {
                return occurrences;
            }
            ++count;
            if (!is_in_holiday_years(day)) {
                continue;
            }
            if (occurrences.size() == max_holidays) {
                return unsupported_rule(text,
                                        "It has more than " + std::to_string(max_holidays) + " occurrences.");
            }
            occurrences.push_back(day);
        }
    }
    return occurrences;
}

} // namespace policies::core
