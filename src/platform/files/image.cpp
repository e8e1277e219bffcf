#include "platform/files/image.hpp"

#include <vips/vips.h>

#include <memory>

#include "platform/assert.hpp"

namespace taama::files {

namespace {

constexpr int jpeg_quality = 82;
// Of formats that cannot be decoded line by line.
constexpr std::int64_t whole_pixels_bytes_max = 64 * 1024 * 1024;

struct Release {
    void operator()(VipsImage* image) const { g_object_unref(image); }
    void operator()(void* memory) const { g_free(memory); }
};
using Pixels = std::unique_ptr<VipsImage, Release>;

// vips answers through its last parameter, and with 0.
template <class Call>
Pixels made_by(const Call& call) {
    VipsImage* out = nullptr;
    if (call(&out) == 0) return Pixels{out};
    vips_error_clear();
    return nullptr;
}

std::uint32_t big_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char c : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

// vips shows the first frame of an animated PNG and keeps silent about the others.
bool is_animated_png(std::string_view content) {
    constexpr std::size_t signature = 8;
    for (std::size_t at = signature; at + 12 <= content.size();) {
        const std::string_view chunk = content.substr(at + 4, 4);
        if (chunk == "acTL") return true;
        if (chunk == "IDAT") return false;
        at += std::size_t{12} + big_endian(content.substr(at));
    }
    return false;
}

// The start-of-frame marker tells a progressive JPEG, whose coefficients stand in memory as a
// whole.
bool is_progressive_jpeg(std::string_view content) {
    for (std::size_t at = 2; at + 4 <= content.size();) {
        if (content[at] != '\xff') return false;
        const auto marker = static_cast<unsigned char>(content[at + 1]);
        if (marker == 0xff) {
            ++at;
            continue;
        }
        if (marker == 0xc2 || marker == 0xc6 || marker == 0xca || marker == 0xce) return true;
        if (marker == 0xda || (marker >= 0xc0 && marker <= 0xc3)) return false;
        at += 2 + (big_endian(content.substr(at)) & 0xffff);
    }
    return false;
}

// Bytes of memory that decoding needs at once for each pixel; 0 when lines come one after the
// other.
int bytes_per_pixel_at_once(Content type, std::string_view content) {
    constexpr std::size_t interlace_method = 28;  // in the PNG's header chunk
    switch (type) {
        case Content::png:
            return content.size() > interlace_method && content[interlace_method] != 0 ? 4 : 0;
        case Content::webp: return content.substr(12, 4) == "VP8L" ? 4 : 0;
        case Content::jpeg: return is_progressive_jpeg(content) ? 3 : 0;
        case Content::pdf:
        case Content::unknown: break;
    }
    return 0;
}

// Reads the header only: a bomb shows its size before a pixel is decoded.
std::expected<void, Rejection> check(Content type, std::string_view content) {
    const Pixels header{vips_image_new_from_buffer(content.data(), content.size(), "", "access",
                                                   VIPS_ACCESS_SEQUENTIAL, nullptr)};
    if (!header) {
        vips_error_clear();
        return std::unexpected(Rejection::decode);
    }
    const std::int64_t pixels =
        std::int64_t{vips_image_get_width(header.get())} * vips_image_get_height(header.get());
    if (pixels > pixels_max ||
        pixels * bytes_per_pixel_at_once(type, content) > whole_pixels_bytes_max)
        return std::unexpected(Rejection::pixels);
    if (vips_image_get_n_pages(header.get()) > 1 ||
        (type == Content::png && is_animated_png(content)))
        return std::unexpected(Rejection::type);
    return {};
}

// Shrinks while it decodes, turns by the EXIF orientation, converts to sRGB. The loader is told by
// its option string to fail on damage: libvips 8.14 drops the thumbnail's own `fail_on` for
// buffers.
Pixels shrink(std::string_view content, const Variant& wanted) {
    const Pixels scaled = made_by([&](VipsImage** out) {
        return vips_thumbnail_buffer(
            const_cast<char*>(content.data()), content.size(), out, wanted.size_px, "height",
            wanted.size_px, "size", VIPS_SIZE_DOWN, "crop",
            wanted.crop ? VIPS_INTERESTING_CENTRE : VIPS_INTERESTING_NONE, "export_profile", "srgb",
            "option_string", "[fail_on=error]", nullptr);
    });
    if (!scaled) return nullptr;
    return made_by([&](VipsImage** out) {
        return vips_colourspace(scaled.get(), out, VIPS_INTERPRETATION_sRGB, nullptr);
    });
}

std::expected<Picture, Rejection> make_picture(std::string_view content, const Variant& wanted) {
    const Pixels pixels = shrink(content, wanted);
    if (!pixels) return std::unexpected(Rejection::decode);
    const bool transparent = vips_image_hasalpha(pixels.get()) != 0;
    void* encoded = nullptr;
    std::size_t size = 0;
    const int failed =
        transparent ? vips_pngsave_buffer(pixels.get(), &encoded, &size, "strip", TRUE, nullptr)
                    : vips_jpegsave_buffer(pixels.get(), &encoded, &size, "Q", jpeg_quality,
                                           "strip", TRUE, nullptr);
    if (failed != 0) {
        vips_error_clear();
        return std::unexpected(Rejection::decode);
    }
    const std::unique_ptr<void, Release> owner{encoded};
    return Picture{
        .name = std::string{wanted.name},
        .content_type = std::string{content_type(transparent ? Content::png : Content::jpeg)},
        .bytes = {static_cast<const char*>(encoded), size},
        .width = vips_image_get_width(pixels.get()),
        .height = vips_image_get_height(pixels.get())};
}

}  // namespace

Content sniff(std::string_view bytes) {
    if (bytes.starts_with("\xff\xd8\xff")) return Content::jpeg;
    if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return Content::png;
    if (bytes.size() > 16 && bytes.starts_with("RIFF") && bytes.substr(8, 7) == "WEBPVP8")
        return Content::webp;
    if (bytes.starts_with("%PDF-")) return Content::pdf;
    return Content::unknown;
}

std::string_view content_type(Content content) {
    switch (content) {
        case Content::jpeg: return "image/jpeg";
        case Content::png: return "image/png";
        case Content::webp: return "image/webp";
        case Content::pdf: return "application/pdf";
        case Content::unknown: break;
    }
    return "application/octet-stream";
}

void start_image_library() {
    const int failed = vips_init("taama");
    ASSERT(failed == 0);
    // What it says about strangers' files is no line of our log.
    g_log_set_handler(
        "VIPS", G_LOG_LEVEL_WARNING, [](const gchar*, GLogLevelFlags, const gchar*, gpointer) {},
        nullptr);
    vips_concurrency_set(1);  // pictures run side by side on the work pool
    vips_cache_set_max(0);    // an upload is seen once
    // A loader that nobody needs is attack surface.
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (const char* loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"})
        vips_operation_block_set(loader, FALSE);
}

std::expected<std::vector<Picture>, Rejection> make_variants(std::string_view bytes,
                                                             const std::vector<Variant>& variants) {
    const Content type = sniff(bytes);
    if (type == Content::unknown || type == Content::pdf) return std::unexpected(Rejection::type);
    if (const auto checked = check(type, bytes); !checked) return std::unexpected(checked.error());
    std::vector<Picture> pictures;
    for (const Variant& wanted : variants) {
        auto picture = make_picture(bytes, wanted);
        if (!picture) return std::unexpected(picture.error());
        pictures.push_back(std::move(*picture));
    }
    return pictures;
}

}  // namespace taama::files
