// The pages of a PDF, without a PDF library: what strangers upload is never interpreted, only
// counted. ISO 32000-1: §7.7.3 page tree, §7.5.7 object streams.

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "platform/files/image.hpp"

namespace taama::files {

namespace {

constexpr std::size_t unpacked_max = 8 * 1024 * 1024;
constexpr int object_streams_max = 2000;
constexpr std::size_t dictionary_max = 4096;

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

std::string_view skip_spaces(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    return text;
}

bool is_name_end(std::string_view text) {
    return text.empty() || is_space(text.front()) ||
           std::string_view{"/<>[]()%"}.find(text.front()) != std::string_view::npos;
}

// What was found so far in plain text and in object streams.
struct Found {
    std::int64_t page_objects = 0;
    std::int64_t count_max = 0;  // of the page tree's nodes: the root's is the number of pages
};

// The /Count of the dictionary around `at`.
std::int64_t count_around(std::string_view text, std::size_t at) {
    const std::size_t from = text.rfind("<<", at);
    if (from == std::string_view::npos || at - from > dictionary_max) return 0;
    const std::string_view around =
        text.substr(from, std::min(text.find("endobj", at), at + dictionary_max) - from);
    const std::size_t key = around.find("/Count");
    if (key == std::string_view::npos) return 0;
    const std::string_view digits = skip_spaces(around.substr(key + 6));
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

void look_for_pages(std::string_view text, Found& found) {
    constexpr std::string_view type = "/Type";
    for (std::size_t at = text.find(type); at != std::string_view::npos;
         at = text.find(type, at + type.size())) {
        std::string_view value = skip_spaces(text.substr(at + type.size()));
        if (value.starts_with("/Pages") && is_name_end(value.substr(6)))
            found.count_max = std::max(found.count_max, count_around(text, at));
        else if (value.starts_with("/Page") && is_name_end(value.substr(5)))
            ++found.page_objects;
    }
}

// Until the stream ends or `room` is full.
std::string inflate_some(std::string_view packed, std::size_t room) {
    std::string out(room, '\0');
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) return {};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    inflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

void look_into_object_streams(std::string_view text, Found& found) {
    std::size_t room = unpacked_max;
    int streams = 0;
    for (std::size_t at = text.find("/ObjStm"); at != std::string_view::npos && room > 0;
         at = text.find("/ObjStm", at + 1)) {
        const std::size_t begin = text.find("stream", at);
        if (begin == std::string_view::npos || begin - at > dictionary_max ||
            ++streams > object_streams_max)
            return;
        std::string_view packed = text.substr(begin + 6);
        if (packed.starts_with("\r\n"))
            packed.remove_prefix(2);
        else if (packed.starts_with('\n'))
            packed.remove_prefix(1);
        packed = packed.substr(0, packed.find("endstream"));
        const std::string unpacked = inflate_some(packed, room);
        room -= unpacked.size();
        look_for_pages(unpacked, found);
    }
}

}  // namespace

std::expected<int, Rejection> count_pdf_pages(std::string_view bytes, int pages_max) {
    if (sniff(bytes) != Content::pdf) return std::unexpected(Rejection::type);
    if (bytes.find("/Encrypt") != std::string_view::npos) return std::unexpected(Rejection::decode);
    Found found;
    look_for_pages(bytes, found);
    look_into_object_streams(bytes, found);
    const std::int64_t pages = found.count_max > 0 ? found.count_max : found.page_objects;
    if (pages <= 0) return std::unexpected(Rejection::decode);
    if (pages > pages_max) return std::unexpected(Rejection::pages);
    return static_cast<int>(pages);
}

}  // namespace taama::files
