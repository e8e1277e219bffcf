#include "platform/text/utf8.hpp"

#include <utf8proc.h>

#include <cstdlib>

namespace taama::text {

namespace {

// The code point at `at` and its length; a negative code point for bad UTF-8.
std::pair<utf8proc_int32_t, utf8proc_ssize_t> decode(std::string_view text, std::size_t at) {
    utf8proc_int32_t point = -1;
    const auto length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                         static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    return {length > 0 ? point : -1, length};
}

bool is_space(utf8proc_int32_t point) {
    if (point == '\t' || point == '\n' || point == '\r' || point == 0x200b || point == 0xfeff)
        return true;
    const auto category = utf8proc_category(point);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        const auto [point, length] = decode(text, at);
        if (point < 0) return false;
        at += static_cast<std::size_t>(length);
    }
    return true;
}

std::size_t code_points(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    return count;
}

std::string trim(std::string_view text) {
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto [point, length] = decode(text, at);
        if (point < 0) return std::string{text};
        if (!is_space(point)) {
            begin = std::min(begin, at);
            end = at + static_cast<std::size_t>(length);
        }
        at += static_cast<std::size_t>(length);
    }
    return begin < end ? std::string{text.substr(begin, end - begin)} : std::string{};
}

std::optional<std::string> nfkc(std::string_view text) {
    utf8proc_uint8_t* mapped = nullptr;
    const auto length = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
        static_cast<utf8proc_ssize_t>(text.size()), &mapped,
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT));
    if (length < 0) return std::nullopt;
    std::string out{reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
    std::free(mapped);
    return out;
}

}  // namespace taama::text
