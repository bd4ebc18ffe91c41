#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/calendar/day.hpp"
#include "core/icalendar/recurrence_rule.hpp"

namespace policies::core {

/// Whether the rule is nothing but the start's own month and day every year, without end.
bool is_plain(const RecurrenceRule& rule, Day start);

/// The days that may still be looked at: what bounds the work for all rules of one text together.
struct ExpansionBudget {
    std::int64_t days{10'000'000};
};

/// The occurrences from the start to the last day, at most to COUNT. The start is the first of them, even
/// where the rule itself has others; whatever the rule leaves open comes from it. Occurrences before
/// first_holiday_year count, and are left out. Errors, naming the rule as text has it: check_violation when
/// there are more than max_holidays, and when the budget is used up.
Result<std::vector<Day>> expand(const RecurrenceRule& rule, std::string_view text, Day start, Day last,
                                ExpansionBudget& budget);

} // namespace policies::core
