#include "core/line_diff.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace policies::core {

namespace {

using Lines = std::vector<std::string_view>;
using Flags = std::vector<char>; // not bool: a byte each is faster than a bit
using StopCheck = bool (*)();

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

/// The lines of both texts as numbers: equal lines have equal ones.
struct InternedLines {
    std::vector<std::uint32_t> from;
    std::vector<std::uint32_t> to;
    std::size_t distinct{0};
};

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

/// Which lines are removed and which are added; what is left of both is the same.
struct Script {
    Flags removed;
    Flags added;
};

/// A part of both sequences: from [x_begin, x_end), to [y_begin, y_end).
struct Box {
    std::ptrdiff_t x_begin;
    std::ptrdiff_t x_end;
    std::ptrdiff_t y_begin;
    std::ptrdiff_t y_end;
};

struct Point {
    std::ptrdiff_t x;
    std::ptrdiff_t y;
};

/// Edits in each direction after which a search for the middle settles for the furthest point it has come to:
/// the fewer, the more steps are spent in all, which bounds the time for any texts.
std::ptrdiff_t search_limit(std::int64_t spent_steps) {
    constexpr std::int64_t generous = 400'000'000;
    if (spent_steps < generous)
        return 512;
    return spent_steps < 2 * generous ? 64 : 8;
}

constexpr std::ptrdiff_t rounds_between_stop_checks = 32;

/// Finds an edit script between two sequences of numbers. Diagonal d holds the points with x - y = d.
class Search {
public:
    Search(std::span<const std::uint32_t> from, std::span<const std::uint32_t> to, StopCheck should_stop)
        : from_(from), to_(to), should_stop_(should_stop), offset_(std::ssize(to) + 1),
          forward_(from.size() + to.size() + 3), backward_(from.size() + to.size() + 3) {}

    /// Calls removed(x) and added(y) for each edit; false when it was stopped.
    template <typename Removed, typename Added>
    bool run(Removed removed, Added added) {
        // No recursion: a search that settles may divide very unevenly.
        std::vector<Box> boxes{{0, std::ssize(from_), 0, std::ssize(to_)}};
        while (!boxes.empty()) {
            const Box box = trimmed(boxes.back());
            boxes.pop_back();
            if (box.x_begin == box.x_end || box.y_begin == box.y_end) {
                for (std::ptrdiff_t x = box.x_begin; x < box.x_end; ++x)
                    removed(x);
                for (std::ptrdiff_t y = box.y_begin; y < box.y_end; ++y)
                    added(y);
                continue;
            }
            const std::optional<Point> middle = find_middle(box);
            if (!middle)
                return false;
            boxes.push_back({middle->x, box.x_end, middle->y, box.y_end});
            boxes.push_back({box.x_begin, middle->x, box.y_begin, middle->y});
        }
        return true;
    }

private:
    std::ptrdiff_t& forward(std::ptrdiff_t diagonal) { return forward_[diagonal + offset_]; }
    std::ptrdiff_t& backward(std::ptrdiff_t diagonal) { return backward_[diagonal + offset_]; }

    bool is_stopped() const { return should_stop_ != nullptr && should_stop_(); }

    Box trimmed(Box box) const {
        while (box.x_begin < box.x_end && box.y_begin < box.y_end && from_[box.x_begin] == to_[box.y_begin]) {
            ++box.x_begin;
            ++box.y_begin;
        }
        while (box.x_begin < box.x_end && box.y_begin < box.y_end &&
               from_[box.x_end - 1] == to_[box.y_end - 1]) {
            --box.x_end;
            --box.y_end;
        }
        return box;
    }

    /// The diagonals that a search has reached, every other one.
    struct Reach {
        std::ptrdiff_t lowest;
        std::ptrdiff_t highest;

        bool holds(std::ptrdiff_t diagonal) const { return lowest <= diagonal && diagonal <= highest; }
    };

    /// One edit further: a diagonal more at each end, unless it lies outside the box. An edge that cannot be
    /// used yet gets the value that no path comes from.
    template <typename Furthest>
    static void widen(Reach& reach, const Box& box, Furthest furthest, std::ptrdiff_t unreached) {
        if (reach.lowest > box.x_begin - box.y_end)
            furthest(--reach.lowest - 1) = unreached;
        else
            ++reach.lowest;
        if (reach.highest < box.x_end - box.y_begin)
            furthest(++reach.highest + 1) = unreached;
        else
            --reach.highest;
    }

    /// Follows the equal elements from the furthest point that one edit leads to on the diagonal.
    std::ptrdiff_t step_forward(const Box& box, std::ptrdiff_t diagonal) {
        const std::ptrdiff_t start = std::max(forward(diagonal - 1) + 1, forward(diagonal + 1));
        std::ptrdiff_t x = start;
        while (x < box.x_end && x - diagonal < box.y_end && from_[x] == to_[x - diagonal])
            ++x;
        spent_ += 1 + x - start;
        return forward(diagonal) = x;
    }

    std::ptrdiff_t step_backward(const Box& box, std::ptrdiff_t diagonal) {
        const std::ptrdiff_t start = std::min(backward(diagonal - 1), backward(diagonal + 1) - 1);
        std::ptrdiff_t x = start;
        while (x > box.x_begin && x - diagonal > box.y_begin && from_[x - 1] == to_[x - diagonal - 1])
            --x;
        spent_ += 1 + start - x;
        return backward(diagonal) = x;
    }

    /// A point on a shortest path, about its middle; the box is trimmed, and neither side is empty. The
    /// search goes from both corners until the two meet.
    std::optional<Point> find_middle(const Box& box) {
        constexpr std::ptrdiff_t before_all = -1;
        constexpr std::ptrdiff_t after_all = std::numeric_limits<std::ptrdiff_t>::max();
        const std::ptrdiff_t first = box.x_begin - box.y_begin;
        const std::ptrdiff_t last = box.x_end - box.y_end;
        const bool is_odd = (first - last) % 2 != 0;
        Reach ahead{first, first};
        Reach behind{last, last};
        forward(first) = box.x_begin;
        backward(last) = box.x_end;
        for (std::ptrdiff_t edits = 1;; ++edits) {
            if (edits % rounds_between_stop_checks == 1 && is_stopped())
                return {};
            widen(
                ahead, box, [this](std::ptrdiff_t d) -> std::ptrdiff_t& { return forward(d); }, before_all);
            for (std::ptrdiff_t d = ahead.highest; d >= ahead.lowest; d -= 2) {
                const std::ptrdiff_t x = step_forward(box, d);
                if (is_odd && behind.holds(d) && backward(d) <= x)
                    return Point{x, x - d};
            }
            widen(
                behind, box, [this](std::ptrdiff_t d) -> std::ptrdiff_t& { return backward(d); }, after_all);
            for (std::ptrdiff_t d = behind.highest; d >= behind.lowest; d -= 2) {
                const std::ptrdiff_t x = step_backward(box, d);
                if (!is_odd && ahead.holds(d) && x <= forward(d))
                    return Point{x, x - d};
            }
            if (edits >= search_limit(spent_))
                return furthest_point(box, ahead, behind);
        }
    }

    /// The point that is furthest from the corner it was reached from, of both directions.
    Point furthest_point(const Box& box, const Reach& ahead, const Reach& behind) {
        Point best_ahead{box.x_begin, box.y_begin};
        for (std::ptrdiff_t d = ahead.highest; d >= ahead.lowest; d -= 2) {
            const std::ptrdiff_t x = std::min({forward(d), box.x_end, box.y_end + d});
            if (x + (x - d) > best_ahead.x + best_ahead.y)
                best_ahead = {x, x - d};
        }
        Point best_behind{box.x_end, box.y_end};
        for (std::ptrdiff_t d = behind.highest; d >= behind.lowest; d -= 2) {
            const std::ptrdiff_t x = std::max({backward(d), box.x_begin, box.y_begin + d});
            if (x + (x - d) < best_behind.x + best_behind.y)
                best_behind = {x, x - d};
        }
        const std::ptrdiff_t way_ahead = best_ahead.x + best_ahead.y - box.x_begin - box.y_begin;
        const std::ptrdiff_t way_behind = box.x_end + box.y_end - best_behind.x - best_behind.y;
        return way_ahead > way_behind ? best_ahead : best_behind;
    }

    std::span<const std::uint32_t> from_;
    std::span<const std::uint32_t> to_;
    StopCheck should_stop_;
    std::ptrdiff_t offset_;
    std::vector<std::ptrdiff_t> forward_;  ///< the greatest x reached on each diagonal
    std::vector<std::ptrdiff_t> backward_; ///< the least x reached on each diagonal
    std::int64_t spent_{0};
};

/// The lines of one text that occur in the other, and where they stand.
struct SharedLines {
    std::vector<std::uint32_t> numbers;
    std::vector<std::size_t> positions;
};

/// Marks in changed the lines that do not occur in the other text: they are edits in any script.
SharedLines shared_lines(std::span<const std::uint32_t> lines, const Flags& occurs_in_other, Flags& changed) {
    SharedLines shared;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!occurs_in_other[lines[i]]) {
            changed[i] = 1;
            continue;
        }
        shared.numbers.push_back(lines[i]);
        shared.positions.push_back(i);
    }
    return shared;
}

Flags occurring(std::span<const std::uint32_t> lines, std::size_t distinct) {
    Flags occurs(distinct);
    for (const std::uint32_t line : lines)
        occurs[line] = 1;
    return occurs;
}

std::optional<Script> find_script(const InternedLines& lines, StopCheck should_stop) {
    Script script{Flags(lines.from.size()), Flags(lines.to.size())};
    const SharedLines from = shared_lines(lines.from, occurring(lines.to, lines.distinct), script.removed);
    const SharedLines to = shared_lines(lines.to, occurring(lines.from, lines.distinct), script.added);
    Search search(from.numbers, to.numbers, should_stop);
    const bool is_done = search.run([&](std::ptrdiff_t x) { script.removed[from.positions[x]] = 1; },
                                    [&](std::ptrdiff_t y) { script.added[to.positions[y]] = 1; });
    if (!is_done)
        return {};
    return script;
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
std::vector<Change> collect_changes(const InternedLines& lines, Script& script, bool with_slides) {
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
    std::optional<Script> script = find_script(interned, should_stop);
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
