#include "core/search/snippet.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/base/text.hpp"

namespace policies::core {
namespace {

/// The snippet of a text with those of its keys marked.
std::string snippet_of(std::string_view text, std::initializer_list<std::string_view> found,
                       bool is_whole = false) {
    const auto words = search_words(text);
    const auto keys = distinct_keys(words);
    std::string marked;
    for (const auto key : split(keys, ' ')) {
        const bool is_found = std::find(found.begin(), found.end(), key) != found.end();
        marked += (marked.empty() ? "" : " ") + (is_found ? '<' + std::string(key) + '>' : std::string(key));
    }
    return snippet(text, words, marked, is_whole);
}

TEST(Snippet, MarksWhatWasFoundInTheTextAsItIs) {
    EXPECT_EQ(snippet_of("Lock away.", {"away"}), "Lock <mark>away</mark>.");
    EXPECT_EQ(snippet_of("to ISO-27001, now", {"iso27001"}), "to <mark>ISO-27001</mark>, now");
    EXPECT_EQ(snippet_of("to ISO 27001, now", {"iso27001"}), "to <mark>ISO 27001</mark>, now");
    EXPECT_EQ(snippet_of("to ISO-27001, now", {"27001"}), "to ISO-<mark>27001</mark>, now");
    EXPECT_EQ(snippet_of("A.5.1", {"a5", "5x1"}), "<mark>A.5.1</mark>");
    EXPECT_EQ(snippet_of("un Café NFC", {"cafe"}), "un <mark>Café</mark> NFC");
    EXPECT_EQ(snippet_of("un Cafe\u0301 NFD", {"café"}), "un <mark>Cafe\u0301</mark> NFD");
    EXPECT_EQ(snippet_of("secu\u00ADrity", {"security"}), "<mark>secu\u00ADrity</mark>");
    EXPECT_EQ(snippet_of("情報セキュリティ方針", {"セキ", "キュ", "ュリ", "リテ", "ティ"}),
              "情報<mark>セキュリティ</mark>方針");
    EXPECT_EQ(snippet_of("½ and ½3", {"2", "23"}), "<mark>½</mark> and <mark>½3</mark>");
    EXPECT_EQ(snippet_of("AccessControl", {"control"}), "<mark>AccessControl</mark>");
}

TEST(Snippet, EscapesForHtml) {
    EXPECT_EQ(snippet_of("<company name> & co", {"company"}), "&lt;<mark>company</mark> name&gt; &amp; co");
    EXPECT_EQ(snippet_of("<mark>a</mark>", {}, true), "&lt;mark&gt;a&lt;/mark&gt;");
    EXPECT_EQ(snippet_of("&", {}, true), "&amp;");
    EXPECT_EQ(snippet_of("&", {}), "");
    EXPECT_EQ(snippet_of("", {}), "");
}

TEST(Snippet, ShowsThePassagesWithTheMostOfIt) {
    std::string text;
    for (int i = 0; i < 100; ++i)
        text += "x ";
    EXPECT_EQ(snippet_of(text, {}), "x x x x x x x x x x x x x x x x x x x x");
    EXPECT_EQ(snippet_of(text + "one. " + text, {"one"}),
              "x x x x x x x x x <mark>one</mark>. x x x x x x x x x x");
    EXPECT_EQ(snippet_of(text + "(one)", {"one"}),
              "x x x x x x x x x x x x x x x x x x x (<mark>one</mark>)");
    EXPECT_EQ(snippet_of("one " + text + "one two " + text + "two", {"one", "two"}),
              "x x x x x x x x x <mark>one</mark> <mark>two</mark> x x x x x x x x x … "
              "x x x x x x x x x x x x x x x x x x x <mark>two</mark>");
    EXPECT_EQ(snippet_of("one " + text + "one two", {"one", "two"}),
              "<mark>one</mark> x x x x x x x x x x x x x x x x x x x … "
              "x x x x x x x x x x x x x x x x x x <mark>one</mark> <mark>two</mark>");
    // A compound is not cut.
    EXPECT_EQ(snippet_of(text + "one x x x x x x x x a/b.c", {"one"}),
              "x x x x x x x x x <mark>one</mark> x x x x x x x x a/b.c");
}

} // namespace
} // namespace policies::core
