#include "core/search/snippet.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/base/text.hpp"

namespace policies::core {
namespace {

using Forms = std::initializer_list<std::string_view>;

/// The snippet of a text in which those of its keys were found, each list of them forms of one word.
std::string snippet_of_forms(std::string_view text, std::initializer_list<Forms> found,
                             bool is_whole = false) {
    const auto words = search_words(text);
    std::vector<FoundKey> keys;
    for (const auto& forms : found) {
        for (const auto form : forms)
            keys.push_back({std::string(form), std::string(*forms.begin())});
    }
    return snippet(text, words, keys, is_whole);
}

/// The same where each is a word of its own.
std::string snippet_of(std::string_view text, Forms found, bool is_whole = false) {
    std::vector<FoundKey> keys;
    for (const auto key : found)
        keys.push_back({std::string(key), std::string(key)});
    return snippet(text, search_words(text), keys, is_whole);
}

TEST(Snippet, TakesWhatIsMarkedForFound) {
    EXPECT_EQ(found_keys("a <b> <> < > <c"), std::vector<std::string>{"b"});
    EXPECT_EQ(found_keys("<a> <b>"), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(found_keys("").empty());
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

TEST(Snippet, PrefersWhereTheWordsMeet) {
    std::string apart;
    for (int i = 0; i < 30; ++i)
        apart += "x ";
    // Forms of one word are one.
    EXPECT_EQ(snippet_of_forms("packages packaging package " + apart + "essential package",
                               {{"package", "packages", "packaging"}, {"essential"}}),
              "<mark>packages</mark> <mark>packaging</mark> <mark>package</mark> x x x x x x x x x x x x … "
              "x x x x x x x x x x x x x x x x x x <mark>essential</mark> <mark>package</mark>");
    // The closest together, however many there are before.
    EXPECT_EQ(snippet_of("one x x x x x x two " + apart + "one x x two " + apart + "two one " + apart,
                         {"one", "two"}),
              "x x x x x x x x <mark>one</mark> x x <mark>two</mark> x x x x x x x x … "
              "x x x x x x x x x <mark>two</mark> <mark>one</mark> x x x x x x x x x");
}

} // namespace
} // namespace policies::core
