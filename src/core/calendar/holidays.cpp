#include <algorithm>

#include "core/base/text.hpp"
#include "core/calendar/business_calendar.hpp"
#include "core/calendar/civil_date.hpp"
#include "core/calendar/json_list.hpp"

namespace policies::core {

namespace {

using nlohmann::json;

constexpr std::string_view keys[] = {"name", "date", "first_date", "last_date", "yearly", "except"};
constexpr ListShape shape{"holidays", keys};

constexpr Day first_possible_day = static_cast<Day>(days_from_civil({first_holiday_year, 1, 1}));
constexpr Day last_possible_day = static_cast<Day>(days_from_civil({last_holiday_year, 12, 31}));
constexpr Day days_per_year = 365;

Error violation(std::string message, std::string detail) {
    return {ErrorCode::check_violation, std::move(message), std::move(detail)};
}

std::string of_holiday(const Holiday& holiday) {
    return " of the holiday " + core::quoted(holiday.name);
}

Check check_name(std::string_view name) {
    const auto invalid = [name](std::string detail) {
        return violation("invalid name of a holiday: " + core::quoted(name), std::move(detail));
    };
    if (is_blank(name))
        return invalid("It must not be blank.");
    if (name.size() > max_holiday_name_length)
        return invalid("It must not be longer than " + std::to_string(max_holiday_name_length) + " bytes.");
    if (holds_nul(name))
        return invalid("It must not hold the character U+0000.");
    return Ok{};
}

Check check_year(const Holiday& holiday, Day day) {
    if (day >= first_possible_day && day <= last_possible_day)
        return Ok{};
    return violation("invalid date" + of_holiday(holiday) + ": " + core::quoted(format_date(day)),
                     "It must lie in the years " + std::to_string(first_holiday_year) + " to " +
                         std::to_string(last_holiday_year) + ".");
}

Check check_length(const Holiday& holiday) {
    const auto invalid = [&holiday](std::string detail) {
        return violation("invalid last date" + of_holiday(holiday) + ": " +
                             core::quoted(format_date(holiday.last_day)),
                         std::move(detail));
    };
    if (holiday.last_day < holiday.first_day)
        return invalid("It must not be before the first date, " + format_date(holiday.first_day) + ".");
    if (holiday.yearly && holiday.last_day - holiday.first_day + 1 >= days_per_year)
        return invalid("A yearly holiday must be shorter than a year.");
    return Ok{};
}

bool is_on_anniversary(const Holiday& holiday, Day day) {
    const CivilDate date = civil_from_days(day);
    const CivilDate first = civil_from_days(holiday.first_day);
    return date.month == first.month && date.day == first.day && date.year >= first.year;
}

Check check_exceptions(const Holiday& holiday) {
    const auto invalid = [&holiday](Day day, std::string detail) {
        return violation("invalid exception" + of_holiday(holiday) + ": " + core::quoted(format_date(day)),
                         std::move(detail));
    };
    if (!holiday.yearly && !holiday.except.empty())
        return invalid(holiday.except.front(), "Only a yearly holiday may have exceptions.");
    for (const Day day : holiday.except) {
        Check year = check_year(holiday, day);
        if (!year)
            return year;
        if (!is_on_anniversary(holiday, day))
            return invalid(day, "It must be the first date of an occurrence.");
    }
    const auto unsorted = std::adjacent_find(holiday.except.begin(), holiday.except.end(),
                                             [](Day left, Day right) { return left >= right; });
    if (unsorted != holiday.except.end())
        return invalid(*unsorted, "An exception must not be given twice.");
    return Ok{};
}

Result<Day> read_date(const json& value, std::string_view key, const std::string& name) {
    const std::string* text = value.get_ptr<const std::string*>();
    const auto day = text != nullptr ? parse_date(*text) : std::nullopt;
    if (!day)
        return violation("invalid " + std::string(key) + " of the holiday " + core::quoted(name) + ": " +
                             shown(value),
                         "A date is written YYYY-MM-DD and must exist.");
    return static_cast<Day>(*day);
}

Check read_name(Holiday& holiday, const json& object) {
    const json* member = find_member(object, "name");
    if (member == nullptr)
        return missing_key(shape, "name");
    const std::string* name = find_string(object, "name");
    if (name == nullptr)
        return violation("invalid name of a holiday: " + shown(*member), "It must be a string.");
    holiday.name = *name;
    return check_name(holiday.name);
}

Check read_dates(Holiday& holiday, const json& object) {
    const json* date = find_member(object, "date");
    const json* first = find_member(object, "first_date");
    const json* last = find_member(object, "last_date");
    if (date != nullptr && (first != nullptr || last != nullptr))
        return violation("invalid date" + of_holiday(holiday) + ": " + shown(*date),
                         "A holiday has either a date, or a first_date and a last_date.");
    if (date == nullptr && first == nullptr && last == nullptr)
        return missing_key(shape, "date");
    if (date == nullptr && (first == nullptr || last == nullptr))
        return missing_key(shape, first == nullptr ? "first_date" : "last_date");
    const Result<Day> first_day = date != nullptr ? read_date(*date, "date", holiday.name)
                                                  : read_date(*first, "first_date", holiday.name);
    if (!first_day)
        return first_day.error();
    const Result<Day> last_day = date != nullptr ? first_day : read_date(*last, "last_date", holiday.name);
    if (!last_day)
        return last_day.error();
    holiday.first_day = *first_day;
    holiday.last_day = *last_day;
    return Ok{};
}

Check read_exceptions(Holiday& holiday, const json& object) {
    const json* member = find_member(object, "except");
    if (member == nullptr)
        return Ok{};
    if (!member->is_array())
        return violation("invalid except" + of_holiday(holiday) + ": " + shown(*member),
                         "It must be an array of dates.");
    for (const json& element : *member) {
        const Result<Day> day = read_date(element, "exception", holiday.name);
        if (!day)
            return day.error();
        holiday.except.push_back(*day);
    }
    std::sort(holiday.except.begin(), holiday.except.end());
    return Ok{};
}

Result<Holiday> read_holiday(const json& object) {
    Holiday holiday;
    for (const auto read : {read_name, read_dates, read_exceptions}) {
        Check check = read(holiday, object);
        if (!check)
            return std::move(check).error();
    }
    const Result<bool> yearly = read_flag(object, "yearly");
    if (!yearly)
        return yearly.error();
    holiday.yearly = *yearly;
    Check check = check_holiday(holiday);
    if (!check)
        return std::move(check).error();
    return holiday;
}

} // namespace

Check check_holiday(const Holiday& holiday) {
    Check name = check_name(holiday.name);
    if (!name)
        return name;
    for (const Day day : {holiday.first_day, holiday.last_day}) {
        Check year = check_year(holiday, day);
        if (!year)
            return year;
    }
    Check length = check_length(holiday);
    if (!length)
        return length;
    return check_exceptions(holiday);
}

std::optional<Day> occurrence_in_year(const Holiday& holiday, std::int64_t year) {
    const CivilDate first = civil_from_days(holiday.first_day);
    if (year < first.year || first.day > days_in_month(year, first.month))
        return {};
    const auto day = static_cast<Day>(days_from_civil({year, first.month, first.day}));
    if (std::binary_search(holiday.except.begin(), holiday.except.end(), day))
        return {};
    return day;
}

Result<std::vector<Holiday>> parse_holidays(std::string_view json_text) {
    const Result<json> list = parse_list(json_text, shape);
    if (!list)
        return list.error();
    if (list->size() > max_holidays)
        return violation("too many holidays: " + std::to_string(list->size()),
                         "A calendar has at most " + std::to_string(max_holidays) + " holidays.");
    std::vector<Holiday> holidays;
    holidays.reserve(list->size());
    for (const json& object : *list) {
        Result<Holiday> holiday = read_holiday(object);
        if (!holiday)
            return std::move(holiday).error();
        holidays.push_back(*std::move(holiday));
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
        if (holiday.yearly)
            object["yearly"] = true;
        for (const Day day : holiday.except)
            object["except"].push_back(format_date(day));
        list.push_back(std::move(object));
    }
    return list.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace policies::core
