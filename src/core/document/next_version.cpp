#include "core/document/next_version.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/document/version.hpp"

namespace policies::core {

namespace {

/// The count of the numbers that a publication's version is made of: x.y.z.
constexpr std::size_t published_numbers = 3;

std::optional<VersionChange> read_change(std::string_view word) {
    if (word == "major") {
        return VersionChange::major;
    }
    if (word == "minor") {
        return VersionChange::minor;
    }
    if (word == "patch") {
        return VersionChange::patch;
    }
    return {};
}

VersionChange change_at(std::size_t index) {
    if (index == 0) {
        return VersionChange::major;
    }
    return index == 1 ? VersionChange::minor : VersionChange::patch;
}

/// In decimal: a number may be of any size.
std::string incremented(std::string_view number) {
    std::string sum(number);
    for (auto digit = sum.rbegin(); digit != sum.rend(); ++digit) {
        if (*digit != '9') {
            ++*digit;
            return sum;
        }
        *digit = '0';
    }
    return '1' + sum;
}

std::string changed_version(const Version& version, VersionChange change) {
    const auto changed = static_cast<std::size_t>(change);
    const bool completes = !version.pre_release.empty() && version.significant_numbers() <= changed + 1;
    std::string text;
    for (std::size_t i = 0; i < published_numbers; ++i) {
        if (i > 0) {
            text += '.';
        }
        if (i < changed) {
            text += version.number(i);
        } else if (i == changed) {
            text += completes ? std::string(version.number(i)) : incremented(version.number(i));
        } else {
            text += '0';
        }
    }
    return text;
}

Result<std::string> next_by_word(const Version& version, std::string_view text, VersionChange change) {
    std::string next = changed_version(version, change);
    if (next.size() > max_version_length) {
        return Error{out_of_range, "no version can follow " + core::quoted(text),
                     "A version must not be longer than " + std::to_string(max_version_length) + " bytes."};
    }
    return next;
}

Result<std::string> first_by_word(std::optional<std::string_view> kept_under, VersionChange change) {
    std::string first = changed_version(Version{}, change);
    if (!kept_under) {
        return first;
    }
    const Version kept = POLICIES_TRY(parse_version(*kept_under));
    if (compare_versions(*parse_version(first), kept) >= 0) {
        return first;
    }
    return next_by_word(kept, *kept_under, change);
}

Result<std::string> next_by_text(const std::optional<Version>& published, std::string_view published_text,
                                 std::string_view requested) {
    Result<Version> version = parse_version(requested);
    if (!version) {
        Error error = std::move(version).error();
        error.hint = "Give a version, or one of the words major, minor and patch.";
        return error;
    }
    if (!version->pre_release.empty()) {
        return Error{
            check_violation,
            "version " + core::quoted(requested) + " is a pre-release, which cannot be published",
            "What is published is in force. A pre-release is a draft to be read.",
            "A draft is read as it stands: policy_markdown() and policy_html() of the version \"draft\"."};
    }
    if (published && compare_versions(*version, *published) <= 0) {
        return Error{check_violation,
                     "version " + core::quoted(requested) + " does not follow the published version " +
                         core::quoted(published_text),
                     "A version must order above the one that was published before it."};
    }
    return std::string(requested);
}

} // namespace

VersionChange version_change(const Version& from, const Version& to) noexcept {
    const std::size_t count = std::max(from.numbers.size(), to.numbers.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (from.number(i) != to.number(i)) {
            return change_at(i);
        }
    }
    const bool completes = !from.pre_release.empty() && to.pre_release.empty();
    const std::size_t significant = to.significant_numbers();
    return completes && significant > 0 ? change_at(significant - 1) : VersionChange::patch;
}

Result<std::string> next_version(std::optional<std::string_view> last_published, std::string_view requested,
                                 std::optional<std::string_view> kept_under) {
    const std::string_view published_text = last_published.value_or(std::string_view());
    std::optional<Version> published;
    if (last_published) {
        published = POLICIES_TRY(parse_version(published_text));
    }
    const std::optional<VersionChange> change = read_change(requested);
    if (!change) {
        return next_by_text(published, published_text, requested);
    }
    return published ? next_by_word(*published, published_text, *change) : first_by_word(kept_under, *change);
}

} // namespace policies::core
