#include "core/search/snippet.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/base/text.hpp"

namespace policies::core {

namespace {

constexpr std::size_t passage_length = 20;
constexpr std::size_t max_compound_in_passage = 8;

/// Words of a text, from first to before end.
struct Passage {
    std::size_t first;
    std::size_t end;
};

/// What was found of a text's words.
class Matches {
public:
    Matches(const std::vector<SearchWord>& words, const std::vector<FoundKey>& found)
        : words_(words), found_(words.size()), marked_until_(words.size()) {
        std::unordered_map<std::string_view, std::size_t> word_numbers;
        std::unordered_map<std::string_view, std::size_t> numbers;
        for (const auto& [key, word] : found) {
            numbers.emplace(key, word_numbers.emplace(word, word_numbers.size() + 1).first->second);
        }
        for_each_key(words, [&](std::size_t first, std::size_t last, const std::string& key) {
            if (const auto number = numbers.find(key); number != numbers.end()) {
                found_[first] = number->second;
                for (std::size_t i = first; i <= last; ++i) {
                    marked_until_[i] = std::max(marked_until_[i], last + 1);
                }
            }
        });
    }

    /// The word after those that are marked together with this one; 0 where it is not marked.
    std::size_t marked_until(std::size_t i) const { return marked_until_[i]; }

    /// The passage between two words that holds the most of the query's words, of those the shortest, of those the first;
    /// nothing if it holds none.
    std::optional<Passage> best(std::size_t first, std::size_t end) const {
        std::optional<Passage> best;
        std::size_t most = 0;
        for (std::size_t i = first; i < end; ++i) {
            if (found_[i] == 0) {
                continue;
            }
            const auto [count, passage] = passage_from(i, end);
            if (count > most || (count == most && passage.end - passage.first < best->end - best->first)) {
                most = count;
                best = passage;
            }
        }
        return best ? std::optional(widened(*best, first, end)) : std::nullopt;
    }

private:
    /// How many of the query's words stand in a passage that begins there, and the shortest one that holds them.
    std::pair<std::size_t, Passage> passage_from(std::size_t first, std::size_t end) const {
        std::array<std::size_t, passage_length> seen{};
        std::size_t count = 0;
        Passage passage{first, first};
        for (std::size_t i = first; i < std::min(first + passage_length, end); ++i) {
            const auto known = std::span(seen).first(count);
            if (found_[i] == 0 || std::ranges::find(known, found_[i]) != known.end()) {
                continue;
            }
            seen[count++] = found_[i];
            passage.end = i + 1;
        }
        return {count, passage};
    }

    /// As many words before it as after it, and no compound cut.
    Passage widened(Passage passage, std::size_t first, std::size_t end) const {
        const std::size_t spare = passage_length - std::min(passage_length, passage.end - passage.first);
        passage.first -= std::min(passage.first - first, spare / 2);
        passage.end = std::min(end, std::max(passage.end, passage.first + passage_length));
        if (passage.end - first >= passage_length) {
            passage.first = std::min(passage.first, passage.end - passage_length);
        } else {
            passage.first = first;
        }
        for (std::size_t n = 0;
             n < max_compound_in_passage && passage.first > first && words_[passage.first].is_joined; ++n) {
            --passage.first;
        }
        for (std::size_t n = 0;
             n < max_compound_in_passage && passage.end < end && words_[passage.end].is_joined; ++n) {
            ++passage.end;
        }
        return passage;
    }

    const std::vector<SearchWord>& words_;
    std::vector<std::size_t> found_; ///< which of the query's words, from 1 on; 0 for none
    std::vector<std::size_t> marked_until_;
};

void append_escaped(std::string& out, std::string_view text) {
    for (const char character : text) {
        switch (character) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        default:
            out += character;
        }
    }
}

/// The text of the words, what stands between them and the punctuation around them, with what was found marked.
void append_marked(std::string& out, std::string_view text, const std::vector<SearchWord>& words,
                   const Matches& matches, Passage passage, std::size_t begin, std::size_t end) {
    for (std::size_t i = passage.first; i < passage.end; ++i) {
        std::size_t until = matches.marked_until(i);
        // Words that one character makes, such as ½, stand in the same place.
        if (until == 0 || words[i].begin < begin) {
            continue;
        }
        append_escaped(out, text.substr(begin, words[i].begin - begin));
        begin = words[i].begin;
        // Marks that overlap are one.
        while (i + 1 < std::min(until, passage.end)) {
            ++i;
            until = std::max(until, matches.marked_until(i));
        }
        out += "<mark>";
        append_escaped(out, text.substr(begin, words[i].end - begin));
        out += "</mark>";
        begin = words[i].end;
    }
    append_escaped(out, text.substr(begin, end - begin));
}

void append_passage(std::string& out, std::string_view text, const std::vector<SearchWord>& words,
                    const Matches& matches, Passage passage) {
    const auto is_outside = [&](std::size_t i) { return is_space_or_control(text[i]); };
    std::size_t begin = words[passage.first].begin;
    const std::size_t begin_limit = passage.first > 0 ? words[passage.first - 1].end : 0;
    while (begin > begin_limit && !is_outside(begin - 1)) {
        --begin;
    }
    std::size_t end = words[passage.end - 1].end;
    const std::size_t end_limit = passage.end < words.size() ? words[passage.end].begin : text.size();
    while (end < end_limit && !is_outside(end)) {
        ++end;
    }
    append_marked(out, text, words, matches, passage, begin, end);
}

} // namespace

std::string distinct_keys(const std::vector<SearchWord>& words) {
    std::string keys;
    std::unordered_set<std::string> known;
    for_each_key(words, [&](std::size_t, std::size_t, const std::string& key) {
        if (known.insert(key).second) {
            keys += (keys.empty() ? "" : " ") + key;
        }
    });
    return keys;
}

std::vector<std::string> found_keys(std::string_view marked_keys) {
    std::vector<std::string> found;
    for (const auto key : split(marked_keys, ' ')) {
        if (key.size() > 2 && key.front() == '<' && key.back() == '>') {
            found.emplace_back(key.substr(1, key.size() - 2));
        }
    }
    return found;
}

std::string snippet(std::string_view text, const std::vector<SearchWord>& words,
                    const std::vector<FoundKey>& found, bool is_whole) {
    const Matches matches(words, found);
    std::string html;
    if (is_whole) {
        append_marked(html, text, words, matches, {0, words.size()}, 0, text.size());
        return html;
    }
    if (words.empty()) {
        return html;
    }
    const auto best = matches.best(0, words.size());
    if (!best) {
        append_passage(html, text, words, matches, {0, std::min(words.size(), passage_length)});
        return html;
    }
    const auto before = matches.best(0, best->first);
    const auto after = matches.best(best->end, words.size());
    if (!after && before) {
        append_passage(html, text, words, matches, *before);
        html += " … ";
    }
    append_passage(html, text, words, matches, *best);
    if (after) {
        html += " … ";
        append_passage(html, text, words, matches, *after);
    }
    return html;
}

} // namespace policies::core
