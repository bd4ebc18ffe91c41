#include "core/search/index_terms.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/base/utf8.hpp"
#include "core/search/query_matcher.hpp"
#include "core/search/search_query.hpp"

namespace policies::core {
namespace {

using namespace std::string_literals;

std::string shown(std::string_view text) {
    std::string shown;
    for (const auto& terms : index_terms(text, 1'000'000)) {
        const auto words = split(terms.text, ' ');
        EXPECT_EQ(words.size(), terms.positions.size());
        EXPECT_LE(words.size(), max_terms);
        for (std::size_t i = 0; i < words.size(); ++i)
            shown += (shown.empty() ? "" : " ") + std::to_string(terms.positions.at(i)) + ":" +
                     std::string(words[i]);
    }
    return shown;
}

/// What a tsvector of the words holds at least.
std::size_t size_of(const QueryMatcher& matcher) {
    std::size_t size = 0;
    for (const auto& [word, positions] : matcher.positions())
        size += word.size() + 2 * std::min<std::size_t>(positions.size(), 255);
    return size;
}

TEST(IndexTerms, AreWordsAndWhatTheyMakeTogether) {
    EXPECT_EQ(shown(""), "");
    EXPECT_EQ(shown("The quick, brown fox!"), "1:the 2:quick 3:brown 4:fox");
    EXPECT_EQ(shown("ISO-27001"), "1:iso 1:iso27001 2:27001");
    EXPECT_EQ(shown("in 1 day"), "1:in 1:in1 2:1 3:day");
    EXPECT_EQ(shown("A.5.1"), "1:a 1:a5 1:a5x1 3:a5x1 2:5 2:5x1 3:1");
    // PostgreSQL's parser would take 7e3 for a number, and what follows for another word.
    EXPECT_EQ(shown("7e3b c"), "1:7 1:7xe 1:7xe3b 4:7xe3b 2:e 2:e3 3:3 3:3b 4:b 5:c");
    EXPECT_EQ(shown("e-mail us"), "1:e 1:email 2:email 2:mail 3:us");
    EXPECT_EQ(shown("a Café"), "2:café 1:a 2:cafe");
    EXPECT_EQ(shown("CleanDesk"), "1:cleandesk 1:clean 1:desk");
    EXPECT_EQ(shown("情報x"), "1:情報 2:報 3:x");
}

TEST(IndexTerms, StartOverWhereTheirPositionsEnd) {
    std::string text;
    for (int i = 0; i < 20'000; ++i)
        text += "word" + std::string(i % 7, 'x') + ' ';
    text += "the last phrase of ISO-27001";
    QueryMatcher matcher(text);
    EXPECT_TRUE(matcher.finds(search_query("\"the last phrase\"")));
    EXPECT_TRUE(matcher.finds(search_query("iso27001")));
    EXPECT_EQ(*matcher.positions().at("word").rbegin() <= max_index_position, true);
    std::string joined;
    for (int i = 0; i < 20'000; ++i)
        joined += "a.";
    EXPECT_LT(*QueryMatcher(joined).positions().at("a").rbegin(), 4096);
}

TEST(IndexTerms, KeepToTheRoomThatTheyHave) {
    std::string distinct;
    std::string ideographs;
    std::string numbers;
    for (char32_t i = 0; i < 9'000; ++i) {
        append_utf8(distinct, 0x20000 + i);
        distinct += '-';
        append_utf8(ideographs, 0x20000 + i);
        append_utf8(ideographs, 0x20001 + i * 7 % 9'000);
        numbers += std::to_string(i) + "ä.";
    }
    const std::string base64 = [] {
        std::string text;
        for (unsigned i = 1; text.size() < 30'000; i = i * 1'103'515'245 + 12'345)
            text += "ABCDabcd0123xyzXYZ+/"[i >> 16U & 15U];
        return text;
    }();
    for (const auto& text :
         {distinct, ideographs, numbers, base64, std::string(10'000, 'x'), std::string(10'000, '1')}) {
        for (const std::size_t max_bytes : {0, 10, 20'000})
            EXPECT_LE(size_of(QueryMatcher(text, max_bytes)), max_bytes) << text.substr(0, 40);
    }
    // A text of usual words has room for all.
    std::string usual;
    for (int i = 0; i < 8'000; ++i)
        usual += "word" + std::to_string(i % 4'000) + ' ';
    usual += "last";
    EXPECT_TRUE(QueryMatcher(usual, 300'000).finds("'last'"));
    EXPECT_TRUE(QueryMatcher(distinct + "last", 8'000).finds("'last'") == false);
}

TEST(IndexTerms, CutWordsThatAreTooLong) {
    const std::string text(5'000, 'x');
    EXPECT_EQ(shown(text), "1:" + std::string(80, 'x'));
    EXPECT_TRUE(QueryMatcher(text).finds(search_query(text)));
    std::string accented;
    for (int i = 0; i < 5'000; ++i)
        accented += "e\u0301";
    EXPECT_TRUE(QueryMatcher(accented).finds(search_query(accented)));
    std::string marks = "e";
    for (int i = 0; i < 5'000; ++i)
        marks += "\u0301";
    EXPECT_TRUE(QueryMatcher(marks).finds(search_query("e")));
}

} // namespace
} // namespace policies::core
