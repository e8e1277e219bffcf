#pragma once

// Uploaded pictures, decoded and made anew: nothing of what the phone sent is kept but the pixels.
// Blocking and heavy: call it on the work pool.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace taama::files {

enum class Content : std::uint8_t { unknown, jpeg, png, webp, pdf };

// By the first bytes, whatever the name or the declared type.
Content sniff(std::string_view bytes);
std::string_view content_type(Content content);  // "image/jpeg"

// Once per process, before the first picture.
void start_image_library();

struct Variant {
    std::string_view name;  // "thumb"
    int size_px;            // longest side; of a crop both sides
    bool crop = false;      // square from the centre
};

struct Picture {
    std::string name;
    std::string content_type;
    std::string bytes;
    int width;
    int height;
};

// Why an upload is refused; the words of `file_rejected`.
enum class Rejection : std::uint8_t { type, decode, pixels, pages };

// What must be decoded as a whole (interlaced PNG, lossless WebP, progressive JPEG) also stays
// below 64 MiB of pixels.
inline constexpr std::int64_t pixels_max = 40'000'000;

// Orientation applied, metadata dropped, JPEG quality 82; PNG with transparency stays PNG. A
// variant is never larger than the picture. Animations, and pictures that do not decode whole, are
// refused.
std::expected<std::vector<Picture>, Rejection> make_variants(std::string_view bytes,
                                                             const std::vector<Variant>& variants);

// Pages of a document, which is kept as it is. Counted without interpreting it; damaged and
// encrypted ones are Rejection::decode.
std::expected<int, Rejection> count_pdf_pages(std::string_view bytes, int pages_max);

}  // namespace taama::files
