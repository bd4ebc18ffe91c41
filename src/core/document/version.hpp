#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace policies::core {

/// A version: dotted numbers, of any count, with Semantic Versioning 2.0.0's (https://semver.org) optional
/// pre-release and build parts. The numbers have no leading zeros (rule 2) and may be of any size; missing
/// ones count as 0, so 1.2 and 1.2.0 are equal. Holds views into the text it was parsed from.
struct Version {
    std::vector<std::string_view> numbers;
    std::vector<std::string_view> pre_release;
    std::string_view build;

    /// The number at a place, "0" where it is missing.
    std::string_view number(std::size_t index) const noexcept;

    /// How many numbers there are up to the last that is not 0.
    std::size_t significant_numbers() const noexcept;
};

/// The longest version text that is accepted, in bytes.
inline constexpr std::size_t max_version_length = 255;

/// Reads a version. Errors: invalid_text: `invalid version: "…"`, the reason in the detail.
Result<Version> parse_version(std::string_view text);

/// Precedence by Semantic Versioning rule 11; build parts do not count (rule 10).
std::weak_ordering compare_versions(const Version& left, const Version& right) noexcept;

/// A text whose byte order is the precedence: equal versions have equal keys, so that ORDER BY and an index
/// on it (COLLATE "C") sort versions.
std::string version_sort_key(const Version& version);

} // namespace policies::core
