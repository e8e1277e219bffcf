// Bytes as text: hexadecimal and base64.

#include <array>

#include "platform/crypto/hash.hpp"
#include "platform/text/hex.hpp"

namespace taama::crypto {

namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t no_value = 0xff;
using Values = std::array<std::uint8_t, 256>;

constexpr Values values_of(std::string_view alphabet) {
    Values values;
    values.fill(no_value);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return values;
}
constexpr Values base64_values = values_of(base64_alphabet);
constexpr Values base64url_values = values_of(base64url_alphabet);

void append_encoded(std::string& out, ByteView data, std::string_view alphabet) {
    const std::size_t start = out.size();
    out.resize(start + (data.size() * 4 + 2) / 3);
    char* to = out.data() + start;
    const std::uint8_t* from = data.begin();
    for (; data.end() - from >= 3; from += 3) {
        const std::uint32_t bits = from[0] << 16 | from[1] << 8 | from[2];
        *to++ = alphabet[bits >> 18];
        *to++ = alphabet[bits >> 12 & 63];
        *to++ = alphabet[bits >> 6 & 63];
        *to++ = alphabet[bits & 63];
    }
    const auto left = data.end() - from;
    if (left == 0) return;
    const std::uint32_t bits = from[0] << 16 | (left == 2 ? from[1] << 8 : 0);
    *to++ = alphabet[bits >> 18];
    *to++ = alphabet[bits >> 12 & 63];
    if (left == 2) *to++ = alphabet[bits >> 6 & 63];
}

// Without padding. The number of bytes written, or nothing for a damaged text or too little room.
std::optional<std::size_t> decode(std::string_view text, std::span<std::uint8_t> out,
                                  const Values& values) {
    const std::size_t size = text.size() / 4 * 3 + (text.size() % 4 * 3) / 4;
    if (text.size() % 4 == 1 || size > out.size()) return std::nullopt;
    std::uint8_t* to = out.data();
    std::uint32_t bits = 0;
    std::uint32_t wrong = 0;
    std::size_t at = 0;
    for (; at + 4 <= text.size(); at += 4) {
        const auto value = [&](std::size_t i) -> std::uint32_t {
            return values[static_cast<unsigned char>(text[at + i])];
        };
        wrong |= value(0) | value(1) | value(2) | value(3);
        bits = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
        *to++ = static_cast<std::uint8_t>(bits >> 16);
        *to++ = static_cast<std::uint8_t>(bits >> 8);
        *to++ = static_cast<std::uint8_t>(bits);
    }
    if (at < text.size()) {
        bits = 0;
        const std::size_t left = text.size() - at;
        for (std::size_t i = 0; i < left; ++i) {
            const std::uint32_t value = values[static_cast<unsigned char>(text[at + i])];
            wrong |= value;
            bits |= value << (18 - 6 * i);
        }
        // Bits behind the last byte would give one value several spellings.
        if ((bits & (left == 2 ? 0xffffu : 0xffu)) != 0) return std::nullopt;
        *to++ = static_cast<std::uint8_t>(bits >> 16);
        if (left == 3) *to++ = static_cast<std::uint8_t>(bits >> 8);
    }
    if (wrong > 63) return std::nullopt;
    return size;
}

std::optional<Bytes> decode(std::string_view text, const Values& values) {
    Bytes out(text.size() / 4 * 3 + 2);
    const auto size = decode(text, out, values);
    if (!size) return std::nullopt;
    out.resize(*size);
    return out;
}

}  // namespace

std::string to_hex(ByteView data) {
    std::string out;
    text::append_hex(out, data);
    return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
    Bytes out(text.size() / 2);
    if (!text::read_hex(text, out)) return std::nullopt;
    return out;
}

std::string to_base64(ByteView data) {
    std::string out;
    append_encoded(out, data, base64_alphabet);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return decode(text, base64_values);
}

void append_base64url(std::string& out, ByteView data) {
    append_encoded(out, data, base64url_alphabet);
}

std::string to_base64url(ByteView data) {
    std::string out;
    append_base64url(out, data);
    return out;
}

std::optional<Bytes> from_base64url(std::string_view text) {
    return decode(text, base64url_values);
}

std::optional<std::size_t> read_base64url(std::string_view text, std::span<std::uint8_t> out) {
    return decode(text, out, base64url_values);
}

}  // namespace taama::crypto
