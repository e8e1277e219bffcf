#include "platform/http/forwarded.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

#include "platform/http/connection.hpp"

namespace taama::http {

std::string client_address(std::string_view forwarded, const std::string& peer_ip,
                           const std::vector<std::string>& trusted_proxies) {
    std::string client = peer_ip;
    while (!forwarded.empty() &&
           std::ranges::find(trusted_proxies, client) != trusted_proxies.end()) {
        const auto comma = forwarded.rfind(',');
        const bool is_last = comma == std::string_view::npos;
        std::string_view hop = is_last ? forwarded : forwarded.substr(comma + 1);
        while (hop.starts_with(' ')) hop.remove_prefix(1);
        while (hop.ends_with(' ')) hop.remove_suffix(1);
        boost::system::error_code bad;
        const auto address = boost::asio::ip::make_address(std::string{hop}, bad);
        if (bad) break;
        client = plain_address(address);
        forwarded = is_last ? std::string_view{} : forwarded.substr(0, comma);
    }
    return client;
}

}  // namespace taama::http
