#include "core/base/utf8.hpp"

namespace policies::core {

std::size_t utf8_length(std::string_view text) {
    const auto byte = [text](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto is_continuation = [](unsigned value) {
        return is_utf8_continuation(static_cast<char>(value));
    };
    const unsigned first = byte(0);
    if (text.empty() || first < 0x80) {
        return text.empty() ? 0 : 1;
    }
    if (first < 0xC2 || first > 0xF4 || !is_continuation(byte(1))) {
        return 0;
    }
    if (first < 0xE0) {
        return 2;
    }
    if (!is_continuation(byte(2))) {
        return 0;
    }
    // Neither longer than needed, nor surrogates, nor above U+10FFFF.
    if (first < 0xF0) {
        return (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ? 0 : 3;
    }
    if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) {
        return 0;
    }
    return is_continuation(byte(3)) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

bool is_line_separator(std::string_view character) {
    return character == "\u0085" || character == "\u2028" || character == "\u2029";
}

char32_t code_point_of(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character.front());
    if (character.size() == 1) {
        return lead;
    }
    char32_t value = lead & (0xFFU >> (character.size() + 1));
    for (const char continuation : character.substr(1)) {
        value = value << 6 | (static_cast<unsigned char>(continuation) & 0x3F);
    }
    return value;
}

void append_utf8(std::string& out, char32_t code_point) {
    const auto append_continuation = [&out, code_point](unsigned shift) {
        out += static_cast<char>(0x80 | (code_point >> shift & 0x3F));
    };
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
        return;
    }
    if (code_point < 0x800) {
        out += static_cast<char>(0xC0 | code_point >> 6);
    } else if (code_point < 0x10000) {
        out += static_cast<char>(0xE0 | code_point >> 12);
        append_continuation(6);
    } else {
        out += static_cast<char>(0xF0 | code_point >> 18);
        append_continuation(12);
        append_continuation(6);
    }
    append_continuation(0);
}

} // namespace policies::core
