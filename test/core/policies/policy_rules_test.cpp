#include "core/policies/policy_rules.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

void expect_broken(const PolicyFields& fields, std::string_view field, std::string_view message,
                   std::string_view detail = {}) {
    const auto broken = find_broken_rule(fields);
    ASSERT_TRUE(broken) << "no rule broken, where " << field << " was expected";
    EXPECT_EQ(broken->field, field);
    expect_error(broken->error, ErrorCode::check_violation, message, detail);
}

void expect_sound(const PolicyFields& fields) {
    const auto broken = find_broken_rule(fields);
    EXPECT_FALSE(broken) << broken->error.message;
}

TEST(PolicyRules, NothingIsRequired) {
    expect_sound({});
}

TEST(PolicyRules, AcceptsACompletePolicy) {
    PolicyFields fields;
    fields.version = "1.2-rc.1";
    fields.category = "security";
    fields.status = "active";
    fields.priority = "high";
    fields.source_type = "api";
    fields.tags_json = R"(["a"])";
    fields.applies_to_json = R"(["incident"])";
    fields.first_response_minutes = 60;
    fields.resolution_minutes = 480;
    fields.review_cadence = Cadence{12, 0, 0};
    expect_sound(fields);
}

TEST(PolicyRules, VersionParses) {
    expect_sound({.version = "1"});
    expect_broken({.version = "1.x"}, "version", R"(invalid version: "1.x")", "must be numbers");
    expect_broken({.version = ""}, "version", R"(invalid version: "")");
}

TEST(PolicyRules, WordsAreKnown) {
    for (const std::string_view word :
         {"security", "privacy", "hr", "compliance", "finance", "operations", "other"})
        expect_sound({.category = word});
    for (const std::string_view word : {"active", "inactive", "draft"})
        expect_sound({.status = word});
    for (const std::string_view word : {"frontend", "backend", "server", "system", "api"})
        expect_sound({.source_type = word});
    for (const std::string_view word : {"", "Active", "active ", "activ", "deleted", "hr2"}) {
        expect_broken({.category = word}, "category", "invalid category: " + core::quoted(word),
                      "security, privacy, hr, compliance, finance, operations and other.");
        expect_broken({.status = word}, "status", "invalid status: " + core::quoted(word),
                      "active, inactive and draft.");
        expect_broken({.source_type = word}, "source_type", "invalid source_type: " + core::quoted(word),
                      "frontend, backend, server, system and api.");
    }
}

TEST(PolicyRules, PriorityIsNotBlankNorTooLong) {
    const std::string longest(255, 'p');
    expect_sound({.status = "active", .priority = "high"});
    expect_sound({.status = "active", .applies_to_json = "[\"incident\"]"});
    expect_sound({.status = "active",
                  .priority = "high",
                  .applies_to_json = "[\"incident\"]",
                  .resolution_minutes = 1});
    const auto expect_missing = [](const PolicyFields& fields, const std::string& field) {
        expect_broken(fields, field, "an active policy with SLA targets needs " + field, "apply to none");
    };
    expect_missing({.status = "active", .resolution_minutes = 1}, "priority");
    expect_missing({.status = "active", .applies_to_json = "[\"a\"]", .first_response_minutes = 1},
                   "priority");
    expect_missing({.status = "active", .priority = "high", .first_response_minutes = 1}, "applies_to");
    expect_missing(
        {.status = "active", .priority = "high", .applies_to_json = "[]", .first_response_minutes = 1},
        "applies_to");
}

TEST(PolicyRules, CadenceMovesForward) {
    expect_sound({.review_cadence = Cadence{0, 0, 1}});
    expect_broken({.review_cadence = Cadence{0, 0, 0}}, "review_cadence", "0 months 0 days", "forward");
    expect_broken({.review_cadence = Cadence{1, -1, 0}}, "review_cadence", "-1 days", "negative");
}

TEST(PolicyRules, InstantsAreFinite) {
    expect_broken({.published_at = Infinity::positive}, "published_at", "invalid published_at: infinity");
    expect_broken({.next_review_at = Infinity::negative}, "next_review_at",
                  "invalid next_review_at: -infinity");
}

TEST(PolicyRules, TagsAreAnArrayOrAnObject) {
    for (const std::string_view json : {"[]", "{}", " \n[1, null]", R"({"a":[{}]})"})
        expect_sound({.tags_json = json});
    for (const std::string_view json :
         {"null", "1", "\"[]\"", "true", "", " ", "[", "{]", "[1,]", "[]x", "[\"\x80\"]"})
        expect_broken({.tags_json = json}, "tags", "invalid tags: \"", "array or a JSON object");
    expect_broken({.tags_json = std::string_view("[]\0x", 4)}, "tags", R"(invalid tags: "[]\x00x")");
}

TEST(PolicyRules, TheFirstBrokenRuleIsNamed) {
    expect_broken({.version = "x", .category = "x", .tags_json = "1"}, "version", "invalid version");
    expect_broken({.category = "x", .tags_json = "1"}, "category", "invalid category");
    expect_broken({.tags_json = "1", .applies_to_json = "1"}, "tags", "invalid tags");
}

TEST(PolicyRules, AppliesToIsReadAsTicketTypes) {
    expect_sound({.applies_to_json = "[]"});
    expect_broken({.applies_to_json = "{}"}, "applies_to", R"(invalid applies_to: "{}")", "array");
    expect_broken({.applies_to_json = R"(["a","a"])"}, "applies_to", R"(applies_to: "a")", "twice");
}

TEST(PolicyRules, TagsSurviveDeepNesting) {
    const std::string open(1'000'000, '[');
    const std::string close(1'000'000, ']');
    expect_broken({.tags_json = open}, "tags", "invalid tags");
    expect_sound({.tags_json = open + close});
}

} // namespace
} // namespace policies::core
