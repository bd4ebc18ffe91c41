#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/document/version.hpp"

namespace policies::core {

/// What a step from one version to a later one is.
enum class VersionChange { major, minor, patch };

/// Tells by the first number that differs: the first is major, the second minor, any later one patch
/// (Semantic Versioning rules 6 to 8; missing numbers count as 0). The release of a pre-release with the same
/// numbers is what it completes: 2.0.0-rc.1 to 2.0.0 is major, 1.3.0-rc.1 to 1.3.0 minor. A step between
/// pre-releases of the same numbers, or to an equal version, is patch.
VersionChange version_change(const Version& from, const Version& to) noexcept;

/// The version of the next publication.
///
/// The request is the word major, minor or patch, or a version. A word gives x.y.z, by the rules of npm's
/// semver: the named number grows by one and those after it become 0, but a pre-release is completed where
/// all numbers after the named one are 0 (2.0.0-rc.1 gives 2.0.0 for each word, 1.2.3-rc.1 gives 1.2.3 for
/// patch only). Numbers after the third are left out. Without a published version, the words give 1.0.0,
/// 0.1.0 and 0.0.1, or count on from the version that the document is kept under, where theirs is below it. A
/// requested version is returned as it is written, must be no pre-release, since what is published is in
/// force, and must order strictly above the published one.
///
/// Errors: invalid_text: a text that is no version; check_violation: a pre-release, or not above the published
/// version, naming both; out_of_range: the next version would be longer than max_version_length.
Result<std::string> next_version(std::optional<std::string_view> last_published, std::string_view requested,
                                 std::optional<std::string_view> kept_under = {});

} // namespace policies::core
