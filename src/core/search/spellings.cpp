#include "core/search/spellings.hpp"

#include <algorithm>

#include "core/search/characters.hpp"

namespace policies::core {

namespace {

constexpr char32_t diaeresis = 0x0308;
constexpr char32_t ring = 0x030A;
constexpr char32_t cyrillic_ie = 0x0435;

constexpr bool is_accent(char32_t character) {
    return character >= 0x0300 && character <= 0x036F;
}

/// Letters whose accents tell no other letter: Latin and Greek ones. The accent of Cyrillic й makes another letter.
constexpr bool takes_accents(char32_t letter) {
    return letter < 0x0400 || (letter >= 0x1E00 && letter <= 0x1FFF) ||
           (letter >= 0x2C60 && letter <= 0x2C7F);
}

/// What people write for a letter that has no parts, where their keyboard lacks it; empty for any other.
std::u32string_view plain_letters(char32_t letter) {
    switch (letter) {
    case U'æ':
        return U"ae";
    case U'œ':
        return U"oe";
    case U'ø':
        return U"o";
    case U'ł':
        return U"l";
    case U'đ':
    case U'ð':
        return U"d";
    case U'þ':
        return U"th";
    case U'ħ':
        return U"h";
    case U'ı':
        return U"i";
    default:
        return {};
    }
}

/// What follows the letter where it is spelled out, as in ae for ä; 0 for no such letter.
char32_t second_letter(char32_t letter, char32_t accent) {
    if (accent == diaeresis && (letter == U'a' || letter == U'o' || letter == U'u')) {
        return U'e';
    }
    return accent == ring && letter == U'a' ? U'a' : 0;
}

/// The word without accents, each umlaut spelled out or reduced to its letter.
std::u32string without_accents(std::u32string_view folded, bool spells_out) {
    std::u32string plain;
    char32_t letter = 0;
    for (const auto character : folded) {
        if (!is_accent(character)) {
            letter = character;
            const auto letters = plain_letters(letter);
            if (letter == U'ø' && spells_out) {
                plain += U"oe";
            } else if (letters.empty()) {
                plain += letter;
            } else {
                plain += letters;
            }
        } else if (const char32_t second = second_letter(letter, character); second != 0 && spells_out) {
            plain += second;
        } else if (!takes_accents(letter) && !(letter == cyrillic_ie && character == diaeresis)) {
            plain += character;
        }
    }
    return plain;
}

} // namespace

std::vector<std::string> spellings_of(std::u32string_view folded) {
    std::vector<std::string> spellings{composed(folded)};
    if (std::ranges::all_of(folded, [](char32_t character) { return character < 0x80; })) {
        return spellings;
    }
    for (const bool spells_out : {false, true}) {
        auto spelling = composed(without_accents(folded, spells_out));
        if (!spelling.empty() && std::ranges::find(spellings, spelling) == spellings.end()) {
            spellings.push_back(std::move(spelling));
        }
    }
    return spellings;
}

} // namespace policies::core
