#include "core/policies/policy_rules.hpp"

#include <algorithm>
#include <span>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/document/version.hpp"
#include "core/policies/ticket_types.hpp"

namespace policies::core {

namespace {

using nlohmann::json;

constexpr std::string_view json_white_space = " \t\n\r";

using MaybeBroken = std::optional<BrokenRule>;

BrokenRule broken(std::string_view field, const std::string& shown_value, std::string detail) {
    return {field,
            Error{check_violation, "invalid " + std::string(field) + ": " + shown_value, std::move(detail)}};
}

/// What a check of one field has found.
template <typename T>
MaybeBroken broken_by(std::string_view field, Result<T> result) {
    if (result) {
        return {};
    }
    BrokenRule broken{field, std::move(result).error()};
    broken.error.code = check_violation;
    return broken;
}

MaybeBroken check_version(const PolicyFields& fields) {
    return fields.version ? broken_by("version", parse_version(*fields.version)) : std::nullopt;
}

MaybeBroken check_word(std::string_view field, const std::optional<std::string_view>& value,
                       std::span<const std::string_view> words) {
    if (!value || std::find(words.begin(), words.end(), *value) != words.end()) {
        return {};
    }
    return broken(field, core::quoted(*value), "The known words are " + enumerated(words) + ".");
}

MaybeBroken check_priority(const PolicyFields& fields) {
    if (!fields.priority) {
        return {};
    }
    const std::string shown = core::quoted(*fields.priority);
    if (is_blank(*fields.priority)) {
        return broken("priority", shown, "A priority must not be blank; leave it out instead.");
    }
    if (fields.priority->size() > max_key_length) {
        return broken("priority", shown,
                      "A priority must not be longer than " + std::to_string(max_key_length) + " bytes.");
    }
    return {};
}

MaybeBroken check_positive(std::string_view field, const std::optional<std::int32_t>& minutes) {
    if (!minutes || *minutes > 0) {
        return {};
    }
    return broken(field, std::to_string(*minutes), "A number of minutes must be positive.");
}

MaybeBroken check_order_of_targets(const PolicyFields& fields) {
    if (!fields.first_response_minutes || !fields.resolution_minutes ||
        *fields.resolution_minutes >= *fields.first_response_minutes) {
        return {};
    }
    return broken("resolution_minutes", std::to_string(*fields.resolution_minutes),
                  "The resolution must not be due before the first response, which is due after " +
                      std::to_string(*fields.first_response_minutes) + " minutes.");
}

MaybeBroken check_review_cadence(const PolicyFields& fields) {
    return fields.review_cadence ? broken_by("review_cadence", check_cadence(*fields.review_cadence))
                                 : std::nullopt;
}

MaybeBroken check_finite(std::string_view field, Infinity infinity) {
    if (infinity == Infinity::none) {
        return {};
    }
    return broken(field, infinity == Infinity::negative ? "-infinity" : "infinity",
                  "It must be a finite instant; leave it out if there is none.");
}

MaybeBroken check_tags(const PolicyFields& fields) {
    if (!fields.tags_json) {
        return {};
    }
    const std::string_view text = *fields.tags_json;
    const std::size_t first = text.find_first_not_of(json_white_space);
    const bool is_structured = first != std::string_view::npos && (text[first] == '[' || text[first] == '{');
    if (is_structured && !holds_nul(text) && json::accept(text.begin(), text.end())) {
        return {};
    }
    return broken("tags", core::quoted(text), "Tags must be a JSON array or a JSON object.");
}

MaybeBroken check_applies_to(const PolicyFields& fields) {
    return fields.applies_to_json ? broken_by("applies_to", parse_ticket_types(*fields.applies_to_json))
                                  : std::nullopt;
}

/// A policy that promises something has to say for which tickets, or it would never apply.
MaybeBroken check_reach(const PolicyFields& fields) {
    const bool has_targets = fields.first_response_minutes || fields.resolution_minutes;
    if (fields.status != statuses[0] || !has_targets) {
        return {};
    }
    const auto types = fields.applies_to_json ? parse_ticket_types(*fields.applies_to_json)
                                              : Result<std::vector<std::string>>(std::vector<std::string>{});
    const bool has_types = types && !types->empty();
    if (fields.priority && has_types) {
        return {};
    }
    const char* const missing = fields.priority ? "applies_to" : "priority";
    return BrokenRule{
        missing,
        {check_violation, "an active policy with SLA targets needs " + std::string(missing),
         "It applies to tickets of the types in applies_to at its priority; without both it would "
         "apply to none.",
         "Give both, or make it a draft or inactive until then."}};
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
    check_reach,
};

} // namespace

std::optional<BrokenRule> find_broken_rule(const PolicyFields& fields) {
    for (const Rule rule : rules) {
        if (MaybeBroken broken = rule(fields)) {
            return broken;
        }
    }
    return {};
}

} // namespace policies::core
