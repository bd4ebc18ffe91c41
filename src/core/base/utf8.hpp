#pragma once

#include <cstddef>
#include <string_view>

namespace policies::core {

/// The length of the UTF-8 character that the text begins with, 0 when it begins with none.
std::size_t utf8_length(std::string_view text);

/// Whether all of the text is UTF-8.
bool is_utf8(std::string_view text);

/// Whether it is an ASCII control character.
constexpr bool is_control(char character) {
    return static_cast<unsigned char>(character) < ' ' || character == '\x7F';
}

} // namespace policies::core
