#include "core/search/search_query.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/search/query_matcher.hpp"

namespace policies::core {
namespace {

using namespace std::string_literals;

bool finds(std::string_view query, std::string_view text) {
    QueryMatcher matcher(text);
    const auto words = search_query(query);
    const bool found = matcher.finds(words);
    EXPECT_TRUE(words.empty() || matcher.is_sound()) << query << " → " << words;
    return found;
}

struct Case {
    const char* text;
    const char* query;
};

void expect_found(std::initializer_list<Case> cases) {
    for (const auto& [text, query] : cases)
        EXPECT_TRUE(finds(query, text)) << query << " in " << text << " as " << search_query(query);
}

void expect_not_found(std::initializer_list<Case> cases) {
    for (const auto& [text, query] : cases)
        EXPECT_FALSE(finds(query, text)) << query << " in " << text << " as " << search_query(query);
}

/// Each is found by each.
void expect_alike(std::initializer_list<const char*> texts) {
    for (const auto* const text : texts) {
        for (const auto* const query : texts)
            expect_found({{text, query}});
    }
}

TEST(SearchQuery, FindsControlNumbersHoweverTheyAreJoined) {
    expect_alike({"ISO-27001", "ISO 27001", "iso27001", "ISO_27001", "ISO/27001", "Iso–27001"});
    expect_alike({"SOC-2", "SOC 2", "soc2", "SOC\u00A02"});
    expect_alike({"A.5.1", "A 5.1", "a-5-1", "A5.1"});
    expect_alike({"AC-2(1)", "AC 2(1)", "ac-2.1", "AC2(1)", "AC-2 (1)"});
    expect_alike({"PCI-DSS 3.2.1", "PCI DSS 3.2.1", "pci/dss 3-2-1"});
    expect_alike({"CVE-2024-3094", "cve 2024-3094", "CVE_2024_3094"});
    expect_alike({"§ 203 StGB", "§203 StGB", "203 StGB"});
    expect_alike({"Art. 32(1)(b)", "Art. 32 (1)(b)", "art 32(1)b"});
    expect_alike({"NIST 800-53", "NIST-800-53", "nist800-53"});
}

TEST(SearchQuery, FindsAControlByItsParts) {
    expect_found({
        {"certified to ISO-27001", "27001"},
        {"certified to ISO-27001", "iso"},
        {"iso27001", "27001"},
        {"SOC-2 report", "2"},
        {"ISO/IEC 27001:2022 A.8.24", "ISO 27001"},
        {"ISO/IEC 27001:2022 A.8.24", "ISO-27001"},
        {"ISO/IEC 27001:2022 A.8.24", "iso27001"},
        {"ISO/IEC 27001:2022 A.8.24", "ISO/IEC 27001"},
        {"ISO/IEC 27001:2022 A.8.24", "27001:2022"},
        {"ISO/IEC 27001:2022 A.8.24", "A.8.24"},
        {"ISO/IEC 27001:2022 A.8.24", "8.24"},
        {"ISO/IEC 27001:2022 A.8.24", "a8"},
        {"NIST SP 800-53 AC-2(1)", "AC-2"},
        {"NIST SP 800-53 AC-2(1)", "ac2"},
        {"NIST SP 800-53 AC-2(1)", "NIST 800-53"},
        {"NIST SP 800-53 AC-2(1)", "nist-800-53"},
        {"NIST SP 800-53 AC-2(1)", "SP800"},
        {"PCI-DSS 3.2.1", "dss"},
        {"PCI-DSS 3.2.1", "pcidss"},
        {"PCI-DSS 3.2.1", "3.2"},
        {"PCI-DSS 3.2.1", "PCI 3.2.1"},
        {"CVE-2024-3094", "3094"},
        {"CVE-2024-3094", "CVE-2024"},
        {"GDPR Art. 32(1)(b)", "article or art. 32"},
        {"GDPR Art. 32(1)(b)", "Art. 32(1)"},
        {"§ 203 StGB", "stgb"},
        {"a key of -27001 bytes", "27001"},
        {"version v1.2.3-rc.1", "1.2.3"},
        {"TLS1.3 and AES-256-GCM", "aes256"},
        {"TLS1.3 and AES-256-GCM", "TLS 1.3"},
        {"TLS1.3 and AES-256-GCM", "aes gcm"},
        {"BSI IT-Grundschutz ORP.4.A23", "ORP.4"},
        {"BSI IT-Grundschutz ORP.4.A23", "orp 4 a23"},
        {"use 2FA and SHA-1", "2fa sha1"},
        {"ids such as pol_01J9Z3NDEKTSV4RRFFQ69G5FAV", "pol_01J9Z3NDEKTSV4RRFFQ69G5FAV"},
    });
}

TEST(SearchQuery, TellsControlsApart) {
    expect_not_found({
        {"ISO-27001", "ISO-27002"},
        {"ISO-27001", "2700"},
        {"A.5.1", "A.5.2"},
        {"A.5.1", "A.51"},
        {"A.51", "A.5.1"},
        {"A.5.10", "A.5.1"},
        {"B.5.1", "A.5.1"},
        {"AC-2(1)", "AC-2(2)"},
        {"Art. 6(1)(a)", "Art. 6(1)(b)"},
        {"PCI 3.2.1", "3.1.2"},
        {"ISO 9001, then 27001", "iso27001"},
        {"12 34", "1234"},
    });
}

TEST(SearchQuery, FindsPartsOfCompounds) {
    expect_found({
        {"Employees/contractors", "contractors"},
        {"Employees/contractors", "Employees/contractors"},
        {"Employees/contractors", "employees contractors"},
        {"security.docx", "security"},
        {"https://intranet.example.com/policies/security.docx?version=2#top", "security"},
        {"https://intranet.example.com/policies/security.docx?version=2#top", "security.docx"},
        {"https://intranet.example.com/policies/security.docx?version=2#top", "intranet.example.com"},
        {"https://intranet.example.com/policies/", "https://intranet.example.com/policies/"},
        {"write to security@example.com.", "security"},
        {"write to security@example.com.", "security@example.com"},
        {"write to security@example.com.", "example.com"},
        {"dear <company name>", "company"},
        {"<company name>", "<company name>"},
        {"<b>bold</b>", "bold"},
        {"a_b_c access_control_policy", "access control"},
        {"access_control_policy", "policy"},
        {"AccessControlPolicy.docx", "control"},
        {"AccessControlPolicy.docx", "accesscontrolpolicy"},
        {"accesscontrolpolicy", "AccessControlPolicy"},
        {"access control", "AccessControl"},
        {"eIDAS and iPhone", "eidas"},
        {"eIDAS and iPhone", "iphone"},
        {"C:\\policies\\clean desk.pdf", "clean"},
        {"multi-factor e-mail", "multifactor email"},
        {"multifactor email", "multi-factor e-mail"},
        {"an e-mail address", "\"email address\""},
        {"data protection", "data-protection"},
        {"the company's laptop", "company"},
        {"l’accès au réseau", "accès"},
        {"end.Begin", "begin"},
        {"|cell|other|", "cell"},
        {"(see \"policy\")", "see policy"},
    });
    expect_not_found({{"Employees/contractors", "contractors-employees"}, {"securityx", "security"}});
}

TEST(SearchQuery, FindsWhateverTheAccents) {
    expect_alike({"Café", "Cafe\u0301", "cafe", "CAFÉ"});
    expect_alike({"accès", "acces"});
    expect_alike({"Müller", "Mu\u0308ller", "müller"});
    expect_found({{"Müller", "mueller"},
                  {"Müller", "muller"},
                  {"Mueller", "Müller"},
                  {"muller", "Müller"},
                  {"Smörgåsbord", "smorgasbord"},
                  {"Smörgåsbord", "smoergaasbord"},
                  {"Łódź", "lodz"},
                  {"Ærø", "aero"},
                  {"Straße", "strasse"},
                  {"STRASSE", "straße"},
                  {"naïve", "naive"},
                  {"Ελλάδα", "ελλαδα"},
                  {"ёлка", "елка"},
                  {"\"accès au réseau\"", "\"acces au reseau\""},
                  {"Größe-5", "groesse5"},
                  {"acces au reseau", "\"accès au réseau\""}});
    expect_not_found({{"й", "и"}, {"mueller", "muller"}, {"muller", "mueller"}});
}

TEST(SearchQuery, FindsWhateverTheFormOfALetter) {
    expect_alike({"ISO27001", "ＩＳＯ２７００１", "iso 27001"});
    expect_alike({"office", "o\uFB03ce", "of\u00ADfice"});
    expect_alike({"한국", "\u1112\u1161\u11AB\u1100\u116E\u11A8"});
    expect_alike({"ガス", "ｶﾞｽ", "カ\u3099ス"});
    expect_found({{"10 m²", "m2"}, {"①", "1"}, {"Ⅳ", "iv"}});
}

TEST(SearchQuery, FindsRunsOfScriptsWithoutSpaces) {
    expect_found({
        {"情報セキュリティ方針", "セキュリティ"},
        {"情報セキュリティ方針", "情報"},
        {"情報セキュリティ方針", "方針"},
        {"情報セキュリティ方針", "報"},
        {"情報セキュリティ方針", "針"},
        {"情報セキュリティ方針", "情報 方針"},
        {"情報セキュリティ方針", "\"情報セキュリティ\""},
        {"员工必须每年更改密码。", "密码"},
        {"员工必须每年更改密码。", "每年更改"},
        {"정보보호 정책을 따른다", "정책"},
        {"정보보호 정책을 따른다", "정보보호"},
        {"ISO27001認証を取得", "認証"},
        {"ISO27001認証を取得", "ISO27001認証"},
        {"ISO27001認証を取得", "27001"},
        {"นโยบายความปลอดภัย", "ความปลอดภัย"},
    });
    expect_not_found({
        {"東京にも京都にも", "東京都"},
        {"情報セキュリティ方針", "報情"},
        {"情報。方針", "報方"},
        {"カキ", "ガキ"},
        {"员工必须每年更改密码。", "码密"},
    });
}

TEST(SearchQuery, KnowsTheOperators) {
    expect_found({
        {"long passwords", "\"long passwords\""},
        {"long passwords", "passwords long"},
        {"doors", "doors or portal"},
        {"portal", "doors OR portal"},
        {"a b", "a b or c d"},
        {"c d", "a b or c d"},
        {"password", "password -portal"},
        {"password", "password -\"the portal\""},
        {"ISO 9001", "iso -27001"},
        {"to be or not", "or"},
        {"to be or", "or or"},
        {"one or more", "one or"},
        {"one or more", "one or ---"},
        {"ten percent - or more", "- percent"},
        {"19\" rack", "19\" rack"},
        {"a quote", "“a quote”"},
        {"mixed", "-other or mixed"},
    });
    expect_not_found({
        {"passwords, long", "\"long passwords\""},
        {"password portal", "password -portal"},
        {"password of the portal", "password -\"the portal\""},
        {"ISO-27001", "iso -27001"},
        {"ISO 27001", "-ISO-27001"},
        {"a c", "a b or c d"},
        {"one", "one two"},
        {"quote a", "“a quote”"},
    });
}

TEST(SearchQuery, PassesOverWhatMakesNoSense) {
    for (const auto& text : {""s,
                             " "s,
                             std::string(33, '-'),
                             std::string(60'000, '-'),
                             "|---|---|"s,
                             "\"\""s,
                             "\""s,
                             "-"s,
                             "-\""s,
                             "\"-\""s,
                             "& | ! ( ) <-> :*"s,
                             "'"s,
                             "\\"s,
                             "\x01\x02\x7F"s,
                             "😀🎉"s,
                             "\u0301"s,
                             "\u200B"s,
                             "\xFF\xFE"s,
                             "- - -"s,
                             "§ % €"s,
                             "\0"s})
        EXPECT_EQ(search_query(text), "") << text;
    expect_found({{"word", "((word))"},
                  {"word", "--word"},
                  {"word", "word:*"},
                  {"word", "!word"},
                  {"word", "\"word"},
                  {"a b", "a & | b"},
                  {"word", "\xFFword"},
                  {"don't", "don't"},
                  {"a b", "a\0b"},
                  {"a b", "|a|b|"}});
    EXPECT_EQ(search_query("it's \\'); DROP"), "('it'&'s'&'drop')");
}

TEST(SearchQuery, AsksForEachOnce) {
    EXPECT_EQ(search_query("a b a -c a -c"), "('a'&'b'&!'c')");
    EXPECT_EQ(search_query("a or b or a"), "('a'|'b')");
}

TEST(SearchQuery, IsOfAnyLength) {
    for (const std::string part :
         {"a ", "1", "a1", "-a ", "\"", "\"a\" ", "or ", "a or ", "é ", "情", "a.", "x-", "aB"}) {
        std::string text;
        while (text.size() < 20'000)
            text += part;
        QueryMatcher matcher("nothing");
        const auto query = search_query(text);
        matcher.finds(query);
        EXPECT_TRUE(query.empty() || matcher.is_sound()) << part;
    }
}

} // namespace
} // namespace policies::core
