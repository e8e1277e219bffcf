#include "modules/identity/password_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "modules/identity/common_passwords.hpp"
#include "modules/identity/leaked_passwords.hpp"

namespace taama::identity {
namespace {

TEST(PasswordRules, Accept_S1_061) {
    const std::vector<std::string> personal{"+2250700000001", "awa@example.ci", "Awa", "Koné",
                                            "Kouassi-Brou"};
    const std::string longest(128, 'x');
    const struct {
        const char* name;
        std::string password;
        bool good;
    } cases[] = {
        {"the contract's example", "mangue-verte-12", true},
        {"seven characters", "k7!mqzt", false},
        {"eight characters", "k7!mqztp", true},
        {"eight letters that take 15 bytes", "éèêëàâäz", true},
        {"129 characters", std::string(64, 'q') + std::string(65, 'w'), false},
        {"128 characters", std::string(64, 'q') + std::string(64, 'w'), true},
        {"one character again and again", longest, false},
        {"common", "password", false},
        {"common in capitals", "PassWord", false},
        {"common with an ending", "azerty123!", false},
        {"leaked, though nobody would call it a word", "3rjs1la7qe", false},
        {"leaked, in capitals", "TRUSTNO1", false},
        {"a common word in a sentence is fine", "azerty et compagnie", true},
        {"digits in a row", "12345678901234", false},
        {"letters in a row", "abcdefghij", false},
        {"the own phone", "+2250700000001", false},
        {"the own e-mail in capitals", "AWA@EXAMPLE.CI", false},
        {"the own name", "kouassi-brou", false},
        {"full-width digits are digits", "１２３４５６７８", false},
        {"not UTF-8", "abc\xff\xfe defghij", false},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(accept_password(c.password, personal).has_value(), c.good);
    }
}

TEST(PasswordRules, ListIsSorted) {
    EXPECT_GE(common_passwords.size(), 300U);
    EXPECT_TRUE(std::ranges::is_sorted(common_passwords));
    EXPECT_EQ(std::ranges::adjacent_find(common_passwords), common_passwords.end());
}

// Each is found, and nothing beside them: before, between, after.
TEST(PasswordRules, LeakedPasswordsAreFound) {
    std::vector<std::string_view> words;
    for (std::string_view rest = leaked_passwords; !rest.empty();) {
        words.push_back(rest.substr(0, rest.find('\n')));
        rest.remove_prefix(words.back().size() + 1);
    }
    EXPECT_GE(words.size(), 10'000U);
    ASSERT_EQ(std::ranges::adjacent_find(words, std::ranges::greater_equal{}), words.end())
        << "not in order";
    for (const std::string_view word : words) {
        EXPECT_GE(word.size(), 8U);
        EXPECT_TRUE(is_leaked_password(word)) << word;
        const std::string longer = std::string{word} + "~";
        const std::string other = std::string{word.substr(0, word.size() - 1)} + "~";
        EXPECT_FALSE(is_leaked_password(longer)) << longer;
        EXPECT_FALSE(is_leaked_password(other)) << other;
    }
    for (const char* none : {"", " ", "~~~~~~~~", "\n", "mangue-verte-12"})
        EXPECT_FALSE(is_leaked_password(none)) << none;
}

TEST(PasswordRules, HashedFormIsNormalised) {
    EXPECT_EQ(*accept_password("cafe\xCC\x81 au lait", {}), "caf\xC3\xA9 au lait");
}

}  // namespace
}  // namespace taama::identity
