#pragma once

// Amounts of money: whole minor units of one currency. Never a floating point number.

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taama {

enum class Currency : std::uint8_t { XOF, EUR, MAD, GHS, NGN };

int exponent(Currency currency);                // decimals: XOF 0, the others 2
std::string_view to_string(Currency currency);  // ISO 4217
std::optional<Currency> parse_currency(std::string_view code);

struct Money {
    std::int64_t minor = 0;
    Currency currency = Currency::XOF;

    // A JSON number's text ("6000", "6000.00", "6e3", "350.5") in the currency's own units. Empty
    // when it has more decimals than the currency, or does not fit.
    static std::optional<Money> parse(std::string_view number, Currency currency);
    std::string to_decimal() const;  // "6000", "350.5" (no trailing zeros)

    bool operator==(const Money&) const = default;
    std::strong_ordering operator<=>(const Money& other) const;  // asserts equal currencies
};

Money operator+(Money a, Money b);  // checked: asserts equal currencies and no overflow
Money operator-(Money a, Money b);
Money operator*(Money amount, std::int64_t times);
Money min(Money a, Money b);
Money max(Money a, Money b);

// floor((2·x·n + d) / (2·d)): x·n/d rounded half up, exact (128-bit inside). n >= 0, d > 0.
std::int64_t half_up(std::int64_t x, std::int64_t n, std::int64_t d);
Money half_up(Money amount, std::int64_t n, std::int64_t d);

// Splits `part` over `weights`: floor(part·w/W) each, the missing units one each from the last
// position backwards. The parts add up to `part`. W = 0 gives zeros and needs part = 0.
std::vector<std::int64_t> split(std::int64_t part, std::span<const std::int64_t> weights);

}  // namespace taama
