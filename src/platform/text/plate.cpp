#include "platform/text/plate.hpp"

#include <algorithm>

#include "platform/text/utf8.hpp"

namespace taama::text {

std::optional<std::string> plate_key(std::string_view typed) {
    const auto normal = to_nfkc(typed);
    if (!normal) return std::nullopt;
    std::string key;
    for (const char c : *normal) {
        if (c >= 'a' && c <= 'z')
            key += static_cast<char>(c - 'a' + 'A');
        else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            key += c;
    }
    const bool has_digit = std::ranges::any_of(key, [](char c) { return c >= '0' && c <= '9'; });
    if (key.size() < 4 || key.size() > 12 || !has_digit) return std::nullopt;
    return key;
}

}  // namespace taama::text
