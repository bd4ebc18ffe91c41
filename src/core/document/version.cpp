#include "core/document/version.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace policies::core {

namespace {

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
    if (field.empty()) {
        return "A version begins with numbers, separated by single dots.";
    }
    if (!is_numeric(field)) {
        return "The part before \"-\" and \"+\" must be numbers separated by dots.";
    }
    if (has_leading_zero(field)) {
        return "A number must not have leading zeros.";
    }
    return nullptr;
}

const char* build_fault(std::string_view field) {
    if (field.empty()) {
        return "A pre-release or build part must not have empty fields.";
    }
    if (!std::all_of(field.begin(), field.end(), is_identifier_character)) {
        return "A pre-release or build part must consist of 0 to 9, A to Z, a to z, \"-\" and dots.";
    }
    return nullptr;
}

const char* pre_release_fault(std::string_view field) {
    if (const char* fault = build_fault(field)) {
        return fault;
    }
    if (is_numeric(field) && has_leading_zero(field)) {
        return "A number in a pre-release part must not have leading zeros.";
    }
    return nullptr;
}

/// Splits at dots into fields. Returns the fault of the first field that breaks the rule, or nullptr.
const char* split_fields(std::string_view text, FieldRule rule, std::vector<std::string_view>& fields) {
    for (;;) {
        const std::size_t dot = text.find('.');
        const std::string_view field = text.substr(0, dot);
        if (const char* fault = rule(field)) {
            return fault;
        }
        fields.push_back(field);
        if (dot == std::string_view::npos) {
            return nullptr;
        }
        text.remove_prefix(dot + 1);
    }
}

/// Cuts text before the first delimiter, and sets tail to what follows it; false when there is none.
bool cut(std::string_view& text, char delimiter, std::string_view& tail) {
    const std::size_t position = text.find(delimiter);
    if (position == std::string_view::npos) {
        return false;
    }
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
    if (fault == nullptr && has_pre_release) {
        fault = split_fields(pre_release, pre_release_fault, version.pre_release);
    }
    if (fault == nullptr && has_build) {
        fault = split_fields(version.build, build_fault, build_fields);
    }
    return fault;
}

/// Without leading zeros, the longer number is the greater one.
std::weak_ordering compare_numbers(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) {
        return left.size() <=> right.size();
    }
    return left <=> right;
}

std::weak_ordering compare_identifiers(std::string_view left, std::string_view right) {
    const bool left_is_numeric = is_numeric(left);
    if (left_is_numeric != is_numeric(right)) {
        return left_is_numeric ? std::weak_ordering::less : std::weak_ordering::greater;
    }
    return left_is_numeric ? compare_numbers(left, right) : left <=> right;
}

std::weak_ordering compare_pre_releases(const Version& left, const Version& right) {
    if (left.pre_release.empty() || right.pre_release.empty()) {
        return left.pre_release.empty() <=> right.pre_release.empty();
    }
    return std::lexicographical_compare_three_way(left.pre_release.begin(), left.pre_release.end(),
                                                  right.pre_release.begin(), right.pre_release.end(),
                                                  compare_identifiers);
}

/// Fixed-width length first, so that byte order is numeric order.
void append_number(std::string& key, std::string_view number) {
    const std::size_t length = number.size();
    for (const std::size_t unit : {100, 10, 1}) {
        key += static_cast<char>('0' + length / unit % 10);
    }
    key += number;
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

} // namespace

std::string_view Version::number(std::size_t index) const noexcept {
    return index < numbers.size() ? numbers[index] : std::string_view("0");
}

std::size_t Version::significant_numbers() const noexcept {
    std::size_t count = numbers.size();
    while (count > 0 && numbers[count - 1] == "0") {
        --count;
    }
    return count;
}

Result<Version> parse_version(std::string_view text) {
    const auto invalid = [text](std::string detail) {
        return Error{invalid_text, "invalid version: " + core::quoted(text), std::move(detail)};
    };
    if (text.size() > max_version_length) {
        return invalid("A version must not be longer than " + std::to_string(max_version_length) + " bytes.");
    }
    Version version;
    if (const char* fault = read_version(text, version)) {
        return invalid(fault);
    }
    return version;
}

std::weak_ordering compare_versions(const Version& left, const Version& right) noexcept {
    const std::size_t count = std::max(left.numbers.size(), right.numbers.size());
    for (std::size_t i = 0; i < count; ++i) {
        const std::weak_ordering order = compare_numbers(left.number(i), right.number(i));
        if (order != 0) {
            return order;
        }
    }
    return compare_pre_releases(left, right);
}

std::string version_sort_key(const Version& version) {
    std::string key;
    const std::size_t count = version.significant_numbers();
    for (std::size_t i = 0; i < count; ++i) {
        append_number(key, version.numbers[i]);
    }
    // '-' < '.' < the digits: a pre-release before its release, that before further numbers.
    if (version.pre_release.empty()) {
        key += '.';
        return key;
    }
    key += '-';
    for (const std::string_view identifier : version.pre_release) {
        append_identifier(key, identifier);
    }
    return key;
}

} // namespace policies::core
