#include "core/base/text.hpp"

#include <algorithm>
#include <cstdlib>

#include "core/base/utf8.hpp"

namespace policies::core {

namespace {

constexpr std::size_t max_quoted_length = 64;

std::string_view shortened(std::string_view value) {
    if (value.size() <= max_quoted_length) {
        return value;
    }
    std::size_t length = max_quoted_length;
    // A UTF-8 character has at most three continuation bytes; more of them is not UTF-8, and is cut anywhere.
    while (length > max_quoted_length - 3 && is_utf8_continuation(value[length])) {
        --length;
    }
    return value.substr(0, length);
}

} // namespace

std::string to_upper(std::string_view text) {
    std::string upper(text);
    for (char& character : upper) {
        character = to_upper(character);
    }
    return upper;
}

bool is_number(std::string_view text, std::size_t max_digits) {
    return !text.empty() && text.size() <= max_digits && std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space_or_control(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space_or_control(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

std::string enumerated(std::span<const std::string_view> words) {
    std::string list;
    for (const std::string_view word : words) {
        if (!list.empty()) {
            list += word == words.back() ? " and " : ", ";
        }
        list += word;
    }
    return list;
}

std::string zero_padded(std::int64_t number, std::size_t width) {
    std::string digits = std::to_string(std::abs(number));
    digits.insert(0, digits.size() < width ? width - digits.size() : 0, '0');
    return number < 0 ? "-" + digits : digits;
}

void append_hexadecimal(std::string& out, char byte) {
    constexpr char digits[] = "0123456789ABCDEF";
    const auto value = static_cast<unsigned char>(byte);
    out += digits[value >> 4];
    out += digits[value & 0x0F];
}

std::string quoted(std::string_view value) {
    const std::string_view shown = shortened(value);
    std::string out = "\"";
    for (const char character : shown) {
        if (is_control(character)) {
            out += "\\x";
            append_hexadecimal(out, character);
            continue;
        }
        if (character == '"') {
            out += '\\';
        }
        out += character;
    }
    if (shown.size() < value.size()) {
        out += "…";
    }
    out += '"';
    return out;
}

} // namespace policies::core
