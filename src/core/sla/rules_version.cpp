#include "core/sla/rules_version.hpp"

#include <charconv>

#include "core/base/text.hpp"
#include "core/ids/typed_id.hpp"

namespace policies::core {

namespace {

/// Between an id and its time, and between a policy and its calendar.
constexpr char before_time = '@';
constexpr char before_calendar = '+';

std::optional<RowVersion> parse_row_version(std::string_view text) {
    const std::size_t separator = text.find(before_time);
    if (separator == std::string_view::npos || !is_canonical_typed_id(text.substr(0, separator))) {
        return {};
    }
    const std::string_view time = text.substr(separator + 1);
    RowVersion version{.id = std::string(text.substr(0, separator))};
    const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), version.since);
    if (error != std::errc{} || end != time.data() + time.size()) {
        return {};
    }
    return version;
}

} // namespace

std::string format_row_version(const RowVersion& version) {
    return version.id + before_time + std::to_string(version.since);
}

std::string format_rules_version(std::string_view policy, std::string_view calendar) {
    std::string text(policy);
    if (!calendar.empty()) {
        (text += before_calendar) += calendar;
    }
    return text;
}

Result<RulesVersion> parse_rules_version(std::string_view text) {
    const std::size_t separator = text.find(before_calendar);
    const bool has_calendar = separator != std::string_view::npos;
    const std::optional<RowVersion> policy = parse_row_version(text.substr(0, separator));
    const std::optional<RowVersion> calendar =
        has_calendar ? parse_row_version(text.substr(separator + 1)) : std::nullopt;
    if (!policy || has_calendar != calendar.has_value()) {
        return Error{invalid_text, "invalid rules: " + quoted(text),
                     "They are what sla_policy_for() or sla_deadlines() returned as rules."};
    }
    return RulesVersion{*policy, calendar};
}

} // namespace policies::core
