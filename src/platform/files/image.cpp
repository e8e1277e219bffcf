#include "platform/files/image.hpp"

#include <vips/vips.h>

#include <memory>
#include <optional>

#include "platform/assert.hpp"

namespace taama::files {

namespace {

struct Unref {
    void operator()(VipsImage* image) const { g_object_unref(image); }
    void operator()(void* memory) const { g_free(memory); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

// vips functions answer through an out parameter and 0.
template <class Call>
Image made_by(const Call& call) {
    VipsImage* out = nullptr;
    if (call(&out) != 0) {
        vips_error_clear();
        return nullptr;
    }
    return Image{out};
}

// Only the header is read here: a bomb shows its size before a pixel is decoded.
Image open_header(std::string_view bytes) {
    VipsImage* image = vips_image_new_from_buffer(bytes.data(), bytes.size(), "", "access",
                                                  VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                                  VIPS_FAIL_ON_TRUNCATED, nullptr);
    if (image == nullptr) vips_error_clear();
    return Image{image};
}

std::optional<Picture> make_one(std::string_view bytes, const Variant& variant) {
    const auto crop = variant.crop ? VIPS_INTERESTING_CENTRE : VIPS_INTERESTING_NONE;
    // Turns by the EXIF orientation, and shrinks while loading, so a large picture never stands in memory.
    const Image scaled = made_by([&](VipsImage** out) {
        return vips_thumbnail_buffer(const_cast<char*>(bytes.data()), bytes.size(), out,
                                     variant.size_px, "height", variant.size_px, "size",
                                     VIPS_SIZE_DOWN, "crop", crop, "fail_on",
                                     VIPS_FAIL_ON_TRUNCATED, nullptr);
    });
    if (!scaled) return std::nullopt;
    const bool transparent = vips_image_hasalpha(scaled.get()) != 0;
    void* data = nullptr;
    std::size_t size = 0;
    const int failed =
        transparent
            ? vips_pngsave_buffer(scaled.get(), &data, &size, "strip", TRUE, nullptr)
            : vips_jpegsave_buffer(scaled.get(), &data, &size, "Q", 82, "strip", TRUE, nullptr);
    if (failed != 0) {
        vips_error_clear();
        return std::nullopt;
    }
    const std::unique_ptr<void, Unref> owned{data};
    return Picture{std::string{variant.name}, transparent ? "image/png" : "image/jpeg",
                   std::string{static_cast<const char*>(data), size},
                   vips_image_get_width(scaled.get()), vips_image_get_height(scaled.get())};
}

}  // namespace

Content sniff(std::string_view bytes) {
    if (bytes.starts_with("\xff\xd8\xff")) return Content::jpeg;
    if (bytes.starts_with(std::string_view{"\x89PNG\r\n\x1a\n", 8})) return Content::png;
    if (bytes.size() > 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP")
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
    ASSERT(vips_init("taama") == 0);
    vips_concurrency_set(1);  // the work pool is the parallelism
    vips_cache_set_max(0);    // uploads are seen once
    // Loaders that nobody asked for are attack surface: only those of the formats above stay.
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (const char* loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
                               "VipsForeignLoadPdf"})
        vips_operation_block_set(loader, FALSE);
}

std::expected<std::vector<Picture>, Rejection> make_variants(
    std::string_view bytes, const std::vector<Variant>& variants) {
    const Content content = sniff(bytes);
    if (content == Content::unknown || content == Content::pdf)
        return std::unexpected{Rejection::type};
    const Image header = open_header(bytes);
    if (!header) return std::unexpected{Rejection::decode};
    const std::int64_t pixels = static_cast<std::int64_t>(vips_image_get_width(header.get())) *
                                vips_image_get_height(header.get());
    if (pixels > pixels_max) return std::unexpected{Rejection::pixels};
    if (vips_image_get_n_pages(header.get()) > 1) return std::unexpected{Rejection::type};
    std::vector<Picture> pictures;
    for (const Variant& variant : variants) {
        auto picture = make_one(bytes, variant);
        if (!picture) return std::unexpected{Rejection::decode};
        pictures.push_back(std::move(*picture));
    }
    return pictures;
}

std::expected<int, Rejection> count_pdf_pages(std::string_view bytes, int pages_max) {
    if (sniff(bytes) != Content::pdf) return std::unexpected{Rejection::type};
    const Image header = open_header(bytes);
    if (!header) return std::unexpected{Rejection::decode};
    const int pages = vips_image_get_n_pages(header.get());
    if (pages > pages_max) return std::unexpected{Rejection::pages};
    return pages;
}

}  // namespace taama::files
