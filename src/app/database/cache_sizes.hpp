#pragma once

// How much memory PostgreSQL is told to use: the private cluster shares a machine with the program.

#include <cstdint>

namespace taama::app {

struct CacheSizes {
    std::int64_t shared_buffers_mib;
    std::int64_t effective_cache_mib;  // its buffers and the kernel's cache, which it plans with

    bool operator==(const CacheSizes&) const = default;
};

// An eighth of the memory as buffers, from 128 MiB to 2 GiB; half of it as all that caches.
CacheSizes cache_sizes(std::int64_t memory_mib);

// Of the machine, or of this process's control group (v2) when that may use less.
std::int64_t memory_mib();

}  // namespace taama::app
