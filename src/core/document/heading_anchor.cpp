#include "core/document/heading_anchor.hpp"

#include <algorithm>
#include <iterator>

namespace policies::core {

namespace {

struct CodePoint {
    char32_t value;
    std::size_t length;
};

/// The first character of a text in UTF-8, as cmark-gfm has made it.
CodePoint first_code_point(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length > text.size() || lead < 0x80)
        return {lead, 1};
    char32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
    return {value, length};
}

void append_code_point(std::string& out, char32_t value) {
    if (value < 0x80) {
        out += static_cast<char>(value);
    } else if (value < 0x800) {
        out += static_cast<char>(0xC0 | value >> 6);
        out += static_cast<char>(0x80 | (value & 0x3F));
    } else {
        if (value < 0x10000) {
            out += static_cast<char>(0xE0 | value >> 12);
        } else {
            out += static_cast<char>(0xF0 | value >> 18);
            out += static_cast<char>(0x80 | (value >> 12 & 0x3F));
        }
        out += static_cast<char>(0x80 | (value >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (value & 0x3F));
    }
}

struct Range {
    char32_t first;
    char32_t last;
};

/// Beyond ASCII, the blocks of controls, spaces, punctuation and symbols: letters of every script stay.
constexpr Range dropped_characters[] = {
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},       {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x1680, 0x1680}, {0x2000, 0x206F}, {0x2190, 0x2BFF},   {0x2E00, 0x2E7F},
    {0x3000, 0x3004}, {0x3008, 0x3020}, {0xD800, 0xF8FF}, {0xFE00, 0xFE0F},   {0xFE10, 0xFE1F},
    {0xFE30, 0xFE6F}, {0xFEFF, 0xFF0F}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF}};

bool is_dropped(char32_t value) {
    if (value < 0x80)
        return !((value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') || value == '-' ||
                 value == '_');
    return std::any_of(std::begin(dropped_characters), std::end(dropped_characters),
                       [value](const Range& range) { return range.first <= value && value <= range.last; });
}

/// Of ASCII, Latin, Greek and Cyrillic, where one character answers one.
char32_t lower_case(char32_t value) {
    const auto is_within = [value](char32_t first, char32_t last) { return first <= value && value <= last; };
    if (is_within('A', 'Z') || (is_within(0xC0, 0xDE) && value != 0xD7) ||
        (is_within(0x391, 0x3A9) && value != 0x3A2) || is_within(0x410, 0x42F))
        return value + 0x20;
    if (is_within(0x400, 0x40F))
        return value + 0x50;
    const bool is_pair_from_even = (is_within(0x100, 0x137) && value != 0x130 && value != 0x131) ||
                                   is_within(0x14A, 0x177) || is_within(0x460, 0x481);
    const bool is_pair_from_odd = is_within(0x139, 0x148) || is_within(0x179, 0x17E);
    if ((is_pair_from_even && value % 2 == 0) || (is_pair_from_odd && value % 2 == 1))
        return value + 1;
    return value;
}

} // namespace

std::string heading_anchor(std::string_view title) {
    std::string anchor;
    while (!title.empty()) {
        const CodePoint character = first_code_point(title);
        title.remove_prefix(character.length);
        const char32_t value = character.value == ' ' ? U'-' : lower_case(character.value);
        if (is_dropped(value))
            continue;
        const std::size_t length = anchor.size();
        append_code_point(anchor, value);
        if (anchor.size() > max_anchor_length) {
            anchor.resize(length);
            break;
        }
    }
    return anchor.empty() ? "section" : anchor;
}

} // namespace policies::core
