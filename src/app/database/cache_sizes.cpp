#include "app/database/cache_sizes.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace taama::app {

namespace {

constexpr std::int64_t mib = 1 << 20;

// The file says "max" where nothing is limited.
std::int64_t limit_of_group() {
    constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();
    std::ifstream groups{"/proc/self/cgroup"};
    for (std::string line; std::getline(groups, line);) {
        if (!line.starts_with("0::")) continue;
        std::ifstream file{"/sys/fs/cgroup" + line.substr(3) + "/memory.max"};
        std::int64_t bytes = 0;
        return file >> bytes ? bytes : unlimited;
    }
    return unlimited;
}

}  // namespace

CacheSizes cache_sizes(std::int64_t memory_mib) {
    return {.shared_buffers_mib = std::clamp<std::int64_t>(memory_mib / 8, 128, 2048),
            .effective_cache_mib = std::max<std::int64_t>(memory_mib / 2, 256)};
}

std::int64_t memory_mib() {
    const std::int64_t of_machine =
        std::int64_t{sysconf(_SC_PHYS_PAGES)} * std::int64_t{sysconf(_SC_PAGESIZE)};
    return std::min(of_machine, limit_of_group()) / mib;
}

}  // namespace taama::app
