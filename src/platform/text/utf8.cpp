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

std::string_view trim(std::string_view text) {
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto [point, length] = decode(text, at);
        if (point < 0) return text;
        if (!is_space(point)) {
            begin = std::min(begin, at);
            end = at + static_cast<std::size_t>(length);
        }
        at += static_cast<std::size_t>(length);
    }
    return begin < end ? text.substr(begin, end - begin) : std::string_view{};
}

namespace {

std::optional<std::string> map(std::string_view text, int options) {
    utf8proc_uint8_t* mapped = nullptr;
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                     static_cast<utf8proc_option_t>(options));
    if (length < 0) return std::nullopt;
    std::string out{reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
    std::free(mapped);
    return out;
}

}  // namespace

std::optional<std::string> to_nfkc(std::string_view text) {
    return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

std::optional<std::string> to_search_form(std::string_view text) {
    return map(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                         UTF8PROC_STRIPMARK);
}

std::string_view first_code_points(std::string_view text, std::size_t count) {
    for (std::size_t at = 0; at < text.size(); ++at)
        if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80 && count-- == 0)
            return text.substr(0, at);
    return text;
}

bool has_control(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < 0x20 || c == 0x7f) return true;
        // C1: U+0080 to U+009F.
        if (c == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0)
            return true;
    }
    return false;
}

std::string ascii_lower(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace taama::text
