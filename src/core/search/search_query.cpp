#include "core/search/search_query.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/text.hpp"
#include "core/base/utf8.hpp"
#include "core/search/words.hpp"

namespace policies::core {

namespace {

/// A word may stand apart from its number, as in ISO/IEC 27001, if it has so many letters: a shorter one may be one
/// that the language does not search, and the number would stand for both.
constexpr std::size_t shortest_distant_word = 3;

std::string operand(const std::string& word) {
    return "'" + word + "'";
}

/// The words joined by an operator, in parentheses unless there is one alone.
std::string joined(const std::vector<std::string>& parts, std::string_view operation) {
    if (parts.size() == 1) {
        return parts.front();
    }
    std::string text = "(";
    for (const auto& part : parts) {
        if (text.size() > 1) {
            text += operation;
        }
        text += part;
    }
    return text + ')';
}

std::string any_of(const std::vector<std::string>& parts) {
    return joined(parts, "|");
}

std::string all_of(const std::vector<std::string>& parts) {
    return joined(parts, "&");
}

std::string spelled(const SearchWord& word) {
    std::vector<std::string> spellings;
    for (const auto& spelling : word.spellings) {
        spellings.push_back(operand(spelling));
    }
    return any_of(spellings);
}

/// A word that is all that is searched for.
std::string single_word(const SearchWord& word) {
    std::vector<std::string> ways{spelled(word)};
    if (word.humps.size() > 1) {
        std::vector<std::string> humps;
        for (const auto& hump : word.humps) {
            humps.push_back(operand(hump));
        }
        ways.push_back(all_of(humps));
    }
    // A pair that it begins holds an ideograph, too.
    return word.kind == CharacterKind::ideograph ? operand(word.plain()) + ":*" : any_of(ways);
}

/// The words from first to end, in this order.
std::string in_order(const std::vector<SearchWord>& words, std::size_t first, std::size_t end) {
    std::string text;
    std::size_t last = first;
    const auto append = [&](std::size_t i, const std::string& unit) {
        if (!text.empty()) {
            text += "<" + std::to_string(i - last) + ">";
        }
        text += unit;
        last = i;
    };
    bool is_in_pair = false;
    for (std::size_t i = first; i < end; ++i) {
        const auto pair = i + 1 < end ? pair_at(words, i) : std::string();
        if (!pair.empty()) {
            append(i, operand(pair));
        } else if (!is_in_pair) {
            append(i, words[i].kind == CharacterKind::ideograph ? single_word(words[i]) : spelled(words[i]));
        }
        is_in_pair = !pair.empty();
    }
    return "(" + text + ")";
}

/// A compound as one word, in its parts, and with one word between its first two.
std::string compound(const std::vector<SearchWord>& words, std::size_t first, std::size_t end) {
    if (end - first == 1) {
        return single_word(words[first]);
    }
    std::vector<std::string> ways;
    const auto whole = whole_of(words, first, end);
    if (!whole.empty()) {
        ways.push_back(operand(whole));
    }
    if (auto parts = in_order(words, first, end); parts != "('" + whole + "')") {
        ways.push_back(std::move(parts));
    }
    if (words[first].kind == CharacterKind::letter && words[first + 1].kind == CharacterKind::digit &&
        words[first].plain().size() >= shortest_distant_word) {
        ways.push_back("(" + spelled(words[first]) + "<2>" + in_order(words, first + 1, end) + ")");
    }
    return any_of(ways);
}

/// Reads what was typed.
class QueryReader {
public:
    explicit QueryReader(std::string_view text) : left_(text) {}

    std::string read() {
        while (!left_.empty()) {
            read_next();
        }
        end_group();
        return groups_.empty() ? std::string() : any_of(groups_);
    }

private:
    struct Character {
        std::size_t length;
        CharacterKind kind;
        bool is_quote;
    };

    static Character character_at(std::string_view text) {
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            return {1, CharacterKind::space, false};
        }
        const char32_t character = code_point_of(text.substr(0, length));
        const bool is_quote = character == U'"' || (character >= 0x201C && character <= 0x201F);
        std::u32string folded;
        append_folded(folded, character);
        return {length, folded.empty() ? CharacterKind::mark : kind_of(folded.front()), is_quote};
    }

    /// The length of the text before a character of which that holds; all of it if none does.
    template <typename Condition>
    static std::size_t length_until(std::string_view text, Condition holds) {
        std::size_t length = 0;
        while (length < text.size()) {
            const auto character = character_at(text.substr(length));
            if (holds(character)) {
                break;
            }
            length += character.length;
        }
        return length;
    }

    void read_next() {
        const auto character = character_at(left_);
        if (character.kind == CharacterKind::space) {
            left_.remove_prefix(character.length);
            return;
        }
        const bool is_negated = left_.front() == '-' && left_.size() > 1 && begins_term(left_.substr(1));
        if (is_negated) {
            left_.remove_prefix(1);
        }
        if (!read_phrase(is_negated)) {
            read_term(is_negated);
        }
    }

    static bool is_of_word(const Character& character) {
        return character.kind == CharacterKind::letter || character.kind == CharacterKind::digit ||
               character.kind == CharacterKind::ideograph;
    }

    static bool begins_term(std::string_view text) {
        const auto character = character_at(text);
        return character.is_quote || is_of_word(character);
    }

    bool read_phrase(bool is_negated) {
        const auto quote = character_at(left_);
        if (!quote.is_quote) {
            return false;
        }
        left_.remove_prefix(quote.length);
        const std::size_t length = length_until(left_, [](const Character& c) { return c.is_quote; });
        // A quote without another one is no quote.
        if (length < left_.size()) {
            add(left_.substr(0, length), true, is_negated);
            left_.remove_prefix(length + character_at(left_.substr(length)).length);
        }
        return true;
    }

    void read_term(bool is_negated) {
        const std::size_t length = length_until(
            left_, [](const Character& c) { return c.is_quote || c.kind == CharacterKind::space; });
        const auto term = left_.substr(0, length);
        left_.remove_prefix(length);
        if (!is_negated && to_upper(term) == "OR" && !group_.empty()) {
            has_or_ = length_until(left_, is_of_word) < left_.size();
            if (has_or_) {
                return;
            }
        }
        add(term, false, is_negated);
    }

    void add(std::string_view text, bool is_phrase, bool is_negated) {
        const auto words = search_words(text);
        if (words.empty()) {
            return;
        }
        std::vector<std::string> parts;
        for (std::size_t first = 0, end = 0; first < words.size(); first = end) {
            end = end_of_compound(words, first);
            parts.push_back(compound(words, first, end));
        }
        if (is_phrase && parts.size() > 1) {
            parts = {in_order(words, 0, words.size())};
        }
        if (is_negated) {
            parts = {"!" + all_of(parts)};
        }
        if (std::exchange(has_or_, false)) {
            end_group();
        }
        for (auto& part : parts) {
            append_once(group_, std::move(part));
        }
    }

    void end_group() {
        if (!group_.empty()) {
            append_once(groups_, all_of(group_));
        }
        group_.clear();
    }

    /// What is asked for again changes nothing, and would take its time.
    static void append_once(std::vector<std::string>& terms, std::string term) {
        if (std::ranges::find(terms, term) == terms.end()) {
            terms.push_back(std::move(term));
        }
    }

    std::string_view left_;
    std::vector<std::string> group_;
    std::vector<std::string> groups_;
    bool has_or_{false};
};

} // namespace

std::string search_query(std::string_view text) {
    return QueryReader(text).read();
}

} // namespace policies::core
