#include "core/ids/typed_id.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

constexpr std::string_view ulid_text = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

std::string with_prefix(std::string_view prefix) {
    return std::string(prefix) + '_' + std::string(ulid_text);
}

struct InvalidPrefix {
    std::string prefix;
    std::string_view reason;
};

// TypeID 0.3's invalid.yml, as far as it concerns prefixes, and the edges of the alphabet.
const InvalidPrefix invalid_prefixes[] = {
    {"", "empty"},
    {"PREFIX", "lower-case"},
    {"12345", "lower-case"},
    {"pre.fix", "lower-case"},
    {"préfix", "lower-case"},
    {"  prefix", "lower-case"},
    {"pre-fix", "lower-case"},
    {"pre`fix", "lower-case"}, // '`' is before 'a', '{' after 'z'
    {"pre{fix", "lower-case"},
    {std::string("pre\0fix", 7), "lower-case"},
    {std::string(64, 'a'), "63"},
    {"_prefix", "begin or end"},
    {"prefix_", "begin or end"},
    {"_", "begin or end"},
    {"__", "begin or end"},
};

TEST(TypedId, AcceptsPrefixes) {
    for (const std::string& prefix : {std::string("a"), std::string("pol"), std::string("pre_fix"),
                                      std::string("a__z"), std::string(63, 'z')}) {
        EXPECT_TRUE(check_prefix(prefix)) << prefix;
        EXPECT_TRUE(is_canonical_typed_id(with_prefix(prefix))) << prefix;
        const Result<TypedId> id = parse_typed_id(with_prefix(prefix));
        ASSERT_TRUE(id) << prefix;
        EXPECT_EQ(id->prefix, prefix);
        EXPECT_EQ(id->ulid, *parse_ulid(ulid_text));
        EXPECT_EQ(format_typed_id(*id), with_prefix(prefix));
    }
}

TEST(TypedId, RefusesPrefixes) {
    for (const auto& [prefix, reason] : invalid_prefixes) {
        expect_error(check_prefix(prefix), ErrorCode::invalid_argument, "prefix: " + core::quoted(prefix),
                     reason);
        const std::string text = with_prefix(prefix);
        expect_error(parse_typed_id(text), ErrorCode::invalid_text, "invalid id: " + core::quoted(text),
                     reason);
        EXPECT_FALSE(is_canonical_typed_id(text)) << prefix;
    }
}

TEST(TypedId, RefusesTextWithoutSeparator) {
    for (const std::string_view text : {std::string_view(""), std::string_view("pol"), ulid_text}) {
        expect_error(parse_typed_id(text), ErrorCode::invalid_text, "invalid id: \"", "no \"_\"");
        EXPECT_FALSE(is_canonical_typed_id(text)) << text;
    }
}

TEST(TypedId, RefusesWrongUlids) {
    for (const std::string_view text : {"pol_", "pol_01ARZ3NDEKTSV4RRFFQ69G5FA",
                                        "pol_01ARZ3NDEKTSV4RRFFQ69G5FAVX", "pol_81ARZ3NDEKTSV4RRFFQ69G5FAV",
                                        "pol_01ARZ3NDEKTSV4RRFFQ69G5FAU", "pol_01ARZ3NDEK_SV4RRFFQ69G5FAV",
                                        "pol-01ARZ3NDEKTSV4RRFFQ69G5FAV", "pol_01ARZ3NDEKTSV4RRFFQ69G5FA "}) {
        expect_error(parse_typed_id(text), ErrorCode::invalid_text, "invalid id: " + core::quoted(text));
        EXPECT_FALSE(is_canonical_typed_id(text)) << text;
    }
    // The ULID's own reason is kept.
    expect_error(parse_typed_id("pol_01ARZ3NDEKTSV4RRFFQ69G5FAU"), ErrorCode::invalid_text, "invalid id",
                 "\"U\"");
}

TEST(TypedId, ReadsALowerCaseUlidButItIsNotCanonical) {
    const std::string text = "pol_01arz3ndektsv4rrffq69g5fav";
    const Result<TypedId> id = parse_typed_id(text);
    ASSERT_TRUE(id);
    EXPECT_EQ(format_typed_id(*id), "pol_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    EXPECT_FALSE(is_canonical_typed_id(text));
    EXPECT_FALSE(is_canonical_typed_id("pol_01ARZ3NDEKTSV4RRFFQ69G5FaV"));
}

TEST(TypedId, CanonicalMeansThatItRoundTrips) {
    EXPECT_TRUE(is_canonical_typed_id("pol_7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
    EXPECT_TRUE(is_canonical_typed_id("pol_00000000000000000000000000"));
    EXPECT_FALSE(is_canonical_typed_id("Pol_00000000000000000000000000"));
    EXPECT_FALSE(is_canonical_typed_id(std::string(10'000'000, 'a')));
}

TEST(TypedId, WritesTheLongestIntoTheDocumentedRoom) {
    char out[max_typed_id_length];
    const std::string prefix(max_prefix_length, 'p');
    ASSERT_EQ(write_typed_id(prefix, *parse_ulid(ulid_text), out), max_typed_id_length);
    EXPECT_EQ(std::string_view(out, max_typed_id_length), with_prefix(prefix));
}

} // namespace
} // namespace policies::core
