#include "core/sla/timeline.hpp"

#include <random>

#include <gtest/gtest.h>

namespace policies::core {
namespace {

using Period = Timeline<int>::Period;

int at(const Timeline<int>& timeline, Instant instant) {
    const int* value = timeline.at(instant);
    return value == nullptr ? 0 : *value;
}

TEST(Timeline, TheLastToBeginHolds) {
    EXPECT_EQ(at({}, 5), 0);
    const Timeline<int> timeline(
        {{20, 30, 2}, {10, 50, 1}, {40, 60, 3}, {70, 70, 4}, {80, 90, 5}, {80, 85, 6}});
    for (const auto& [instant, value] : {std::pair<Instant, int>{9, 0},
                                         {10, 1},
                                         {19, 1},
                                         {20, 2},
                                         {29, 2},
                                         {30, 1},
                                         {40, 3},
                                         {59, 3},
                                         {60, 0},
                                         {70, 0},
                                         {80, 6},
                                         {85, 5},
                                         {90, 0}})
        EXPECT_EQ(at(timeline, instant), value) << instant;
}

TEST(Timeline, AgreesWithASearchOfAllPeriods) {
    std::mt19937 random(1);
    const auto below = [&random](unsigned limit) { return static_cast<Instant>(random() % limit); };
    for (int round = 0; round < 300; ++round) {
        std::vector<Period> periods;
        for (Instant count = below(12); count > 0; --count) {
            const Instant since = below(20);
            periods.push_back({since, since + below(8), static_cast<int>(periods.size()) + 1});
        }
        const Timeline<int> timeline(periods);
        for (Instant instant = -1; instant < 30; ++instant) {
            const Period* holding = nullptr;
            for (const Period& period : periods) {
                if (period.since <= instant && instant < period.until &&
                    (holding == nullptr || period.since >= holding->since))
                    holding = &period;
            }
            ASSERT_EQ(at(timeline, instant), holding == nullptr ? 0 : holding->value);
        }
    }
}

} // namespace
} // namespace policies::core
