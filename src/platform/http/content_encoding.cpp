#include "platform/http/content_encoding.hpp"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <deque>
#include <new>

namespace taama::http {

namespace {

constexpr std::size_t ratio_max = 100;

// Measured with lists of trips: 10 KiB take 11 µs by zstd, 120 µs by brotli, 75 µs by gzip, and end
// with 17 to 20 % of their size. A higher level of zstd takes longer and packs these no better.
constexpr int zstd_level = 1;
struct Level {
    int usual;
    int of_long_bodies;

    int of(std::string_view body) const;
};
constexpr Level brotli_level{3, 1};
constexpr Level gzip_level{2, 1};
// Longer bodies are packed at the fastest level, for they hold the event loop; and they are kept:
// most are documents of the program, which are asked for again.
constexpr std::size_t long_body = 256 * 1024;
constexpr std::size_t kept_max = 4;

int Level::of(std::string_view body) const {
    return body.size() > long_body ? of_long_bodies : usual;
}

constexpr int zlib_memory_level = 8;
constexpr int gzip_window = MAX_WBITS + 16;  // 16: with the header and checksum of gzip

Bytef* bytes_of(std::string_view text) {
    return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
}

// A string that `fill` writes into; it gets room for `size_max` and returns what it wrote, or
// nullopt when it failed.
template <class Fill>
std::optional<std::string> filled(std::size_t size_max, Fill fill) {
    std::string out;
    bool ok = true;
    out.resize_and_overwrite(size_max, [&](char* data, std::size_t room) -> std::size_t {
        const std::optional<std::size_t> size = fill(data, room);
        ok = size.has_value();
        return size.value_or(0);
    });
    if (!ok) return std::nullopt;
    return out;
}

struct Deflater {
    z_stream stream{};
    int level = gzip_level.usual;

    Deflater() {
        if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, zlib_memory_level,
                         Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc{};
    }
    ~Deflater() { deflateEnd(&stream); }
    Deflater(const Deflater&) = delete;
};

struct Inflater {
    z_stream stream{};

    Inflater() {
        if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc{};
    }
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
};

struct ZstdFree {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

// Each is made at its first use.
struct ContentCodecs::State {
    std::unique_ptr<ZSTD_CCtx, ZstdFree> zstd_packer;
    std::unique_ptr<ZSTD_DCtx, ZstdFree> zstd_unpacker;
    std::unique_ptr<Deflater> deflater;
    std::unique_ptr<Inflater> inflater;
    struct Kept {
        Encoding encoding;
        std::string body;
        std::string packed;
    };
    std::deque<Kept> kept;

    std::optional<std::string> pack(Encoding encoding, std::string_view body);
    std::optional<std::string> pack_zstd(std::string_view body);
    std::optional<std::string> pack_gzip(std::string_view body);
    std::expected<std::string, Problem> unpack_zstd(std::string_view body, std::size_t size_max);
    std::expected<std::string, Problem> unpack_gzip(std::string_view body, std::size_t size_max);
};

std::optional<std::string> ContentCodecs::State::pack_zstd(std::string_view body) {
    if (!zstd_packer) zstd_packer.reset(ZSTD_createCCtx());
    return filled(ZSTD_compressBound(body.size()),
                  [&](char* data, std::size_t room) -> std::optional<std::size_t> {
                      const std::size_t size = ZSTD_compressCCtx(
                          zstd_packer.get(), data, room, body.data(), body.size(), zstd_level);
                      if (ZSTD_isError(size)) return std::nullopt;
                      return size;
                  });
}

std::optional<std::string> ContentCodecs::State::pack_gzip(std::string_view body) {
    if (!deflater) deflater = std::make_unique<Deflater>();
    z_stream& stream = deflater->stream;
    deflateReset(&stream);
    if (const int level = gzip_level.of(body); level != deflater->level) {
        deflateParams(&stream, level, Z_DEFAULT_STRATEGY);
        deflater->level = level;
    }
    return filled(deflateBound(&stream, body.size()),
                  [&](char* data, std::size_t room) -> std::optional<std::size_t> {
                      stream.next_in = bytes_of(body);
                      stream.avail_in = static_cast<uInt>(body.size());
                      stream.next_out = reinterpret_cast<Bytef*>(data);
                      stream.avail_out = static_cast<uInt>(room);
                      if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return std::nullopt;
                      return room - stream.avail_out;
                  });
}

namespace {

// The library offers no way to use an encoder twice.
std::optional<std::string> pack_brotli(std::string_view body) {
    return filled(
        BrotliEncoderMaxCompressedSize(body.size()),
        [&](char* data, std::size_t room) -> std::optional<std::size_t> {
            std::size_t size = room;
            if (BrotliEncoderCompress(brotli_level.of(body), BROTLI_DEFAULT_WINDOW,
                                      BROTLI_MODE_TEXT, body.size(), bytes_of(body), &size,
                                      reinterpret_cast<std::uint8_t*>(data)) == BROTLI_FALSE)
                return std::nullopt;
            return size;
        });
}

}  // namespace

// In one step into a buffer that holds what is allowed: the decoder then needs no window of its
// own, whose size the peer would name.
std::expected<std::string, ContentCodecs::Problem> ContentCodecs::State::unpack_zstd(
    std::string_view body, std::size_t size_max) {
    if (!zstd_unpacker) zstd_unpacker.reset(ZSTD_createDCtx());
    std::size_t size = 0;
    auto out = filled(size_max, [&](char* data, std::size_t room) -> std::optional<std::size_t> {
        size = ZSTD_decompressDCtx(zstd_unpacker.get(), data, room, body.data(), body.size());
        if (ZSTD_isError(size)) return std::nullopt;
        return size;
    });
    if (out) return std::move(*out);
    return std::unexpected{ZSTD_getErrorCode(size) == ZSTD_error_dstSize_tooSmall
                               ? Problem::too_large
                               : Problem::malformed};
}

std::expected<std::string, ContentCodecs::Problem> ContentCodecs::State::unpack_gzip(
    std::string_view body, std::size_t size_max) {
    if (!inflater) inflater = std::make_unique<Inflater>();
    z_stream& stream = inflater->stream;
    int result = Z_OK;
    // One byte more than allowed tells a body that just fits from one that does not.
    auto out = filled(size_max + 1, [&](char* data, std::size_t room) {
        stream.next_in = bytes_of(body);
        stream.avail_in = static_cast<uInt>(body.size());
        stream.next_out = reinterpret_cast<Bytef*>(data);
        stream.avail_out = static_cast<uInt>(room);
        // A file of gzip may have several members.
        do {
            inflateReset(&stream);
            result = inflate(&stream, Z_FINISH);
        } while (result == Z_STREAM_END && stream.avail_in > 0 && stream.avail_out > 0);
        return std::optional{room - stream.avail_out};
    });
    if (stream.avail_out == 0) return std::unexpected{Problem::too_large};
    if (result != Z_STREAM_END) return std::unexpected{Problem::malformed};
    return std::move(*out);
}

ContentCodecs::ContentCodecs() : state_(std::make_unique<State>()) {}
ContentCodecs::~ContentCodecs() = default;

std::optional<std::string> ContentCodecs::State::pack(Encoding encoding, std::string_view body) {
    std::optional<std::string> packed;
    switch (encoding) {
        case Encoding::identity: return std::nullopt;
        case Encoding::gzip: packed = pack_gzip(body); break;
        case Encoding::br: packed = pack_brotli(body); break;
        case Encoding::zstd: packed = pack_zstd(body); break;
    }
    if (packed && packed->size() >= body.size()) packed.reset();
    return packed;
}

std::optional<std::string> ContentCodecs::pack(Encoding encoding, std::string_view body) {
    if (body.size() <= long_body) return state_->pack(encoding, body);
    auto& kept = state_->kept;
    const auto found = std::ranges::find_if(kept, [&](const State::Kept& each) {
        return each.encoding == encoding && each.body == body;
    });
    if (found != kept.end()) return found->packed;
    auto packed = state_->pack(encoding, body);
    if (packed) kept.push_back({encoding, std::string{body}, *packed});
    if (kept.size() > kept_max) kept.pop_front();
    return packed;
}

std::expected<std::string, ContentCodecs::Problem> ContentCodecs::unpack(Encoding encoding,
                                                                         std::string_view body,
                                                                         std::size_t size_max) {
    const std::size_t room = std::min(size_max, body.size() * ratio_max);
    return encoding == Encoding::gzip ? state_->unpack_gzip(body, room)
                                      : state_->unpack_zstd(body, room);
}

}  // namespace taama::http
