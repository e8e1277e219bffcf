#include <gtest/gtest.h>

#include "platform/text/email.hpp"
#include "platform/text/hex.hpp"
#include "platform/text/html.hpp"
#include "platform/text/phone.hpp"
#include "platform/text/plate.hpp"
#include "platform/text/utf8.hpp"

namespace taama::text {
namespace {

TEST(Hex, ReadsExactlySoManyBytes) {
    std::array<std::uint8_t, 2> bytes{};
    EXPECT_TRUE(read_hex("0aFf", bytes));
    EXPECT_EQ(bytes, (std::array<std::uint8_t, 2>{0x0a, 0xff}));
    for (const std::string_view wrong :
         {"", "0a", "0aF", "0aFf0", "0aFf00", "0aFg", "g0ff", "0 ff", "0a\xc3\xa9"})
        EXPECT_FALSE(read_hex(wrong, bytes)) << wrong;
    std::string text = "x";
    append_hex(text, std::array<std::uint8_t, 3>{0x00, 0x9f, 0xe1});
    EXPECT_EQ(text, "x009fe1");
}

TEST(Phone, Normalises_S1_210) {
    struct Case {
        std::string_view text;
        std::string_view country;
        std::string_view want;  // empty: refused
    };
    const Case cases[] = {
        {"0700000000", "CI", "+2250700000000"},
        {"00225 07-00-00-00-00", "CI", "+2250700000000"},
        {"+225 (07) 00.00.00.00", "TG", "+2250700000000"},
        {"2721000000", "CI", "+2252721000000"},
        {"07000000", "CI", ""},         // the old eight digits
        {"0300000000", "CI", ""},       // no such block
        {"+22507000000000", "CI", ""},  // one too many
        {"+229 97000000", "CI", ""},    // Benin before 2024
        {"+229 0197000000", "CI", "+2290197000000"},
        {"90 12 34 56", "TG", "+22890123456"},
        {"+22890123456", "CI", "+22890123456"},
        {"90 12 34 56", "CI", ""},
        {"+221771234567", "CI", "+221771234567"},
        {"+33612345678", "CI", "+33612345678"},
        {"+14155550123", "CI", "+14155550123"},
        {"+1234567", "CI", ""},           // seven digits
        {"+1234567890123456", "CI", ""},  // sixteen
        {"+0225700000000", "CI", ""},
        {"0700000000", "US", ""},  // whose plan is unknown
        {"", "CI", ""},
        {"+", "CI", ""},
        {"++2250700000000", "CI", ""},
        {"07000000+00", "CI", ""},
        {"0700000000a", "CI", ""},
        {"awa@example.ci", "CI", ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(normalise_phone(c.text, c.country).value_or(""), c.want);
    }
}

TEST(Phone, Mask) {
    EXPECT_EQ(mask_phone("+2250700000001"), "+225 •• •• •• 00 01");
    EXPECT_EQ(mask_phone("+22890123456"), "+228 •• •• 34 56");
    EXPECT_EQ(mask_phone("+33612345678"), "+33 •• •• • 56 78");
    EXPECT_EQ(mask_phone("+1"), "••••");
    EXPECT_EQ(country_of_phone("+2250700000001"), "CI");
    EXPECT_EQ(country_of_phone("+14155550123"), "");
}

TEST(Email, Normalises) {
    const std::string long_local(64, 'a');
    const std::string long_label(63, 'b');
    struct Case {
        std::string text;
        std::string want;  // empty: refused
    };
    const Case cases[] = {
        {"Awa.Kone@Example.CI", "awa.kone@example.ci"},
        {"a+b@x.io", "a+b@x.io"},
        {"\"a b\"@example.ci", "\"a b\"@example.ci"},
        {long_local + "@" + long_label + ".ci", long_local + "@" + long_label + ".ci"},
        {long_local + "a@example.ci", ""},
        {"a@" + long_label + "b.ci", ""},
        {std::string(60, 'a') + "@" + long_label + "." + long_label + "." + long_label + ".ci", ""},
        {"", ""},
        {"awa", ""},
        {"@example.ci", ""},
        {"awa@", ""},
        {"awa@example", ""},
        {".awa@example.ci", ""},
        {"awa.@example.ci", ""},
        {"a..b@example.ci", ""},
        {"awa@example..ci", ""},
        {"awa@-example.ci", ""},
        {"awa kone@example.ci", ""},
        {"awa@exam ple.ci", ""},
        {"awa(me)@example.ci", ""},
        {"Awa <awa@example.ci>", ""},
        {"awa@example.ci\n", ""},
        {"awa@[127.0.0.1]", ""},
        {std::string("a\0b@example.ci", 14), ""},
        {"\"a\\\n\"@example.ci", ""},
        {"é@example.ci", ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(normalise_email(c.text).value_or(""), c.want);
    }
    EXPECT_EQ(mask_email("awa.kone@example.ci"), "a••••@example.ci");
}

TEST(Plate, Key_S1_033) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"1234 ab 01", "1234AB01"},
        {"1234-AB-01", "1234AB01"},
        {"１２３４ＡＢ０１", "1234AB01"},
        {"O123", "O123"},
        {"0123", "0123"},
        {"TG 4242-BA", "TG4242BA"},
        {"ABC", ""},
        {"ABCD", ""},
        {"12 3", ""},
        {"1234567890123", ""},
        {"", ""},
        {"é1é2é3é4", "1234"},
        {"\xff"
         "1234",
         ""},
    };
    for (const auto& [text, want] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(plate_key(text).value_or(""), want);
    }
}

TEST(Utf8, Valid) {
    const std::pair<std::string_view, bool> cases[] = {
        {"", true},
        {"Koné", true},
        {"🚗", true},
        {"\xc0\x80", false},          // overlong
        {"\xed\xa0\x80", false},      // surrogate
        {"\xf4\x90\x80\x80", false},  // over U+10FFFF
        {"\xc3", false},
        {"\x80", false},
        {"abc\xff", false},
    };
    for (const auto& [text, valid] : cases) EXPECT_EQ(is_valid_utf8(text), valid) << text;
}

TEST(Utf8, CountsTrimsAndCuts) {
    EXPECT_EQ(code_points(""), 0u);
    EXPECT_EQ(code_points("Koné 🚗"), 6u);
    EXPECT_EQ(first_code_points("Koné 🚗", 4), "Koné");
    EXPECT_EQ(first_code_points("Koné", 9), "Koné");
    EXPECT_EQ(first_code_points("Koné", 0), "");
    EXPECT_EQ(trim(" \t\n\u00a0\u202fKoné A.\u3000\u200b "), "Koné A.");
    EXPECT_EQ(trim(" \u00a0 "), "");
    EXPECT_EQ(trim("é"), "é");
    EXPECT_TRUE(has_control("a\nb"));
    EXPECT_TRUE(has_control(std::string_view("a\0b", 3)));
    EXPECT_TRUE(has_control("a\u0085"));
    EXPECT_FALSE(has_control("Koné 🚗"));
}

TEST(Utf8, NormalForms) {
    EXPECT_EQ(to_nfkc("e\u0301"), "é");
    EXPECT_EQ(to_nfkc("ﬁ"), "fi");
    EXPECT_FALSE(to_nfkc("\xff"));
    EXPECT_EQ(to_search_form("YAMOUSSOUKRÓ"), "yamoussoukro");
    EXPECT_EQ(to_search_form("Lomé"), to_search_form("lome"));
    EXPECT_EQ(ascii_lower("AbÉ"), "abÉ");
}

TEST(EscapeHtml, NothingOfATextIsMarkup) {
    EXPECT_EQ(escape_html("Aïssata & <b>\"l'amie\"</b>"),
              "Aïssata &amp; &lt;b&gt;&quot;l&#39;amie&quot;&lt;/b&gt;");
    EXPECT_EQ(escape_html(""), "");
}

}  // namespace
}  // namespace taama::text
