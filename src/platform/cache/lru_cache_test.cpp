#include "platform/cache/lru_cache.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace taama::cache {
namespace {

TEST(LruCache, TheLeastRecentlyUsedLeaves) {
    LruCache<std::string, int> cache{2};
    cache.put("a", 1);
    cache.put("b", 2);
    EXPECT_EQ(cache.find("a"), 1);
    cache.put("c", 3);
    EXPECT_EQ(cache.find("a"), 1);
    EXPECT_FALSE(cache.find("b"));
    EXPECT_EQ(cache.find("c"), 3);
    cache.put("c", 4);
    EXPECT_EQ(cache.find("c"), 4);
    EXPECT_EQ(cache.size(), 2u);
}

TEST(LruCache, ThreadsShareIt) {
    LruCache<int, int> cache{50};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&cache, t] {
            for (int i = 0; i < 5000; ++i) {
                const int key = (i * 7 + t) % 100;
                cache.put(key, key);
                if (const auto value = cache.find(key)) EXPECT_EQ(*value, key);
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(cache.size(), 50u);
}

}  // namespace
}  // namespace taama::cache
