#include "core/document/edit_script.hpp"

#include <algorithm>
#include <limits>
#include <span>

namespace policies::core {

namespace {

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
    if (spent_steps < generous) {
        return 512;
    }
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
                for (std::ptrdiff_t x = box.x_begin; x < box.x_end; ++x) {
                    removed(x);
                }
                for (std::ptrdiff_t y = box.y_begin; y < box.y_end; ++y) {
                    added(y);
                }
                continue;
            }
            const std::optional<Point> middle = find_middle(box);
            if (!middle) {
                return false;
            }
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
        if (reach.lowest > box.x_begin - box.y_end) {
            furthest(--reach.lowest - 1) = unreached;
        } else {
            ++reach.lowest;
        }
        if (reach.highest < box.x_end - box.y_begin) {
            furthest(++reach.highest + 1) = unreached;
        } else {
            --reach.highest;
        }
    }

    /// Follows the equal elements from the furthest point that one edit leads to on the diagonal.
    std::ptrdiff_t step_forward(const Box& box, std::ptrdiff_t diagonal) {
        const std::ptrdiff_t start = std::max(forward(diagonal - 1) + 1, forward(diagonal + 1));
        std::ptrdiff_t x = start;
        while (x < box.x_end && x - diagonal < box.y_end && from_[x] == to_[x - diagonal]) {
            ++x;
        }
        spent_ += 1 + x - start;
        return forward(diagonal) = x;
    }

    std::ptrdiff_t step_backward(const Box& box, std::ptrdiff_t diagonal) {
        const std::ptrdiff_t start = std::min(backward(diagonal - 1), backward(diagonal + 1) - 1);
        std::ptrdiff_t x = start;
        while (x > box.x_begin && x - diagonal > box.y_begin && from_[x - 1] == to_[x - diagonal - 1]) {
            --x;
        }
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
            if (edits % rounds_between_stop_checks == 1 && is_stopped()) {
                return {};
            }
            widen(
                ahead, box, [this](std::ptrdiff_t d) -> std::ptrdiff_t& { return forward(d); }, before_all);
            for (std::ptrdiff_t d = ahead.highest; d >= ahead.lowest; d -= 2) {
                const std::ptrdiff_t x = step_forward(box, d);
                if (is_odd && behind.holds(d) && backward(d) <= x) {
                    return Point{x, x - d};
                }
            }
            widen(
                behind, box, [this](std::ptrdiff_t d) -> std::ptrdiff_t& { return backward(d); }, after_all);
            for (std::ptrdiff_t d = behind.highest; d >= behind.lowest; d -= 2) {
                const std::ptrdiff_t x = step_backward(box, d);
                if (!is_odd && ahead.holds(d) && x <= forward(d)) {
                    return Point{x, x - d};
                }
            }
            if (edits >= search_limit(spent_)) {
                return furthest_point(box, ahead, behind);
            }
        }
    }

    /// The point that is furthest from the corner it was reached from, of both directions.
    Point furthest_point(const Box& box, const Reach& ahead, const Reach& behind) {
        Point best_ahead{box.x_begin, box.y_begin};
        for (std::ptrdiff_t d = ahead.highest; d >= ahead.lowest; d -= 2) {
            const std::ptrdiff_t x = std::min({forward(d), box.x_end, box.y_end + d});
            if (x + (x - d) > best_ahead.x + best_ahead.y) {
                best_ahead = {x, x - d};
            }
        }
        Point best_behind{box.x_end, box.y_end};
        for (std::ptrdiff_t d = behind.highest; d >= behind.lowest; d -= 2) {
            const std::ptrdiff_t x = std::max({backward(d), box.x_begin, box.y_begin + d});
            if (x + (x - d) < best_behind.x + best_behind.y) {
                best_behind = {x, x - d};
            }
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
    for (const std::uint32_t line : lines) {
        occurs[line] = 1;
    }
    return occurs;
}

} // namespace

std::optional<EditScript> find_edit_script(const InternedLines& lines, StopCheck should_stop) {
    EditScript script{Flags(lines.from.size()), Flags(lines.to.size())};
    const SharedLines from = shared_lines(lines.from, occurring(lines.to, lines.distinct), script.removed);
    const SharedLines to = shared_lines(lines.to, occurring(lines.from, lines.distinct), script.added);
    Search search(from.numbers, to.numbers, should_stop);
    const bool is_done = search.run([&](std::ptrdiff_t x) { script.removed[from.positions[x]] = 1; },
                                    [&](std::ptrdiff_t y) { script.added[to.positions[y]] = 1; });
    if (!is_done) {
        return {};
    }
    return script;
}

} // namespace policies::core
