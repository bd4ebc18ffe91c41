#include "core/icalendar/yearly_rule.hpp"

#include <algorithm>
#include <chrono>

#include "core/icalendar/libical.hpp"

namespace policies::core {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

bool has_month_days(const YearlyRule& rule) {
    return rule.month_days.any() || rule.month_days_from_end.any();
}

bool has_year_days(const YearlyRule& rule) {
    return rule.year_days.any() || rule.year_days_from_end.any();
}

year_month_day civil(Day day) {
    return year_month_day{sys_days{days{day}}};
}

int weekday_of(Day day) {
    return static_cast<int>(std::chrono::weekday{sys_days{days{day}}}.iso_encoding());
}

std::size_t month_of(const year_month_day& date) {
    return static_cast<unsigned>(date.month());
}

std::size_t day_of(const year_month_day& date) {
    return static_cast<unsigned>(date.day());
}

/// Fills in from the start what the rule leaves open (RFC 5545, 3.3.10).
void complete(YearlyRule& rule, Day start) {
    const year_month_day date = civil(start);
    const bool has_days = !rule.weekdays.empty() || has_month_days(rule) || has_year_days(rule);
    if (has_weeks(rule) && !has_days)
        rule.weekdays.push_back({weekday_of(start), 0});
    if (has_weeks(rule))
        return;
    if (!has_days)
        rule.month_days.set(day_of(date));
    if (has_month_days(rule) && !has_year_days(rule) && rule.months.none())
        rule.months.set(month_of(date));
}

/// The first day of the year's week 1: the first with at least four days in the year.
Day first_day_of_weeks(int year, int week_start) {
    const Day fourth_january = first_day_of_year(year) + 3;
    return fourth_january - (weekday_of(fourth_january) - week_start + 7) % 7;
}

/// A position in a span, counted from its start and from its end.
struct Position {
    std::size_t from_start;
    std::size_t from_end;
};

template <std::size_t size>
bool holds(const std::bitset<size>& from_start, const std::bitset<size>& from_end, const Position& at) {
    return (at.from_start < size && from_start.test(at.from_start)) ||
           (at.from_end < size && from_end.test(at.from_end));
}

/// Finds the rule's days of one year.
class YearExpansion {
public:
    YearExpansion(const YearlyRule& rule, int year, ExpansionBudget& budget)
        : rule_(rule), year_(year), budget_(budget) {
        if (has_weeks(rule)) {
            first_of_weeks_ = first_day_of_weeks(year, rule.week_start);
            end_of_weeks_ = first_day_of_weeks(year + 1, rule.week_start);
        }
    }

    std::vector<Day> days() {
        // A week of the year may begin before it and end after it.
        const int margin = has_weeks(rule_) ? 1 : 0;
        for (int year = year_ - margin; year <= year_ + margin; ++year)
            add_year(year);
        return rule_.positions.empty() ? std::move(days_) : chosen_positions();
    }

private:
    void add_year(int year) {
        for (unsigned month = 1; month <= 12; ++month) {
            if (rule_.months.none() || rule_.months.test(month))
                add_month(year, month);
        }
    }

    void add_month(int year, unsigned month) {
        const std::chrono::year calendar_year{year};
        const year_month_day first{calendar_year, std::chrono::month{month}, std::chrono::day{1}};
        const auto last =
            static_cast<unsigned>((calendar_year / std::chrono::month{month} / std::chrono::last).day());
        const auto first_day = static_cast<Day>(sys_days{first}.time_since_epoch().count());
        const Day new_year = first_day_of_year(year);
        const std::size_t length_of_year = calendar_year.is_leap() ? 366 : 365;
        // Many weekdays make a day more work.
        budget_.days -= static_cast<std::int64_t>(last * (1 + rule_.weekdays.size() / 8));
        for (unsigned i = 0; i < last; ++i) {
            const Day day = first_day + static_cast<Day>(i);
            const auto of_year = static_cast<std::size_t>(day - new_year);
            if (matches(day, {i + 1, last - i}, {of_year + 1, length_of_year - of_year}))
                days_.push_back(day);
        }
    }

    bool matches(Day day, const Position& in_month, const Position& in_year) const {
        return (!has_month_days(rule_) || holds(rule_.month_days, rule_.month_days_from_end, in_month)) &&
               (!has_year_days(rule_) || holds(rule_.year_days, rule_.year_days_from_end, in_year)) &&
               (!has_weeks(rule_) || is_in_week(day)) &&
               (rule_.weekdays.empty() ||
                is_on_weekday(weekday_of(day), rule_.months.any() ? in_month : in_year));
    }

    bool is_in_week(Day day) const {
        if (day < first_of_weeks_ || day >= end_of_weeks_)
            return false;
        const auto week = static_cast<std::size_t>((day - first_of_weeks_) / 7);
        const auto weeks = static_cast<std::size_t>((end_of_weeks_ - first_of_weeks_) / 7);
        return holds(rule_.weeks, rule_.weeks_from_end, {week + 1, weeks - week});
    }

    bool is_on_weekday(int weekday, const Position& position) const {
        const int from_start = static_cast<int>(position.from_start - 1) / 7 + 1;
        const int from_end = static_cast<int>(position.from_end - 1) / 7 + 1;
        return std::any_of(rule_.weekdays.begin(), rule_.weekdays.end(), [&](const WeekdayChoice& choice) {
            return choice.weekday == weekday &&
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
    Day first_of_weeks_{0};
    Day end_of_weeks_{0};
    std::vector<Day> days_{};
};

/// The year whose weeks hold the start, where weeks count, or else its calendar year.
int year_of(const YearlyRule& rule, Day start) {
    const int year = static_cast<int>(civil(start).year());
    if (!has_weeks(rule))
        return year;
    if (start < first_day_of_weeks(year, rule.week_start))
        return year - 1;
    return start >= first_day_of_weeks(year + 1, rule.week_start) ? year + 1 : year;
}

} // namespace

bool is_plain(const YearlyRule& rule, Day start) {
    const year_month_day date = civil(start);
    std::bitset<13> month;
    month.set(month_of(date));
    std::bitset<32> day;
    day.set(day_of(date));
    return rule.interval == 1 && rule.count == 0 && !rule.until &&
           (rule.months.none() || rule.months == month) &&
           (rule.month_days.none() || rule.month_days == day) && rule.month_days_from_end.none() &&
           !has_year_days(rule) && !has_weeks(rule) && rule.weekdays.empty() && rule.positions.empty();
}

Result<std::vector<Day>> expand(const YearlyRule& open_rule, std::string_view text, Day start, Day last,
                                ExpansionBudget& budget) {
    YearlyRule rule = open_rule;
    complete(rule, start);
    std::vector<Day> occurrences;
    for (int year = year_of(rule, start); year <= last_holiday_year; year += rule.interval) {
        // The year's occurrences may be none, and the loop long; its end is nevertheless certain.
        if (budget.days <= 0)
            return unsupported_rule(text, "The recurrence rules of this text have too many days to look at.",
                                    "Give the rules an earlier UNTIL.");
        for (const Day day : YearExpansion(rule, year, budget).days()) {
            if (day < start)
                continue;
            if (occurrences.empty() && day != start)
                break;
            if (day > last)
                return occurrences;
            if (occurrences.size() == max_holidays)
                return unsupported_rule(text,
                                        "It has more than " + std::to_string(max_holidays) + " occurrences.");
            occurrences.push_back(day);
            if (rule.count != 0 && occurrences.size() == static_cast<std::size_t>(rule.count))
                return occurrences;
        }
        if (occurrences.empty())
            return unsupported_rule(
                text, "The event's start is not an occurrence of it.",
                "Move the event to the first occurrence; what such a rule means is undefined.");
        if (first_day_of_year(year) > last)
            return occurrences;
    }
    return occurrences;
}

} // namespace policies::core
