#include "core/base/text.hpp"

#include <gtest/gtest.h>

namespace policies::core {
namespace {

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

TEST(Text, KnowsNumbersOfLimitedLength) {
    EXPECT_TRUE(is_number("0", 1));
    EXPECT_TRUE(is_number("0099", 4));
    for (const char* text : {"", "00990", "-1", "1.0", " 1", "1a"})
        EXPECT_FALSE(is_number(text, 4)) << text;
}

TEST(Text, TrimsSpacesAndControlCharacters) {
    EXPECT_EQ(trimmed(" \t a b\r\n\x7F"), "a b");
    EXPECT_EQ(trimmed(" \n "), "");
    EXPECT_EQ(trimmed("\u00A0x"), "\u00A0x"); // ASCII's only
}

TEST(Text, SplitsAtEverySeparator) {
    using Parts = std::vector<std::string_view>;
    EXPECT_EQ(split("", ','), Parts{""});
    EXPECT_EQ(split("a", ','), Parts{"a"});
    EXPECT_EQ(split(",a,,b,", ','), (Parts{"", "a", "", "b", ""}));
}

TEST(Text, EnumeratesWords) {
    using Words = std::vector<std::string_view>;
    EXPECT_EQ(enumerated(Words{}), "");
    EXPECT_EQ(enumerated(Words{"a"}), "a");
    EXPECT_EQ(enumerated(Words{"a", "b"}), "a and b");
    EXPECT_EQ(enumerated(Words{"a", "b", "c"}), "a, b and c");
}

TEST(Text, PadsWithZeros) {
    EXPECT_EQ(zero_padded(7, 2), "07");
    EXPECT_EQ(zero_padded(123, 2), "123");
    EXPECT_EQ(zero_padded(-7, 4), "-0007");
}

} // namespace
} // namespace policies::core
