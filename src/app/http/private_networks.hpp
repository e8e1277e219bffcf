#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace taama::app {

// Whether an address lies in one of `networks`: "loopback", "private" (RFC 1918, RFC 4193), or a
// CIDR like "203.0.113.0/24".
bool is_in_networks(std::string_view address, const std::vector<std::string>& networks);

}  // namespace taama::app
