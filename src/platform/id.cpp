#include "platform/id.hpp"

#include <cstring>

#include "platform/crypto/random.hpp"

namespace taama {

namespace {

int nibble(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

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
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
        if (is_dash_place(i) && text[at++] != '-') return std::nullopt;
        const int high = nibble(text[at++]);
        const int low = nibble(text[at++]);
        if (high < 0 || low < 0) return std::nullopt;
        uuid.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return uuid;
}

void Uuid::append_to(std::string& out) const {
    static constexpr char hex[] = "0123456789abcdef";
    char text[36];
    char* at = text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (is_dash_place(i)) *at++ = '-';
        *at++ = hex[bytes[i] >> 4];
        *at++ = hex[bytes[i] & 15];
    }
    out.append(text, sizeof text);
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
