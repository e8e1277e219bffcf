#include "platform/id.hpp"

#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <unordered_set>
#include <vector>

namespace taama {
namespace {

TEST(Uuid, MakesVersion4_S1_004) {
    std::unordered_set<Uuid> seen;
    for (int i = 0; i < 1000; ++i) {
        const Uuid uuid = Uuid::make();
        const std::string text = uuid.to_string();
        EXPECT_EQ(text.size(), 36u);
        EXPECT_EQ(text[14], '4') << text;
        EXPECT_NE(std::string{"89ab"}.find(text[19]), std::string::npos) << text;
        EXPECT_EQ(Uuid::parse(text), uuid);
        EXPECT_TRUE(seen.insert(uuid).second);
    }
}

// Each thread has a generator of its own.
TEST(Uuid, IsNewOnEveryThread) {
    std::array<std::vector<Uuid>, 4> made;
    {
        std::vector<std::jthread> threads;
        for (auto& mine : made)
            threads.emplace_back([&mine] {
                for (int i = 0; i < 5000; ++i) mine.push_back(Uuid::make());
            });
    }
    std::unordered_set<Uuid> seen;
    for (const auto& of_thread : made)
        for (const Uuid& uuid : of_thread) EXPECT_TRUE(seen.insert(uuid).second);
}

TEST(Uuid, Parse) {
    struct Case {
        std::string_view text;
        std::string_view want;  // empty: refused
    };
    const Case cases[] = {
        {"2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27c", "2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27c"},
        {"2AB8F24E-3CA4-4F0A-82C6-6EFB0A27E27C", "2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27c"},
        {"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"},
        {"", ""},
        {"2ab8f24e3ca44f0a82c66efb0a27e27c", ""},
        {"{2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27c}", ""},
        {"2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27", ""},
        {"2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27cc", ""},
        {"2ab8f24e-3ca4-4f0a-82c6_6efb0a27e27c", ""},
        {"2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27g", ""},
        {"2ab8f24e3-ca4-4f0a-82c6-6efb0a27e27c", ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.text);
        const auto uuid = Uuid::parse(c.text);
        EXPECT_EQ(uuid ? uuid->to_string() : "", c.want);
    }
}

TEST(Uuid, OrdersAsItsText) {
    const auto low = *Uuid::parse("00000000-0000-4000-8000-0000000000ff");
    const auto high = *Uuid::parse("00000000-0000-4000-8000-000000000100");
    EXPECT_LT(low, high);
    EXPECT_TRUE(Uuid{}.is_nil());
    EXPECT_FALSE(low.is_nil());
}

}  // namespace
}  // namespace taama
