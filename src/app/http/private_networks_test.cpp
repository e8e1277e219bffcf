#include "app/http/private_networks.hpp"

#include <gtest/gtest.h>

namespace taama::app {
namespace {

TEST(PrivateNetworks, Table) {
    struct Case {
        std::string_view address;
        std::vector<std::string> networks;
        bool want;
    };
    const Case cases[] = {
        {"127.0.0.1", {"loopback"}, true},
        {"127.8.9.1", {"loopback"}, true},
        {"::1", {"loopback"}, true},
        {"10.0.0.1", {"loopback"}, false},
        {"10.255.255.255", {"private"}, true},
        {"11.0.0.0", {"private"}, false},
        {"172.15.255.255", {"private"}, false},
        {"172.16.0.0", {"private"}, true},
        {"172.31.255.255", {"private"}, true},
        {"172.32.0.0", {"private"}, false},
        {"192.168.1.1", {"private"}, true},
        {"192.169.0.0", {"private"}, false},
        {"fd12::1", {"private"}, true},
        {"2001:db8::1", {"private"}, false},
        {"127.0.0.1", {"private"}, false},
        {"203.0.113.255", {"203.0.113.0/24"}, true},
        {"203.0.114.0", {"203.0.113.0/24"}, false},
        {"203.0.113.7", {"203.0.113.9/24"}, true},  // a host's own address
        {"203.0.113.7", {"203.0.113.7/32"}, true},
        {"203.0.113.8", {"203.0.113.7/32"}, false},
        {"8.8.8.8", {"0.0.0.0/0"}, true},
        {"2001:db8::1", {"0.0.0.0/0"}, false},
        {"2001:db8:1::1", {"2001:db8::/32"}, true},
        {"8.8.8.8", {"private", "8.0.0.0/8"}, true},
        {"8.8.8.8", {}, false},
        {"8.8.8.8", {"no network", "8.8.8.8/33", ""}, false},
        {"::ffff:127.0.0.1", {"private"}, false},
        {"localhost", {"loopback"}, false},
        {"", {"loopback", "0.0.0.0/0"}, false},
    };
    for (const Case& c : cases)
        EXPECT_EQ(is_in_networks(c.address, c.networks), c.want)
            << c.address << " in " << (c.networks.empty() ? "none" : c.networks.front());
}

}  // namespace
}  // namespace taama::app
