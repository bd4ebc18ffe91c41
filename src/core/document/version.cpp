#include "core/document/version.hpp"

#include <algorithm>

namespace policies::core {

namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

bool is_identifier_character(char character) {
    return is_digit(character) || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') || character == '-';
}

bool is_numeric(std::string_view field) {
    return std::all_of(field.begin(), field.end(), is_digit);
}

bool has_leading_zero(std::string_view field) {
    return field.size() > 1 && field.front() == '0';
}

/// Why a field is refused, or nullptr.
using FieldRule = const char* (*)(std::string_view field);

const char* number_fault(std::string_view field) {
    if (field.empty())
        return "A version begins with numbers, separated by single dots.";
    if (!is_numeric(field))
        return "The part before \"-\" and \"+\" must be numbers separated by dots.";
    if (has_leading_zero(field))
        return "A number must not have leading zeros.";
    return nullptr;
}

const char* build_fault(std::string_view field) {
    if (field.empty())
        return "A pre-release or build part must not have empty fields.";
    if (!std::all_of(field.begin(), field.end(), is_identifier_character))
        return "A pre-release or build part must consist of 0 to 9, A to Z, a to z, \"-\" and dots.";
    return nullptr;
}

const char* pre_release_fault(std::string_view field) {
    if (const char* fault = build_fault(field))
        return fault;
    if (is_numeric(field) && has_leading_zero(field))
        return "A number in a pre-release part must not have leading zeros.";
    return nullptr;
}

/// Splits at dots into fields. Returns the fault of the first field that breaks the rule, or nullptr.
const char* split_fields(std::string_view text, FieldRule rule, std::vector<std::string_view>& fields) {
    for (;;) {
        const std::size_t dot = text.find('.');
        const std::string_view field = text.substr(0, dot);
        if (const char* fault = rule(field))
            return fault;
        fields.push_back(field);
        if (dot == std::string_view::npos)
            return nullptr;
        text.remove_prefix(dot + 1);
    }
}

/// Cuts text before the first delimiter, and sets tail to what follows it; false when there is none.
bool cut(std::string_view& text, char delimiter, std::string_view& tail) {
    const std::size_t position = text.find(delimiter);
    if (position == std::string_view::npos)
        return false;
    tail = text.substr(position + 1);
    text = text.substr(0, position);
    return true;
}

const char* read_version(std::string_view text, Version& version) {
    std::vector<std::string_view> build_fields;
    std::string_view pre_release;
    // '+' first: a build part may hold '-', a pre-release part cannot hold '+'.
    const bool has_build = cut(text, '+', version.build);
    const bool has_pre_release = cut(text, '-', pre_release);
    const char* fault = split_fields(text, number_fault, version.numbers);
    if (fault == nullptr && has_pre_release)
        fault = split_fields(pre_release, pre_release_fault, version.pre_release);
    if (fault == nullptr && has_build)
        fault = split_fields(version.build, build_fault, build_fields);
    return fault;
}

/// Without leading zeros, the longer number is the greater one.
std::weak_ordering compare_numbers(std::string_view left, std::string_view right) {
    if (left.size() != right.size())
        return left.size() <=> right.size();
    return left <=> right;
}

std::weak_ordering compare_identifiers(std::string_view left, std::string_view right) {
    const bool left_is_numeric = is_numeric(left);
    if (left_is_numeric != is_numeric(right))
        return left_is_numeric ? std::weak_ordering::less : std::weak_ordering::greater;
    return left_is_numeric ? compare_numbers(left, right) : left <=> right;
}

std::weak_ordering compare_pre_releases(const Version& left, const Version& right) {
    if (left.pre_release.empty() || right.pre_release.empty())
        return left.pre_release.empty() <=> right.pre_release.empty();
    return std::lexicographical_compare_three_way(left.pre_release.begin(), left.pre_release.end(),
                                                  right.pre_release.begin(), right.pre_release.end(),
                                                  compare_identifiers);
}

std::string_view number_at(const Version& version, std::size_t index) {
    return index < version.numbers.size() ? version.numbers[index] : std::string_view("0");
}

/// Fixed-width length first, so that byte order is numeric order.
void append_number(std::string& key, std::string_view number) {
    const std::size_t length = number.size();
    for (const std::size_t unit : {100, 10, 1})
        key += static_cast<char>('0' + length / unit % 10);
    key += number;
}

std::size_t significant_numbers(const Version& version) {
    std::size_t count = version.numbers.size();
    while (count > 0 && version.numbers[count - 1] == "0")
        --count;
    return count;
}

void append_identifier(std::string& key, std::string_view identifier) {
    if (is_numeric(identifier)) {
        key += '0';
        append_number(key, identifier);
        return;
    }
    // ',' is below every identifier character, so that "a" sorts before "a-".
    key += '1';
    key += identifier;
    key += ',';
}

/// The count of the numbers that a publication's version is made of: x.y.z.
constexpr std::size_t published_numbers = 3;

std::optional<VersionChange> read_change(std::string_view word) {
    if (word == "major")
        return VersionChange::major;
    if (word == "minor")
        return VersionChange::minor;
    if (word == "patch")
        return VersionChange::patch;
    return {};
}

VersionChange change_at(std::size_t index) {
    if (index == 0)
        return VersionChange::major;
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
    const bool completes = !version.pre_release.empty() && significant_numbers(version) <= changed + 1;
    std::string text;
    for (std::size_t i = 0; i < published_numbers; ++i) {
        if (i > 0)
            text += '.';
        if (i < changed)
            text += number_at(version, i);
        else if (i == changed)
            text += completes ? std::string(number_at(version, i)) : incremented(number_at(version, i));
        else
            text += '0';
    }
    return text;
}

Result<std::string> next_by_word(const Version& version, std::string_view text, VersionChange change) {
    std::string next = changed_version(version, change);
    if (next.size() > max_version_length)
        return Error{ErrorCode::out_of_range, "no version can follow " + quoted(text),
                     "A version must not be longer than " + std::to_string(max_version_length) + " bytes."};
    return next;
}

Result<std::string> first_by_word(std::optional<std::string_view> kept_under, VersionChange change) {
    std::string first = changed_version(Version{}, change);
    if (!kept_under)
        return first;
    const Result<Version> kept = parse_version(*kept_under);
    if (!kept)
        return kept.error();
    return compare_versions(*parse_version(first), *kept) >= 0 ? first
                                                               : next_by_word(*kept, *kept_under, change);
}

Result<std::string> next_by_text(const std::optional<Version>& published, std::string_view published_text,
                                 std::string_view requested) {
    Result<Version> version = parse_version(requested);
    if (!version) {
        Error error = std::move(version).error();
        error.hint = "Give a version, or one of the words major, minor and patch.";
        return error;
    }
    if (published && compare_versions(*version, *published) <= 0)
        return Error{ErrorCode::check_violation,
                     "version " + quoted(requested) + " does not follow the published version " +
                         quoted(published_text),
                     "A version must order above the one that was published before it."};
    return std::string(requested);
}

} // namespace

Result<Version> parse_version(std::string_view text) {
    const auto invalid = [text](std::string detail) {
        return Error{ErrorCode::invalid_text, "invalid version: " + quoted(text), std::move(detail)};
    };
    if (text.size() > max_version_length)
        return invalid("A version must not be longer than " + std::to_string(max_version_length) + " bytes.");
    Version version;
    if (const char* fault = read_version(text, version))
        return invalid(fault);
    return version;
}

std::weak_ordering compare_versions(const Version& left, const Version& right) noexcept {
    const std::size_t count = std::max(left.numbers.size(), right.numbers.size());
    for (std::size_t i = 0; i < count; ++i) {
        const std::weak_ordering order = compare_numbers(number_at(left, i), number_at(right, i));
        if (order != 0)
            return order;
    }
    return compare_pre_releases(left, right);
}

std::string version_sort_key(const Version& version) {
    std::string key;
    const std::size_t count = significant_numbers(version);
    for (std::size_t i = 0; i < count; ++i)
        append_number(key, version.numbers[i]);
    // '-' < '.' < the digits: a pre-release before its release, that before further numbers.
    if (version.pre_release.empty()) {
        key += '.';
        return key;
    }
    key += '-';
    for (const std::string_view identifier : version.pre_release)
        append_identifier(key, identifier);
    return key;
}

VersionChange version_change(const Version& from, const Version& to) noexcept {
    const std::size_t count = std::max(from.numbers.size(), to.numbers.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (number_at(from, i) != number_at(to, i))
            return change_at(i);
    }
    const bool completes = !from.pre_release.empty() && to.pre_release.empty();
    const std::size_t significant = significant_numbers(to);
    return completes && significant > 0 ? change_at(significant - 1) : VersionChange::patch;
}

Result<std::string> next_version(std::optional<std::string_view> last_published, std::string_view requested,
                                 std::optional<std::string_view> kept_under) {
    const std::string_view published_text = last_published.value_or(std::string_view());
    std::optional<Version> published;
    if (last_published) {
        Result<Version> version = parse_version(published_text);
        if (!version)
            return std::move(version).error();
        published = *std::move(version);
    }
    const std::optional<VersionChange> change = read_change(requested);
    if (!change)
        return next_by_text(published, published_text, requested);
    return published ? next_by_word(*published, published_text, *change) : first_by_word(kept_under, *change);
}

} // namespace policies::core
