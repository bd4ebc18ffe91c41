#include "core/sla/sla_status.hpp"

#include <gtest/gtest.h>

#include "core/calendar/dates.hpp"

namespace policies::core {
namespace {

constexpr Duration hour = 60 * microseconds_per_minute;

/// Monday to Friday from 9 to 17, in UTC.
const BusinessClock& office() {
    static const BusinessClock clock = [] {
        std::vector<OpeningInterval> hours;
        for (int weekday = 1; weekday <= 5; ++weekday)
            hours.push_back({weekday, 9 * 3'600, 17 * 3'600});
        return *BusinessClock::compile(hours, {}, {});
    }();
    return clock;
}

/// Of a resolution within 8 hours, at a time of 30 November 2026, a Monday.
TargetStatus status_at(const Ticket& ticket, Instant instant) {
    return *sla_status(office(), ticket, Target::resolution, 8 * hour, instant, 0);
}

Instant monday(int hour_of_day, int minute = 0) {
    return utc(2026, 11, 30, hour_of_day) + minute * microseconds_per_minute;
}

TEST(SlaStatus, APauseThatBeginsLaterIsNotKnown) {
    const Ticket ticket{.opened_at = monday(9),
                        .pauses = {{monday(9, 30), monday(12)}, {monday(14), Pause::no_end}}};
    EXPECT_EQ(status_at(ticket, monday(9, 10)).due_at, monday(17));
    EXPECT_EQ(status_at(ticket, monday(9, 10)).state, TargetState::running);
    EXPECT_EQ(status_at(ticket, monday(9, 30)).due_at, utc(2026, 12, 1, 11) + hour / 2);
    EXPECT_EQ(status_at(ticket, monday(9, 30)).state, TargetState::paused);
    EXPECT_EQ(status_at(ticket, monday(13, 59)).due_at, utc(2026, 12, 1, 11) + hour / 2);
    EXPECT_EQ(status_at(ticket, monday(14)).due_at, std::nullopt);
    EXPECT_EQ(status_at(ticket, monday(14)).state, TargetState::paused);
    EXPECT_EQ(status_at(ticket, monday(14)).time_left, 8 * hour - hour * 5 / 2);
}

TEST(SlaStatus, ABreachedTargetIsOver) {
    const Ticket ticket{.opened_at = monday(9)};
    EXPECT_EQ(status_at(ticket, monday(17)).state, TargetState::running);
    EXPECT_EQ(status_at(ticket, monday(17)).time_left, 0);
    // Closed since.
    EXPECT_EQ(status_at(ticket, monday(17) + 1).state, TargetState::breached);
    EXPECT_EQ(status_at(ticket, monday(17) + 1).time_left, -1);
    EXPECT_EQ(status_at(ticket, utc(2026, 12, 1, 9)).time_left, -1);
    EXPECT_EQ(status_at(ticket, utc(2026, 12, 1, 10)).time_left, -hour);
    const Ticket resolved{.opened_at = monday(9), .resolved_at = monday(18)};
    EXPECT_EQ(status_at(resolved, utc(2026, 12, 2, 12)).state, TargetState::breached);
    EXPECT_EQ(status_at(resolved, utc(2026, 12, 2, 12)).time_left, -1);
}

} // namespace
} // namespace policies::core
