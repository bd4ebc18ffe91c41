#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/characters.hpp"
#include "core/search/spellings.hpp"

namespace policies::core {

/// A word of a text, as the search counts them: letters, or digits, or one ideograph.
struct SearchWord {
    std::size_t begin; ///< in the text, in bytes
    std::size_t end;
    CharacterKind kind; ///< letter, digit or ideograph
    bool is_joined;     ///< to the word before: nothing but punctuation stands between them

    /// As spellings_of() has them. An ideograph has one.
    std::vector<std::string> spellings;
    /// The words in one such as AccessControl, each without accents; none in others.
    std::vector<std::string> humps;

    /// The spelling without accents.
    const std::string& plain() const { return plain_of(spellings); }
};

/// How many characters of a word count.
inline constexpr std::size_t max_word_length = 80;

/// The words of a text, each cut to max_word_length.
std::vector<SearchWord> search_words(std::string_view text);

/// The word after the last of those that words[first] begins, which are found as a whole: a compound of letters and
/// digits, such as ISO-27001, or a run of ideographs.
std::size_t end_of_compound(const std::vector<SearchWord>& words, std::size_t first);

/// What stands for words[i] and the word after it, where the two are found as one whatever is between them: an
/// abbreviation and a number, two numbers, a number and its letter, two ideographs. Empty where there is none.
std::string pair_at(const std::vector<SearchWord>& words, std::size_t i);

/// What stands for a compound of several words, written as one; empty for one word, for ideographs and for what is
/// too long.
std::string whole_of(const std::vector<SearchWord>& words, std::size_t first, std::size_t end);

/// Tells of all by which words are found: the first and the last of the words, and what stands for them.
void for_each_key(
    const std::vector<SearchWord>& words,
    const std::function<void(std::size_t first, std::size_t last, const std::string& key)>& tell);

} // namespace policies::core
