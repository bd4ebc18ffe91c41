#include "core/document/markdown.hpp"

#include <random>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/document/heading_anchor.hpp"
#include "core/document/html_check.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

using nlohmann::json;

std::string html(std::string_view markdown) {
    const Result<std::string> result = markdown_to_html(markdown);
    if (!result)
        return "error: " + result.error().message;
    EXPECT_EQ(HtmlCheck(*result).find_fault(), "") << markdown.substr(0, 1000);
    return *result;
}

std::string contents(std::string_view markdown) {
    const Result<std::string> result = table_of_contents(markdown);
    return result ? *result : "error: " + result.error().message;
}

std::vector<std::string> anchors(std::string_view markdown) {
    std::vector<std::string> list;
    for (const json& entry : json::parse(contents(markdown)))
        list.push_back(entry["anchor"]);
    return list;
}

std::string repeated(std::string_view part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += part;
    return text;
}

TEST(Markdown, IsCommonMark) {
    EXPECT_EQ(html(""), "");
    EXPECT_EQ(html("*a* **b** `c`  \nd\n\n> q\n\n1. x\n2. y\n\n---\n"),
              "<p><em>a</em> <strong>b</strong> <code>c</code><br "
              "/>\nd</p>\n<blockquote>\n<p>q</p>\n</blockquote>\n"
              "<ol>\n<li>x</li>\n<li>y</li>\n</ol>\n<hr />\n");
    EXPECT_EQ(html("```sql\nSELECT '<a>';\n```"),
              "<pre><code class=\"language-sql\">SELECT '&lt;a&gt;';\n</code></pre>\n");
    EXPECT_EQ(html("[a](https://example.com \"t\") ![b](c.png)\r\n"),
              "<p><a href=\"https://example.com\" title=\"t\">a</a> <img src=\"c.png\" alt=\"b\" /></p>\n");
}

TEST(Markdown, HasGitHubsExtensions) {
    EXPECT_EQ(
        html("| a | b |\n|:--|--:|\n| *x* | y |\n"),
        "<table>\n<thead>\n<tr>\n<th align=\"left\">a</th>\n<th "
        "align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n"
        "<tr>\n<td align=\"left\"><em>x</em></td>\n<td align=\"right\">y</td>\n</tr>\n</tbody>\n</table>\n");
    EXPECT_EQ(html("~~old~~"), "<p><del>old</del></p>\n");
    EXPECT_EQ(html("see www.example.com/a."),
              "<p>see <a href=\"http://www.example.com/a\">www.example.com/a</a>.</p>\n");
    EXPECT_EQ(html("https://example.com and a@example.com"),
              "<p><a href=\"https://example.com\">https://example.com</a> and "
              "<a href=\"mailto:a@example.com\">a@example.com</a></p>\n");
    EXPECT_TRUE(
        contains(html("- [x] done\n- [ ] open\n"), "<input type=\"checkbox\" checked=\"\" disabled=\"\" />"));
}

/// The HTML with X for the hash in the ids of footnotes.
std::string html_of_footnotes(std::string_view markdown) {
    return std::regex_replace(html(markdown), std::regex("\\b[0-9a-f]{16}\\b"), "X");
}

TEST(Markdown, HasFootnotes) {
    EXPECT_EQ(
        html_of_footnotes("a[^1] b[^long]\n\n[^long]: *much* more\n[^1]: <b>note</b>\n[^unused]: x\n"),
        "<p>a<sup class=\"footnote-ref\"><a href=\"#footnote.X.1\" id=\"footnote-reference.X.1\">1</a></sup> "
        "b<sup class=\"footnote-ref\"><a href=\"#footnote.X.2\" "
        "id=\"footnote-reference.X.2\">2</a></sup></p>\n"
        "<section class=\"footnotes\">\n<ol>\n<li id=\"footnote.X.1\">\n"
        "<p><!-- raw HTML omitted -->note<!-- raw HTML omitted --> <a href=\"#footnote-reference.X.1\" "
        "class=\"footnote-backref\" aria-label=\"↩ 1\">↩</a></p>\n</li>\n<li id=\"footnote.X.2\">\n"
        "<p><em>much</em> more <a href=\"#footnote-reference.X.2\" class=\"footnote-backref\" "
        "aria-label=\"↩ 2\">↩</a></p>\n</li>\n</ol>\n</section>\n");
    // No footnote, no reference.
    EXPECT_EQ(html("a[^1] \\[^2] `[^3]`"), "<p>a[^1] [^2] <code>[^3]</code></p>\n");
}

TEST(Markdown, RepeatedReferencesHaveTheirOwnWaysBack) {
    EXPECT_EQ(html_of_footnotes("| a[^n] |\n|---|\n\nb[^n]\n\n[^n]: see [^n]\n"),
              "<table>\n<thead>\n<tr>\n<th>a<sup class=\"footnote-ref\"><a href=\"#footnote.X.1\" "
              "id=\"footnote-reference.X.1\">1</a></sup></th>\n</tr>\n</thead>\n</table>\n"
              "<p>b<sup class=\"footnote-ref\"><a href=\"#footnote.X.1\" "
              "id=\"footnote-reference.X.1.2\">1</a></sup></p>\n"
              "<section class=\"footnotes\">\n<ol>\n<li id=\"footnote.X.1\">\n"
              "<p>see <sup class=\"footnote-ref\"><a href=\"#footnote.X.1\" "
              "id=\"footnote-reference.X.1.3\">1</a></sup> "
              "<a href=\"#footnote-reference.X.1\" class=\"footnote-backref\" aria-label=\"↩ 1\">↩</a> "
              "<a href=\"#footnote-reference.X.1.2\" class=\"footnote-backref\" "
              "aria-label=\"↩ 1.2\">↩<sup>2</sup></a> "
              "<a href=\"#footnote-reference.X.1.3\" class=\"footnote-backref\" "
              "aria-label=\"↩ 1.3\">↩<sup>3</sup></a></p>\n</li>\n</ol>\n</section>\n");
}

TEST(Markdown, FootnotesInLinksAndImagesAreNoLinks) {
    EXPECT_EQ(html_of_footnotes("[l[^n]](x) ![i[^n]](y)\n\n[^n]: note\n"),
              "<p><a href=\"x\">l<sup class=\"footnote-ref\">1</sup></a> <img src=\"y\" alt=\"i\" /></p>\n"
              "<section class=\"footnotes\">\n<ol>\n<li "
              "id=\"footnote.X.1\">\n<p>note</p>\n</li>\n</ol>\n</section>\n");
}

TEST(Markdown, FootnotesHaveIdsThatNothingElseHas) {
    const auto ids = [](std::string_view markdown) {
        const auto result = html(markdown);
        HtmlCheck check(result);
        EXPECT_EQ(check.find_fault(), "");
        return check.footnote_ids;
    };
    const auto first = ids("a[^1] [^1]\n\n[^1]: note\n");
    EXPECT_EQ(first.size(), 3);
    for (const auto& id : ids("b[^1] [^1]\n\n[^1]: note\n"))
        EXPECT_FALSE(first.contains(id));
    // Headings are called as they like, and what looks like a footnote's tag in a text is text.
    for (const auto& id : first)
        EXPECT_FALSE(contains(html("# " + id), "id=\"" + id));
    EXPECT_EQ(html("[x](#fnref-1 \"\\\" class=\\\"footnote-backref\\\"\") [y](#fn-1)\n"),
              "<p><a href=\"#fnref-1\" title=\"&quot; class=&quot;footnote-backref&quot;\">x</a> "
              "<a href=\"#fn-1\">y</a></p>\n");
    EXPECT_TRUE(contains(html("[x](#fn-1)[^a]\n\n[^a]: [y](#fnref-a)\n"),
                         "<a href=\"#fnref-a\">y</a> <a href=\"#foot"));
    for (const std::string_view name :
         {"\"><script>", "<b>", "&quot;", "javascript:alert(1)", "é", "#", "%00", "a\"b"})
        EXPECT_EQ(ids("a[^" + std::string(name) + "]\n\n[^" + std::string(name) + "]: note\n").size(), 2)
            << name;
}

TEST(Markdown, LeavesRawHtmlOut) {
    EXPECT_EQ(html("<script>alert(1)</script>\n"), "<!-- raw HTML omitted -->\n");
    EXPECT_EQ(html("a <b onclick=x>c</b>"), "<p>a <!-- raw HTML omitted -->c<!-- raw HTML omitted --></p>\n");
    for (const std::string_view markdown : {"<SCRIPT SRC=//x>",
                                            "a<script\n>b",
                                            "<img src=x onerror=alert(1)>",
                                            "<svg/onload=alert(1)>",
                                            "<iframe src=\"javascript:alert(1)\">",
                                            "<!-- --><script>",
                                            "<?php ?>",
                                            "<![CDATA[<script>]]>",
                                            "<!DOCTYPE html>",
                                            "<a href=\"javascript:alert(1)\">x</a>",
                                            "- <style>*{}</style>",
                                            "> <script>",
                                            "# <script>alert(1)</script>",
                                            "| <script> |\n|---|\n| <script>x</script> |",
                                            "<script",
                                            "<<script>>",
                                            "&lt;script&gt;",
                                            "&#60;script&#62;",
                                            "`<script>`",
                                            "    <script>",
                                            "~~~\"><script>\n~~~",
                                            "```\" onclick=\"x\n```",
                                            "![\"><script>](x)",
                                            "![a\" onerror=\"alert(1)](x \"b\\\" onload=\\\"c\")",
                                            "[a](<x\" onclick=\"y>)",
                                            "[a](x '\" onclick=\"y')",
                                            "[a]: x '\"><script>'\n\n[a]"}) {
        const std::string result = html(markdown);
        EXPECT_FALSE(contains(result, "<script")) << result;
        EXPECT_FALSE(contains(result, "<SCRIPT")) << result;
    }
}

TEST(Markdown, EmptiesDangerousAddresses) {
    EXPECT_EQ(html("[x](javascript:alert(1))"), "<p><a href=\"\">x</a></p>\n");
    EXPECT_EQ(html("![x](data:image/svg+xml,y)"), "<p><img src=\"\" alt=\"x\" /></p>\n");
    for (const std::string_view markdown : {"[x](JaVaScRiPt:alert(1))",
                                            "[x](&#106;avascript:alert(1))",
                                            "[x](&#x6A;avascript&colon;alert(1))",
                                            "[x](javascript&#58;alert(1))",
                                            "[x](java&#10;script:alert(1))",
                                            "[x](java&Tab;script:alert(1))",
                                            "[x](java&NewLine;script:alert(1))",
                                            "[x](&#1;javascript:alert(1))",
                                            "[x](&#32;javascript:alert(1))",
                                            "[x](< javascript:alert(1)>)",
                                            "[x](<java\tscript:alert(1)>)",
                                            "[x](java\\script:alert(1))",
                                            "[x](javascript\\:alert(1))",
                                            "[x](\\javascript:alert(1))",
                                            "[x](&#xFEFF;javascript:alert(1))",
                                            "[x](&nbsp;javascript:alert(1))",
                                            "[x](javascript://example.com/%0Aalert(1))",
                                            "[x](data:text/html,<script>alert(1)</script>)",
                                            "[x](data:text/html;base64,PHNjcmlwdD4=)",
                                            "[x](data:image/png;base64,AAAA)",
                                            "![x](data:image/png;base64,AAAA)",
                                            "[x](vbscript:msgbox(1))",
                                            "[x](VBScript:msgbox(1))",
                                            "[x](file:///etc/passwd)",
                                            "[x](blob:https://example.com/1)",
                                            "[x](filesystem:https://example.com/1)",
                                            "[x](view-source:https://example.com)",
                                            "[x](intent://x#Intent;end)",
                                            "[x](ftp://example.com)",
                                            "[x](a-very-long-scheme:x)",
                                            "[x](httpsx:y)",
                                            "[x](:y)",
                                            "![x](mailto:a@b.c)",
                                            "![x](tel:1)",
                                            "![x](javascript:alert(1))",
                                            "<javascript:alert(1)>",
                                            "<vbscript:x>",
                                            "<data:text/html,x>",
                                            "<unknown:x>",
                                            "ftp://example.com",
                                            "xmpp:a@example.com",
                                            "[a]: javascript:alert(1)\n\n[a]",
                                            "[a]: <java&#10;script:alert(1)>\n\n![a][a]",
                                            "| [x](javascript:alert(1)) |\n|---|",
                                            "# [x](javascript:alert(1))",
                                            "[![x](javascript:alert(1))](javascript:alert(2))",
                                            "*~~[x](javascript:alert(1))~~*"}) {
        const std::string result = html(markdown);
        for (const std::string_view attribute : {"href=\"", "src=\""}) {
            for (std::size_t i = result.find(attribute); i != std::string::npos;
                 i = result.find(attribute, i + 1))
                EXPECT_EQ(result[i + attribute.size()], '"') << result;
        }
    }
}

TEST(Markdown, KeepsHarmlessAddresses) {
    for (const std::string_view address :
         {"http://example.com", "HTTPS://example.com/?a=b:c", "mailto:a@b.c", "tel:+49-30-1", "a/b:c", "/a:b",
          "?a:b", "#a:b", "#scope", "//example.com", "../a.md", "a", "./javascript:x"})
        EXPECT_EQ(html("[x](" + std::string(address) + ")"),
                  "<p><a href=\"" + std::string(address) + "\">x</a></p>\n");
    EXPECT_EQ(html("[x]()"), "<p><a href=\"\">x</a></p>\n");
}

TEST(Markdown, HeadingsHaveAnchors) {
    EXPECT_EQ(html("# Scope\n\nScope\n=====\n\n###### The *end* #\n"),
              "<h1 id=\"scope\">Scope</h1>\n<h1 id=\"scope-1\">Scope</h1>\n"
              "<h6 id=\"the-end\">The <em>end</em></h6>\n");
    EXPECT_EQ(html("# `<h1>` \\<h2>\n"), "<h1 id=\"h1-h2\"><code>&lt;h1&gt;</code> &lt;h2&gt;</h1>\n");
    EXPECT_EQ(html("> ## In a quote\n"),
              "<blockquote>\n<h2 id=\"in-a-quote\">In a quote</h2>\n</blockquote>\n");
    EXPECT_TRUE(contains(html("<h1>raw</h1>\n\n# real\n"), "<h1 id=\"real\">"));
    EXPECT_EQ(html("---\n# a\n"), "<hr />\n<h1 id=\"a\">a</h1>\n");
}

TEST(Markdown, AnchorsAreLikeGitHubs) {
    using Anchors = std::vector<std::string>;
    EXPECT_EQ(anchors("# 1.2 What's new?\n# A & B\n# snake_case-x\n# <b>x</b>\n# \"q\" 'r'\n"),
              (Anchors{"12-whats-new", "a--b", "snake_case-x", "x", "q-r"}));
    EXPECT_EQ(anchors("# Ägypten\n# ЁЖ\n# ΑΩ\n# Łódź\n# 日本語。\n# a—b\n# 😀 x\n# a\u00a0b\n"),
              (Anchors{"ägypten", "ёж", "αω", "łódź", "日本語", "ab", "-x", "ab-1"}));
    EXPECT_EQ(anchors("# ???\n#\n# \n"), (Anchors{"section", "section-1", "section-2"}));
    EXPECT_EQ(anchors("# a\n# a-1\n# a\n# a-1\n# a\n"), (Anchors{"a", "a-1", "a-2", "a-1-1", "a-3"}));
    EXPECT_EQ(anchors("# " + std::string(300, 'x'))[0].size(), max_anchor_length);
    EXPECT_EQ(anchors("# " + repeated("é", 300))[0].size(), max_anchor_length - 1);
    EXPECT_EQ(anchors("# \xff\xc3\n# a\xe2\x80\n"), (Anchors{"section", "a"}));
}

TEST(TableOfContents, ListsTheHeadings) {
    EXPECT_EQ(contents(""), "[]");
    EXPECT_EQ(contents("text\n"), "[]");
    EXPECT_EQ(contents("# Scope[^1]\n\n[^1]: note\n"), R"([{"level":1,"title":"Scope","anchor":"scope"}])");
    EXPECT_EQ(contents("# Scope\n\n## Who & *what* `x` ![alt](y) <b>z</b>\n\nA\nb\n---\n\n> # \"Q\"\n"),
              R"([{"level":1,"title":"Scope","anchor":"scope"},)"
              R"({"level":2,"title":"Who & what x alt z","anchor":"who--what-x-alt-z"},)"
              R"({"level":2,"title":"A b","anchor":"a-b"},{"level":1,"title":"\"Q\"","anchor":"q"}])");
    EXPECT_TRUE(json::accept(contents("# \xff \x01 \xc3\n")));
    EXPECT_TRUE(json::accept(contents(std::string_view("# a\0b\n", 6))));
}

TEST(TableOfContents, AnchorsAreTheIdsOfTheHtml) {
    std::mt19937 random(1);
    constexpr std::string_view parts[] = {
        "# ",   "## ",        "a",  "A",    "-1",   "\n",       "\n\n",     "---\n", "> ",
        "- ",   "<h1>",       "ä",  "`",    "*",    "[",        "](x)",     "|",     "\n|-|\n",
        "    ", "&lt;h2&gt;", "\\", "[^a]", "[^b]", "\n[^a]: ", "\n[^b]: ", "!["};
    for (int i = 0; i < 5'000; ++i) {
        std::string markdown;
        for (std::size_t count = random() % 40; count > 0; --count)
            markdown += parts[random() % std::size(parts)];
        const Result<std::string> result = markdown_to_html(markdown);
        ASSERT_TRUE(result);
        HtmlCheck check(*result);
        ASSERT_EQ(check.find_fault(), "") << markdown;
        const auto list = anchors(markdown);
        ASSERT_EQ(check.ids, (std::set<std::string, std::less<>>(list.begin(), list.end())))
            << markdown << *result;
        ASSERT_EQ(check.ids.size(), list.size());
    }
}

TEST(Markdown, HasALongestLength) {
    EXPECT_TRUE(markdown_to_html(repeated("word word word word\n\n", max_markdown_length / 21)));
    const std::string longer(max_markdown_length + 1, 'a');
    expect_error(markdown_to_html(longer), ErrorCode::not_supported, "too long: 4194305 bytes", "4194304");
    expect_error(table_of_contents(longer), ErrorCode::not_supported, "too long");
}

TEST(Markdown, SurvivesDeepNesting) {
    for (const std::string_view part :
         {">", "> ", "[",    "*",    "_",    "- ",  "+ ",   "1. ", "![", "~", "`",
          "<", "(",  "a**b", "*a_ ", "[a](", "[![", "<!--", "&",   "\\", "]", "# "}) {
        html(repeated(part, 50'000));
        contents("# " + repeated(part, 50'000));
    }
    EXPECT_TRUE(contains(html(repeated(">", 50'000) + "x"), "<p>x</p>"));
    EXPECT_FALSE(contains(html(repeated("[", 50'000) + repeated("]", 50'000)), "error"));
}

// What takes version 0.29.0.gfm.6 minutes: it must be refused, or be done in seconds.
TEST(Markdown, SurvivesHostileTexts) {
    std::string nested_lists = repeated("+ ", 10'000) + "x" + std::string(100'000, '\n');
    std::string indented;
    for (std::size_t i = 0; i < 800; ++i)
        indented += std::string(2 * i, ' ') + "* a\n";
    const std::vector<std::string> texts{
        repeated("a\n-|-\n", 200'000),
        repeated("|", 500'000) + "\n" + repeated("-|", 500'000),
        repeated("|x", 30'000) + "\n" + repeated("|-", 30'000) + "\n" + repeated("y\n", 1'000'000),
        repeated("![[]()", 200'000),
        repeated(">", 20'000) + repeated("*a_ ", 5'000),
        repeated(">", 20'000) + repeated("*a* ", 5'000),
        repeated("+ ", 50'000) + repeated("~~a~~ ", 60'000),
        repeated("_www.a_b.c_", 50'000),
        repeated("http://a_b.c_", 50'000),
        "www.a" + repeated(")", 1'000'000),
        "[a]: <" + std::string(100'000, 'x') + ">\n\n" + repeated("[a] ", 100'000),
        nested_lists,
        indented + repeated("\n", 1'000'000),
        repeated(">", 3'000'000),
        repeated("[^a]: ", 100'000) + repeated("[^a]", 100'000),
        repeated("[^a]\n", 30'000) + "\n[^a]: x",
        repeated("[^", 100'000)};
    for (const std::string& text : texts) {
        const Result<std::string> result = markdown_to_html(text);
        if (!result)
            expect_error(result, ErrorCode::not_supported, "too complex");
        else
            EXPECT_EQ(HtmlCheck(*result).find_fault(), "");
    }
    // Of the kinds that are refused, a document's amount is not.
    EXPECT_TRUE(
        contains(html(repeated("|x", 100) + "|\n" + repeated("|-", 100) + "|\n" + repeated("|y|z|\n", 1000)),
                 "<table>"));
    EXPECT_TRUE(contains(html(repeated("![a](b) [c](d)\n", 5000)), "<img"));
}

// cmark-gfm 0.29.0.gfm.6 looks for a protocol before the beginning of such a text (CVE-2023-22485).
TEST(Markdown, LinksAtTheBeginningOfAText) {
    for (const std::string_view markdown : {":", "://", "mailto:", "o:a@b.c", ":a@b.c", "mailto:a@b.c",
                                            "xmpp:a@b.c", "*:*a@b.c", "www.", "@", "a@", "@b.c"})
        EXPECT_FALSE(contains(html(markdown), "error"));
}

TEST(Markdown, IsIndependentOfEarlierTexts) {
    const std::string before = html("# a\n\n[x]: y\n");
    EXPECT_FALSE(markdown_to_html(repeated(">", 4'000'000)));
    EXPECT_EQ(html("# a\n\n[x]: y\n"), before);
    EXPECT_EQ(html("[x]"), "<p>[x]</p>\n");
}

} // namespace
} // namespace policies::core
