#include "platform/http/forwarded.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

TEST(Forwarded, RightmostUntrustedHop) {
    const std::vector<std::string> trusted{"127.0.0.1", "10.0.0.2"};
    const struct {
        const char* forwarded;
        const char* peer;
        const char* want;
    } cases[] = {
        {"", "127.0.0.1", "127.0.0.1"},
        {"192.0.2.7", "127.0.0.1", "192.0.2.7"},
        {"192.0.2.7", "198.51.100.1", "198.51.100.1"},  // nobody we know says so
        {"127.0.0.1, 192.0.2.7", "127.0.0.1", "192.0.2.7"},
        {"192.0.2.7, 10.0.0.2", "127.0.0.1", "192.0.2.7"},  // two proxies of ours
        {"10.0.0.9,192.0.2.7 , 10.0.0.2", "127.0.0.1", "192.0.2.7"},
        {"unknown, 10.0.0.2", "127.0.0.1", "10.0.0.2"},
        {"2001:db8::1", "127.0.0.1", "2001:db8::1"},
        {"::ffff:192.0.2.7", "127.0.0.1", "192.0.2.7"},
        {"nonsense", "127.0.0.1", "127.0.0.1"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(client_address(c.forwarded, c.peer, trusted), c.want) << c.forwarded;
}

}  // namespace
}  // namespace taama::http
