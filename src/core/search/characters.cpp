#include "core/search/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <utf8proc.h>

#include "core/base/text.hpp"
#include "core/base/utf8.hpp"

namespace policies::core {

namespace {

/// First and last characters of the scripts that are ideographs here.
constexpr std::array<std::pair<char32_t, char32_t>, 15> ideograph_ranges{{
    {0x0E00, 0x0EFF},   // Thai, Lao
    {0x1000, 0x109F},   // Myanmar
    {0x1100, 0x11FF},   // Hangul's letters
    {0x1780, 0x17FF},   // Khmer
    {0x2E80, 0x2FDF},   // Han radicals
    {0x3005, 0x3007},   // Han repetition mark and zero
    {0x3021, 0x303C},   // Han numerals and marks
    {0x3041, 0x30FF},   // Hiragana, Katakana
    {0x3100, 0x31FF},   // Bopomofo, more Katakana
    {0x3400, 0x4DBF},   // Han
    {0x4E00, 0x9FFF},   // Han
    {0xA960, 0xA97F},   // Hangul's letters
    {0xAC00, 0xD7FF},   // Hangul
    {0xF900, 0xFAFF},   // Han
    {0x1B000, 0x3FFFF}, // Kana supplement, Han
}};

/// A letter of Hangul that goes on with the syllable that another one began.
constexpr bool continues_syllable(char32_t character) {
    return character >= 0x1160 && character <= 0x11FF;
}

constexpr bool is_hangul_syllable(char32_t character) {
    return character >= 0xAC00 && character <= 0xD7A3;
}

bool is_ideograph(char32_t character) {
    return std::ranges::any_of(ideograph_ranges, [character](const auto& range) {
        return character >= range.first && character <= range.second;
    });
}

CharacterKind kind_of_ascii(char character) {
    const char lower = to_lower(character);
    if (lower >= 'a' && lower <= 'z') {
        return CharacterKind::letter;
    }
    if (is_digit(character)) {
        return CharacterKind::digit;
    }
    if (is_space_or_control(character)) {
        return CharacterKind::space;
    }
    return character == '\'' ? CharacterKind::apostrophe : CharacterKind::punctuation;
}

CharacterKind kind_of_category(char32_t character) {
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(character))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return is_ideograph(character) ? CharacterKind::ideograph : CharacterKind::letter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return CharacterKind::mark;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
        return CharacterKind::space;
    default:
        return CharacterKind::punctuation;
    }
}

} // namespace

CharacterKind kind_of(char32_t character) {
    if (character < 0x80) {
        return kind_of_ascii(static_cast<char>(character));
    }
    if (character == U'\u2018' || character == U'\u2019' || character == U'\u02BC') {
        return CharacterKind::apostrophe;
    }
    return continues_syllable(character) ? CharacterKind::mark : kind_of_category(character);
}

bool is_lower_case(char32_t character) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(character)) == UTF8PROC_CATEGORY_LL;
}

bool is_upper_case(char32_t character) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(character)) == UTF8PROC_CATEGORY_LU;
}

void append_folded(std::u32string& out, char32_t character) {
    if (character < 0x80) {
        out += static_cast<char32_t>(to_lower(static_cast<char>(character)));
        return;
    }
    if (is_hangul_syllable(character)) {
        out += character;
        return;
    }
    // The longest, U+FDFA, folds to 18 characters.
    std::array<utf8proc_int32_t, 64> folded{};
    int boundary_class = UTF8PROC_BOUNDCLASS_START;
    const auto length =
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(character), folded.data(), folded.size(),
                                static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                                               UTF8PROC_CASEFOLD | UTF8PROC_IGNORE),
                                &boundary_class);
    for (utf8proc_ssize_t i = 0; i < length && i < std::ssize(folded); ++i) {
        out += static_cast<char32_t>(folded[static_cast<std::size_t>(i)]);
    }
}

std::string composed(std::u32string_view folded) {
    std::string text;
    for (const auto character : folded) {
        append_utf8(text, character);
    }
    if (std::ranges::none_of(folded,
                             [](auto character) { return kind_of(character) == CharacterKind::mark; })) {
        return text;
    }
    utf8proc_uint8_t* result = nullptr;
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &result,
                                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (length >= 0) {
        text.assign(reinterpret_cast<const char*>(result), static_cast<std::size_t>(length));
    }
    std::free(result);
    return text;
}

} // namespace policies::core
