#include "core/search/index_terms.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/search/words.hpp"

namespace policies::core {

namespace {

/// However long a compound is, its words stand before this position.
constexpr int max_position_in_compound = max_index_position + 90;

/// A text of so many bytes makes words of so many times as many at most, with what PostgreSQL adds to each.
constexpr std::size_t max_growth = 32;

/// What PostgreSQL adds to a word, and to each place where it stands.
constexpr std::size_t word_overhead = 4;
constexpr std::size_t position_size = 2;

/// What the words need of a tsvector.
class Budget {
public:
    Budget(std::size_t max_bytes, std::size_t text_size)
        : left_(max_bytes), is_limited_(text_size > max_bytes / max_growth) {}

    /// Whether there is room for a word, which is then taken.
    bool take(const std::string& word) {
        if (!is_limited_) {
            return true;
        }
        const bool is_known = known_.contains(word);
        const std::size_t needed = position_size + (is_known ? 0 : word.size() + word_overhead);
        if (needed > left_) {
            return false;
        }
        left_ -= needed;
        if (!is_known) {
            known_.insert(word);
        }
        return true;
    }

private:
    std::size_t left_;
    bool is_limited_;
    std::unordered_set<std::string> known_;
};

bool is_ascii(const std::string& text) {
    return std::ranges::all_of(text, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

std::vector<int> positions_of(const std::vector<SearchWord>& words) {
    std::vector<int> positions;
    positions.reserve(words.size());
    int position = 0;
    for (const auto& word : words) {
        const int limit = word.is_joined ? max_position_in_compound : max_index_position;
        position = position >= limit ? 1 : position + 1;
        positions.push_back(position);
    }
    return positions;
}

} // namespace

std::vector<IndexTerms> index_terms(std::string_view text, std::size_t max_bytes) {
    const auto words = search_words(text);
    const auto positions = positions_of(words);
    Budget budget(max_bytes, text.size());
    // PostgreSQL's parser may know fewer letters than this one: what is not ASCII is an entry of its own.
    std::vector<IndexTerms> terms;
    IndexTerms ascii;
    const auto append = [&](const std::string& key, std::size_t i) {
        if (!budget.take(key)) {
            return;
        }
        if (!is_ascii(key)) {
            terms.push_back({key, {positions[i]}});
            return;
        }
        ascii.text += (ascii.text.empty() ? "" : " ") + key;
        ascii.positions.push_back(positions[i]);
        if (ascii.positions.size() == max_terms) {
            terms.push_back(std::exchange(ascii, {}));
        }
    };
    for_each_key(words, [&](std::size_t first, std::size_t last, const std::string& key) {
        append(key, first);
        // A compound that is written as one word stands before what follows it, as well.
        if (last > first && key != pair_at(words, first)) {
            append(key, last);
        }
    });
    if (!ascii.text.empty()) {
        terms.push_back(std::move(ascii));
    }
    return terms;
}

} // namespace policies::core
