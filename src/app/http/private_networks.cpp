#include "app/http/private_networks.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>

namespace taama::app {

namespace ip = boost::asio::ip;

namespace {

bool is_in_cidr(const ip::address& address, const std::string& cidr) {
    boost::system::error_code error;
    if (address.is_v4()) {
        const auto network = ip::make_network_v4(cidr, error);
        return !error && network.canonical() ==
                             ip::network_v4{address.to_v4(), network.prefix_length()}.canonical();
    }
    const auto network = ip::make_network_v6(cidr, error);
    return !error && network.canonical() ==
                         ip::network_v6{address.to_v6(), network.prefix_length()}.canonical();
}

bool is_private(const ip::address& address) {
    for (const char* cidr : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"})
        if (is_in_cidr(address, cidr)) return true;
    return false;
}

}  // namespace

bool is_in_networks(std::string_view text, const std::vector<std::string>& networks) {
    boost::system::error_code error;
    const auto address = ip::make_address(std::string{text}, error);
    if (error) return false;
    return std::ranges::any_of(networks, [&](const std::string& network) {
        if (network == "loopback") return address.is_loopback();
        if (network == "private") return is_private(address);
        return is_in_cidr(address, network);
    });
}

}  // namespace taama::app
