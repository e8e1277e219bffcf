#include "platform/http/content_encoding.hpp"

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <random>

namespace taama::http {
namespace {

using Problem = ContentCodecs::Problem;
using namespace std::string_literals;

constexpr std::size_t size_max = 256 * 1024;

std::string words(std::size_t size) {
    std::mt19937 random{7};
    std::string text;
    while (text.size() < size) text += "{\"trip\":" + std::to_string(random()) + "},";
    text.resize(size);
    return text;
}

std::string noise(std::size_t size) {
    std::mt19937 random{7};
    std::string text;
    while (text.size() < size) text += static_cast<char>(random());
    return text;
}

std::string told(const std::expected<std::string, Problem>& result) {
    if (result) return *result;
    return result.error() == Problem::too_large ? "too large" : "malformed";
}

class Codecs : public testing::TestWithParam<Encoding> {
protected:
    std::string packed(std::string_view body) { return codecs.pack(GetParam(), body).value(); }
    std::string unpacked(std::string_view body, std::size_t limit = size_max) {
        return told(codecs.unpack(GetParam(), body, limit));
    }

    ContentCodecs codecs;
};
INSTANTIATE_TEST_SUITE_P(All, Codecs, testing::Values(Encoding::gzip, Encoding::zstd),
                         [](const auto& info) { return std::string{to_string(info.param)}; });

TEST_P(Codecs, ThereAndBackAgain) {
    // Twice: contexts are used again, also after a body that failed.
    for (int round = 0; round < 2; ++round) {
        for (const std::size_t size : {200UL, 512UL, 10'000UL, size_max}) {
            const std::string body = words(size);
            const std::string small = packed(body);
            EXPECT_LT(small.size(), body.size());
            EXPECT_EQ(unpacked(small), body);
        }
        EXPECT_EQ(unpacked("nonsense"), "malformed");
    }
}

TEST_P(Codecs, ExactlyAsMuchAsIsAllowed) {
    const std::string body = words(size_max);
    EXPECT_EQ(unpacked(packed(body)), body);
    EXPECT_EQ(unpacked(packed(words(size_max + 1))), "too large");
    EXPECT_EQ(unpacked(packed(words(size_max + 1024))), "too large");
    EXPECT_EQ(unpacked(packed(words(1000)), 999), "too large");
}

TEST_P(Codecs, BombsAreNotBlownUp) {
    const std::string bomb = packed(std::string(10'000'000, '0'));
    EXPECT_LT(bomb.size(), 100'000U);
    EXPECT_EQ(unpacked(bomb), "too large");
    // Within the size, but out of all proportion.
    const std::string dense = packed(std::string(200'000, '0'));
    EXPECT_GT(200'000 / dense.size(), 100U);
    EXPECT_EQ(unpacked(dense), "too large");
}

TEST_P(Codecs, CutOrFollowedByOtherBytes) {
    const std::string body = words(3000);
    const std::string whole = packed(body);
    for (const std::size_t cut : {1UL, 8UL, whole.size() / 2, whole.size() - 1})
        EXPECT_EQ(unpacked(whole.substr(0, whole.size() - cut)), "malformed") << cut;
    EXPECT_EQ(unpacked(whole + "x"), "malformed");
    EXPECT_EQ(unpacked(whole + std::string(100, '\0')), "malformed");
    EXPECT_EQ(unpacked(whole + whole), body + body) << "several members are one body";
    std::string bent = whole;
    bent[whole.size() / 2] ^= 0x55;
    EXPECT_NE(unpacked(bent), body);
}

TEST_P(Codecs, EachKnowsItsOwnFormatOnly) {
    const std::string body = words(1000);
    const Encoding other = GetParam() == Encoding::gzip ? Encoding::zstd : Encoding::gzip;
    EXPECT_EQ(unpacked(codecs.pack(other, body).value()), "malformed");
    EXPECT_EQ(unpacked(body), "malformed");
}

// A stream whose header does not tell its size, with a window far over what is allowed.
TEST(Unpack, ZstdWithALargeWindow) {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 27);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    const std::string body = words(20'000);
    std::string out(ZSTD_compressBound(body.size()), '\0');
    ZSTD_inBuffer input{body.data(), body.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    EXPECT_EQ(ZSTD_compressStream2(context, &output, &input, ZSTD_e_end), 0U);
    out.resize(output.pos);
    ZSTD_freeCCtx(context);
    ContentCodecs codecs;
    EXPECT_EQ(told(codecs.unpack(Encoding::zstd, out, size_max)), body);
}

TEST(Pack, Brotli) {
    ContentCodecs codecs;
    for (const std::size_t size : {600UL, 10'000UL, 600'000UL}) {
        const std::string body = words(size);
        const std::string small = codecs.pack(Encoding::br, body).value();
        std::string back(body.size(), '\0');
        std::size_t length = back.size();
        ASSERT_EQ(BrotliDecoderDecompress(small.size(),
                                          reinterpret_cast<const std::uint8_t*>(small.data()),
                                          &length, reinterpret_cast<std::uint8_t*>(back.data())),
                  BROTLI_DECODER_RESULT_SUCCESS);
        EXPECT_EQ(back, body);
    }
}

// More of them than are kept, each twice, and the first again.
TEST(Pack, LongBodiesAreKept) {
    ContentCodecs codecs;
    for (const std::size_t more : {0UL, 1UL, 2UL, 3UL, 4UL, 5UL, 0UL})
        for (const Encoding encoding : {Encoding::gzip, Encoding::gzip, Encoding::zstd}) {
            const std::string body = words(300'000 + more);
            EXPECT_EQ(told(codecs.unpack(encoding, codecs.pack(encoding, body).value(), 400'000)),
                      body);
        }
}

TEST(Pack, NothingThatGrows) {
    ContentCodecs codecs;
    for (const Encoding encoding : {Encoding::gzip, Encoding::br, Encoding::zstd}) {
        EXPECT_EQ(codecs.pack(encoding, noise(1000)), std::nullopt);
        EXPECT_EQ(codecs.pack(encoding, ""), std::nullopt);
        EXPECT_EQ(codecs.pack(encoding, "x"), std::nullopt);
    }
    EXPECT_EQ(codecs.pack(Encoding::identity, words(1000)), std::nullopt);
}

}  // namespace
}  // namespace taama::http
