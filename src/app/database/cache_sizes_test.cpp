#include "app/database/cache_sizes.hpp"

#include <gtest/gtest.h>

namespace taama::app {
namespace {

TEST(CacheSizes, FollowTheMemory) {
    EXPECT_EQ(cache_sizes(512), (CacheSizes{128, 256}));
    EXPECT_EQ(cache_sizes(2048), (CacheSizes{256, 1024}));
    EXPECT_EQ(cache_sizes(8192), (CacheSizes{1024, 4096}));
    EXPECT_EQ(cache_sizes(262'144), (CacheSizes{2048, 131'072}));
}

TEST(CacheSizes, ThereIsMemory) {
    EXPECT_GT(memory_mib(), 128);
    EXPECT_LT(memory_mib(), std::int64_t{1} << 30);
}

}  // namespace
}  // namespace taama::app
