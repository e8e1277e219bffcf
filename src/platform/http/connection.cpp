#include "platform/http/connection.hpp"

#include <boost/asio/ip/address_v6.hpp>
#include <boost/beast/http/status.hpp>

#include "platform/text/hex.hpp"
#include "platform/text/utf8.hpp"

namespace taama::http {

namespace {

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int byte = text::hex_byte(text[i + 1], text[i + 2]);
            if (byte < 0) return std::nullopt;
            c = static_cast<char>(byte);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0') return std::nullopt;
        out += c;
    }
    return out;
}

// What browsers are told to do for the safety of people; other clients need none of it.
void write_browser_safety(std::string& out, bool own_policy, bool secure) {
    out +=
        "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
        "Referrer-Policy: no-referrer\r\nPermissions-Policy: geolocation=(self), camera=(self)\r\n"
        "Cross-Origin-Opener-Policy: same-origin\r\n";
    if (!own_policy)
        out += "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
    if (secure) out += "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
    if (target.empty() || target.front() != '/') return std::nullopt;
    const auto hash = target.find('#');
    target = target.substr(0, hash);
    const auto question = target.find('?');
    Target parsed;
    auto path = decode(target.substr(0, question), false);
    if (!path || !text::is_valid_utf8(*path)) return std::nullopt;
    parsed.path = std::move(*path);
    while (parsed.path.size() > 1 && parsed.path.back() == '/') parsed.path.pop_back();
    if (question == std::string_view::npos) return parsed;
    parsed.raw_query = target.substr(question + 1);
    std::string_view rest = parsed.raw_query;
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        // `seats>=2` is the key `seats>` with the value 2.
        const auto equals = pair.find('=');
        auto key = decode(pair.substr(0, equals), true);
        auto value = decode(
            equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
        if (!key || !value || !text::is_valid_utf8(*key) || !text::is_valid_utf8(*value))
            return std::nullopt;
        if (!key->empty()) parsed.query.emplace_back(std::move(*key), std::move(*value));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    return parsed;
}

Method to_method(boost::beast::http::verb verb) {
    using boost::beast::http::verb;
    switch (verb) {
        case verb::get: return Method::get;
        case verb::post: return Method::post;
        case verb::put: return Method::put;
        case verb::patch: return Method::patch;
        case verb::delete_: return Method::delete_;
        case verb::head: return Method::head;
        case verb::options: return Method::options;
        default: return Method::other;
    }
}

std::string plain_address(const boost::asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6())
            .to_string();
    if (!address.is_v6()) return address.to_string();
    // The interface of a link-local address is no part of it for anybody but this machine.
    auto v6 = address.to_v6();
    v6.scope_id(0);
    return v6.to_string();
}

std::string serialise(const Response& response, bool keep_alive, bool head_only, bool secure) {
    std::string out;
    out.reserve(768 + response.body.size());
    const auto reason = boost::beast::http::obsolete_reason(
        static_cast<boost::beast::http::status>(response.status));
    out += "HTTP/1.1 ";
    json::write_integer(out, response.status);
    out += ' ';
    out.append(reason.data(), reason.size());
    out += "\r\n";
    std::string_view varies_too;
    bool own_policy = false;
    bool own_caching = false;
    for (const auto& [name, value] : response.headers) {
        if (name == "Vary") {
            varies_too = value;
            continue;
        }
        own_policy = own_policy || name == "Content-Security-Policy";
        own_caching = own_caching || name == "Cache-Control";
        out += name;
        out += ": ";
        out += value;
        out += "\r\n";
    }
    out += "Vary: Accept-Encoding, Accept-Language, Prefer";
    if (!varies_too.empty()) (out += ", ") += varies_too;
    out += "\r\n";
    if (!response.content_type.empty()) {
        out += "Content-Type: ";
        out += response.content_type;
        out += "\r\n";
    }
    if (response.encoding != Encoding::identity) {
        out += "Content-Encoding: ";
        out += to_string(response.encoding);
        out += "\r\n";
    }
    if (!response.lean) write_browser_safety(out, own_policy, secure);
    if (!own_caching) out += "Cache-Control: private, no-cache\r\n";
    if (response.status != 204 && response.status != 304) {
        out += "Content-Length: ";
        json::write_integer(out, static_cast<std::int64_t>(response.body.size()));
        out += "\r\n";
    }
    if (!keep_alive) out += "Connection: close\r\n";
    out += "\r\n";
    if (!head_only && response.status != 204 && response.status != 304) out += response.body;
    return out;
}

}  // namespace taama::http
