#include "core/base/result.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "core/expectations.hpp"

namespace policies::core {
namespace {

TEST(Result, HoldsAValueOrAnError) {
    const Result<int> value = 7;
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, 7);
    const Result<int> error = Error{ErrorCode::not_found, "no policy"};
    ASSERT_FALSE(error);
    EXPECT_EQ(error.error().code, ErrorCode::not_found);
    EXPECT_EQ(error.error().message, "no policy");
}

TEST(Result, MovesItsValueOut) {
    Result<std::string> text = std::string(100, 'x');
    const char* const data = text->data();
    const std::string moved = *std::move(text);
    EXPECT_EQ(moved.data(), data);
}

Result<int> doubled(const Result<int>& number) {
    const int value = POLICIES_TRY(number);
    return 2 * value;
}

Check checked(const Check& check, bool& went_on) {
    POLICIES_TRY(check);
    went_on = true;
    return Ok{};
}

TEST(Try, GivesTheValueOrReturnsTheError) {
    EXPECT_EQ(*doubled(21), 42);
    expect_error(doubled(Error{out_of_range, "too far"}), ErrorCode::out_of_range, "too far");
    bool went_on = false;
    EXPECT_FALSE(checked(Error{conflict, "no"}, went_on));
    EXPECT_FALSE(went_on);
    EXPECT_TRUE(checked(Ok{}, went_on));
    EXPECT_TRUE(went_on);
}

/// What has been made before an error is destroyed, and a value that cannot be copied is moved out.
Result<std::unique_ptr<int>> first_of(Result<std::unique_ptr<int>> first,
                                      Result<std::unique_ptr<int>> second) {
    std::unique_ptr<int> value = POLICIES_TRY(std::move(first));
    POLICIES_TRY(std::move(second));
    return value;
}

TEST(Try, MovesAndDestroys) {
    EXPECT_EQ(**first_of(std::make_unique<int>(1), std::make_unique<int>(2)), 1);
    EXPECT_FALSE(first_of(std::make_unique<int>(1), Error{conflict, "no"}));
}

} // namespace
} // namespace policies::core
