#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/calendar/business_calendar.hpp"

namespace policies::core {

/// A weekday of a BYDAY: every one (ordinal 0), or the n-th from the start or (negative) the end.
struct WeekdayChoice {
    int weekday{0}; ///< ISO 8601: 1 Monday to 7 Sunday
    int ordinal{0};
};

/// A recurrence rule (RFC 5545, 3.3.10) with FREQ=YEARLY, of whole days. Sets count from 1; the second of a
/// pair counts from the end.
struct YearlyRule {
    int interval{1};
    int count{0}; ///< 0: without COUNT
    std::optional<Day> until{};
    bool until_is_utc{false};
    std::int32_t until_second{0}; ///< the time of day of UNTIL
    std::bitset<13> months{};
    std::bitset<32> month_days{};
    std::bitset<32> month_days_from_end{};
    std::bitset<367> year_days{};
    std::bitset<367> year_days_from_end{};
    std::bitset<54> weeks{};
    std::bitset<54> weeks_from_end{};
    std::vector<WeekdayChoice> weekdays{};
    std::vector<int> positions{};
    int week_start{1}; ///< ISO 8601
};

/// The check_violation for a rule that is well-formed and means nothing here.
Error unsupported_rule(std::string_view rule, std::string detail, std::string hint = {});

inline bool has_weeks(const YearlyRule& rule) {
    return rule.weeks.any() || rule.weeks_from_end.any();
}

/// Reads the value of an RRULE. Errors, naming the rule: invalid_text for what is no rule, check_violation
/// for another frequency than YEARLY and for what means nothing here (a time of day, another calendar than
/// the Gregorian).
Result<YearlyRule> parse_yearly_rule(std::string_view text);

/// Whether the rule is nothing but the start's own month and day every year, without end.
bool is_plain(const YearlyRule& rule, Day start);

/// The days that may still be looked at: what bounds the work for all rules of one text together.
struct ExpansionBudget {
    std::int64_t days{10'000'000};
};

/// The occurrences from the start to the last day, at most to COUNT; start is the first of them. Whatever the
/// rule leaves open comes from the start. Errors, naming the rule as text has it: check_violation when
/// the start is no occurrence, when there are more than max_holidays, and when the budget is used up.
Result<std::vector<Day>> expand(const YearlyRule& rule, std::string_view text, Day start, Day last,
                                ExpansionBudget& budget);

} // namespace policies::core
