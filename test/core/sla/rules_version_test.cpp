#include "core/sla/rules_version.hpp"

#include <gtest/gtest.h>

#include "core/expectations.hpp"

namespace policies::core {
namespace {

constexpr const char* policy = "pol_01J9Z3NDEKTSV4RRFFQ69G5FAV@849344400000000";
constexpr const char* calendar = "cal_01J9Z3NDEKTSV4RRFFQ69G5FAW@-1";

TEST(RulesVersion, IsReadAsItIsWritten) {
    const auto alone = parse_rules_version(policy);
    ASSERT_TRUE(alone);
    EXPECT_EQ(alone->policy.id, "pol_01J9Z3NDEKTSV4RRFFQ69G5FAV");
    EXPECT_EQ(alone->policy.since, 849'344'400'000'000);
    EXPECT_FALSE(alone->calendar);
    EXPECT_EQ(format_rules_version(format_row_version(alone->policy), ""), policy);
    const std::string text = format_rules_version(policy, calendar);
    const auto both = parse_rules_version(text);
    ASSERT_TRUE(both);
    EXPECT_EQ(both->calendar->since, -1);
    EXPECT_EQ(format_rules_version(format_row_version(both->policy), format_row_version(*both->calendar)),
              text);
}

TEST(RulesVersion, WhatIsNoneIsRefused) {
    const std::string sound = policy;
    for (const std::string& text :
         {std::string(), std::string("+"), sound.substr(0, 30), sound.substr(0, 31), sound + "x", sound + "+",
          "+" + sound, sound + "+" + sound + "+" + sound, sound + "@1", sound + " ",
          std::string("pol_01j9z3ndektsv4rrffq69g5fav@1"), sound + "00000000000000000000"})
        expect_error(parse_rules_version(text), ErrorCode::invalid_text, "invalid rules: ", "rules");
}

} // namespace
} // namespace policies::core
