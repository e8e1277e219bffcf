#include "modules/carpool/qr_image.hpp"

#include <qrencode.h>

#include <boost/crc.hpp>

#include <cstdint>
#include <memory>

#include "platform/assert.hpp"

namespace taama::carpool {

namespace {

constexpr int quiet_zone = 4;
constexpr int pixels_a_module = 8;  // one byte of a bitmap row
constexpr std::size_t stored_block_max = 65'535;

void append_big_endian(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xffU);
}

void append_chunk(std::string& out, std::string_view type, std::string_view data) {
    append_big_endian(out, static_cast<std::uint32_t>(data.size()));
    boost::crc_32_type crc;
    crc.process_bytes(type.data(), type.size());
    crc.process_bytes(data.data(), data.size());
    out += type;
    out += data;
    append_big_endian(out, crc.checksum());
}

// A zlib stream of stored blocks (RFC 1950, 1951): the image is a few kilobytes, not worth
// compressing.
std::string store(std::string_view data) {
    constexpr std::uint32_t adler_modulus = 65'521;
    std::string out{"\x78\x01", 2};
    for (std::size_t at = 0; at < data.size(); at += stored_block_max) {
        const auto block = data.substr(at, stored_block_max);
        const auto length = static_cast<std::uint16_t>(block.size());
        const auto inverse = static_cast<std::uint16_t>(~length);
        out += static_cast<char>(at + block.size() == data.size() ? 1 : 0);
        for (const std::uint16_t number : {length, inverse}) {
            out += static_cast<char>(number & 0xffU);
            out += static_cast<char>(number >> 8U);
        }
        out += block;
    }
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (const char c : data) {
        a = (a + static_cast<std::uint8_t>(c)) % adler_modulus;
        b = (b + a) % adler_modulus;
    }
    append_big_endian(out, (b << 16U) | a);
    return out;
}

}  // namespace

QrImage::QrImage(std::string_view text) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code{
        QRcode_encodeString(std::string{text}.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1),
        &QRcode_free};
    ASSERT(code != nullptr);
    const int width = code->width;
    size_ = width + 2 * quiet_zone;
    dark_.resize(static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_));
    for (int y = 0; y < width; ++y)
        for (int x = 0; x < width; ++x) {
            const auto row = static_cast<std::size_t>(y + quiet_zone);
            dark_[row * static_cast<std::size_t>(size_) +
                  static_cast<std::size_t>(x + quiet_zone)] = (code->data[y * width + x] & 1U) != 0;
        }
}

std::string QrImage::to_svg() const {
    std::string path;
    for (int y = 0; y < size_; ++y)
        for (int x = 0; x < size_; ++x)
            if (is_dark(x, y)) fmt::format_to(std::back_inserter(path), "M{} {}h1v1h-1z", x, y);
    return fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" shape-rendering="crispEdges">)"
        R"(<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path d="{1}"/></svg>)",
        size_, path);
}

std::string QrImage::to_png() const {
    std::string bitmap;
    for (int y = 0; y < size_; ++y) {
        std::string row(1, '\0');  // no filter
        for (int x = 0; x < size_; ++x) row += is_dark(x, y) ? '\x00' : '\xff';
        for (int copy = 0; copy < pixels_a_module; ++copy) bitmap += row;
    }
    std::string header;
    append_big_endian(header, static_cast<std::uint32_t>(size_ * pixels_a_module));
    append_big_endian(header, static_cast<std::uint32_t>(size_ * pixels_a_module));
    header += std::string{"\x01\x00\x00\x00\x00", 5};  // one bit of grey, no interlacing
    std::string png{"\x89PNG\r\n\x1a\n", 8};
    append_chunk(png, "IHDR", header);
    append_chunk(png, "IDAT", store(bitmap));
    append_chunk(png, "IEND", {});
    return png;
}

}  // namespace taama::carpool
