#include "platform/money/money.hpp"

#include <gtest/gtest.h>

namespace taama {
namespace {

TEST(Money, ParsesNumbersExactly) {
    struct Case {
        std::string_view text;
        Currency currency;
        std::optional<std::int64_t> minor;
    };
    using enum Currency;
    const Case cases[] = {
        {"6000", XOF, 6000},
        {"6000.00", XOF, 6000},
        {"6e3", XOF, 6000},
        {"6E+3", XOF, 6000},
        {"0.6e4", XOF, 6000},
        {"60000e-1", XOF, 6000},
        {"6000.5", XOF, {}},
        {"0", XOF, 0},
        {"-0", XOF, 0},
        {"0.000", XOF, 0},
        {"-1", XOF, -1},
        {"1e30", XOF, {}},
        {"1e-1", XOF, {}},
        {"350.5", MAD, 35050},
        {"350.50", MAD, 35050},
        {"350.505", MAD, {}},
        {"0.01", EUR, 1},
        {"1e-2", EUR, 1},
        {"1e-3", EUR, {}},
        {"999999999999999999", XOF, 999'999'999'999'999'999},
        {"9999999999999999999", XOF, {}},
        {"", XOF, {}},
        {"-", XOF, {}},
        {".5", EUR, {}},
        {"5.", EUR, {}},
        {"1e", XOF, {}},
        {"1e+-3", XOF, {}},
        {"1e99999999999", XOF, {}},
        {"0x10", XOF, {}},
        {" 1", XOF, {}},
        {"1 ", XOF, {}},
        {"NaN", XOF, {}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.text);
        const auto money = Money::parse(c.text, c.currency);
        EXPECT_EQ(money ? std::optional{money->minor} : std::nullopt, c.minor);
    }
}

TEST(Money, WritesWithoutNeedlessZeros) {
    const std::pair<Money, std::string_view> cases[] = {
        {{6000, Currency::XOF}, "6000"},   {{-6000, Currency::XOF}, "-6000"},
        {{35050, Currency::MAD}, "350.5"}, {{35000, Currency::MAD}, "350"},
        {{5, Currency::EUR}, "0.05"},      {{-5, Currency::EUR}, "-0.05"},
        {{0, Currency::EUR}, "0"},         {{100, Currency::NGN}, "1"}};
    for (const auto& [money, text] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(money.to_decimal(), text);
        EXPECT_EQ(Money::parse(text, money.currency), money);
    }
}

TEST(Money, HalfUp) {
    struct Case {
        std::int64_t x, n, d, want;
    };
    const Case cases[] = {
        {4115, 30, 100, 1235},  // 1234.5
        {4115, 50, 100, 2058},  // 2057.5
        {12'000, 30, 100, 3600},
        {35'050, 30, 100, 10'515},
        {1, 1, 2, 1},
        {1, 1, 3, 0},
        {-1, 1, 2, 0},  // -0.5 rounds up
        {-3, 1, 2, -1},
        {0, 5, 7, 0},
        {9'000'000'000'000'000'000, 3, 3, 9'000'000'000'000'000'000},
        {1'000'000'000'000'000, 10'000, 10'001, 999'900'009'999'000},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.x);
        EXPECT_EQ(half_up(c.x, c.n, c.d), c.want);
    }
}

TEST(Money, SplitAddsUp) {
    struct Case {
        std::int64_t part;
        std::vector<std::int64_t> weights;
        std::vector<std::int64_t> want;
    };
    const Case cases[] = {
        {100, {1, 1, 1}, {33, 33, 34}},
        {101, {1, 1, 1}, {33, 34, 34}},
        {10, {5, 3, 2}, {5, 3, 2}},
        {1, {7, 7}, {0, 1}},
        {0, {1, 2}, {0, 0}},
        {0, {0, 0}, {0, 0}},
        {0, {}, {}},
        {11, {10, 1, 0}, {10, 1, 0}},
        {1, {1, 0}, {1, 0}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.part);
        EXPECT_EQ(split(c.part, c.weights), c.want);
    }
}

TEST(Money, Currencies) {
    EXPECT_EQ(exponent(Currency::XOF), 0);
    for (const Currency currency : {Currency::EUR, Currency::MAD, Currency::GHS, Currency::NGN}) {
        EXPECT_EQ(exponent(currency), 2);
        EXPECT_EQ(parse_currency(to_string(currency)), currency);
    }
    EXPECT_FALSE(parse_currency("xof"));
    EXPECT_FALSE(parse_currency(""));
}

TEST(MoneyDeathTest, StopsOnOverflowAndMixedCurrencies) {
    const Money most{INT64_MAX, Currency::XOF};
    const Money franc{1, Currency::XOF};
    const Money cent{1, Currency::EUR};
    EXPECT_DEATH(most + franc, "assertion failed");
    EXPECT_DEATH(most * 2, "assertion failed");
    EXPECT_DEATH(franc + cent, "assertion failed");
    EXPECT_DEATH((void)(franc < cent), "assertion failed");
}

}  // namespace
}  // namespace taama
