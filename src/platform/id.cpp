#include "platform/id.hpp"

#include <cstring>

#include "platform/crypto/random.hpp"
#include "platform/text/hex.hpp"

namespace taama {

namespace {

bool is_dash_place(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

Uuid Uuid::make() {
    Uuid uuid;
    crypto::fill_random(uuid.bytes);
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Uuid uuid;
    std::size_t at = 0;
    int wrong = 0;  // negative once a digit was none
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
        if (is_dash_place(i) && text[at++] != '-') return std::nullopt;
        const int byte = text::hex_byte(text[at], text[at + 1]);
        at += 2;
        wrong |= byte;
        uuid.bytes[i] = static_cast<std::uint8_t>(byte);
    }
    if (wrong < 0) return std::nullopt;
    return uuid;
}

void Uuid::append_to(std::string& out) const {
    char written[36];
    char* at = written;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (is_dash_place(i)) *at++ = '-';
        *at++ = text::hex_digits[bytes[i] >> 4];
        *at++ = text::hex_digits[bytes[i] & 15];
    }
    out.append(written, sizeof written);
}

std::string Uuid::to_string() const {
    std::string out;
    append_to(out);
    return out;
}

}  // namespace taama

std::size_t std::hash<taama::Uuid>::operator()(const taama::Uuid& uuid) const noexcept {
    // Random already, but for the version and variant bits; both halves, in case it came from
    // outside.
    std::array<std::size_t, 2> halves;
    std::memcpy(halves.data(), uuid.bytes.data(), sizeof halves);
    return halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15);
}
