#include "core/document/version.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "core/document/random_version.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

std::weak_ordering compare(const std::string& left, const std::string& right) {
    return compare_versions(*parse_version(left), *parse_version(right));
}

std::string key(const std::string& text) {
    return version_sort_key(*parse_version(text));
}

void expect_ascending(const std::vector<std::string>& versions) {
    for (std::size_t i = 0; i < versions.size(); ++i) {
        for (std::size_t j = 0; j < versions.size(); ++j) {
            EXPECT_TRUE(compare(versions[i], versions[j]) == (i <=> j)) << versions[i] << ' ' << versions[j];
            EXPECT_TRUE((key(versions[i]) <=> key(versions[j])) == (i <=> j))
                << versions[i] << ' ' << versions[j];
        }
    }
}

// The lists that semver.org links under its question on regular expressions.
TEST(Version, AcceptsWhatSemverAccepts) {
    for (const std::string_view text : {"0.0.4",
                                        "1.2.3",
                                        "10.20.30",
                                        "1.1.2-prerelease+meta",
                                        "1.1.2+meta",
                                        "1.1.2+meta-valid",
                                        "1.0.0-alpha",
                                        "1.0.0-beta",
                                        "1.0.0-alpha.beta",
                                        "1.0.0-alpha.beta.1",
                                        "1.0.0-alpha.1",
                                        "1.0.0-alpha0.valid",
                                        "1.0.0-alpha.0valid",
                                        "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
                                        "1.0.0-rc.1+build.1",
                                        "2.0.0-rc.1+build.123",
                                        "1.2.3-beta",
                                        "10.2.3-DEV-SNAPSHOT",
                                        "1.2.3-SNAPSHOT-123",
                                        "1.0.0",
                                        "2.0.0",
                                        "1.1.7",
                                        "2.0.0+build.1848",
                                        "2.0.1-alpha.1227",
                                        "1.0.0-alpha+beta",
                                        "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
                                        "1.2.3----R-S.12.9.1--.12+meta",
                                        "1.2.3----RC-SNAPSHOT.12.9.1--.12",
                                        "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
                                        "99999999999999999999999.999999999999999999.99999999999999999",
                                        "1.0.0-0A.is.legal"})
        EXPECT_TRUE(parse_version(text)) << text;
}

TEST(Version, RefusesWhatSemverRefuses) {
    for (const std::string_view text :
         {"1.2.3-0123",
          "1.2.3-0123.0123",
          "1.1.2+.123",
          "+invalid",
          "-invalid",
          "-invalid+invalid",
          "-invalid.01",
          "alpha",
          "alpha.beta",
          "alpha.beta.1",
          "alpha.1",
          "alpha+beta",
          "alpha_beta",
          "alpha.",
          "alpha..",
          "beta",
          "1.0.0-alpha_beta",
          "-alpha.",
          "1.0.0-alpha..",
          "1.0.0-alpha..1",
          "1.0.0-alpha...1",
          "1.0.0-alpha....1",
          "1.0.0-alpha.....1",
          "1.0.0-alpha......1",
          "1.0.0-alpha.......1",
          "01.1.1",
          "1.01.1",
          "1.1.01",
          "1.2.3.DEV",
          "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788",
          "-1.0.3-gamma+b7718",
          "+justmeta",
          "9.8.7+meta+meta",
          "9.8.7-whatever+meta+meta",
          "99999999999999999999999.999999999999999999.99999999999999999----RC-SNAPSHOT.12.09.1--------------"
          "------------------..12"})
        expect_error(parse_version(text), ErrorCode::invalid_text, "invalid version: " + core::quoted(text));
}

TEST(Version, AcceptsAnyCountOfNumbers) {
    // Of these, the first four are in semver's list of invalid ones.
    for (const std::string_view text : {"1", "1.2", "1.2-SNAPSHOT", "1.2-RC-SNAPSHOT", "0", "1.2.3.4.5.6"})
        EXPECT_TRUE(parse_version(text)) << text;
}

TEST(Version, SaysWhyItRefuses) {
    const auto expect = [](std::string_view text, std::string_view detail) {
        expect_error(parse_version(text), ErrorCode::invalid_text, "invalid version: " + core::quoted(text),
                     detail);
    };
    expect("", "begins with numbers");
    expect("1.", "begins with numbers");
    expect(".1", "begins with numbers");
    expect("1..2", "begins with numbers");
    expect("v1", "must be numbers");
    expect(" 1", "must be numbers");
    expect("1\n", "must be numbers");
    expect("00", "leading zeros");
    expect("1-", "empty fields");
    expect("1+", "empty fields");
    expect("1-a.", "empty fields");
    expect("1-ä", "must consist of");
    expect(std::string_view("1-a\0", 4), "must consist of");
    expect("1-00", "pre-release part must not have leading zeros");
}

TEST(Version, LeadingZerosAreFineWhereTheyAreNotNumbers) {
    EXPECT_TRUE(parse_version("1-0"));
    EXPECT_TRUE(parse_version("1-00a"));
    EXPECT_TRUE(parse_version("1-0-0"));
    EXPECT_TRUE(parse_version("1+001")); // rule 10 has no such restriction
}

TEST(Version, HasALongestLength) {
    EXPECT_TRUE(parse_version(std::string(255, '9')));
    expect_error(parse_version(std::string(256, '9')), ErrorCode::invalid_text, "invalid version", "255");
    expect_error(parse_version(std::string(10'000'000, '9')), ErrorCode::invalid_text, "invalid version");
}

TEST(Version, SplitsItsParts) {
    const std::string_view text = "1.20.3-alpha-x.7+build-1.2";
    const Result<Version> version = parse_version(text);
    ASSERT_TRUE(version);
    EXPECT_EQ(version->numbers, (std::vector<std::string_view>{"1", "20", "3"}));
    EXPECT_EQ(version->pre_release, (std::vector<std::string_view>{"alpha-x", "7"}));
    EXPECT_EQ(version->build, "build-1.2");
}

TEST(Version, FollowsRule11) {
    expect_ascending({"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
                      "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"});
    expect_ascending({"1.0.0", "2.0.0", "2.1.0", "2.1.1"});
}

TEST(Version, OrdersNumbersByValue) {
    const std::string nines(100, '9');
    expect_ascending({"0-0",
                      "0-a",
                      "0",
                      "0.0.0.1",
                      "0.1",
                      "1-1",
                      "1-9",
                      "1-10",
                      "1-" + nines,
                      "1-1" + std::string(100, '0'),
                      "1--",
                      "1-0a",
                      "1-A",
                      "1-a",
                      "1",
                      "1.0.1-a",
                      "1.0.1",
                      "1.9",
                      "1.10",
                      "1.100",
                      "2",
                      "9",
                      "10",
                      nines,
                      "1" + std::string(100, '0'),
                      std::string(254, '9') + "8",
                      std::string(255, '9')});
}

TEST(Version, FieldsEndBeforeTheyContinue) {
    // '-' is the lowest identifier character: whatever follows "a" sorts after the end of "a".
    expect_ascending({"1-a", "1-a.0", "1-a.b", "1-a-", "1-a-.b", "1-a0", "1-aA", "1-b"});
}

TEST(Version, MissingNumbersAreZero) {
    for (const std::string text : {"1.2", "1.2.0", "1.2.0.0", "1.2+build", "1.2.0+other"}) {
        EXPECT_TRUE(compare("1.2", text) == 0) << text;
        EXPECT_EQ(key("1.2"), key(text)) << text;
    }
    EXPECT_EQ(key("0"), key("0.0"));
    EXPECT_EQ(key("1-a"), key("1.0-a"));
    EXPECT_NE(key("10"), key("1.0"));
}

TEST(Version, KeysOrderAsVersionsDo) {
    std::mt19937 random(1);
    int equal = 0;
    for (int i = 0; i < 50'000; ++i) {
        const std::string left = random_version(random);
        const std::string right = random_version(random);
        const std::weak_ordering order = compare(left, right);
        ASSERT_TRUE((key(left) <=> key(right)) == order) << left << ' ' << right;
        ASSERT_TRUE(compare(right, left) == (0 <=> order)) << left << ' ' << right;
        equal += order == 0;
    }
    EXPECT_GT(equal, 100); // else the words above are too many to say anything about equality
}

TEST(Version, TheOrderIsTransitive) {
    std::mt19937 random(2);
    for (int i = 0; i < 50'000; ++i) {
        std::string triple[] = {random_version(random), random_version(random), random_version(random)};
        const auto not_after = [](const std::string& left, const std::string& right) {
            return compare(left, right) <= 0;
        };
        // Arranged so that each neighbour is not after the next, the first must not be after the last.
        for (const int j : {0, 1, 0}) {
            if (!not_after(triple[j], triple[j + 1]))
                std::swap(triple[j], triple[j + 1]);
        }
        ASSERT_TRUE(not_after(triple[0], triple[2])) << triple[0] << ' ' << triple[1] << ' ' << triple[2];
    }
}

TEST(Version, KeysArePrintableAscii) {
    std::mt19937 random(3);
    for (int i = 0; i < 10'000; ++i) {
        for (const char character : key(random_version(random)))
            ASSERT_TRUE(character > ' ' && character <= '~');
    }
}

} // namespace
} // namespace policies::core
