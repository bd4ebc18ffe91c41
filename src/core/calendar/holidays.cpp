#include "core/calendar/holidays.hpp"

#include <algorithm>

#include "core/base/json_list.hpp"
#include "core/base/text.hpp"

namespace policies::core {

namespace {

using nlohmann::json;
using std::chrono::days;
using std::chrono::year_month_day;

constexpr std::string_view holiday_keys[] = {"name", "date", "first_date", "last_date", "yearly", "except"};
constexpr ListShape holiday_list{"holidays", holiday_keys};

constexpr Day first_possible_day{first_holiday_year / 1 / 1};
constexpr Day last_possible_day{last_holiday_year / 12 / 31};
constexpr days days_per_year{365};

std::string of_holiday(const Holiday& holiday) {
    return " of the holiday " + core::quoted(holiday.name);
}

Check check_name(std::string_view name) {
    const auto invalid = [name](std::string detail) {
        return Error{check_violation, "invalid name of a holiday: " + core::quoted(name), std::move(detail)};
    };
    if (is_blank(name)) {
        return invalid("It must not be blank.");
    }
    if (name.size() > max_holiday_name_length) {
        return invalid("It must not be longer than " + std::to_string(max_holiday_name_length) + " bytes.");
    }
    if (holds_nul(name)) {
        return invalid("It must not hold the character U+0000.");
    }
    return Ok{};
}

Check check_year(const Holiday& holiday, Day day) {
    if (is_in_holiday_years(day)) {
        return Ok{};
    }
    return Error{check_violation,
                 "invalid date" + of_holiday(holiday) + ": " + core::quoted(format_date(day)),
                 "It must lie in the years " + std::to_string(int{first_holiday_year}) + " to " +
                     std::to_string(int{last_holiday_year}) + "."};
}

Check check_length(const Holiday& holiday) {
    const auto invalid = [&holiday](std::string detail) {
        return Error{check_violation,
                     "invalid last date" + of_holiday(holiday) + ": " +
                         core::quoted(format_date(holiday.last_day)),
                     std::move(detail)};
    };
    if (holiday.last_day < holiday.first_day) {
        return invalid("It must not be before the first date, " + format_date(holiday.first_day) + ".");
    }
    if (holiday.yearly && holiday.last_day - holiday.first_day + days{1} >= days_per_year) {
        return invalid("A yearly holiday must be shorter than a year.");
    }
    return Ok{};
}

Check check_exceptions(const Holiday& holiday) {
    const auto invalid = [&holiday](Day day, std::string detail) {
        return Error{check_violation,
                     "invalid exception" + of_holiday(holiday) + ": " + core::quoted(format_date(day)),
                     std::move(detail)};
    };
    if (!holiday.yearly && !holiday.except.empty()) {
        return invalid(holiday.except.front(), "Only a yearly holiday may have exceptions.");
    }
    for (const Day day : holiday.except) {
        POLICIES_TRY(check_year(holiday, day));
        if (!is_anniversary(holiday, day)) {
            return invalid(day, "It must be the first date of an occurrence.");
        }
    }
    const auto unsorted = std::adjacent_find(holiday.except.begin(), holiday.except.end(),
                                             [](Day left, Day right) { return left >= right; });
    if (unsorted != holiday.except.end()) {
        return invalid(*unsorted, "An exception must not be given twice.");
    }
    return Ok{};
}

Result<Day> read_date(const json& value, std::string_view key, const Holiday& holiday) {
    const std::string* text = value.get_ptr<const std::string*>();
    const auto day = text != nullptr ? parse_date(*text) : std::nullopt;
    if (!day) {
        return Error{check_violation,
                     "invalid " + std::string(key) + of_holiday(holiday) + ": " + shown(value),
                     "A date is written YYYY-MM-DD and must exist."};
    }
    return *day;
}

Check read_name(Holiday& holiday, const json& object) {
    const json* member = find_member(object, "name");
    if (member == nullptr) {
        return missing_key(holiday_list, "name");
    }
    const std::string* name = find_string(object, "name");
    if (name == nullptr) {
        return Error{check_violation, "invalid name of a holiday: " + shown(*member), "It must be a string."};
    }
    holiday.name = *name;
    return check_name(holiday.name);
}

Check read_dates(Holiday& holiday, const json& object) {
    const json* date = find_member(object, "date");
    const json* first = find_member(object, "first_date");
    const json* last = find_member(object, "last_date");
    if (date != nullptr && (first != nullptr || last != nullptr)) {
        return Error{check_violation, "invalid date" + of_holiday(holiday) + ": " + shown(*date),
                     "A holiday has either a date, or a first_date and a last_date."};
    }
    if (date == nullptr && first == nullptr && last == nullptr) {
        return missing_key(holiday_list, "date");
    }
    if (date == nullptr && (first == nullptr || last == nullptr)) {
        return missing_key(holiday_list, first == nullptr ? "first_date" : "last_date");
    }
    if (date != nullptr) {
        holiday.first_day = holiday.last_day = POLICIES_TRY(read_date(*date, "date", holiday));
        return Ok{};
    }
    holiday.first_day = POLICIES_TRY(read_date(*first, "first_date", holiday));
    holiday.last_day = POLICIES_TRY(read_date(*last, "last_date", holiday));
    return Ok{};
}

Check read_exceptions(Holiday& holiday, const json& object) {
    const json* member = find_member(object, "except");
    if (member == nullptr) {
        return Ok{};
    }
    if (!member->is_array()) {
        return Error{check_violation, "invalid except" + of_holiday(holiday) + ": " + shown(*member),
                     "It must be an array of dates."};
    }
    for (const json& element : *member) {
        const Day day = POLICIES_TRY(read_date(element, "exception", holiday));
        holiday.except.push_back(day);
    }
    std::sort(holiday.except.begin(), holiday.except.end());
    return Ok{};
}

Result<Holiday> read_holiday(const json& object) {
    Holiday holiday;
    POLICIES_TRY(read_name(holiday, object));
    POLICIES_TRY(read_dates(holiday, object));
    POLICIES_TRY(read_exceptions(holiday, object));
    holiday.yearly = POLICIES_TRY(read_flag(object, "yearly"));
    POLICIES_TRY(check_holiday(holiday));
    return holiday;
}

} // namespace

bool is_in_holiday_years(Day day) {
    return day >= first_possible_day && day <= last_possible_day;
}

Check check_holiday(const Holiday& holiday) {
    POLICIES_TRY(check_name(holiday.name));
    POLICIES_TRY(check_year(holiday, holiday.first_day));
    POLICIES_TRY(check_year(holiday, holiday.last_day));
    POLICIES_TRY(check_length(holiday));
    return check_exceptions(holiday);
}

bool is_anniversary(const Holiday& holiday, Day day) {
    const year_month_day date{day};
    const year_month_day first{holiday.first_day};
    return date.month() == first.month() && date.day() == first.day() && date.year() >= first.year();
}

std::optional<Day> occurrence_in_year(const Holiday& holiday, std::chrono::year year) {
    const year_month_day first{holiday.first_day};
    const year_month_day date{year, first.month(), first.day()};
    if (year < first.year() || !date.ok()) {
        return {};
    }
    const Day day{date};
    if (std::binary_search(holiday.except.begin(), holiday.except.end(), day)) {
        return {};
    }
    return day;
}

Result<std::vector<Holiday>> parse_holidays(std::string_view json_text) {
    const json list = POLICIES_TRY(parse_list(json_text, holiday_list));
    if (list.size() > max_holidays) {
        return Error{check_violation, "too many holidays: " + std::to_string(list.size()),
                     "A calendar has at most " + std::to_string(max_holidays) + " holidays."};
    }
    std::vector<Holiday> holidays;
    holidays.reserve(list.size());
    for (const json& object : list) {
        Holiday holiday = POLICIES_TRY(read_holiday(object));
        holidays.push_back(std::move(holiday));
    }
    return holidays;
}

std::string write_holidays(const std::vector<Holiday>& holidays) {
    auto list = nlohmann::ordered_json::array();
    for (const Holiday& holiday : holidays) {
        nlohmann::ordered_json object;
        object["name"] = holiday.name;
        if (holiday.first_day == holiday.last_day) {
            object["date"] = format_date(holiday.first_day);
        } else {
            object["first_date"] = format_date(holiday.first_day);
            object["last_date"] = format_date(holiday.last_day);
        }
        if (holiday.yearly) {
            object["yearly"] = true;
        }
        for (const Day day : holiday.except) {
            object["except"].push_back(format_date(day));
        }
        list.push_back(std::move(object));
    }
    return write_json(list);
}

} // namespace policies::core
