#include "core/base/result.hpp"

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

TEST(Quoted, PutsShortValuesInQuotes) {
    EXPECT_EQ(core::quoted(""), R"("")");
    EXPECT_EQ(core::quoted("1.2"), R"("1.2")");
    EXPECT_EQ(core::quoted("größer"), R"("größer")");
}

TEST(Quoted, EscapesQuotesAndControlCharacters) {
    EXPECT_EQ(core::quoted("a\"b"), R"("a\"b")");
    EXPECT_EQ(core::quoted("a\nb\x7F\x1B"), R"("a\x0Ab\x7F\x1B")");
    EXPECT_EQ(core::quoted(std::string_view("\0", 1)), R"("\x00")");
    EXPECT_EQ(core::quoted(" ~"), R"(" ~")"); // the first and last that are no control characters
}

TEST(Quoted, ShortensAbove64Bytes) {
    EXPECT_EQ(core::quoted(std::string(64, 'a')), '"' + std::string(64, 'a') + '"');
    EXPECT_EQ(core::quoted(std::string(65, 'a')), '"' + std::string(64, 'a') + "…\"");
}

TEST(Quoted, ShortensBetweenCharacters) {
    // The character would take bytes 63 and 64 (from 0), so it fits; one later it does not.
    EXPECT_EQ(core::quoted(std::string(62, 'a') + "öb"), '"' + std::string(62, 'a') + "ö…\"");
    EXPECT_EQ(core::quoted(std::string(63, 'a') + "ö"), '"' + std::string(63, 'a') + "…\"");
    // Four bytes, of which one, two or three would fit.
    for (const std::size_t length : {61, 62, 63})
        EXPECT_EQ(core::quoted(std::string(length, 'a') + "😀"), '"' + std::string(length, 'a') + "…\"");
    EXPECT_EQ(core::quoted(std::string(60, 'a') + "😀b"), '"' + std::string(60, 'a') + "😀…\"");
}

TEST(Quoted, SurvivesTextThatIsNotUtf8) {
    EXPECT_EQ(core::quoted(std::string(100, '\x80')).size(), 61 + 2 + std::string_view("…").size());
}

} // namespace
} // namespace policies::core
