#include "core/base/utf8.hpp"

namespace policies::core {

std::size_t utf8_length(std::string_view text) {
    const auto byte = [text](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto is_continuation = [](unsigned value) { return (value & 0xC0) == 0x80; };
    const unsigned first = byte(0);
    if (text.empty() || first < 0x80)
        return text.empty() ? 0 : 1;
    if (first < 0xC2 || first > 0xF4 || !is_continuation(byte(1)))
        return 0;
    if (first < 0xE0)
        return 2;
    if (!is_continuation(byte(2)))
        return 0;
    // Neither longer than needed, nor surrogates, nor above U+10FFFF.
    if (first < 0xF0)
        return (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ? 0 : 3;
    if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F))
        return 0;
    return is_continuation(byte(3)) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

} // namespace policies::core
