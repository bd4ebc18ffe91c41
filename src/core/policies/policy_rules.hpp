#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/calendar/cadence.hpp"
#include "core/policies/ticket_types.hpp"

namespace policies::core {

/// Whether an instant is PostgreSQL's infinity or -infinity.
enum class Infinity { none, positive, negative };

/// The fields of a policy that have rules; absent means NULL. Texts are UTF-8 views owned by the caller.
struct PolicyFields {
    std::optional<std::string_view> version{};
    std::optional<std::string_view> category{};
    std::optional<std::string_view> status{};
    std::optional<std::string_view> priority{};
    std::optional<std::string_view> source_type{};
    std::optional<std::string_view> tags_json{};
    std::optional<std::string_view> applies_to_json{};
    std::optional<std::int32_t> first_response_minutes{};
    std::optional<std::int32_t> resolution_minutes{};
    std::optional<Cadence> review_cadence{};
    Infinity published_at{Infinity::none};
    Infinity next_review_at{Infinity::none};
};

/// The first rule that a policy breaks, and the field that breaks it.
struct BrokenRule {
    std::string_view field; ///< the column's name, a literal
    Error error;            ///< check_violation naming the value
};

/// Checks what is given: version parses; category, status and source_type are known words; priority is not
/// blank nor longer than max_key_length; minutes are positive, the resolution not before the first response;
/// review_cadence moves forward; published_at and next_review_at are finite; tags is an array or an object;
/// applies_to as parse_ticket_types; an active policy with targets has a priority and ticket types. Nothing
/// else is required.
std::optional<BrokenRule> find_broken_rule(const PolicyFields& fields);

/// The known words, in the order in which they are shown.
inline constexpr std::string_view categories[] = {"security", "privacy",    "hr",   "compliance",
                                                  "finance",  "operations", "other"};
inline constexpr std::string_view statuses[] = {"active", "inactive", "draft"};
inline constexpr std::string_view source_types[] = {"frontend", "backend", "server", "system", "api"};

/// The fields that make the content of a policy: what a version freezes and an approval is about.
inline constexpr std::string_view content_fields[] = {"name", "description", "body", "category", "tags"};

} // namespace policies::core
