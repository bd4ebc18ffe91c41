#include "core/policies/policy_rules.hpp"

#include <algorithm>
#include <span>

#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/document/version.hpp"

namespace policies::core {

namespace {

using nlohmann::json;

constexpr std::string_view json_white_space = " \t\n\r";

using MaybeBroken = std::optional<BrokenRule>;

Error violation(std::string message, std::string detail) {
    return {ErrorCode::check_violation, std::move(message), std::move(detail)};
}

MaybeBroken check_version(const PolicyFields& fields) {
    if (!fields.version)
        return {};
    Result<Version> version = parse_version(*fields.version);
    if (version)
        return {};
    Error error = std::move(version).error();
    error.code = ErrorCode::check_violation;
    return BrokenRule{"version", std::move(error)};
}

std::string enumerate(std::span<const std::string_view> words) {
    std::string list;
    for (const std::string_view word : words) {
        if (!list.empty())
            list += word == words.back() ? " and " : ", ";
        list += word;
    }
    return list;
}

MaybeBroken check_word(std::string_view field, const std::optional<std::string_view>& value,
                       std::span<const std::string_view> words) {
    if (!value || std::find(words.begin(), words.end(), *value) != words.end())
        return {};
    return BrokenRule{field, violation("invalid " + std::string(field) + ": " + quoted(*value),
                                       "The known words are " + enumerate(words) + ".")};
}

MaybeBroken check_priority(const PolicyFields& fields) {
    if (!fields.priority)
        return {};
    const auto broken = [&fields](std::string detail) {
        return BrokenRule{"priority",
                          violation("invalid priority: " + quoted(*fields.priority), std::move(detail))};
    };
    if (is_blank(*fields.priority))
        return broken("A priority must not be blank; leave it out instead.");
    if (fields.priority->size() > max_key_length)
        return broken("A priority must not be longer than " + std::to_string(max_key_length) + " bytes.");
    return {};
}

MaybeBroken check_positive(std::string_view field, const std::optional<std::int32_t>& minutes) {
    if (!minutes || *minutes > 0)
        return {};
    return BrokenRule{field, violation("invalid " + std::string(field) + ": " + std::to_string(*minutes),
                                       "A number of minutes must be positive.")};
}

MaybeBroken check_order_of_targets(const PolicyFields& fields) {
    if (!fields.first_response_minutes || !fields.resolution_minutes ||
        *fields.resolution_minutes >= *fields.first_response_minutes)
        return {};
    return BrokenRule{"resolution_minutes",
                      violation("invalid resolution_minutes: " + std::to_string(*fields.resolution_minutes),
                                "The resolution must not be due before the first response, which is due "
                                "after " +
                                    std::to_string(*fields.first_response_minutes) + " minutes.")};
}

MaybeBroken check_review_cadence(const PolicyFields& fields) {
    if (!fields.review_cadence)
        return {};
    Check check = check_cadence(*fields.review_cadence);
    if (check)
        return {};
    return BrokenRule{"review_cadence", std::move(check).error()};
}

MaybeBroken check_finite(std::string_view field, Infinity infinity) {
    if (infinity == Infinity::none)
        return {};
    return BrokenRule{field, violation("invalid " + std::string(field) +
                                           (infinity == Infinity::negative ? ": -infinity" : ": infinity"),
                                       "It must be a finite instant; leave it out if there is none.")};
}

MaybeBroken check_tags(const PolicyFields& fields) {
    if (!fields.tags_json)
        return {};
    const std::string_view text = *fields.tags_json;
    const std::size_t first = text.find_first_not_of(json_white_space);
    const bool is_structured = first != std::string_view::npos && (text[first] == '[' || text[first] == '{');
    if (is_structured && !holds_nul(text) && json::accept(text.begin(), text.end()))
        return {};
    return BrokenRule{
        "tags", violation("invalid tags: " + quoted(text), "Tags must be a JSON array or a JSON object.")};
}

MaybeBroken check_applies_to(const PolicyFields& fields) {
    if (!fields.applies_to_json)
        return {};
    Result<std::vector<std::string>> ticket_types = parse_ticket_types(*fields.applies_to_json);
    if (ticket_types)
        return {};
    return BrokenRule{"applies_to", std::move(ticket_types).error()};
}

/// Why it is no ticket type, or nullptr.
const char* ticket_type_fault(std::string_view ticket_type) {
    if (is_blank(ticket_type))
        return "A ticket type must not be blank.";
    if (ticket_type.size() > max_key_length)
        return "A ticket type must not be longer than 255 bytes.";
    if (holds_nul(ticket_type))
        return "A ticket type must not hold the character U+0000.";
    return nullptr;
}

Error invalid_ticket_type(std::string_view ticket_type, const char* detail) {
    return violation("invalid ticket type in applies_to: " + quoted(ticket_type), detail);
}

Result<std::vector<std::string>> read_strings(std::string_view text) {
    const auto invalid = [text](const char* detail) {
        return violation("invalid applies_to: " + quoted(text), detail);
    };
    json array = holds_nul(text) ? json() : json::parse(text.begin(), text.end(), nullptr, false);
    if (!array.is_array())
        return invalid("It must be a JSON array of ticket types.");
    std::vector<std::string> strings;
    strings.reserve(array.size());
    for (json& element : array) {
        auto* string = element.get_ptr<std::string*>();
        if (string == nullptr)
            return invalid("Every ticket type must be a string.");
        strings.push_back(std::move(*string));
    }
    return strings;
}

using Rule = MaybeBroken (*)(const PolicyFields&);

constexpr Rule rules[] = {
    check_version,
    [](const PolicyFields& fields) { return check_word("category", fields.category, categories); },
    [](const PolicyFields& fields) { return check_word("status", fields.status, statuses); },
    [](const PolicyFields& fields) { return check_word("source_type", fields.source_type, source_types); },
    check_priority,
    [](const PolicyFields& fields) {
        return check_positive("first_response_minutes", fields.first_response_minutes);
    },
    [](const PolicyFields& fields) {
        return check_positive("resolution_minutes", fields.resolution_minutes);
    },
    check_order_of_targets,
    check_review_cadence,
    [](const PolicyFields& fields) { return check_finite("published_at", fields.published_at); },
    [](const PolicyFields& fields) { return check_finite("next_review_at", fields.next_review_at); },
    check_tags,
    check_applies_to,
};

} // namespace

std::optional<BrokenRule> find_broken_rule(const PolicyFields& fields) {
    for (const Rule rule : rules) {
        if (MaybeBroken broken = rule(fields))
            return broken;
    }
    return {};
}

Result<std::vector<std::string>> parse_ticket_types(std::string_view json_text) {
    Result<std::vector<std::string>> strings = read_strings(json_text);
    if (!strings)
        return std::move(strings).error();
    std::vector<std::string> ticket_types = *std::move(strings);
    for (const std::string& ticket_type : ticket_types) {
        if (const char* fault = ticket_type_fault(ticket_type))
            return invalid_ticket_type(ticket_type, fault);
    }
    std::sort(ticket_types.begin(), ticket_types.end());
    const auto duplicate = std::adjacent_find(ticket_types.begin(), ticket_types.end());
    if (duplicate != ticket_types.end())
        return invalid_ticket_type(*duplicate, "A ticket type must not be named twice.");
    return ticket_types;
}

} // namespace policies::core
