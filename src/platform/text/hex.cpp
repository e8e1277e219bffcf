#include "platform/text/hex.hpp"

namespace taama::text {

void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
    const std::size_t before = out.size();
    out.resize(before + bytes.size() * 2);
    char* at = out.data() + before;
    for (const std::uint8_t byte : bytes) {
        *at++ = hex_digits[byte >> 4];
        *at++ = hex_digits[byte & 15];
    }
}

bool read_hex(std::string_view text, std::span<std::uint8_t> out) {
    if (text.size() != out.size() * 2) return false;
    int wrong = 0;  // negative once a digit was none
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int byte = hex_byte(text[2 * i], text[2 * i + 1]);
        wrong |= byte;
        out[i] = static_cast<std::uint8_t>(byte);
    }
    return wrong >= 0;
}

}  // namespace taama::text
