#include "core/context/claims.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "core/expectations.hpp"

namespace policies::core {
namespace {

Result<Claims> parse(std::string_view json) {
    return parse_claims(json, ClaimPaths{});
}

Result<Claims> parse_tenant_at(std::string_view path, std::string_view json) {
    EXPECT_TRUE(check_claim_path(path)) << path;
    ClaimPaths paths;
    paths.tenant = path;
    return parse_claims(json, paths);
}

void expect_refused(std::string_view json, std::string_view message_part) {
    expect_error(parse(json), ErrorCode::not_permitted, message_part);
}

void expect_tenant(const Result<Claims>& claims, std::string_view tenant) {
    ASSERT_TRUE(claims) << claims.error().message;
    EXPECT_EQ(claims->tenant_id, tenant);
}

TEST(Claims, ReadsTheThreeParts) {
    const auto claims = parse(R"({"tenant_id":"acme","app_id":"desk","sub":"usr_1","exp":1e9,"x":[{}]})");
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->tenant_id, "acme");
    EXPECT_EQ(claims->app_id, "desk");
    EXPECT_EQ(claims->person_id, "usr_1");
}

TEST(Claims, AppAndPersonMayBeAbsentOrNull) {
    for (const std::string_view json :
         {R"({"tenant_id":"acme"})", R"({"tenant_id":"acme","app_id":null,"sub":null})"}) {
        const auto claims = parse(json);
        ASSERT_TRUE(claims);
        EXPECT_FALSE(claims->app_id);
        EXPECT_FALSE(claims->person_id);
    }
}

TEST(Claims, RefusesAMissingTenant) {
    expect_refused("{}", R"(the claim "tenant_id" is missing)");
    expect_refused(R"({"tenant_id":null})", R"(the claim "tenant_id" is missing)");
    expect_refused(R"({"Tenant_id":"acme","app_id":"a"})", R"(the claim "tenant_id" is missing)");
}

TEST(Claims, RefusesAMalformedPart) {
    for (const std::string claim : {"tenant_id", "app_id", "sub"}) {
        for (const std::string value : {"1", "0", "1.5", "true", "false", "[]", "{}", "[\"a\"]", "\"\""}) {
            const std::string json =
                (claim == "tenant_id" ? "{\"" : R"({"tenant_id":"acme",")") + claim + "\":" + value + "}";
            const std::string fault = value == "\"\"" ? "is empty" : "is not a string";
            expect_refused(json, "the claim \"" + claim + "\" " + fault);
        }
    }
}

TEST(Claims, RefusesTextThatIsNoObject) {
    expect_refused("", "the claims are empty");
    for (const std::string_view json :
         {"null", "1", "\"tenant_id\"", "[]", R"([{"tenant_id":"acme"}])", "true"})
        expect_refused(json, "not a JSON object");
}

TEST(Claims, RefusesInvalidJson) {
    for (const std::string_view json :
         {" ", "{", "}", R"({"tenant_id":"acme")", R"({"tenant_id":"acme"}})", R"({"tenant_id":"acme"} x)",
          R"({'tenant_id':'acme'})", R"({"tenant_id":"acme",})", R"({tenant_id:"acme"})",
          R"({"tenant_id":"acme"/**/})", R"({"tenant_id":"acme","x":1e999})",
          R"({"tenant_id":"acme","x":NaN})", R"({"tenant_id":"\ud800"})", R"({"tenant_id":"\x"})",
          "{\"tenant_id\":\"a\nb\"}"})
        expect_refused(json, "not valid JSON");
}

TEST(Claims, RefusesInvalidUtf8) {
    // A stray continuation byte, a cut character, an overlong '/', a surrogate, a code point above U+10FFFF.
    for (const std::string bytes : {"\x80", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"}) {
        expect_refused("{\"tenant_id\":\"" + bytes + "\"}", "not valid JSON");
        expect_refused("{\"tenant_id\":\"acme\",\"" + bytes + "\":1}", "not valid JSON");
        expect_refused(bytes, "not valid JSON");
    }
}

TEST(Claims, RefusesNul) {
    expect_refused(R"({"tenant_id":"ac\u0000me"})", "holds the character U+0000");
    expect_refused(R"({"tenant_id":"acme","app_id":"\u0000"})", "the claim \"app_id\" holds");
    expect_refused(std::string_view("{\"tenant_id\":\"acme\"}\0x", 23), "not valid JSON");
    expect_refused(std::string_view("{\"tenant_id\":\"a\0b\"}", 19), "not valid JSON");
}

TEST(Claims, UnescapesJson) {
    expect_tenant(parse(R"({"tenant_id":"a\u00e9\ud83d\ude00\"\\b"})"), "aé😀\"\\b");
    expect_tenant(parse(R"({"tenant\u005fid":"acme"})"), "acme");
    expect_tenant(parse(" \t\r\n{\"tenant_id\" : \" acme \"}\n"),
                  " acme "); // compared as it is, never trimmed
}

TEST(Claims, LimitsLengthInBytes) {
    const std::string longest(255, 'a');
    expect_tenant(parse("{\"tenant_id\":\"" + longest + "\"}"), longest);
    expect_refused("{\"tenant_id\":\"" + longest + "a\"}", "is too long");
    const std::string two_byte_characters = "é"; // 128 of them are 256 bytes
    std::string tenant;
    for (int i = 0; i < 128; ++i)
        tenant += two_byte_characters;
    expect_refused("{\"tenant_id\":\"" + tenant + "\"}", "is too long");
    expect_refused(R"({"tenant_id":"acme","sub":")" + tenant + "\"}", "the claim \"sub\" is too long");
}

TEST(Claims, SurvivesHugeInput) {
    const std::string huge(10'000'000, 'a');
    expect_refused("{\"tenant_id\":\"" + huge + "\"}", "is too long");
    expect_refused(huge, "not valid JSON");
    expect_tenant(parse("{\"" + huge + "\":1,\"tenant_id\":\"acme\"}"), "acme");
}

TEST(Claims, SurvivesDeepNesting) {
    const std::size_t depth = 1'000'000;
    std::string objects;
    for (std::size_t i = 0; i < depth; ++i)
        objects += "{\"a\":";
    const std::string arrays(depth, '[');
    expect_refused(arrays, "not valid JSON");
    expect_refused(objects, "not valid JSON");
    expect_refused(arrays + std::string(depth, ']'), "not a JSON object");
    expect_refused(objects + "1" + std::string(depth, '}'), "is missing");
    expect_tenant(parse(R"({"tenant_id":"acme","x":)" + arrays + std::string(depth, ']') + "}"), "acme");
    expect_refused("{\"tenant_id\":" + arrays + std::string(depth, ']') + "}", "is not a string");
}

TEST(Claims, TheLastOfDuplicateNamesCounts) { // RFC 7519 section 4
    expect_tenant(parse(R"({"tenant_id":"first","tenant_id":"last"})"), "last");
    expect_refused(R"({"tenant_id":"first","tenant_id":7})", "is not a string");
    const auto nested = parse_tenant_at("/a/t", R"({"a":{"t":"first"},"a":{}})"); // replaced, not merged
    expect_error(nested, ErrorCode::not_permitted, "is missing");
}

TEST(Claims, NeverRepeatsTheClaims) {
    for (const std::string_view json :
         {R"({"tenant_id":"s3cret\u0000"})", R"({"tenant_id":["s3cret"]})", R"(["s3cret"])", R"({"s3cret":)",
          R"({"tenant_id":"acme","sub":{"s3cret":1}})"}) {
        const auto claims = parse(json);
        ASSERT_FALSE(claims);
        const Error& error = claims.error();
        EXPECT_FALSE(contains(error.message + error.detail + error.hint, "s3cret")) << error.message;
    }
}

TEST(Claims, FollowsJsonPointers) {
    expect_tenant(parse_tenant_at("/app_metadata/tenant_id", R"({"app_metadata":{"tenant_id":"acme"}})"),
                  "acme");
    expect_tenant(parse_tenant_at("/a/1/b", R"({"a":[{},{"b":"acme"}]})"), "acme");
    expect_tenant(parse_tenant_at("a/b", R"({"a/b":"acme"})"), "acme"); // no pointer: a name
    expect_tenant(parse_tenant_at("a~b", R"({"a~b":"acme"})"), "acme");
    expect_tenant(parse_tenant_at("https://example.com/tenant", R"({"https://example.com/tenant":"acme"})"),
                  "acme");
}

// RFC 6901 section 5, with strings as values.
TEST(Claims, FollowsTheVectorsOfRfc6901) {
    constexpr std::string_view json = R"({"foo":["bar","baz"],"":"v0","a/b":"v1","c%d":"v2","e^f":"v3",)"
                                      R"("g|h":"v4","i\\j":"v5","k\"l":"v6"," ":"v7","m~n":"v8"})";
    constexpr std::string_view vectors[][2] = {{"/foo/0", "bar"}, {"/foo/1", "baz"}, {"/", "v0"},
                                               {"/a~1b", "v1"},   {"/c%d", "v2"},    {"/e^f", "v3"},
                                               {"/g|h", "v4"},    {"/i\\j", "v5"},   {"/k\"l", "v6"},
                                               {"/ ", "v7"},      {"/m~0n", "v8"}};
    for (const auto& [pointer, value] : vectors)
        expect_tenant(parse_tenant_at(pointer, json), value);
}

TEST(Claims, UnescapesPointersOnce) {
    // RFC 6901 section 4: "~01" is "~1", never "/".
    expect_tenant(parse_tenant_at("/~01", R"({"~1":"right","/":"wrong"})"), "right");
    expect_tenant(parse_tenant_at("/~1~0~1", R"({"/~/":"acme"})"), "acme");
    expect_tenant(parse_tenant_at("//", R"({"":{"":"acme"}})"), "acme");
}

TEST(Claims, APointerToNothingIsAbsent) {
    for (const std::string_view pointer :
         {"/b", "/a/c", "/n/x", "/n/x/y", "/l/2", "/l/99999999999999999999999"})
        expect_error(parse_tenant_at(pointer, R"({"a":{"b":"x"},"n":null,"l":["x","y"]})"),
                     ErrorCode::not_permitted, "the claim " + core::quoted(pointer) + " is missing");
}

TEST(Claims, APointerThroughAWrongValueIsRefused) {
    ClaimPaths paths;
    for (const std::string_view pointer :
         {"/s/x", "/i/x", "/l/x", "/l/-", "/l/00", "/l/+1", "/l/", "/l/0/x"}) {
        paths.app = pointer; // an app claim that was ignored would widen what its bearer sees
        expect_error(parse_claims(R"({"tenant_id":"acme","s":"x","i":1,"l":["x"]})", paths),
                     ErrorCode::not_permitted, "the claim " + core::quoted(pointer) + " cannot be reached");
    }
}

TEST(ClaimPath, AcceptsNamesAndPointers) {
    for (const std::string_view path :
         {"tenant_id", "a b", "~", "a~2", "/", "/a", "/a/b", "/~0~1", "//", "/a/"})
        EXPECT_TRUE(check_claim_path(path)) << path;
}

TEST(ClaimPath, RefusesEmptyAndMalformedPaths) {
    expect_error(check_claim_path(""), ErrorCode::invalid_argument, "invalid claim path: \"\"");
    for (const std::string_view path : {"/~", "/a~", "/~2", "/a~b/c", "/~~0", "/~0~"})
        expect_error(check_claim_path(path), ErrorCode::invalid_argument, "path: " + core::quoted(path),
                     "\"~\"");
}

} // namespace
} // namespace policies::core
