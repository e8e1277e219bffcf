#include "platform/text/utf8.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace taama::text {

namespace {

struct CodePoint {
    std::int32_t value = -1;  // negative: bad UTF-8
    std::size_t size = 1;
};

CodePoint first_of(std::string_view text) {
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte < 0x80) return {byte, 1};
    utf8proc_int32_t value = -1;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &value);
    return size > 0 ? CodePoint{value, static_cast<std::size_t>(size)} : CodePoint{};
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool is_space(std::int32_t value) {
    constexpr std::int32_t next_line = 0x85;
    constexpr std::int32_t zero_width_space = 0x200b;
    constexpr std::int32_t byte_order_mark = 0xfeff;
    if (value == ' ' || (value >= '\t' && value <= '\r')) return true;
    if (value < 0x80) return false;
    if (value == next_line || value == zero_width_space || value == byte_order_mark) return true;
    const auto category = utf8proc_category(value);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

std::optional<std::string> map(std::string_view text, int options) {
    utf8proc_uint8_t* mapped = nullptr;
    const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                   static_cast<utf8proc_option_t>(options));
    if (size < 0) return std::nullopt;
    std::string out{reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)};
    std::free(mapped);
    return out;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const CodePoint point = first_of(text);
        if (point.value < 0) return false;
        text.remove_prefix(point.size);
    }
    return true;
}

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

std::string_view first_code_points(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    while (end < text.size() && (count > 0 || is_continuation(text[end]))) {
        if (!is_continuation(text[end])) --count;
        ++end;
    }
    return text.substr(0, end);
}

std::string_view trim(std::string_view text) {
    while (!text.empty()) {
        const CodePoint point = first_of(text);
        if (!is_space(point.value)) break;
        text.remove_prefix(point.size);
    }
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && is_continuation(text[start])) --start;
        if (!is_space(first_of(text.substr(start)).value)) break;
        text = text.substr(0, start);
    }
    return text;
}

bool has_control(std::string_view text) {
    while (!text.empty()) {
        const CodePoint point = first_of(text);
        if (point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0)) return true;
        text.remove_prefix(point.size);
    }
    return false;
}

std::optional<std::string> to_nfkc(std::string_view text) {
    return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

std::optional<std::string> to_search_form(std::string_view text) {
    return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                         UTF8PROC_STRIPMARK);
}

std::string ascii_lower(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace taama::text
