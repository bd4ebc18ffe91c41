#include "core/document/line_diff.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/document/patch.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

std::string diff(std::string_view from, std::string_view to, int context_lines = 3) {
    const auto result = unified_diff(from, to, "from", "to", context_lines);
    return result && *result ? **result : "no diff";
}

struct Counts {
    std::size_t added{0};
    std::size_t removed{0};
};

std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + (count == 1 ? " line " : " lines ") + std::string(what);
}

/// Expects that the diff, applied to from, gives to, and that the last line tells its counts.
Counts expect_patches(std::string_view from, std::string_view to, int context_lines = 3) {
    const std::string patch = diff(from, to, context_lines);
    PatchReader reader(from, patch);
    const auto patched = reader.apply();
    EXPECT_TRUE(patched && *patched == to) << patch.substr(0, 1000);
    EXPECT_EQ(reader.counts, counted(reader.added, "added") + ", " + counted(reader.removed, "removed"));
    return {reader.added, reader.removed};
}

TEST(LineDiff, IsTheCountsAloneForEqualTexts) {
    EXPECT_EQ(diff("", ""), "0 lines added, 0 lines removed");
    EXPECT_EQ(diff("a\nb", "a\nb"), "0 lines added, 0 lines removed");
}

TEST(LineDiff, ShowsAChangedLineInItsContext) {
    EXPECT_EQ(diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
              "--- from\n+++ to\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
              "1 line added, 1 line removed");
    EXPECT_EQ(diff("1\n2\n3\n", "1\n3\n", 0),
              "--- from\n+++ to\n@@ -2 +1,0 @@\n-2\n0 lines added, 1 line removed");
    EXPECT_EQ(diff("1\n3\n", "1\n2\n2\n3\n", 0),
              "--- from\n+++ to\n@@ -1,0 +2,2 @@\n+2\n+2\n2 lines added, 0 lines removed");
    EXPECT_EQ(diff("a\n", "b\n"), "--- from\n+++ to\n@@ -1 +1 @@\n-a\n+b\n1 line added, 1 line removed");
}

TEST(LineDiff, KnowsEmptyTexts) {
    EXPECT_EQ(diff("", "a\nb\n"),
              "--- from\n+++ to\n@@ -0,0 +1,2 @@\n+a\n+b\n2 lines added, 0 lines removed");
    EXPECT_EQ(diff("a\n", ""), "--- from\n+++ to\n@@ -1 +0,0 @@\n-a\n0 lines added, 1 line removed");
    EXPECT_EQ(diff("", "\n"), "--- from\n+++ to\n@@ -0,0 +1 @@\n+\n1 line added, 0 lines removed");
}

TEST(LineDiff, TellsAMissingLineBreakAtTheEnd) {
    EXPECT_EQ(
        diff("a", "a\n"),
        "--- from\n+++ to\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n1 line added, 1 line removed");
    EXPECT_EQ(
        diff("a\n", "a"),
        "--- from\n+++ to\n@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n1 line added, 1 line removed");
    EXPECT_EQ(diff("a\nz", "b\nz"),
              "--- from\n+++ to\n@@ -1,2 +1,2 @@\n-a\n+b\n z\n\\ No newline at end of file\n"
              "1 line added, 1 line removed");
    EXPECT_EQ(diff("a", "b"), "--- from\n+++ to\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"
                              "\\ No newline at end of file\n1 line added, 1 line removed");
}

TEST(LineDiff, KeepsCarriageReturns) {
    EXPECT_EQ(diff("a\r\nb\r\n", "a\r\nb\n"),
              "--- from\n+++ to\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+b\n1 line added, 1 line removed");
    EXPECT_EQ(diff("a\rb\n", "a\rc\n"),
              "--- from\n+++ to\n@@ -1 +1 @@\n-a\rb\n+a\rc\n1 line added, 1 line removed");
}

TEST(LineDiff, SplitsHunksWhereTheContextsDoNotMeet) {
    const std::string near = "a\n1\n2\n3\n4\n5\n6\nb\n";
    EXPECT_EQ(diff(near, "A\n1\n2\n3\n4\n5\n6\nB\n"),
              "--- from\n+++ to\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"
              "2 lines added, 2 lines removed");
    const std::string far = "a\n1\n2\n3\n4\n5\n6\n7\nb\n";
    EXPECT_EQ(diff(far, "A\n1\n2\n3\n4\n5\n6\n7\nB\n"),
              "--- from\n+++ to\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"
              "2 lines added, 2 lines removed");
}

TEST(LineDiff, AddsAParagraphWithItsBlankLineAtTheEnd) {
    EXPECT_EQ(diff("one\n\nthree\n", "one\n\ntwo\n\nthree\n"),
              "--- from\n+++ to\n@@ -1,3 +1,5 @@\n one\n \n+two\n+\n three\n2 lines added, 0 lines removed");
    EXPECT_EQ(diff("one\n\ntwo\n\nthree\n", "one\n\nthree\n"),
              "--- from\n+++ to\n@@ -1,5 +1,3 @@\n one\n \n-two\n-\n three\n0 lines added, 2 lines removed");
}

TEST(LineDiff, LabelsAreOneLineEach) {
    const auto result = unified_diff("a\n", "b\n", "1.0\n@@ -1 +1 @@\r\n",
                                     "x\ty\u0085\u2028\u2029\x7F"
                                     "é\u00a0z");
    ASSERT_TRUE(result && *result);
    EXPECT_TRUE((*result)->starts_with("--- 1.0 @@ -1 +1 @@  \n+++ x y    é\u00a0z\n@@ -1 +1 @@\n"))
        << **result;
    EXPECT_TRUE(unified_diff("a", "b", "", "\xC2"));
}

TEST(LineDiff, RefusesSenselessContext) {
    expect_error(unified_diff("", "", "", "", -1), ErrorCode::invalid_argument, "context lines: -1",
                 "between 0 and");
    expect_error(unified_diff("", "", "", "", max_context_lines + 1), ErrorCode::invalid_argument, "1000001");
    EXPECT_EQ(diff("a\nb\n", "a\nc\n", max_context_lines),
              "--- from\n+++ to\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n1 line added, 1 line removed");
}

int stop_checks = 0;

bool stop_at_third() {
    return ++stop_checks >= 3;
}

TEST(LineDiff, StopsWhenAsked) {
    std::string from, to;
    for (int i = 0; i < 1000; ++i) {
        from += std::to_string(i) + '\n';
        to += std::to_string(i * 7 % 1000) + '\n';
    }
    stop_checks = 0;
    const auto stopped = unified_diff(from, to, "", "", 3, stop_at_third);
    ASSERT_TRUE(stopped);
    EXPECT_FALSE(*stopped);
    EXPECT_EQ(stop_checks, 3);
    const auto finished = unified_diff(from, to, "", "", 3, [] { return false; });
    EXPECT_TRUE(finished && *finished);
}

/// Few different lines, so that many are equal.
std::string random_text(std::mt19937& random, std::size_t lines, std::size_t alphabet) {
    std::string text;
    for (std::size_t i = 0; i < lines; ++i) {
        text += static_cast<char>('a' + random() % alphabet);
        text += random() % 16 == 0 ? "\r\n" : "\n";
    }
    if (random() % 4 == 0 && !text.empty())
        text.pop_back();
    return text;
}

/// Another text with so many random edits.
std::string edited(std::mt19937& random, std::string_view text, int edits) {
    std::string out(text);
    for (int i = 0; i < edits; ++i) {
        const std::size_t position = out.empty() ? 0 : random() % out.size();
        if (random() % 2 == 0)
            out.insert(position, random_text(random, random() % 3, 5));
        else
            out.erase(position, random() % 5);
    }
    return out;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

std::size_t fewest_edits(std::string_view from, std::string_view to) {
    const auto left = lines_of(from);
    const auto right = lines_of(to);
    std::vector<std::vector<std::size_t>> common(left.size() + 1, std::vector<std::size_t>(right.size() + 1));
    for (std::size_t i = 0; i < left.size(); ++i) {
        for (std::size_t j = 0; j < right.size(); ++j)
            common[i + 1][j + 1] =
                left[i] == right[j] ? common[i][j] + 1 : std::max(common[i][j + 1], common[i + 1][j]);
    }
    return left.size() + right.size() - 2 * common[left.size()][right.size()];
}

TEST(LineDiff, OfRandomTextsIsRightAndMinimal) {
    std::mt19937 random(1);
    for (int i = 0; i < 6'000; ++i) {
        const std::string from = random_text(random, random() % 24, 1 + random() % 6);
        const std::string to = random() % 2 == 0 ? random_text(random, random() % 24, 1 + random() % 6)
                                                 : edited(random, from, static_cast<int>(random() % 4));
        const Counts counts = expect_patches(from, to, static_cast<int>(random() % 5));
        ASSERT_EQ(counts.added + counts.removed, fewest_edits(from, to)) << from << "---\n" << to;
        ASSERT_FALSE(HasFailure());
    }
}

TEST(LineDiff, OfLongerRandomTextsIsMinimal) {
    std::mt19937 random(2);
    for (int i = 0; i < 20; ++i) {
        const std::string from = random_text(random, 600, 8);
        const std::string to = random_text(random, 500, 8);
        const Counts counts = expect_patches(from, to);
        ASSERT_EQ(counts.added + counts.removed, fewest_edits(from, to));
    }
}

void write_file(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::string output_of(const std::string& command) {
    std::string output;
    FILE* pipe = popen(command.c_str(), "r");
    std::array<char, 4096> buffer;
    while (const std::size_t length = std::fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), length);
    pclose(pipe);
    return output;
}

/// Lines between the hunks' heads; the same edits need not be told at the same lines.
TEST(LineDiff, CountsAsTheDiffProgramDoes) {
    if (std::system("diff --version >/dev/null 2>&1") != 0)
        GTEST_SKIP() << "there is no diff program";
    std::mt19937 random(3);
    const std::string folder =
        ::testing::TempDir() + "line_diff_test_" + std::to_string(std::random_device{}());
    const std::string from_path = folder + "_from", to_path = folder + "_to";
    int same = 0;
    constexpr int rounds = 150;
    for (int i = 0; i < rounds; ++i) {
        const std::string from = random_text(random, 100, 20);
        const std::string to = edited(random, from, 8);
        write_file(from_path, from);
        write_file(to_path, to);
        const std::string theirs =
            output_of("diff -u --minimal --label from --label to " + from_path + " " + to_path);
        const std::string ours = diff(from, to);
        PatchReader their_reader(from, theirs), our_reader(from, ours);
        ASSERT_EQ(their_reader.apply(), to) << theirs;
        ASSERT_EQ(our_reader.apply(), to) << ours;
        ASSERT_EQ(our_reader.added, their_reader.added) << ours << theirs;
        ASSERT_EQ(our_reader.removed, their_reader.removed);
        same += ours.starts_with(theirs);
    }
    EXPECT_GT(same, rounds / 2); // told at the same lines more often than not
    std::remove(from_path.c_str());
    std::remove(to_path.c_str());
}

std::string numbered(std::mt19937& random, int lines, unsigned distinct, std::string_view tail) {
    std::string text;
    for (int i = 0; i < lines; ++i)
        text += std::to_string(random() % distinct) + std::string(tail);
    return text;
}

// None of these may take more than seconds: each would take minutes or gigabytes without the limits.
TEST(LineDiff, SurvivesHugeTexts) {
    std::mt19937 random(4);
    const std::string tail = std::string(44, '.') + '\n';
    const std::string other_tail = std::string(44, ':') + '\n';
    expect_patches(numbered(random, 60'000, 1U << 31, tail), numbered(random, 60'000, 1U << 31, other_tail));
    for (const unsigned distinct : {2U, 10'000U})
        expect_patches(numbered(random, 20'000, distinct, tail), numbered(random, 20'000, distinct, tail));
    const std::string blank(2'000'000, '\n');
    expect_patches(blank, "");
    expect_patches(blank, blank.substr(200'000) + "x");
    expect_patches(std::string(10'000'000, 'a'), std::string(10'000'000, 'b'));
}

TEST(LineDiff, OfAShuffledTextIsRight) {
    std::mt19937 random(5);
    auto lines = lines_of(numbered(random, 30'000, 1U << 31, "\n"));
    std::string from, to;
    for (const std::string& line : lines)
        from += line;
    std::shuffle(lines.begin(), lines.end(), random);
    for (const std::string& line : lines)
        to += line;
    expect_patches(from, to);
}

} // namespace
} // namespace policies::core
