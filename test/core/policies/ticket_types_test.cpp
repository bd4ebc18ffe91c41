#include "core/policies/ticket_types.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

void expect_types(std::string_view json, const std::vector<std::string>& expected) {
    const auto types = parse_ticket_types(json);
    ASSERT_TRUE(types) << types.error().message;
    EXPECT_EQ(*types, expected);
}

void expect_no_types(std::string_view json, std::string_view message, std::string_view detail) {
    expect_error(parse_ticket_types(json), ErrorCode::check_violation, message, detail);
}

TEST(TicketTypes, AreSortedBytewise) {
    expect_types("[]", {});
    // Upper case before lower case, ASCII before the bytes of é (C3 A9), whatever the locale and char's sign.
    expect_types(R"(["b","é","a","B","aa"," a"])", {" a", "B", "a", "aa", "b", "é"});
    expect_types(R"(["\u00e9\n"])", {"é\n"});
}

TEST(TicketTypes, AreDistinctByBytes) {
    expect_types(R"(["a","A","a "])", {"A", "a", "a "});
    expect_no_types(R"(["b","a","c","a"])", R"(ticket type in applies_to: "a")", "twice");
    expect_no_types(R"(["a","\u0061"])", R"(ticket type in applies_to: "a")", "twice");
}

TEST(TicketTypes, AreAnArray) {
    for (const std::string_view json :
         {"null", "{}", "\"a\"", "1", "", "[", "[\"a\"", "[\"a\",]", "[\"\xC3\"]"})
        expect_no_types(json, "invalid applies_to: " + core::quoted(json), "array");
    expect_no_types(std::string_view("[]\0", 3), R"(invalid applies_to: "[]\x00")", "array");
}

TEST(TicketTypes, AreStrings) {
    for (const std::string_view json : {"[1]", "[null]", "[\"a\",true]", "[[\"a\"]]", "[{}]"})
        expect_no_types(json, "invalid applies_to: " + core::quoted(json), "string");
}

TEST(TicketTypes, AreNotBlank) {
    expect_no_types(R"(["a",""])", R"(ticket type in applies_to: "")", "blank");
    expect_no_types(R"(["a"," \t\n"])", R"(ticket type in applies_to: " \x09\x0A")", "blank");
}

TEST(TicketTypes, HoldNoNul) {
    expect_no_types(R"(["a\u0000b"])", R"(ticket type in applies_to: "a\x00b")", "U+0000");
}

TEST(TicketTypes, HaveALongestLength) {
    const std::string longest(255, 't');
    expect_types("[\"" + longest + "\"]", {longest});
    expect_no_types("[\"" + longest + "t\"]", "ticket type in applies_to: \"ttt", "255 bytes");
}

TEST(TicketTypes, SurviveDeepNesting) {
    const std::string open(1'000'000, '[');
    const std::string close(1'000'000, ']');
    expect_no_types(open, "invalid applies_to", "array");
    expect_no_types(open + close, "invalid applies_to", "string");
}

} // namespace
} // namespace policies::core
