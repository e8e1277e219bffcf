#include "platform/money/money.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "platform/assert.hpp"

namespace taama {

namespace {

struct CurrencyInfo {
    Currency currency;
    std::string_view code;
    int exponent;
};

constexpr std::array<CurrencyInfo, 5> currencies{{
    {Currency::XOF, "XOF", 0},
    {Currency::EUR, "EUR", 2},
    {Currency::MAD, "MAD", 2},
    {Currency::GHS, "GHS", 2},
    {Currency::NGN, "NGN", 2},
}};

const CurrencyInfo& info(Currency currency) {
    const auto found = std::ranges::find(currencies, currency, &CurrencyInfo::currency);
    ASSERT(found != currencies.end());
    return *found;
}

// A JSON number as digits · 10^exponent.
struct Decimal {
    bool negative = false;
    std::string digits;
    long exponent = 0;
};

std::optional<Decimal> read_decimal(std::string_view text) {
    Decimal out;
    if (text.starts_with('-')) {
        out.negative = true;
        text.remove_prefix(1);
    }
    const auto take_digits = [&] {
        const std::size_t before = out.digits.size();
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            out.digits += text.front();
            text.remove_prefix(1);
        }
        return out.digits.size() - before;
    };
    if (take_digits() == 0) return std::nullopt;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        const std::size_t decimals = take_digits();
        if (decimals == 0) return std::nullopt;
        out.exponent = -static_cast<long>(decimals);
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+')) {
            text.remove_prefix(1);
            if (text.starts_with('-')) return std::nullopt;
        }
        int exponent = 0;
        const auto end = text.data() + text.size();
        const auto result = std::from_chars(text.data(), end, exponent);
        if (result.ec != std::errc{} || result.ptr != end || exponent > 1000 || exponent < -1000)
            return std::nullopt;
        out.exponent += exponent;
        text = {};
    }
    if (!text.empty()) return std::nullopt;
    while (out.digits.size() > 1 && out.digits.back() == '0') {
        out.digits.pop_back();
        ++out.exponent;
    }
    out.digits.erase(0, std::min(out.digits.find_first_not_of('0'), out.digits.size() - 1));
    return out;
}

}  // namespace

int exponent(Currency currency) { return info(currency).exponent; }

std::string_view to_string(Currency currency) { return info(currency).code; }

std::optional<Currency> parse_currency(std::string_view code) {
    const auto found = std::ranges::find(currencies, code, &CurrencyInfo::code);
    return found == currencies.end() ? std::nullopt : std::optional{found->currency};
}

std::optional<Money> Money::parse(std::string_view number, Currency currency) {
    const auto decimal = read_decimal(number);
    if (!decimal) return std::nullopt;
    if (decimal->digits == "0") return Money{0, currency};
    const long zeros = decimal->exponent + taama::exponent(currency);
    if (zeros < 0 || zeros + static_cast<long>(decimal->digits.size()) > 18) return std::nullopt;
    std::int64_t minor = 0;
    for (const char c : decimal->digits) minor = minor * 10 + (c - '0');
    for (long i = 0; i < zeros; ++i) minor *= 10;
    return Money{decimal->negative ? -minor : minor, currency};
}

std::string Money::to_decimal() const {
    const int decimals = taama::exponent(currency);
    ASSERT(minor != std::numeric_limits<std::int64_t>::min());
    std::string digits = std::to_string(minor < 0 ? -minor : minor);
    if (decimals > 0) {
        const auto width = static_cast<std::size_t>(decimals) + 1;
        if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
        digits.insert(digits.size() - static_cast<std::size_t>(decimals), 1, '.');
        while (digits.back() == '0') digits.pop_back();
        if (digits.back() == '.') digits.pop_back();
    }
    return minor < 0 ? '-' + digits : digits;
}

std::strong_ordering Money::operator<=>(const Money& other) const {
    ASSERT(currency == other.currency);
    return minor <=> other.minor;
}

Money operator+(Money a, Money b) {
    ASSERT(a.currency == b.currency);
    Money sum{0, a.currency};
    ASSERT(!__builtin_add_overflow(a.minor, b.minor, &sum.minor));
    return sum;
}

Money operator-(Money a, Money b) {
    ASSERT(a.currency == b.currency);
    Money difference{0, a.currency};
    ASSERT(!__builtin_sub_overflow(a.minor, b.minor, &difference.minor));
    return difference;
}

Money operator*(Money amount, std::int64_t times) {
    Money product{0, amount.currency};
    ASSERT(!__builtin_mul_overflow(amount.minor, times, &product.minor));
    return product;
}

Money min(Money a, Money b) { return a < b ? a : b; }
Money max(Money a, Money b) { return a < b ? b : a; }

std::int64_t half_up(std::int64_t x, std::int64_t n, std::int64_t d) {
    ASSERT(n >= 0 && d > 0);
    const __int128 numerator = static_cast<__int128>(2) * x * n + d;
    const __int128 divisor = static_cast<__int128>(2) * d;
    __int128 quotient = numerator / divisor;
    if (numerator % divisor != 0 && numerator < 0) --quotient;
    ASSERT(quotient <= std::numeric_limits<std::int64_t>::max() &&
           quotient >= std::numeric_limits<std::int64_t>::min());
    return static_cast<std::int64_t>(quotient);
}

Money half_up(Money amount, std::int64_t n, std::int64_t d) {
    return {half_up(amount.minor, n, d), amount.currency};
}

std::vector<std::int64_t> split(std::int64_t part, std::span<const std::int64_t> weights) {
    __int128 total = 0;
    for (const std::int64_t weight : weights) {
        ASSERT(weight >= 0);
        total += weight;
    }
    std::vector<std::int64_t> parts(weights.size(), 0);
    if (total == 0) {
        ASSERT(part == 0);
        return parts;
    }
    ASSERT(part >= 0);
    std::int64_t left = part;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        parts[i] = static_cast<std::int64_t>(static_cast<__int128>(part) * weights[i] / total);
        left -= parts[i];
    }
    // Fewer units are missing than there are positive weights.
    for (std::size_t i = weights.size(); left > 0;) {
        --i;
        if (weights[i] == 0) continue;
        ++parts[i];
        --left;
    }
    return parts;
}

}  // namespace taama
