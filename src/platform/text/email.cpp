#include "platform/text/email.hpp"

#include <algorithm>

namespace taama::text {

namespace {

bool is_alnum(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_atext(unsigned char c) {
    return is_alnum(c) || std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(static_cast<char>(c)) !=
                              std::string_view::npos;
}

bool is_dot_atom(std::string_view text, bool (*allowed)(unsigned char)) {
    if (text.empty() || text.front() == '.' || text.back() == '.') return false;
    if (text.find("..") != std::string_view::npos) return false;
    return std::ranges::all_of(text, [&](unsigned char c) { return c == '.' || allowed(c); });
}

bool is_quoted_string(std::string_view text) {
    if (text.size() < 3 || text.front() != '"' || text.back() != '"') return false;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == '\\' && i + 1 < text.size();
        if (escaped) ++i;
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c >= 0x7f || (!escaped && (c == '"' || c == '\\'))) return false;
    }
    return true;
}

bool is_domain(std::string_view domain) {
    if (!is_dot_atom(domain, [](unsigned char c) { return is_alnum(c) || c == '-'; })) return false;
    if (domain.find('.') == std::string_view::npos) return false;
    while (!domain.empty()) {
        const auto dot = domain.find('.');
        const std::string_view label = domain.substr(0, dot);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
            return false;
        if (dot == std::string_view::npos) break;
        domain.remove_prefix(dot + 1);
    }
    return true;
}

}  // namespace

std::optional<std::string> normalise_email(std::string_view text) {
    const auto at = text.rfind('@');
    if (text.size() > 254 || at == std::string_view::npos || at > 64) return std::nullopt;
    const std::string_view local = text.substr(0, at);
    if (!is_dot_atom(local, is_atext) && !is_quoted_string(local)) return std::nullopt;
    if (!is_domain(text.substr(at + 1))) return std::nullopt;
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    });
    return out;
}

std::string mask_email(std::string_view address) {
    const auto at = address.rfind('@');
    if (at == std::string_view::npos || at == 0) return "•••";
    return std::string{address.substr(0, 1)} + "••••" + std::string{address.substr(at)};
}

}  // namespace taama::text
