#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/icalendar/property_values.hpp"

namespace policies::core {

/// What is read of a VEVENT.
struct Event {
    std::optional<std::string> uid{};
    std::optional<std::string> summary{};
    std::optional<WrittenTime> start{};
    std::optional<WrittenTime> end{};
    std::optional<std::chrono::seconds> duration{};
    std::optional<std::string> rule{};
    std::optional<WrittenTime> recurrence_id{};
    std::vector<WrittenTime> additions{};
    std::vector<WrittenTime> exceptions{};
    int sequence{0}; ///< of its versions the highest counts
    bool is_cancelled{false};

    std::string_view name() const {
        return summary ? std::string_view(*summary) : std::string_view("Holiday");
    }
};

/// Reads the events of one or several iCalendar objects (RFC 5545), as read_holidays tells, without a look at
/// what their times mean. Needs LibicalErrors.
Result<std::vector<Event>> read_events(std::string_view icalendar);

} // namespace policies::core
