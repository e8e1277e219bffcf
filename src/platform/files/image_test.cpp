#include "platform/files/image.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <vips/vips.h>
#include <zlib.h>

#include <memory>

namespace taama::files {
namespace {

struct Release {
    void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Pixels = std::unique_ptr<VipsImage, Release>;

std::string text_of(void* data, std::size_t size) {
    std::string text{static_cast<const char*>(data), size};
    g_free(data);
    return text;
}

// The left half is black, the right half white.
Pixels two_halves(int width, int height) {
    VipsImage* left = nullptr;
    VipsImage* black = nullptr;
    VipsImage* white = nullptr;
    VipsImage* joined = nullptr;
    vips_black(&left, width / 2, height, "bands", 3, nullptr);
    vips_black(&black, width - width / 2, height, "bands", 3, nullptr);
    vips_invert(black, &white, nullptr);
    vips_join(left, white, &joined, VIPS_DIRECTION_HORIZONTAL, nullptr);
    VipsImage* srgb = nullptr;
    vips_copy(joined, &srgb, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
    for (VipsImage* each : {left, black, white, joined}) g_object_unref(each);
    return Pixels{srgb};
}

std::string as_jpeg(const Pixels& pixels) {
    void* data = nullptr;
    std::size_t size = 0;
    vips_jpegsave_buffer(pixels.get(), &data, &size, nullptr);
    return text_of(data, size);
}

std::string as_png(const Pixels& pixels) {
    void* data = nullptr;
    std::size_t size = 0;
    vips_pngsave_buffer(pixels.get(), &data, &size, nullptr);
    return text_of(data, size);
}

std::string as_webp(const Pixels& pixels) {
    void* data = nullptr;
    std::size_t size = 0;
    vips_webpsave_buffer(pixels.get(), &data, &size, nullptr);
    return text_of(data, size);
}

std::string with_alpha_as_png(const Pixels& pixels) {
    VipsImage* with_alpha = nullptr;
    vips_bandjoin_const1(pixels.get(), &with_alpha, 128, nullptr);
    return as_png(Pixels{with_alpha});
}

// The brightness of one pixel of an encoded picture.
double brightness(const Picture& picture, int x, int y) {
    const Pixels pixels{
        vips_image_new_from_buffer(picture.bytes.data(), picture.bytes.size(), "", nullptr)};
    double* point = nullptr;
    int bands = 0;
    vips_getpoint(pixels.get(), &point, &bands, x, y, nullptr);
    const double value = point[0];
    g_free(point);
    return value;
}

std::string big_endian(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
            static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string chunk(const std::string& type, const std::string& content) {
    const std::string body = type + content;
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    return big_endian(static_cast<std::uint32_t>(content.size())) + body +
           big_endian(static_cast<std::uint32_t>(sum));
}

constexpr std::string_view png_signature = "\x89PNG\r\n\x1a\n";

// A header that promises much, and nearly nothing behind it.
std::string png_bomb(std::uint32_t width, std::uint32_t height, bool interlaced) {
    std::string header = big_endian(width) + big_endian(height);
    header += '\x08';  // bits
    header += '\x02';  // RGB
    header += std::string(2, '\0') + (interlaced ? '\x01' : '\0');
    return std::string{png_signature} + chunk("IHDR", header) + chunk("IDAT", "x") +
           chunk("IEND", "");
}

std::string problem(std::string_view upload, const std::vector<Variant>& variants = {{"m", 100}}) {
    const auto made = make_variants(upload, variants);
    if (made) return "";
    switch (made.error()) {
        case Rejection::type: return "type";
        case Rejection::decode: return "decode";
        case Rejection::pixels: return "pixels";
        case Rejection::pages: return "pages";
    }
    return "?";
}

class ImageTest : public testing::Test {
protected:
    static void SetUpTestSuite() { start_image_library(); }
};

TEST_F(ImageTest, MakesEveryVariant) {
    const Pixels photo = two_halves(1200, 600);
    const std::vector<Variant> variants{
        {"thumb", 200}, {"medium", 800}, {"large", 1600}, {"avatar", 128, true}};
    for (const std::string& upload : {as_jpeg(photo), as_png(photo), as_webp(photo)}) {
        const auto pictures = make_variants(upload, variants);
        ASSERT_TRUE(pictures);
        ASSERT_EQ(pictures->size(), 4u);
        const std::pair<int, int> sizes[] = {{200, 100}, {800, 400}, {1200, 600}, {128, 128}};
        for (std::size_t i = 0; i < 4; ++i) {
            const Picture& picture = (*pictures)[i];
            SCOPED_TRACE(picture.name);
            EXPECT_EQ(std::pair(picture.width, picture.height), sizes[i]);
            EXPECT_EQ(picture.content_type, "image/jpeg");
            EXPECT_EQ(sniff(picture.bytes), Content::jpeg);
            EXPECT_LT(brightness(picture, 2, picture.height / 2), 30);
            EXPECT_GT(brightness(picture, picture.width - 3, picture.height / 2), 225);
        }
    }
}

TEST_F(ImageTest, TransparencyStaysPng) {
    const auto pictures = make_variants(with_alpha_as_png(two_halves(300, 300)), {{"m", 100}});
    ASSERT_TRUE(pictures);
    EXPECT_EQ(pictures->front().content_type, "image/png");
    EXPECT_EQ(sniff(pictures->front().bytes), Content::png);
}

TEST_F(ImageTest, TurnsUprightAndForgetsTheCamera) {
    const Pixels photo = two_halves(400, 200);
    vips_image_set_int(photo.get(), "orientation", 6);  // the phone was held upright
    vips_image_set_string(photo.get(), "exif-ifd3-GPSLatitude", "5 21 27");
    vips_image_set_string(photo.get(), "exif-ifd0-Make", "SecretCamera");
    const std::string upload = as_jpeg(photo);
    ASSERT_NE(upload.find("SecretCamera"), std::string::npos);
    const auto pictures = make_variants(upload, {{"m", 200}});
    ASSERT_TRUE(pictures);
    const Picture& picture = pictures->front();
    EXPECT_EQ(std::pair(picture.width, picture.height), std::pair(100, 200));
    EXPECT_LT(brightness(picture, 50, 5), 30);  // what was left is now above
    EXPECT_GT(brightness(picture, 50, 195), 225);
    EXPECT_EQ(picture.bytes.find("SecretCamera"), std::string::npos);
    EXPECT_EQ(picture.bytes.find("Exif"), std::string::npos);
}

TEST_F(ImageTest, RefusesWhatIsNoPicture) {
    const std::string jpeg = as_jpeg(two_halves(300, 200));
    const std::string png = as_png(two_halves(300, 200));
    struct Case {
        std::string name;
        std::string upload;
        std::string_view want;
    };
    const Case cases[] = {
        {"nothing", "", "type"},
        {"svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "type"},
        {"gif with a script", "GIF89a/*\x01*/=1;alert(1)//", "type"},
        {"heic",
         std::string("\0\0\0\x18"
                     "ftypheic",
                     12),
         "type"},
        {"archive", "PK\x03\x04", "type"},
        {"pdf", "%PDF-1.4\n", "type"},
        {"jpeg's first bytes", "\xff\xd8\xff\xe0", "decode"},
        {"png's first bytes", std::string{png_signature}, "decode"},
        {"half a jpeg", jpeg.substr(0, jpeg.size() / 2), "decode"},
        {"half a png", png.substr(0, png.size() / 2), "decode"},
        {"300 megapixels", png_bomb(20'000, 15'000, false), "pixels"},
        {"more than 40 megapixels", png_bomb(8'000, 5'001, false), "pixels"},
        {"40 megapixels without pixels", png_bomb(8'000, 5'000, false), "decode"},
        {"40 megapixels at once", png_bomb(8'000, 5'000, true), "pixels"},
        {"animated", png.substr(0, 33) + chunk("acTL", std::string(8, '\x01')) + png.substr(33),
         "type"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(problem(c.upload), c.want);
    }
    EXPECT_EQ(problem(jpeg), "");
    EXPECT_EQ(problem(png), "");
}

TEST_F(ImageTest, WhatHidesBehindThePictureIsGone) {
    const std::string script = "<script>alert(1)</script>";
    const auto pictures = make_variants(as_jpeg(two_halves(300, 200)) + script, {{"m", 100}});
    ASSERT_TRUE(pictures);
    EXPECT_EQ(pictures->front().bytes.find("script"), std::string::npos);
}

std::string pdf_of(std::string_view objects) { return fmt::format("%PDF-1.7\n{}%%EOF", objects); }

std::string pack(const std::string& plain) {
    uLongf size = compressBound(plain.size());
    std::string packed(size, '\0');
    compress(reinterpret_cast<Bytef*>(packed.data()), &size,
             reinterpret_cast<const Bytef*>(plain.data()), plain.size());
    packed.resize(size);
    return packed;
}

TEST(PdfPages, Counts) {
    const std::string page = "3 0 obj <</Type /Page /Parent 2 0 R>> endobj\n";
    const std::string packed_pages =
        "5 0 obj <</Type /ObjStm /N 3 /First 10 /Filter /FlateDecode>>\nstream\n" +
        pack("2 0 3 9 <</Type/Pages/Kids[3 0 R]/Count 12>> <</Type/Page>>") +
        "\nendstream endobj\n";
    struct Case {
        std::string name;
        std::string content;
        int want;  // -1: damaged, -2: too many, -3: another type
    };
    const Case cases[] = {
        {"counted tree", pdf_of("2 0 obj <</Type /Pages /Kids [3 0 R] /Count 2>> endobj\n" + page),
         2},
        {"count first", pdf_of("2 0 obj <</Count 10/Type/Pages>> endobj\n"), 10},
        {"nested tree", pdf_of("<</Type/Pages/Count 3>> endobj <</Type/Pages/Count 7>> endobj"), 7},
        {"pages without a count", pdf_of(page + page + page), 3},
        {"in an object stream", pdf_of(packed_pages), -2},
        {"eleven", pdf_of("2 0 obj <</Type/Pages/Count 11>> endobj\n"), -2},
        {"none", pdf_of("1 0 obj <</Type/Catalog>> endobj\n"), -1},
        {"a layout is no page", pdf_of("<</Type/PageLayout>>"), -1},
        {"encrypted", pdf_of(page + "trailer <</Encrypt 9 0 R>>"), -1},
        {"damaged stream", pdf_of("<</Type/ObjStm>>stream\nxxxx\nendstream"), -1},
        {"no pdf", "PK\x03\x04", -3},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const auto pages = count_pdf_pages(c.content, 10);
        if (pages)
            EXPECT_EQ(*pages, c.want);
        else
            EXPECT_EQ(c.want, pages.error() == Rejection::decode  ? -1
                              : pages.error() == Rejection::pages ? -2
                                                                  : -3);
    }
}

}  // namespace
}  // namespace taama::files
