#include "core/document/next_version.hpp"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "core/document/random_version.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

std::string next(std::optional<std::string_view> published, std::string_view requested,
                 std::optional<std::string_view> kept_under = {}) {
    const Result<std::string> version = next_version(published, requested, kept_under);
    return version ? *version : "error: " + version.error().message;
}

VersionChange change(std::string_view from, std::string_view to) {
    return version_change(*parse_version(from), *parse_version(to));
}

TEST(NextVersion, StartsAtTheWord) {
    EXPECT_EQ(next({}, "major"), "1.0.0");
    EXPECT_EQ(next({}, "minor"), "0.1.0");
    EXPECT_EQ(next({}, "patch"), "0.0.1");
}

TEST(NextVersion, NeverStartsBelowWhatTheDocumentIsKeptUnder) {
    constexpr std::string_view expected[][4] = {
        {"3.2.0", "4.0.0", "3.3.0", "3.2.1"},      {"1.0.0", "1.0.0", "1.1.0", "1.0.1"},
        {"0.1", "1.0.0", "0.1.0", "0.1.1"},        {"0.0.1", "1.0.0", "0.1.0", "0.0.1"},
        {"1.0.0-rc.1", "1.0.0", "1.0.0", "1.0.0"}, {"0", "1.0.0", "0.1.0", "0.0.1"}};
    for (const auto& [kept, major, minor, patch] : expected) {
        EXPECT_EQ(next({}, "major", kept), major) << kept;
        EXPECT_EQ(next({}, "minor", kept), minor) << kept;
        EXPECT_EQ(next({}, "patch", kept), patch) << kept;
    }
    EXPECT_EQ(next({}, "1.0", "3.2"), "1.0");
    EXPECT_EQ(next("2.0", "minor", "3.2"), "2.1.0");
    expect_error(next_version({}, "minor", "three"), ErrorCode::invalid_text, "invalid version: \"three\"");
    expect_error(next_version({}, "major", std::string(255, '9')), ErrorCode::out_of_range,
                 "no version can follow \"999");
}

TEST(NextVersion, IncrementsTheNamedNumber) {
    constexpr std::string_view expected[][4] = {{"1.2.3", "2.0.0", "1.3.0", "1.2.4"},
                                                {"1.2", "2.0.0", "1.3.0", "1.2.1"},
                                                {"1", "2.0.0", "1.1.0", "1.0.1"},
                                                {"0", "1.0.0", "0.1.0", "0.0.1"},
                                                {"9.99.999", "10.0.0", "9.100.0", "9.99.1000"},
                                                {"1.2.3.4", "2.0.0", "1.3.0", "1.2.4"},
                                                {"1.2.3+build.7", "2.0.0", "1.3.0", "1.2.4"}};
    for (const auto& [published, major, minor, patch] : expected) {
        EXPECT_EQ(next(published, "major"), major) << published;
        EXPECT_EQ(next(published, "minor"), minor) << published;
        EXPECT_EQ(next(published, "patch"), patch) << published;
    }
}

// What `semver --increment` gives for them, where it takes them at all.
TEST(NextVersion, CompletesAPreRelease) {
    constexpr std::string_view expected[][4] = {
        {"2.0.0-rc.1", "2.0.0", "2.0.0", "2.0.0"},   {"2-rc.1", "2.0.0", "2.0.0", "2.0.0"},
        {"1.3.0-rc.1", "2.0.0", "1.3.0", "1.3.0"},   {"1.2.3-rc.1", "2.0.0", "1.3.0", "1.2.3"},
        {"1.2.3.4-rc.1", "2.0.0", "1.3.0", "1.2.4"}, {"0-rc", "0.0.0", "0.0.0", "0.0.0"}};
    for (const auto& [published, major, minor, patch] : expected) {
        EXPECT_EQ(next(published, "major"), major) << published;
        EXPECT_EQ(next(published, "minor"), minor) << published;
        EXPECT_EQ(next(published, "patch"), patch) << published;
    }
}

TEST(NextVersion, KeepsARequestedVersionAsWritten) {
    EXPECT_EQ(next({}, "0"), "0");
    EXPECT_EQ(next("1.2", "1.2.1"), "1.2.1");
    EXPECT_EQ(next("1.2", "1.3"), "1.3");
    EXPECT_EQ(next("1.9", "1.10"), "1.10");
    EXPECT_EQ(next("2.0.0-rc.1", "2+build"), "2+build");
}

TEST(NextVersion, RefusesWhatDoesNotFollow) {
    for (const std::string_view requested : {"1.2", "1.2.0", "1.2+x", "1.1.9", "0"})
        expect_error(next_version("1.2", requested), ErrorCode::check_violation,
                     "version " + core::quoted(requested) + " does not follow the published version \"1.2\"");
}

TEST(NextVersion, RefusesAPreRelease) {
    for (const std::string_view requested : {"1.3-rc.1", "1.2-rc.1", "2.0.0-alpha+build"})
        expect_error(next_version("1.2", requested), ErrorCode::check_violation,
                     "version " + core::quoted(requested) + " is a pre-release", "draft");
    expect_error(next_version({}, "1-rc"), ErrorCode::check_violation, "\"1-rc\" is a pre-release");
}

TEST(NextVersion, RefusesWhatIsNoVersion) {
    for (const std::string_view requested : {"", "Major", "major ", "v1", "1.", "premajor"}) {
        expect_error(next_version("1.2", requested), ErrorCode::invalid_text,
                     "invalid version: " + core::quoted(requested));
        expect_error(next_version({}, requested), ErrorCode::invalid_text, core::quoted(requested));
    }
    expect_error(next_version("one", "major"), ErrorCode::invalid_text, "invalid version: \"one\"");
    expect_error(next_version("", "1"), ErrorCode::invalid_text, "invalid version: \"\"");
}

TEST(NextVersion, NeverWraps) {
    EXPECT_EQ(next("18446744073709551615", "major"), "18446744073709551616.0.0");
    EXPECT_EQ(next("1.2147483647.2", "minor"), "1.2147483648.0");
    EXPECT_EQ(next("1.2." + std::string(100, '9'), "patch"), "1.2.1" + std::string(100, '0'));
    EXPECT_EQ(next(std::string(251, '9'), "minor"), std::string(251, '9') + ".1.0");
    expect_error(next_version(std::string(251, '9'), "major"), ErrorCode::out_of_range,
                 "no version can follow \"999", "255");
    expect_error(next_version(std::string(255, '8'), "patch"), ErrorCode::out_of_range,
                 "no version can follow");
    EXPECT_EQ(next(std::string(255, '8'), std::string(255, '9')), std::string(255, '9'));
}

TEST(NextVersion, FollowsEveryVersion) {
    std::mt19937 random(4);
    for (int i = 0; i < 20'000; ++i) {
        const std::string published = random_version(random);
        for (const std::string_view word : {"major", "minor", "patch"}) {
            const std::string version = next(published, word);
            ASSERT_TRUE(compare_versions(*parse_version(version), *parse_version(published)) > 0)
                << published << ' ' << word << ' ' << version;
            ASSERT_EQ(next(published, version), version);
        }
        ASSERT_TRUE(change(published, next(published, "major")) == VersionChange::major ||
                    published[0] == '0')
            << published;
    }
}

TEST(VersionChange, IsTheFirstNumberThatDiffers) {
    EXPECT_EQ(change("1.2.3", "2.0.0"), VersionChange::major);
    EXPECT_EQ(change("1.2.3", "2.2.3-rc.1"), VersionChange::major);
    EXPECT_EQ(change("1.2.3", "1.3"), VersionChange::minor);
    EXPECT_EQ(change("1", "1.0.1"), VersionChange::patch);
    EXPECT_EQ(change("1.2.3", "1.2.3.1"), VersionChange::patch);
}

TEST(VersionChange, OfAPreReleaseIsWhatItCompletes) {
    EXPECT_EQ(change("2.0.0-rc.1", "2"), VersionChange::major);
    EXPECT_EQ(change("1.3.0-rc.1", "1.3.0"), VersionChange::minor);
    EXPECT_EQ(change("1.3.1-rc.1", "1.3.1"), VersionChange::patch);
    EXPECT_EQ(change("2.0.0-rc.1", "2.0.0-rc.2"), VersionChange::patch);
    EXPECT_EQ(change("0-rc", "0"), VersionChange::patch);
    EXPECT_EQ(change("1.2", "1.2.0"), VersionChange::patch);
}

} // namespace
} // namespace policies::core
