#include "core/yearly_rule.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "core/libical.hpp"

namespace policies::core {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

Error unreadable(std::string_view rule, std::string detail) {
    return {ErrorCode::invalid_text, "invalid recurrence rule: " + core::quoted(rule), std::move(detail)};
}

Error unsupported(std::string_view rule, std::string detail, std::string hint = {}) {
    return {ErrorCode::check_violation, "unsupported recurrence rule: " + core::quoted(rule),
            std::move(detail), std::move(hint)};
}

/// The parts of a list; an empty text is one empty part.
std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

int to_number(std::string_view digits) {
    int number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

bool is_number_between(std::string_view text, int lowest, int highest) {
    return is_number(text, 9) && to_number(text) >= lowest && to_number(text) <= highest;
}

std::string_view without_sign(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-'))
        text.remove_prefix(1);
    return text;
}

bool is_weekday(std::string_view text) {
    constexpr std::string_view weekdays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    return std::find(std::begin(weekdays), std::end(weekdays), text) != std::end(weekdays);
}

bool is_weekday_choice(std::string_view text) {
    if (text.size() < 2 || !is_weekday(text.substr(text.size() - 2)))
        return false;
    text.remove_suffix(2);
    return text.empty() || is_number_between(without_sign(text), 1, 53);
}

/// The values that a part may have. libical takes less or more: it cuts an INTERVAL to 16 bits and an ordinal
/// of BYDAY to 8, overflows a COUNT, ignores what follows a number, and writes the terminator of a full
/// list behind the list.
struct PartOfRule {
    std::string_view name;
    int highest;
    bool may_be_negative;
    std::size_t max_values;
};

constexpr PartOfRule lists_of_numbers[] = {
    {"BYMONTH", 12, false, ICAL_BY_MONTH_SIZE - 2},     {"BYMONTHDAY", 31, true, ICAL_BY_MONTHDAY_SIZE - 2},
    {"BYYEARDAY", 366, true, ICAL_BY_YEARDAY_SIZE - 2}, {"BYWEEKNO", 53, true, ICAL_BY_WEEKNO_SIZE - 2},
    {"BYSETPOS", 366, true, ICAL_BY_SETPOS_SIZE - 2},
};

bool is_list_of(std::string_view value, const PartOfRule& part) {
    const std::vector<std::string_view> values = split(value, ',');
    return values.size() <= part.max_values &&
           std::all_of(values.begin(), values.end(), [&part](std::string_view number) {
               return is_number_between(part.may_be_negative ? without_sign(number) : number, 1,
                                        part.highest);
           });
}

bool is_list_of_weekdays(std::string_view value) {
    const std::vector<std::string_view> values = split(value, ',');
    return values.size() <= ICAL_BY_DAY_SIZE - 2 &&
           std::all_of(values.begin(), values.end(), is_weekday_choice);
}

bool is_readable(std::string_view name, std::string_view value) {
    if (name == "INTERVAL")
        return is_number_between(value, 1, 32'767);
    if (name == "COUNT")
        return is_number_between(value, 1, 999'999'999);
    if (name == "UNTIL")
        return read_time(value).has_value();
    if (name == "WKST")
        return is_weekday(value);
    if (name == "BYDAY")
        return is_list_of_weekdays(value);
    for (const PartOfRule& part : lists_of_numbers) {
        if (name == part.name)
            return is_list_of(value, part);
    }
    return false;
}

bool is_time_of_day(std::string_view name) {
    return name == "BYHOUR" || name == "BYMINUTE" || name == "BYSECOND";
}

bool is_frequency(std::string_view value) {
    constexpr std::string_view frequencies[] = {"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                                "WEEKLY",   "MONTHLY",  "YEARLY"};
    return std::find(std::begin(frequencies), std::end(frequencies), value) != std::end(frequencies);
}

/// The rule in the words that libical reads safely. UNTIL is left to us, for its "Z".
Result<std::string> checked_for_libical(std::string_view text, std::optional<WrittenTime>& until) {
    std::string checked;
    const std::string upper = to_upper(trimmed(text));
    std::string_view rest = upper;
    if (rest.ends_with(';'))
        rest.remove_suffix(1);
    bool is_yearly = false;
    for (const std::string_view part : split(rest, ';')) {
        const std::size_t equals = part.find('=');
        const std::string_view name = part.substr(0, equals);
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
        if (name == "FREQ") {
            if (!is_frequency(value))
                return unreadable(text, "There is no frequency " + core::quoted(value) + ".");
            if (value != "YEARLY")
                return unsupported(text, "Only FREQ=YEARLY is read.",
                                   "Holidays recur yearly; list the dates of others one by one.");
            is_yearly = true;
        } else if (is_time_of_day(name)) {
            if (value != "0")
                return unsupported(text, "Holidays are whole days, without " + std::string(name) + ".");
            continue;
        } else if (name == "RSCALE" || name == "SKIP") {
            if (value != "GREGORIAN" && value != "OMIT")
                return unsupported(text, "Only RSCALE=GREGORIAN and SKIP=OMIT are read.");
            continue;
        } else if (!is_readable(name, value)) {
            return unreadable(text, "The part " + core::quoted(part) + " cannot be read.");
        } else if (name == "UNTIL") {
            if (until || checked.find("COUNT=") != std::string::npos)
                return unreadable(text, "COUNT and UNTIL exclude each other and themselves.");
            until = read_time(value);
            continue;
        } else if (name == "COUNT" && until) {
            return unreadable(text, "COUNT and UNTIL exclude each other and themselves.");
        } else if ((";" + checked).find(";" + std::string(name) + "=") != std::string::npos) {
            return unreadable(text, "The part " + std::string(name) + " is given twice.");
        }
        checked += checked.empty() ? "" : ";";
        checked += part;
    }
    if (!is_yearly)
        return unreadable(text, "It has no FREQ.");
    return checked;
}

template <std::size_t size>
void read_set(const short* values, std::size_t max_values, std::bitset<size>& from_start,
              std::bitset<size>& from_end) {
    for (std::size_t i = 0; i < max_values && values[i] != ICAL_RECURRENCE_ARRAY_MAX; ++i) {
        const int value = values[i];
        if (value > 0 && value < static_cast<int>(size))
            from_start.set(static_cast<std::size_t>(value));
        else if (value < 0 && -value < static_cast<int>(size))
            from_end.set(static_cast<std::size_t>(-value));
    }
}

/// libical counts weekdays from Sunday, 1.
int iso_weekday(int weekday) {
    return weekday == ICAL_SUNDAY_WEEKDAY ? 7 : weekday - 1;
}

YearlyRule from_libical(const icalrecurrencetype& recurrence) {
    YearlyRule rule;
    rule.interval = recurrence.interval;
    rule.count = recurrence.count;
    rule.week_start = iso_weekday(recurrence.week_start);
    std::bitset<13> no_months_from_end;
    read_set(recurrence.by_month, ICAL_BY_MONTH_SIZE, rule.months, no_months_from_end);
    read_set(recurrence.by_month_day, ICAL_BY_MONTHDAY_SIZE, rule.month_days, rule.month_days_from_end);
    read_set(recurrence.by_year_day, ICAL_BY_YEARDAY_SIZE, rule.year_days, rule.year_days_from_end);
    read_set(recurrence.by_week_no, ICAL_BY_WEEKNO_SIZE, rule.weeks, rule.weeks_from_end);
    for (std::size_t i = 0; i < ICAL_BY_DAY_SIZE && recurrence.by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; ++i)
        rule.weekdays.push_back({iso_weekday(icalrecurrencetype_day_day_of_week(recurrence.by_day[i])),
                                 icalrecurrencetype_day_position(recurrence.by_day[i])});
    for (std::size_t i = 0; i < ICAL_BY_SETPOS_SIZE && recurrence.by_set_pos[i] != ICAL_RECURRENCE_ARRAY_MAX;
         ++i)
        rule.positions.push_back(recurrence.by_set_pos[i]);
    return rule;
}

bool has_weeks(const YearlyRule& rule) {
    return rule.weeks.any() || rule.weeks_from_end.any();
}

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

Result<YearlyRule> parse_yearly_rule(std::string_view text) {
    const LibicalErrors errors;
    std::optional<WrittenTime> until;
    const Result<std::string> checked = checked_for_libical(text, until);
    if (!checked)
        return checked.error();
    const icalrecurrencetype recurrence = icalrecurrencetype_from_string(checked->c_str());
    if (recurrence.freq != ICAL_YEARLY_RECURRENCE)
        return unreadable(text, "A part of it cannot be read or is given twice.");
    YearlyRule rule = from_libical(recurrence);
    if (until) {
        rule.until = until->day;
        rule.until_is_utc = until->is_utc;
        rule.until_second = until->second;
    }
    if (has_weeks(rule) && std::any_of(rule.weekdays.begin(), rule.weekdays.end(),
                                       [](const WeekdayChoice& choice) { return choice.ordinal != 0; }))
        return unsupported(text, "A BYDAY beside BYWEEKNO must not be numbered.");
    return rule;
}

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
            return unsupported(text, "The recurrence rules of this text have too many days to look at.",
                               "Give the rules an earlier UNTIL.");
        for (const Day day : YearExpansion(rule, year, budget).days()) {
            if (day < start)
                continue;
            if (occurrences.empty() && day != start)
                break;
            if (day > last)
                return occurrences;
            if (occurrences.size() == max_holidays)
                return unsupported(text,
                                   "It has more than " + std::to_string(max_holidays) + " occurrences.");
            occurrences.push_back(day);
            if (rule.count != 0 && occurrences.size() == static_cast<std::size_t>(rule.count))
                return occurrences;
        }
        if (occurrences.empty())
            return unsupported(
                text, "The event's start is not an occurrence of it.",
                "Move the event to the first occurrence; what such a rule means is undefined.");
        if (first_day_of_year(year) > last)
            return occurrences;
    }
    return occurrences;
}

} // namespace policies::core
