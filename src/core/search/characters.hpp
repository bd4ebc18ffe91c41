#pragma once

#include <string>
#include <string_view>

namespace policies::core {

/// What a character is to the search. An ideograph is a character of a script that writes no spaces between words,
/// such as Chinese, Japanese and Thai, and of Korean, which writes particles onto its words.
enum class CharacterKind { letter, digit, ideograph, mark, apostrophe, punctuation, space };

/// The kind of a character that append_folded() has made.
CharacterKind kind_of(char32_t character);

/// Whether it is a letter in lower case, or in upper case: in texts as they were written.
bool is_lower_case(char32_t character);
bool is_upper_case(char32_t character);

/// Appends what a character counts as: without case, in parts (a letter, then its accents), the many forms of one
/// letter as that letter. Nothing for what is never shown, such as a soft hyphen.
void append_folded(std::u32string& out, char32_t character);

/// The UTF-8 of folded characters, each put together with its accents.
std::string composed(std::u32string_view folded);

} // namespace policies::core
