#include "core/context/person_id.hpp"

#include <gtest/gtest.h>

#include <string>

namespace policies::core {
namespace {

TEST(PersonId, HoldsWhatIsNotBlankAndFitsTheClaims) {
    EXPECT_TRUE(check_person_id("per_ann"));
    EXPECT_TRUE(check_person_id(" a "));
    EXPECT_TRUE(check_person_id(std::string(255, 'x')));
}

TEST(PersonId, RefusesBlanksAndWhatIsTooLong) {
    for (const auto& person_id : {std::string(), std::string(" \t\r\n\v\f"), std::string(256, 'x')}) {
        const auto check = check_person_id(person_id);
        ASSERT_FALSE(check);
        EXPECT_EQ(check.error().code, invalid_argument);
        EXPECT_LT(check.error().message.size(), 200U);
        EXPECT_EQ(check.error().detail, "A person id has 1 to 255 bytes, not blanks alone.");
    }
}

} // namespace
} // namespace policies::core
