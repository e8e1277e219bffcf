#include "tests/journeys/images.hpp"

#include <array>
#include <string_view>

namespace taama::test {

namespace {

std::string big_endian(std::uint32_t number) {
    return {static_cast<char>(number >> 24), static_cast<char>(number >> 16),
            static_cast<char>(number >> 8), static_cast<char>(number)};
}

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const unsigned char byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? 0xEDB88320 : 0);
    }
    return ~crc;
}

std::string chunk(std::string_view type, std::string_view data) {
    const std::string content = std::string{type} + std::string{data};
    return big_endian(static_cast<std::uint32_t>(data.size())) + content +
           big_endian(crc32(content));
}

// The zlib form without compression: stored blocks of at most 65,535 bytes.
std::string stored(std::string_view bytes) {
    std::string out{"\x78\x01", 2};
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (const unsigned char byte : bytes) {
        a = (a + byte) % 65521;
        b = (b + a) % 65521;
    }
    constexpr std::size_t block_max = 65535;
    do {
        const std::string_view block = bytes.substr(0, block_max);
        bytes.remove_prefix(block.size());
        const auto size = static_cast<std::uint32_t>(block.size());
        out += bytes.empty() ? '\x01' : '\x00';
        for (const std::uint32_t word : {size, ~size}) {
            out += static_cast<char>(word);
            out += static_cast<char>(word >> 8);
        }
        out += block;
    } while (!bytes.empty());
    return out + big_endian((b << 16) | a);
}

std::string png(std::uint32_t width, std::uint32_t height, std::string_view rows) {
    const std::string header =
        big_endian(width) + big_endian(height) + std::string{"\x08\x00\x00\x00\x00", 5};
    return std::string{"\x89PNG\r\n\x1a\n", 8} + chunk("IHDR", header) +
           chunk("IDAT", stored(rows)) + chunk("IEND", "");
}

}  // namespace

std::string png_image(std::uint32_t width, std::uint32_t height) {
    std::string rows;
    for (std::uint32_t y = 0; y < height; ++y) {
        rows += '\0';  // no filter
        for (std::uint32_t x = 0; x < width; ++x) rows += static_cast<char>((x + y) & 0xFF);
    }
    return png(width, height, rows);
}

std::string png_that_claims(std::uint32_t width, std::uint32_t height) {
    return png(width, height, std::string(64, '\0'));
}

}  // namespace taama::test
