#pragma once

// Hexadecimal, two digits a byte: lower case is written, any case is read.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace taama::text {

inline constexpr char hex_digits[] = "0123456789abcdef";

inline constexpr auto hex_values = [] {
    std::array<std::int8_t, 256> values;
    values.fill(-1);
    for (int i = 0; i < 16; ++i) values[static_cast<std::uint8_t>(hex_digits[i])] = i;
    for (int i = 0; i < 6; ++i) values[static_cast<std::size_t>('A' + i)] = 10 + i;
    return values;
}();

// The byte that two digits spell; negative when one of them is none.
constexpr int hex_byte(char high, char low) {
    return hex_values[static_cast<std::uint8_t>(high)] * 16 |
           hex_values[static_cast<std::uint8_t>(low)];
}

void append_hex(std::string& out, std::span<const std::uint8_t> bytes);

// Exactly `out.size()` bytes; false when it is anything else.
bool read_hex(std::string_view text, std::span<std::uint8_t> out);

}  // namespace taama::text
