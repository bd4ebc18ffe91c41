#include "core/document/heading_anchor.hpp"

#include <algorithm>
#include <iterator>

#include "core/base/utf8.hpp"

namespace policies::core {

namespace {

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
    if (value < 0x80) {
        return !((value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') || value == '-' ||
                 value == '_');
    }
    return std::any_of(std::begin(dropped_characters), std::end(dropped_characters),
                       [value](const Range& range) { return range.first <= value && value <= range.last; });
}

/// Of ASCII, Latin, Greek and Cyrillic, where one character answers one.
char32_t lower_case(char32_t value) {
    const auto is_within = [value](char32_t first, char32_t last) { return first <= value && value <= last; };
    if (is_within('A', 'Z') || (is_within(0xC0, 0xDE) && value != 0xD7) ||
        (is_within(0x391, 0x3A9) && value != 0x3A2) || is_within(0x410, 0x42F)) {
        return value + 0x20;
    }
    if (is_within(0x400, 0x40F)) {
        return value + 0x50;
    }
    const bool is_pair_from_even = (is_within(0x100, 0x137) && value != 0x130 && value != 0x131) ||
                                   is_within(0x14A, 0x177) || is_within(0x460, 0x481);
    const bool is_pair_from_odd = is_within(0x139, 0x148) || is_within(0x179, 0x17E);
    if ((is_pair_from_even && value % 2 == 0) || (is_pair_from_odd && value % 2 == 1)) {
        return value + 1;
    }
    return value;
}

} // namespace

std::string heading_anchor(std::string_view title) {
    std::string anchor;
    while (!title.empty()) {
        const std::size_t length = std::max<std::size_t>(utf8_length(title), 1);
        const char32_t character = code_point_of(title.substr(0, length));
        title.remove_prefix(length);
        const char32_t value = character == U' ' ? U'-' : lower_case(character);
        if (is_dropped(value)) {
            continue;
        }
        const std::size_t size = anchor.size();
        append_utf8(anchor, value);
        if (anchor.size() > max_anchor_length) {
            anchor.resize(size);
            break;
        }
    }
    return anchor.empty() ? "section" : anchor;
}

} // namespace policies::core
