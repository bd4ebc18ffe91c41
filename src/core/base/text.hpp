#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace policies::core {

/// Whether it is an ASCII digit.
constexpr bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

/// Whether it is an ASCII control character.
constexpr bool is_control(char character) {
    return static_cast<unsigned char>(character) < ' ' || character == '\x7F';
}

/// Whether it is a space or an ASCII control character.
constexpr bool is_space_or_control(char character) {
    return character == ' ' || is_control(character);
}

/// The character, an ASCII letter in upper case.
constexpr char to_upper(char character) {
    return character >= 'a' && character <= 'z' ? static_cast<char>(character - 'a' + 'A') : character;
}

/// The character, an ASCII letter in lower case.
constexpr char to_lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

/// The text with ASCII letters in upper case.
std::string to_upper(std::string_view text);

/// True for a text of nothing but ASCII white space.
inline bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\n\v\f\r") == std::string_view::npos;
}

/// True for a text with a NUL byte, which many a parser takes for the end.
inline bool holds_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

/// Whether all of the text is ASCII digits, at least one and at most so many.
bool is_number(std::string_view text, std::size_t max_digits);

/// The text without white space and control characters at its ends.
std::string_view trimmed(std::string_view text);

/// The parts between separators; an empty text is one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The words as a sentence lists them: "a, b and c".
std::string enumerated(std::span<const std::string_view> words);

/// The number in decimal, with as many zeros before it as its digits lack to the width.
std::string zero_padded(std::int64_t number, std::size_t width);

/// Appends the byte as two hexadecimal digits in upper case.
void append_hexadecimal(std::string& out, char byte);

/// The value in double quotes for an error message, shortened (at a character boundary) when it is long, with
/// control characters and double quotes escaped.
std::string quoted(std::string_view value);

} // namespace policies::core
