#include "core/icalendar/yearly_expansion.hpp"

#include <algorithm>
#include <chrono>

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

/// Fills in from the start what the rule leaves open (RFC 5545, 3.3.10).
YearlyRule completed(YearlyRule rule, Day start) {
    const year_month_day date{start};
    const bool has_days = !rule.weekdays.empty() || rule.month_days.any() || rule.year_days.any();
    if (rule.weeks.any()) {
        if (!has_days)
            rule.weekdays.push_back({weekday{start}, 0});
        return rule;
    }
    if (!has_days)
        rule.month_days.from_start.set(unsigned{date.day()});
    if (rule.month_days.any() && !rule.year_days.any() && !rule.months.any())
        rule.months.from_start.set(unsigned{date.month()});
    return rule;
}

/// The first day of the year's week 1: the first with at least four days in the year.
Day first_day_of_weeks(int year, weekday week_start) {
    const Day fourth_january = new_year(year) + days{3};
    return fourth_january - (weekday{fourth_january} - week_start);
}

/// Finds the days of a rule in one year.
class YearExpansion {
public:
    YearExpansion(const YearlyRule& rule, int year, ExpansionBudget& budget)
        : rule_(rule), year_(year), budget_(budget),
          first_of_weeks_(first_day_of_weeks(year, rule.week_start)),
          end_of_weeks_(first_day_of_weeks(year + 1, rule.week_start)) {}

    /// In their order.
    std::vector<Day> days() {
        // A week of the year may begin before it and end after it.
        const int margin = rule_.weeks.any() ? 1 : 0;
        for (int year = year_ - margin; year <= year_ + margin; ++year) {
            for (unsigned month = 1; month <= 12; ++month) {
                if (!rule_.months.any() || rule_.months.from_start.test(month))
                    add_month(std::chrono::year{year} / std::chrono::month{month});
            }
        }
        return rule_.positions.empty() ? std::move(days_) : chosen_positions();
    }

private:
    void add_month(const std::chrono::year_month& month) {
        const Day first{month / 1};
        const Day end{(month + std::chrono::months{1}) / 1};
        const Day first_of_year{month.year() / 1 / 1};
        const auto length_of_month = (end - first).count();
        const auto length_of_year = month.year().is_leap() ? 366 : 365;
        // Many weekdays make a day more work.
        budget_.days -= length_of_month * static_cast<std::int64_t>(1 + rule_.weekdays.size() / 8);
        for (Day day = first; day < end; day += std::chrono::days{1}) {
            if (matches(day, position_of((day - first).count(), length_of_month),
                        position_of((day - first_of_year).count(), length_of_year)))
                days_.push_back(day);
        }
    }

    bool matches(Day day, const Position& in_month, const Position& in_year) const {
        return (!rule_.month_days.any() || rule_.month_days.holds(in_month)) &&
               (!rule_.year_days.any() || rule_.year_days.holds(in_year)) &&
               (!rule_.weeks.any() || is_in_week(day)) &&
               (rule_.weekdays.empty() ||
                is_on_weekday(weekday{day}, rule_.months.any() ? in_month : in_year));
    }

    bool is_in_week(Day day) const {
        return day >= first_of_weeks_ && day < end_of_weeks_ &&
               rule_.weeks.holds(position_of((day - first_of_weeks_) / weeks{1},
                                             (end_of_weeks_ - first_of_weeks_) / weeks{1}));
    }

    bool is_on_weekday(weekday day, const Position& position) const {
        const int from_start = static_cast<int>(position.from_start - 1) / 7 + 1;
        const int from_end = static_cast<int>(position.from_end - 1) / 7 + 1;
        return std::any_of(rule_.weekdays.begin(), rule_.weekdays.end(), [&](const WeekdayChoice& choice) {
            return choice.weekday == day &&
                   (choice.ordinal == 0 || choice.ordinal == from_start || choice.ordinal == -from_end);
        });
    }

    std::vector<Day> chosen_positions() const {
        std::vector<Day> chosen;
        const auto size = static_cast<int>(days_.size());
        for (const int position : rule_.positions) {
            const int index = position > 0 ? position - 1 : size + position;
            if (index >= 0 && index < size)
                chosen.push_back(days_[static_cast<std::size_t>(index)]);
        }
        std::sort(chosen.begin(), chosen.end());
        chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
        return chosen;
    }

    const YearlyRule& rule_;
    int year_;
    ExpansionBudget& budget_;
    Day first_of_weeks_;
    Day end_of_weeks_;
    std::vector<Day> days_{};
};

/// The year whose weeks hold the start, where weeks count, or else its calendar year.
int first_year(const YearlyRule& rule, Day start) {
    const int year = year_of(start);
    if (!rule.weeks.any())
        return year;
    if (start < first_day_of_weeks(year, rule.week_start))
        return year - 1;
    return start >= first_day_of_weeks(year + 1, rule.week_start) ? year + 1 : year;
}

} // namespace

bool is_plain(const YearlyRule& rule, Day start) {
    YearlyRule own_date;
    own_date.months.from_start.set(unsigned{year_month_day{start}.month()});
    own_date.month_days.from_start.set(unsigned{year_month_day{start}.day()});
    return rule.interval == 1 && rule.count == 0 && !rule.until &&
           (!rule.months.any() || rule.months == own_date.months) &&
           (!rule.month_days.any() || rule.month_days == own_date.month_days) && !rule.year_days.any() &&
           !rule.weeks.any() && rule.weekdays.empty() && rule.positions.empty();
}

Result<std::vector<Day>> expand(const YearlyRule& open_rule, std::string_view text, Day start, Day last,
                                ExpansionBudget& budget) {
    const YearlyRule rule = completed(open_rule, start);
    std::vector<Day> occurrences;
    for (int year = first_year(rule, start); year <= int{last_holiday_year}; year += rule.interval) {
        // A year may have no occurrence, and the loop be long; its end is nevertheless certain.
        if (budget.days <= 0)
            return unsupported_rule(text, "The recurrence rules of this text have too many days to look at.",
                                    "Give the rules an earlier UNTIL.");
        const std::vector<Day> days = YearExpansion(rule, year, budget).days();
        auto day = std::lower_bound(days.begin(), days.end(), start);
        if (occurrences.empty() && (day == days.end() || *day != start))
            return unsupported_rule(
                text, "The event's start is not an occurrence of it.",
                "Move the event to the first occurrence; what such a rule means is undefined.");
        for (; day != days.end(); ++day) {
            if (*day > last)
                return occurrences;
            if (occurrences.size() == max_holidays)
                return unsupported_rule(text,
                                        "It has more than " + std::to_string(max_holidays) + " occurrences.");
            occurrences.push_back(*day);
            if (occurrences.size() == static_cast<std::size_t>(rule.count))
                return occurrences;
        }
        if (new_year(year) > last)
            return occurrences;
    }
    return occurrences;
}

} // namespace policies::core
