#include "core/search/words.hpp"

#include <algorithm>
#include <utility>

#include "core/base/utf8.hpp"

namespace policies::core {

namespace {

constexpr std::size_t max_whole_length = 255;
constexpr std::size_t longest_abbreviation = 4;
constexpr std::size_t longest_suffix = 2;

/// Reads a text character by character.
class WordReader {
public:
    void read(std::size_t begin, std::size_t end, char32_t character) {
        folded_.clear();
        append_folded(folded_, character);
        begins_hump_ = was_lower_ && is_upper_case(character);
        was_lower_ = is_lower_case(character);
        if (folded_.empty() && is_open_) {
            word_.end = end;
        }
        for (const auto part : folded_) {
            add(begin, end, part);
            begins_hump_ = false;
        }
    }

    /// What is no character at all parts words.
    void pass_over() {
        finish();
        is_joined_ = false;
    }

    std::vector<SearchWord> take() {
        finish();
        return std::move(words_);
    }

private:
    void add(std::size_t begin, std::size_t end, char32_t part) {
        const auto kind = kind_of(part);
        switch (kind) {
        case CharacterKind::letter:
        case CharacterKind::digit:
        case CharacterKind::ideograph:
            if (!is_open_ || word_.kind != kind || kind == CharacterKind::ideograph) {
                start(begin, kind);
            } else if (begins_hump_) {
                humps_.push_back(letters_.size());
            }
            append(end, part);
            break;
        case CharacterKind::mark:
            if (is_open_) {
                append(end, part);
            }
            break;
        default:
            finish();
            if (kind != CharacterKind::punctuation) {
                is_joined_ = false;
            }
        }
    }

    void start(std::size_t begin, CharacterKind kind) {
        finish();
        word_ = {.begin = begin,
                 .end = begin,
                 .kind = kind,
                 .is_joined = is_joined_,
                 .spellings = {},
                 .humps = {}};
        letters_.clear();
        humps_.clear();
        is_open_ = true;
        is_joined_ = true;
    }

    void append(std::size_t end, char32_t part) {
        word_.end = end;
        // A number with a mark, such as a keycap, is that number.
        if (letters_.size() < max_word_length &&
            (word_.kind != CharacterKind::digit || kind_of(part) == word_.kind)) {
            letters_ += part;
        }
    }

    void finish() {
        if (!std::exchange(is_open_, false)) {
            return;
        }
        if (word_.kind == CharacterKind::ideograph) {
            word_.spellings.push_back(composed(letters_));
        } else {
            word_.spellings = spellings_of(letters_);
        }
        std::size_t begin = 0;
        humps_.push_back(letters_.size());
        for (const auto end : humps_) {
            if (humps_.size() > 1 && end - begin > 1) {
                word_.humps.push_back(
                    plain_of(spellings_of(std::u32string_view(letters_).substr(begin, end - begin))));
            }
            begin = end;
        }
        words_.push_back(std::move(word_));
    }

    std::vector<SearchWord> words_;
    SearchWord word_{};
    std::u32string letters_;
    std::vector<std::size_t> humps_;
    std::u32string folded_;
    bool is_open_{false};
    bool is_joined_{false};
    bool was_lower_{false};
    bool begins_hump_{false};
};

std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char byte) { return !is_utf8_continuation(byte); }));
}

bool are_digits(const SearchWord& word) {
    return word.kind == CharacterKind::digit;
}

bool are_ideographs(const SearchWord& word) {
    return word.kind == CharacterKind::ideograph;
}

/// The two as one word; digits after digits are told apart by a letter, and so is an e after digits, which
/// PostgreSQL's parser would read as the exponent of a number.
void append_word(std::string& out, const SearchWord& word, bool follows_digits) {
    if (follows_digits && (are_digits(word) || word.plain() == "e")) {
        out += 'x';
    }
    out += word.plain();
}

} // namespace

std::vector<SearchWord> search_words(std::string_view text) {
    WordReader reader;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8_length(text.substr(i));
        if (length == 0) {
            reader.pass_over();
            ++i;
            continue;
        }
        reader.read(i, i + length, code_point_of(text.substr(i, length)));
        i += length;
    }
    return reader.take();
}

std::size_t end_of_compound(const std::vector<SearchWord>& words, std::size_t first) {
    std::size_t end = first + 1;
    while (end < words.size() && words[end].is_joined &&
           are_ideographs(words[end]) == are_ideographs(words[first]) &&
           (!are_ideographs(words[first]) || words[end].begin == words[end - 1].end)) {
        ++end;
    }
    return end;
}

std::string pair_at(const std::vector<SearchWord>& words, std::size_t i) {
    if (i + 1 >= words.size()) {
        return {};
    }
    const auto& word = words[i];
    const auto& next = words[i + 1];
    if (are_ideographs(word) || are_ideographs(next)) {
        const bool is_pair = are_ideographs(word) && are_ideographs(next) && word.end == next.begin;
        return is_pair ? word.plain() + next.plain() : std::string();
    }
    const bool is_pair = are_digits(word)
                             ? are_digits(next) || length_of(next.plain()) <= longest_suffix
                             : are_digits(next) && length_of(word.plain()) <= longest_abbreviation;
    std::string pair;
    if (is_pair) {
        append_word(pair, word, false);
        append_word(pair, next, are_digits(word));
    }
    return pair;
}

std::string whole_of(const std::vector<SearchWord>& words, std::size_t first, std::size_t end) {
    std::string whole;
    if (end - first < 2 || are_ideographs(words[first])) {
        return whole;
    }
    for (std::size_t i = first; i < end; ++i) {
        append_word(whole, words[i], i > first && are_digits(words[i - 1]));
        if (whole.size() > max_whole_length) {
            return {};
        }
    }
    return whole;
}

void for_each_key(
    const std::vector<SearchWord>& words,
    const std::function<void(std::size_t first, std::size_t last, const std::string& key)>& tell) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool begins_compound = i == end;
        if (begins_compound) {
            end = end_of_compound(words, i);
        }
        const auto pair = pair_at(words, i);
        // An ideograph alone stands for itself at the end of a run only: elsewhere the pair begins with it.
        if (!are_ideographs(words[i]) || pair.empty()) {
            for (const auto& spelling : words[i].spellings) {
                tell(i, i, spelling);
            }
            for (const auto& hump : words[i].humps) {
                tell(i, i, hump);
            }
        }
        if (!pair.empty()) {
            tell(i, i + 1, pair);
        }
        if (const auto whole = begins_compound ? whole_of(words, i, end) : std::string();
            !whole.empty() && whole != pair) {
            tell(i, end - 1, whole);
        }
    }
}

} // namespace policies::core
