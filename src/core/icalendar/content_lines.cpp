#include "core/icalendar/content_lines.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace policies::core {

bool ContentLine::split() {
    const std::string_view line = text;
    constexpr std::string_view name_characters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    const std::size_t name_end = line.find_first_not_of(name_characters);
    if (name_end == 0 || name_end == std::string_view::npos) {
        return false;
    }
    if (line[name_end] != ';' && line[name_end] != ':') {
        return false;
    }
    // A colon within double quotes belongs to a parameter.
    std::size_t colon = name_end;
    for (bool is_quoted = false; colon < line.size() && (is_quoted || line[colon] != ':'); ++colon) {
        is_quoted = is_quoted != (line[colon] == '"');
    }
    if (colon == line.size()) {
        return false;
    }
    name = to_upper(line.substr(0, name_end));
    parameters = to_upper(line.substr(name_end, colon - name_end));
    value = line.substr(colon + 1);
    return true;
}

std::string ContentLine::shown() const {
    return "iCalendar line " + std::to_string(number) + ": " + core::quoted(text);
}

ContentLines::ContentLines(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\uFEFF")) {
        rest_.remove_prefix(3);
    }
}

bool ContentLines::next(ContentLine& line) {
    line = {};
    while (!rest_.empty() && line.text.empty()) {
        line.number = number_ + 1;
        line.text = take_line();
    }
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) {
        rest_.remove_prefix(1);
        line.text += take_line();
    }
    return !line.text.empty();
}

std::string_view ContentLines::take_line() {
    const std::size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (rest_.starts_with("\r\n")) {
        rest_.remove_prefix(2);
    } else if (!rest_.empty()) {
        rest_.remove_prefix(1);
    }
    ++number_;
    return line;
}

} // namespace policies::core
