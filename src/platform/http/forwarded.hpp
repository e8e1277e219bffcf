#pragma once

// Who really asks, when proxies stand before us.

#include <string>
#include <string_view>
#include <vector>

namespace taama::http {

// The rightmost address of X-Forwarded-For that is no trusted proxy of ours: what stands left of it
// was written by that client. All lines of the header are joined by commas in `forwarded`. The peer
// itself when it is not trusted, or when no address can be read.
std::string client_address(std::string_view forwarded, const std::string& peer_ip,
                           const std::vector<std::string>& trusted_proxies);

}  // namespace taama::http
