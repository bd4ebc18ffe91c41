#include "core/base/arithmetic.hpp"

#include <gtest/gtest.h>

namespace policies::core {
namespace {

TEST(Arithmetic, RoundsDown) {
    EXPECT_EQ(floor_divide(-1, 7), -1);
    EXPECT_EQ(floor_divide(-7, 7), -1);
    EXPECT_EQ(floor_divide(-8, 7), -2);
    EXPECT_EQ(floor_divide(6, 7), 0);
    EXPECT_EQ(floor_modulo(-1, 7), 6);
    EXPECT_EQ(floor_modulo(-7, 7), 0);
    EXPECT_EQ(floor_modulo(INT64_MIN, 86'400'000'000), INT64_MIN % 86'400'000'000 + 86'400'000'000);
}

TEST(Arithmetic, RoundsDownToAMultiple) {
    EXPECT_EQ(floor_to(1'999, 1'000), 1'000);
    EXPECT_EQ(floor_to(2'000, 1'000), 2'000);
    EXPECT_EQ(floor_to(-1, 1'000), -1'000);
    EXPECT_EQ(floor_to(INT64_MAX, 1'000), INT64_MAX - 807);
}

} // namespace
} // namespace policies::core
