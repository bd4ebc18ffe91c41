#include "core/document/visible_text.hpp"

#include <gtest/gtest.h>

#include "core/base/utf8.hpp"

namespace policies::core {
namespace {

std::string utf8_of(char32_t character) {
    std::string text;
    append_utf8(text, character);
    return text;
}

TEST(VisibleText, IsNotThereInWhatIsEmpty) {
    EXPECT_FALSE(has_visible_text(""));
}

TEST(VisibleText, IsNotWhiteSpaceOfAnyScript) {
    for (const char32_t character : {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2003,
                                     0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000})
        EXPECT_FALSE(has_visible_text(utf8_of(character))) << std::hex << static_cast<unsigned>(character);
}

TEST(VisibleText, IsNoCharacterThatIsShownAsNothing) {
    // Controls; a soft hyphen, joiners, fillers, directions, variations, the byte order mark, tags, the blank of Braille.
    for (const char32_t character :
         {0x00,   0x1B,   0x7F,   0xAD,   0x034F, 0x061C, 0x115F, 0x1160, 0x180E, 0x200B,  0x200D,  0x200F,
          0x202E, 0x2060, 0x2063, 0x2069, 0x2800, 0x3164, 0xFE0F, 0xFEFF, 0xFFA0, 0xE0001, 0xE0020, 0xE0100})
        EXPECT_FALSE(has_visible_text(utf8_of(character))) << std::hex << static_cast<unsigned>(character);
}

TEST(VisibleText, IsNotTogetherWhatIsNotAlone) {
    EXPECT_FALSE(has_visible_text("\uFEFF \t\r\n\u00A0\u200B\u3000\u2060\n"));
}

TEST(VisibleText, IsAnythingElse) {
    for (const char* text :
         {"a", ".", "#", "-", "0", "ä", "文", "ا", "😀", "\u0301", "\u2801", "\u0600", "\uE000", "\uFFFD"})
        EXPECT_TRUE(has_visible_text(text)) << text;
    EXPECT_TRUE(has_visible_text("\u200B\n\u3000x"));
    EXPECT_TRUE(has_visible_text("x\u200B"));
}

TEST(VisibleText, CountsWhatIsNoUtf8AsSeen) {
    for (const char* text : {"\x80", " \xC2", "\xE2\x80", "\xED\xA0\x80"})
        EXPECT_TRUE(has_visible_text(text));
}

} // namespace
} // namespace policies::core
