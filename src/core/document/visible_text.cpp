#include "core/document/visible_text.hpp"

#include <utf8proc.h>

#include "core/base/utf8.hpp"

namespace policies::core {

namespace {

/// A symbol by its category, of no dots.
constexpr char32_t blank_braille_pattern = 0x2800;

bool is_visible(char32_t character) {
    const auto* const property = utf8proc_get_property(static_cast<utf8proc_int32_t>(character));
    switch (property->category) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
        return false;
    default:
        return property->ignorable == 0 && character != blank_braille_pattern;
    }
}

} // namespace

bool has_visible_text(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0 || is_visible(code_point_of(text.substr(0, length))))
            return true;
        text.remove_prefix(length);
    }
    return false;
}

} // namespace policies::core
