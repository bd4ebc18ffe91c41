#include "core/document/line_diff.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/text.hpp"
#include "core/base/utf8.hpp"
#include "core/document/line_changes.hpp"

namespace policies::core {

namespace {

void append_range(std::string& out, std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    // Counted from 1; an empty range is named by the line before it.
    out += std::to_string(count == 0 ? begin : begin + 1);
    if (count != 1) {
        out += ',' + std::to_string(count);
    }
}

void append_lines(std::string& out, char mark, const Lines& lines, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
        out += mark;
        out += lines[i];
        if (!lines[i].ends_with('\n')) {
            out += "\n\\ No newline at end of file\n";
        }
    }
}

/// The changes of one hunk, which the context around them connects.
void append_hunk(std::string& out, const Lines& from, const Lines& to, std::span<const LineChange> changes,
                 std::size_t context) {
    const std::size_t before = std::min(context, changes.front().from_begin);
    const std::size_t after = std::min(context, from.size() - changes.back().from_end);
    std::size_t unchanged = changes.front().from_begin - before;
    out += "@@ -";
    append_range(out, unchanged, changes.back().from_end + after);
    out += " +";
    append_range(out, changes.front().to_begin - before, changes.back().to_end + after);
    out += " @@\n";
    for (const LineChange& change : changes) {
        append_lines(out, ' ', from, unchanged, change.from_begin);
        append_lines(out, '-', from, change.from_begin, change.from_end);
        append_lines(out, '+', to, change.to_begin, change.to_end);
        unchanged = change.from_end;
    }
    append_lines(out, ' ', from, unchanged, changes.back().from_end + after);
}

void append_hunks(std::string& out, const Lines& from, const Lines& to, std::span<const LineChange> changes,
                  std::size_t context) {
    while (!changes.empty()) {
        std::size_t count = 1;
        while (count < changes.size() &&
               changes[count].from_begin - changes[count - 1].from_end <= 2 * context) {
            ++count;
        }
        append_hunk(out, from, to, changes.first(count), context);
        changes = changes.subspan(count);
    }
}

/// The label on a line of its own, whatever it holds.
void append_label(std::string& out, std::string_view mark, std::string_view label) {
    out += mark;
    while (!label.empty()) {
        const std::string_view character = label.substr(0, std::max<std::size_t>(utf8_length(label), 1));
        if (is_control(character[0]) || is_line_separator(character)) {
            out += ' ';
        } else {
            out += character;
        }
        label.remove_prefix(character.size());
    }
    out += '\n';
}

std::string count_of_lines(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " line" : " lines");
}

void append_counts(std::string& out, std::span<const LineChange> changes) {
    std::size_t added = 0;
    std::size_t removed = 0;
    for (const LineChange& change : changes) {
        removed += change.from_end - change.from_begin;
        added += change.to_end - change.to_begin;
    }
    out += count_of_lines(added) + " added, " + count_of_lines(removed) + " removed";
}

} // namespace

Result<std::optional<std::string>> unified_diff(std::string_view from, std::string_view to,
                                                std::string_view from_label, std::string_view to_label,
                                                int context_lines, StopCheck should_stop) {
    if (context_lines < 0 || context_lines > max_context_lines) {
        return Error{invalid_argument, "invalid number of context lines: " + std::to_string(context_lines),
                     "It must be between 0 and " + std::to_string(max_context_lines) + "."};
    }
    const Lines from_lines = split_lines(from);
    const Lines to_lines = split_lines(to);
    const auto changes = find_changes(from_lines, to_lines, should_stop);
    if (!changes) {
        return std::optional<std::string>{};
    }
    std::string out;
    if (!changes->empty()) {
        append_label(out, "--- ", from_label);
        append_label(out, "+++ ", to_label);
        append_hunks(out, from_lines, to_lines, *changes, static_cast<std::size_t>(context_lines));
    }
    append_counts(out, *changes);
    return std::optional<std::string>{std::move(out)};
}

} // namespace policies::core
