#pragma once

// Requests made beforehand, as they go over the wire, each after a line with its length in bytes.

#include <string>
#include <vector>

namespace taama::benchmarks {

// Throws std::runtime_error when there is none, or half of one.
std::vector<std::string> read_requests(const std::string& path);

}  // namespace taama::benchmarks
