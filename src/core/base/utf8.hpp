#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace policies::core {

/// Whether the byte continues a UTF-8 character that a byte before it began.
constexpr bool is_utf8_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// The length of the UTF-8 character that the text begins with, 0 when it begins with none.
std::size_t utf8_length(std::string_view text);

/// Whether all of the text is UTF-8.
bool is_utf8(std::string_view text);

/// Whether it is the UTF-8 of U+0085, U+2028 or U+2029, at which some programs break lines.
bool is_line_separator(std::string_view character);

/// The code point of a UTF-8 character, whose length utf8_length has told.
char32_t code_point_of(std::string_view character);

/// Appends the UTF-8 of a code point, at most U+10FFFF.
void append_utf8(std::string& out, char32_t code_point);

} // namespace policies::core
