#include "core/document/line_changes.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>

namespace policies::core {

namespace {

bool is_before(std::string_view left, std::string_view right) {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
}

/// By sorting: no choice of lines makes it slow, as collisions make a hash table.
InternedLines intern(const Lines& from, const Lines& to) {
    const auto line_at = [&](std::uint32_t index) {
        return index < from.size() ? from[index] : to[index - from.size()];
    };
    std::vector<std::uint32_t> order(from.size() + to.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
        return is_before(line_at(left), line_at(right));
    });
    InternedLines interned{std::vector<std::uint32_t>(from.size()), std::vector<std::uint32_t>(to.size())};
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || line_at(order[i - 1]) != line_at(order[i])) {
            ++interned.distinct;
        }
        const auto number = static_cast<std::uint32_t>(interned.distinct - 1);
        if (order[i] < from.size()) {
            interned.from[order[i]] = number;
        } else {
            interned.to[order[i] - from.size()] = number;
        }
    }
    return interned;
}

/// The run of changed lines that begins at a line of each text; an empty one where the two are equal.
LineChange change_at(const EditScript& script, std::size_t from, std::size_t to) {
    LineChange change{from, from, to, to};
    while (change.from_end < script.removed.size() && script.removed[change.from_end]) {
        ++change.from_end;
    }
    while (change.to_end < script.added.size() && script.added[change.to_end]) {
        ++change.to_end;
    }
    return change;
}

/// Calls a function with each change in order. One that the function moves down is met again where it went.
template <typename Function>
void for_each_change(const EditScript& script, Function function) {
    std::size_t from = 0;
    std::size_t to = 0;
    while (from < script.removed.size() || to < script.added.size()) {
        LineChange change = change_at(script, from, to);
        if (!change.is_empty()) {
            function(change);
            change = change_at(script, from, to);
        }
        from = change.is_empty() ? from + 1 : change.from_end;
        to = change.is_empty() ? to + 1 : change.to_end;
    }
}

/// Moves a run of changed lines down over lines that equal those at its start.
void slide(std::span<const std::uint32_t> lines, Flags& changed, std::size_t begin, std::size_t end) {
    while (end < lines.size() && !changed[end] && lines[begin] == lines[end]) {
        changed[begin++] = 0;
        changed[end++] = 1;
        while (end < lines.size() && changed[end]) {
            ++end;
        }
    }
}

void slide_changes(const InternedLines& lines, EditScript& script) {
    for_each_change(script, [&](const LineChange& change) {
        if (change.from_begin == change.from_end) {
            slide(lines.to, script.added, change.to_begin, change.to_end);
        } else if (change.to_begin == change.to_end) {
            slide(lines.from, script.removed, change.from_begin, change.from_end);
        }
    });
}

} // namespace

Lines split_lines(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t line_break = text.find('\n');
        const std::size_t length = line_break == std::string_view::npos ? text.size() : line_break + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

std::optional<std::vector<LineChange>> find_changes(const Lines& from, const Lines& to,
                                                    StopCheck should_stop) {
    const InternedLines lines = intern(from, to);
    std::optional<EditScript> script = find_edit_script(lines, should_stop);
    if (!script) {
        return {};
    }
    slide_changes(lines, *script);
    std::vector<LineChange> changes;
    for_each_change(*script, [&changes](const LineChange& change) { changes.push_back(change); });
    return changes;
}

} // namespace policies::core
