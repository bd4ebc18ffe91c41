#include "core/document/line_diff.hpp"

#include "core/document/edit_script.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace policies::core {

namespace {

using Lines = std::vector<std::string_view>;

/// Each line with its line break; the last one may lack it.
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
        if (i == 0 || line_at(order[i - 1]) != line_at(order[i]))
            ++interned.distinct;
        const auto number = static_cast<std::uint32_t>(interned.distinct - 1);
        if (order[i] < from.size())
            interned.from[order[i]] = number;
        else
            interned.to[order[i] - from.size()] = number;
    }
    return interned;
}

/// A run of lines that are replaced: from [from_begin, from_end) by to [to_begin, to_end); one may be empty.
struct Change {
    std::size_t from_begin;
    std::size_t from_end;
    std::size_t to_begin;
    std::size_t to_end;
};

/// Moves a run of changed lines down over lines that equal those at its start: the same edit, told as the
/// reader expects it, with an added paragraph's blank line at its end rather than before it.
void slide(std::span<const std::uint32_t> lines, Flags& changed, std::size_t begin, std::size_t end) {
    while (end < lines.size() && !changed[end] && lines[begin] == lines[end]) {
        changed[begin++] = 0;
        changed[end++] = 1;
        while (end < lines.size() && changed[end])
            ++end;
    }
}

/// The changes in order. With slides, a run that changes one text only is moved down first.
std::vector<Change> collect_changes(const InternedLines& lines, EditScript& script, bool with_slides) {
    std::vector<Change> changes;
    std::size_t x = 0;
    std::size_t y = 0;
    while (x < script.removed.size() || y < script.added.size()) {
        Change change{x, x, y, y};
        while (change.from_end < script.removed.size() && script.removed[change.from_end])
            ++change.from_end;
        while (change.to_end < script.added.size() && script.added[change.to_end])
            ++change.to_end;
        if (with_slides && change.from_end == x && change.to_end > y)
            slide(lines.to, script.added, y, change.to_end);
        if (with_slides && change.to_end == y && change.from_end > x)
            slide(lines.from, script.removed, x, change.from_end);
        if (with_slides &&
            ((change.from_end > x && !script.removed[x]) || (change.to_end > y && !script.added[y]))) {
            ++x; // the run has moved: the lines at its old start are equal now
            ++y;
            continue;
        }
        x = change.from_end;
        y = change.to_end;
        if (x > change.from_begin || y > change.to_begin) {
            changes.push_back(change);
            continue;
        }
        ++x;
        ++y;
    }
    return changes;
}

void append_range(std::string& out, std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    // Counted from 1; an empty range is named by the line before it.
    out += std::to_string(count == 0 ? begin : begin + 1);
    if (count != 1)
        out += ',' + std::to_string(count);
}

void append_lines(std::string& out, char mark, const Lines& lines, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
        out += mark;
        out += lines[i];
        if (!lines[i].ends_with('\n'))
            out += "\n\\ No newline at end of file\n";
    }
}

/// The changes of one hunk, which the context around them connects.
void append_hunk(std::string& out, const Lines& from, const Lines& to, std::span<const Change> changes,
                 std::size_t context) {
    const std::size_t before = std::min(context, changes.front().from_begin);
    const std::size_t after = std::min(context, from.size() - changes.back().from_end);
    std::size_t unchanged = changes.front().from_begin - before;
    out += "@@ -";
    append_range(out, unchanged, changes.back().from_end + after);
    out += " +";
    append_range(out, changes.front().to_begin - before, changes.back().to_end + after);
    out += " @@\n";
    for (const Change& change : changes) {
        append_lines(out, ' ', from, unchanged, change.from_begin);
        append_lines(out, '-', from, change.from_begin, change.from_end);
        append_lines(out, '+', to, change.to_begin, change.to_end);
        unchanged = change.from_end;
    }
    append_lines(out, ' ', from, unchanged, changes.back().from_end + after);
}

void append_hunks(std::string& out, const Lines& from, const Lines& to, std::span<const Change> changes,
                  std::size_t context) {
    while (!changes.empty()) {
        std::size_t count = 1;
        while (count < changes.size() &&
               changes[count].from_begin - changes[count - 1].from_end <= 2 * context)
            ++count;
        append_hunk(out, from, to, changes.first(count), context);
        changes = changes.subspan(count);
    }
}

/// Control characters of ASCII, and Unicode's line breaks.
std::size_t control_length(std::string_view text) {
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte < 0x20 || byte == 0x7F)
        return 1;
    if (text.starts_with("\u0085"))
        return 2;
    return text.starts_with("\u2028") || text.starts_with("\u2029") ? 3 : 0;
}

void append_label(std::string& out, std::string_view mark, std::string_view label) {
    out += mark;
    while (!label.empty()) {
        const std::size_t length = control_length(label);
        out += length > 0 ? ' ' : label.front();
        label.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '\n';
}

std::string count_of_lines(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " line" : " lines");
}

void append_counts(std::string& out, std::span<const Change> changes) {
    std::size_t added = 0;
    std::size_t removed = 0;
    for (const Change& change : changes) {
        removed += change.from_end - change.from_begin;
        added += change.to_end - change.to_begin;
    }
    out += count_of_lines(added) + " added, " + count_of_lines(removed) + " removed";
}

} // namespace

Result<std::optional<std::string>> unified_diff(std::string_view from, std::string_view to,
                                                std::string_view from_label, std::string_view to_label,
                                                int context_lines, bool (*should_stop)()) {
    if (context_lines < 0 || context_lines > max_context_lines)
        return Error{ErrorCode::invalid_argument,
                     "invalid number of context lines: " + std::to_string(context_lines),
                     "It must be between 0 and " + std::to_string(max_context_lines) + "."};
    const Lines from_lines = split_lines(from);
    const Lines to_lines = split_lines(to);
    const InternedLines interned = intern(from_lines, to_lines);
    std::optional<EditScript> script = find_edit_script(interned, should_stop);
    if (!script)
        return std::optional<std::string>{};
    collect_changes(interned, *script, true);
    const std::vector<Change> changes = collect_changes(interned, *script, false);
    std::string out;
    if (!changes.empty()) {
        append_label(out, "--- ", from_label);
        append_label(out, "+++ ", to_label);
        append_hunks(out, from_lines, to_lines, changes, static_cast<std::size_t>(context_lines));
    }
    append_counts(out, changes);
    return std::optional<std::string>{std::move(out)};
}

} // namespace policies::core
