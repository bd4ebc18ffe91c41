#include "core/base/result.hpp"

namespace policies::core {

namespace {

constexpr std::size_t max_quoted_length = 64;

bool is_utf8_continuation(char character) {
    return (static_cast<unsigned char>(character) & 0xC0) == 0x80;
}

std::string_view shortened(std::string_view value) {
    if (value.size() <= max_quoted_length)
        return value;
    std::size_t length = max_quoted_length;
    // A UTF-8 character has at most three continuation bytes; more of them is not UTF-8, and is cut anywhere.
    while (length > max_quoted_length - 3 && is_utf8_continuation(value[length]))
        --length;
    return value.substr(0, length);
}

void append_escaped(std::string& out, char character) {
    constexpr char hexadecimal[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7F) {
        out += "\\x";
        out += hexadecimal[byte >> 4];
        out += hexadecimal[byte & 0x0F];
        return;
    }
    if (character == '"')
        out += '\\';
    out += character;
}

} // namespace

std::string quoted(std::string_view value) {
    const std::string_view shown = shortened(value);
    std::string out = "\"";
    for (const char character : shown)
        append_escaped(out, character);
    if (shown.size() < value.size())
        out += "…";
    out += '"';
    return out;
}

} // namespace policies::core
