#include "core/icalendar/yearly_rule.hpp"

#include <algorithm>
#include <charconv>

#include "core/icalendar/libical.hpp"

namespace policies::core {

Error unsupported_rule(std::string_view rule, std::string detail, std::string hint) {
    return {ErrorCode::check_violation, "unsupported recurrence rule: " + core::quoted(rule),
            std::move(detail), std::move(hint)};
}

namespace {

Error unreadable(std::string_view rule, std::string detail) {
    return {ErrorCode::invalid_text, "invalid recurrence rule: " + core::quoted(rule), std::move(detail)};
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
                return unsupported_rule(text, "Only FREQ=YEARLY is read.",
                                        "Holidays recur yearly; list the dates of others one by one.");
            is_yearly = true;
        } else if (is_time_of_day(name)) {
            if (value != "0")
                return unsupported_rule(text, "Holidays are whole days, without " + std::string(name) + ".");
            continue;
        } else if (name == "RSCALE" || name == "SKIP") {
            if (value != "GREGORIAN" && value != "OMIT")
                return unsupported_rule(text, "Only RSCALE=GREGORIAN and SKIP=OMIT are read.");
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
        return unsupported_rule(text, "A BYDAY beside BYWEEKNO must not be numbered.");
    return rule;
}

} // namespace policies::core
