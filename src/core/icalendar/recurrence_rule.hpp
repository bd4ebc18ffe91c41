#pragma once

#include <bitset>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/icalendar/property_values.hpp"

namespace policies::core {

/// A place in a span, counted from 1 at its start and from 1 at its end.
struct Position {
    std::size_t from_start;
    std::size_t from_end;
};

/// Some places in a span, each counted from its start or from its end.
template <std::size_t highest>
struct PositionSet {
    std::bitset<highest + 1> from_start{};
    std::bitset<highest + 1> from_end{};

    bool operator==(const PositionSet&) const = default;

    bool any() const { return from_start.any() || from_end.any(); }

    bool holds(const Position& position) const {
        return (position.from_start <= highest && from_start.test(position.from_start)) ||
               (position.from_end <= highest && from_end.test(position.from_end));
    }

    /// Adds a place that is counted from the end when it is negative; what the set cannot hold is left out.
    void add(int place) {
        const auto distance = static_cast<std::size_t>(place < 0 ? -place : place);
        if (distance >= 1 && distance <= highest) {
            (place < 0 ? from_end : from_start).set(distance);
        }
    }
};

/// A weekday of a BYDAY: every one (ordinal 0), or the n-th from the start or (negative) the end.
struct WeekdayChoice {
    std::chrono::weekday weekday{};
    int ordinal{0};
};

/// What a recurrence rule repeats in: its days are found anew in each.
enum class Period { day, week, month, year };

/// A recurrence rule (RFC 5545, 3.3.10) of whole days.
struct RecurrenceRule {
    Period period{Period::year};
    int interval{1};
    int count{0}; ///< 0: without COUNT
    std::optional<WrittenTime> until{};
    PositionSet<12> months{};
    PositionSet<31> month_days{};
    PositionSet<366> year_days{};
    PositionSet<53> weeks{};
    std::vector<WeekdayChoice> weekdays{};
    std::vector<int> positions{}; ///< in a period's days, from the end when negative
    std::chrono::weekday week_start{std::chrono::Monday};
};

/// The check_violation for a rule that is well-formed and means nothing here.
Error unsupported_rule(std::string_view rule, std::string detail, std::string hint = {});

/// Reads the value of an RRULE. Errors, naming the rule: invalid_text for what is no rule, check_violation for
/// what repeats within a day and for what means nothing here (a time of day, a part that the frequency does
/// not take, another calendar than the Gregorian).
Result<RecurrenceRule> parse_recurrence_rule(std::string_view text);

} // namespace policies::core
