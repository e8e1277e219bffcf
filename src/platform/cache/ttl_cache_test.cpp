#include "platform/cache/ttl_cache.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace taama::cache {
namespace {

const UtcTime start = *parse_utc_time("2026-10-02T08:30:00Z");

TEST(TtlCache, EntriesGrowStale) {
    TtlCache<std::string, int> cache{{.entries_max = 10, .life = 60s}};
    cache.put("a", 1, start);
    EXPECT_EQ(cache.find("a", start + 60s - 1us), 1);
    EXPECT_FALSE(cache.find("a", start + 60s));
    EXPECT_EQ(cache.size(), 0u);
    cache.put("a", 1, start);
    cache.put("a", 2, start + 30s);
    EXPECT_EQ(cache.find("a", start + 89s), 2);
}

TEST(TtlCache, TheLeastRecentlyUsedLeaves) {
    TtlCache<std::string, int> cache{{.entries_max = 2, .life = 60s}};
    cache.put("a", 1, start);
    cache.put("b", 2, start);
    EXPECT_TRUE(cache.find("a", start));
    cache.put("c", 3, start);
    EXPECT_TRUE(cache.find("a", start));
    EXPECT_FALSE(cache.find("b", start));
    EXPECT_TRUE(cache.find("c", start));
    cache.put("c", 4, start);
    EXPECT_EQ(cache.size(), 2u);
}

TEST(TtlCache, Removes) {
    TtlCache<int, int> cache{{}};
    for (int i = 0; i < 10; ++i) cache.put(i, i, start);
    cache.remove(3);
    cache.remove(99);
    EXPECT_FALSE(cache.find(3, start));
    cache.remove_if([](int key, int) { return key % 2 == 0; });
    EXPECT_EQ(cache.size(), 4u);
    cache.clear();
    EXPECT_EQ(cache.size(), 0u);
}

TEST(TtlCache, ThreadsShareIt) {
    TtlCache<int, int> cache{{.entries_max = 50, .life = 60s}};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&cache, t] {
            for (int i = 0; i < 5000; ++i) {
                const int key = (i * 7 + t) % 100;
                cache.put(key, key, start);
                if (const auto value = cache.find(key, start)) EXPECT_EQ(*value, key);
                if (i % 100 == 0) cache.remove_if([](int each, int) { return each % 10 == 0; });
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_LE(cache.size(), 50u);
}

}  // namespace
}  // namespace taama::cache
