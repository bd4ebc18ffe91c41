#include "core/icalendar/recurrence_rule.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/text.hpp"
#include "core/icalendar/libical.hpp"

namespace policies::core {

namespace {

Error unreadable(std::string_view rule, std::string detail) {
    return Error{invalid_text, "invalid recurrence rule: " + core::quoted(rule), std::move(detail)};
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
    if (text.starts_with('+') || text.starts_with('-')) {
        text.remove_prefix(1);
    }
    return text;
}

bool is_weekday(std::string_view text) {
    constexpr std::string_view weekdays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    return std::find(std::begin(weekdays), std::end(weekdays), text) != std::end(weekdays);
}

bool is_weekday_choice(std::string_view text) {
    if (text.size() < 2 || !is_weekday(text.substr(text.size() - 2))) {
        return false;
    }
    text.remove_suffix(2);
    return text.empty() || is_number_between(without_sign(text), 1, 53);
}

/// What a list of numbers may hold.
struct ListOfNumbers {
    std::string_view name;
    int highest;
    bool may_be_negative;
    std::size_t max_values;
};

constexpr ListOfNumbers lists_of_numbers[] = {
    {"BYMONTH", 12, false, ICAL_BY_MONTH_SIZE - 2},     {"BYMONTHDAY", 31, true, ICAL_BY_MONTHDAY_SIZE - 2},
    {"BYYEARDAY", 366, true, ICAL_BY_YEARDAY_SIZE - 2}, {"BYWEEKNO", 53, true, ICAL_BY_WEEKNO_SIZE - 2},
    {"BYSETPOS", 366, true, ICAL_BY_SETPOS_SIZE - 2},
};

bool is_list_of(std::string_view value, const ListOfNumbers& list) {
    const std::vector<std::string_view> values = split(value, ',');
    return values.size() <= list.max_values &&
           std::all_of(values.begin(), values.end(), [&list](std::string_view number) {
               return is_number_between(list.may_be_negative ? without_sign(number) : number, 1,
                                        list.highest);
           });
}

bool is_list_of_weekdays(std::string_view value) {
    const std::vector<std::string_view> values = split(value, ',');
    return values.size() <= ICAL_BY_DAY_SIZE - 2 &&
           std::all_of(values.begin(), values.end(), is_weekday_choice);
}

/// Whether libical reads a part of a rule as it stands. It takes less or more: it cuts an INTERVAL to 16 bits
/// and an ordinal of BYDAY to 8, overflows a COUNT, ignores what follows a number, and writes the terminator
/// of a full list behind the list.
bool is_readable(std::string_view name, std::string_view value) {
    if (name == "INTERVAL") {
        return is_number_between(value, 1, 32'767);
    }
    if (name == "COUNT") {
        return is_number_between(value, 1, 999'999'999);
    }
    if (name == "UNTIL") {
        return read_time(value).has_value();
    }
    if (name == "WKST") {
        return is_weekday(value);
    }
    if (name == "BYDAY") {
        return is_list_of_weekdays(value);
    }
    for (const ListOfNumbers& list : lists_of_numbers) {
        if (name == list.name) {
            return is_list_of(value, list);
        }
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

/// A rule taken apart into what libical reads safely, and UNTIL, which is left to us for its "Z".
class RuleParts {
public:
    explicit RuleParts(std::string_view rule) : rule_(rule) {}

    /// Adds what stands between two semicolons.
    Check add(std::string_view part) {
        const std::size_t equals = part.find('=');
        const std::string_view name = part.substr(0, equals);
        const std::string_view value = equals == std::string_view::npos ? "" : part.substr(equals + 1);
        if (is_time_of_day(name)) {
            return check_time_of_day(name, value);
        }
        if (name == "RSCALE" || name == "SKIP") {
            return check_scale(value);
        }
        if (name == "FREQ") {
            POLICIES_TRY(check_frequency(value));
        } else if (!is_readable(name, value)) {
            return unreadable(rule_, "The part " + core::quoted(part) + " cannot be read.");
        }
        POLICIES_TRY(check_repetition(name));
        if (name == "UNTIL") {
            until_ = read_time(value);
            return Ok{};
        }
        for_libical_ += for_libical_.empty() ? "" : ";";
        for_libical_ += part;
        return Ok{};
    }

    bool has_frequency() const { return names_.contains("FREQ"); }

    const std::string& for_libical() const { return for_libical_; }

    const std::optional<WrittenTime>& until() const { return until_; }

private:
    Check check_time_of_day(std::string_view name, std::string_view value) const {
        if (value == "0") {
            return Ok{};
        }
        return unsupported_rule(rule_, "Holidays are whole days, without " + std::string(name) + ".");
    }

    Check check_scale(std::string_view value) const {
        if (value == "GREGORIAN" || value == "OMIT") {
            return Ok{};
        }
        return unsupported_rule(rule_, "Only RSCALE=GREGORIAN and SKIP=OMIT are read.");
    }

    Check check_frequency(std::string_view value) const {
        if (!is_frequency(value)) {
            return unreadable(rule_, "There is no frequency " + core::quoted(value) + ".");
        }
        if (value == "SECONDLY" || value == "MINUTELY" || value == "HOURLY") {
            return unsupported_rule(rule_, "Holidays are whole days, and do not recur within one.");
        }
        return Ok{};
    }

    Check check_repetition(std::string_view name) {
        const bool is_new = names_.emplace(name).second;
        const bool ends_twice = names_.contains("COUNT") && names_.contains("UNTIL");
        if (ends_twice || (name == "UNTIL" && !is_new)) {
            return unreadable(rule_, "COUNT and UNTIL exclude each other and themselves.");
        }
        if (!is_new) {
            return unreadable(rule_, "The part " + std::string(name) + " is given twice.");
        }
        return Ok{};
    }

    std::string_view rule_;
    std::set<std::string, std::less<>> names_{};
    std::string for_libical_{};
    std::optional<WrittenTime> until_{};
};

Result<RuleParts> take_apart(std::string_view rule) {
    const std::string upper = to_upper(trimmed(rule));
    std::string_view text = upper;
    if (text.ends_with(';')) {
        text.remove_suffix(1);
    }
    RuleParts parts(rule);
    for (const std::string_view part : split(text, ';')) {
        POLICIES_TRY(parts.add(part));
    }
    if (!parts.has_frequency()) {
        return unreadable(rule, "It has no FREQ.");
    }
    return parts;
}

/// Calls a function with each value of libical's lists.
template <typename Function>
void for_each_value(const short* values, std::size_t max_values, Function function) {
    for (std::size_t i = 0; i < max_values && values[i] != ICAL_RECURRENCE_ARRAY_MAX; ++i) {
        function(values[i]);
    }
}

template <std::size_t highest>
PositionSet<highest> read_set(const short* values, std::size_t max_values) {
    PositionSet<highest> set;
    for_each_value(values, max_values, [&set](short place) { set.add(place); });
    return set;
}

/// libical counts weekdays from Sunday, 1.
std::chrono::weekday from_libical(icalrecurrencetype_weekday weekday) {
    return std::chrono::weekday{static_cast<unsigned>(weekday - ICAL_SUNDAY_WEEKDAY)};
}

/// Nothing for a frequency that is none of whole days.
std::optional<Period> from_libical(icalrecurrencetype_frequency frequency) {
    switch (frequency) {
    case ICAL_DAILY_RECURRENCE:
        return Period::day;
    case ICAL_WEEKLY_RECURRENCE:
        return Period::week;
    case ICAL_MONTHLY_RECURRENCE:
        return Period::month;
    case ICAL_YEARLY_RECURRENCE:
        return Period::year;
    default:
        return {};
    }
}

RecurrenceRule from_libical(const icalrecurrencetype& recurrence) {
    RecurrenceRule rule;
    rule.interval = recurrence.interval;
    rule.count = recurrence.count;
    rule.week_start = from_libical(recurrence.week_start);
    rule.months = read_set<12>(recurrence.by_month, ICAL_BY_MONTH_SIZE);
    rule.month_days = read_set<31>(recurrence.by_month_day, ICAL_BY_MONTHDAY_SIZE);
    rule.year_days = read_set<366>(recurrence.by_year_day, ICAL_BY_YEARDAY_SIZE);
    rule.weeks = read_set<53>(recurrence.by_week_no, ICAL_BY_WEEKNO_SIZE);
    for_each_value(recurrence.by_day, ICAL_BY_DAY_SIZE, [&rule](short day) {
        rule.weekdays.push_back(
            {from_libical(icalrecurrencetype_day_day_of_week(day)), icalrecurrencetype_day_position(day)});
    });
    for_each_value(recurrence.by_set_pos, ICAL_BY_SETPOS_SIZE,
                   [&rule](short position) { rule.positions.push_back(position); });
    return rule;
}

bool has_numbered_weekday(const RecurrenceRule& rule) {
    return std::any_of(rule.weekdays.begin(), rule.weekdays.end(),
                       [](const WeekdayChoice& choice) { return choice.ordinal != 0; });
}

/// Refuses the parts that mean nothing beside others (RFC 5545, 3.3.10).
Check check_parts(const RecurrenceRule& rule, std::string_view text) {
    const bool is_yearly = rule.period == Period::year;
    if (!is_yearly && (rule.year_days.any() || rule.weeks.any())) {
        return unsupported_rule(text, "Only FREQ=YEARLY takes BYYEARDAY and BYWEEKNO.");
    }
    if (rule.period == Period::week && rule.month_days.any()) {
        return unsupported_rule(text, "FREQ=WEEKLY takes no BYMONTHDAY.");
    }
    if (!has_numbered_weekday(rule)) {
        return Ok{};
    }
    if (rule.weeks.any()) {
        return unsupported_rule(text, "A BYDAY beside BYWEEKNO must not be numbered.");
    }
    if (!is_yearly && rule.period != Period::month) {
        return unsupported_rule(text, "A numbered BYDAY counts in a month or a year.");
    }
    return Ok{};
}

} // namespace

Error unsupported_rule(std::string_view rule, std::string detail, std::string hint) {
    return Error{check_violation, "unsupported recurrence rule: " + core::quoted(rule), std::move(detail),
                 std::move(hint)};
}

Result<RecurrenceRule> parse_recurrence_rule(std::string_view text) {
    const LibicalErrors errors;
    const RuleParts parts = POLICIES_TRY(take_apart(text));
    const icalrecurrencetype recurrence = icalrecurrencetype_from_string(parts.for_libical().c_str());
    const std::optional<Period> period = from_libical(recurrence.freq);
    if (!period) {
        return unreadable(text, "A part of it cannot be read or is given twice.");
    }
    RecurrenceRule rule = from_libical(recurrence);
    rule.period = *period;
    rule.until = parts.until();
    POLICIES_TRY(check_parts(rule, text));
    return rule;
}

} // namespace policies::core
