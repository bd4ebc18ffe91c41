#include "core/document/markdown_cost.hpp"

#include <algorithm>

namespace policies::core {

namespace {

class CostEstimate {
public:
    static std::uint64_t of(std::string_view text) {
        CostEstimate estimate;
        while (!text.empty()) {
            const std::size_t length = std::min(text.find_first_of("\r\n"), text.size());
            estimate.add_line(text.substr(0, length));
            text.remove_prefix(length);
            text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(text.size(), 1));
        }
        estimate.end_block();
        // Each piece of inline text looks at all that it stands in.
        return estimate.cost_ + estimate.greatest_depth_ * (estimate.lines_ * 4 + estimate.marks_ * 60);
    }

private:
    static constexpr std::string_view blanks = " \t\v\f";

    void add_line(std::string_view line) {
        ++lines_;
        greatest_depth_ = std::max(greatest_depth_, depth(line) + footnotes(line));
        if (line.find_first_not_of(blanks) == std::string_view::npos) {
            end_block();
            return;
        }
        block_bytes_ += line.size();
        add_cells(line);
        add_marks(line);
        add_words(line);
    }

    /// A line that may divide a table's head from its body has the paragraph above it read as the head, each
    /// time. The cells of a row are a list that is walked to append to it.
    void add_cells(std::string_view line) {
        if (line.find_first_not_of("|:-+*>.)0123456789 \t\v\f") == std::string_view::npos) {
            cost_ += block_bytes_ * 20;
        }
        const auto pipes = static_cast<std::uint64_t>(std::count(line.begin(), line.end(), '|'));
        cost_ += pipes * pipes * 3;
    }

    void add_marks(std::string_view line) {
        marks_ += static_cast<std::uint64_t>(std::ranges::count_if(line, [](char c) {
            return std::string_view("*_~`[]!<&\\:@.'\"-").find(c) != std::string_view::npos;
        }));
        // Not quadratic, but slow: each may be in the middle of an address.
        cost_ += static_cast<std::uint64_t>(std::count(line.begin(), line.end(), '@')) * 10'000;
        closing_brackets_ += static_cast<std::uint64_t>(std::count(line.begin(), line.end(), ']'));
        for (std::size_t i = line.find("!["); i != std::string_view::npos; i = line.find("![", i + 2)) {
            ++images_;
        }
    }

    /// A bare link has all of its parentheses counted for each one at its end. Where no link can be, all of
    /// the word is read again for each beginning of one.
    void add_words(std::string_view line) {
        while (!line.empty()) {
            const std::string_view word = line.substr(0, line.find_first_of(blanks));
            const auto parentheses = static_cast<std::uint64_t>(std::count(word.begin(), word.end(), ')'));
            auto prefixes = static_cast<std::uint64_t>(std::count(word.begin(), word.end(), ':'));
            for (std::size_t i = word.find("www."); i != std::string_view::npos;
                 i = word.find("www.", i + 4)) {
                ++prefixes;
            }
            cost_ += (parentheses + 3 * prefixes) * word.size();
            line.remove_prefix(std::min(word.size() + 1, line.size()));
        }
    }

    /// Every link looks at all images that are open before it.
    void end_block() {
        cost_ += images_ * closing_brackets_ * 8;
        block_bytes_ = images_ = closing_brackets_ = 0;
    }

    /// At most so many quotes and lists may be open in this line: each line, even an empty one, passes all of
    /// them.
    static std::uint64_t depth(std::string_view line) {
        std::uint64_t halves = 0;
        for (const char character : line) {
            if (character == ' ') {
                ++halves;
            } else if (character == '\t') {
                halves += 4;
            } else if (std::string_view(">-+*.)").find(character) != std::string_view::npos) {
                halves += 2;
            } else if (character < '0' || character > '9') {
                break;
            }
        }
        return halves / 2;
    }

    /// At most so many footnotes begin in this line, each in the one before.
    static std::uint64_t footnotes(std::string_view line) {
        std::uint64_t count = 0;
        for (std::size_t i = line.find("]:"); i != std::string_view::npos; i = line.find("]:", i + 2)) {
            ++count;
        }
        return count;
    }

    std::uint64_t cost_{0};
    std::uint64_t lines_{0};
    std::uint64_t marks_{0}; ///< that may begin or end a piece of inline text
    std::uint64_t greatest_depth_{0};
    std::uint64_t block_bytes_{0}; ///< of the lines since the last empty one
    std::uint64_t images_{0};
    std::uint64_t closing_brackets_{0};
};

} // namespace

std::uint64_t markdown_cost(std::string_view markdown) {
    return CostEstimate::of(markdown);
}

} // namespace policies::core
