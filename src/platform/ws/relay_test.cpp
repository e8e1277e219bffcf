#include "platform/ws/relay.hpp"

#include <gtest/gtest.h>

namespace taama::ws {
namespace {

std::vector<std::string> parts_of(std::size_t size) {
    return to_notifications(
        {"t", Frame{.type = "a", .id = {}, .at = {}, .data = std::string(size, 'x')}});
}

TEST(Relay, PartsAreNumberedAndSmall) {
    const auto parts = parts_of(20'000);
    ASSERT_EQ(parts.size(), 3U);
    for (const std::string& part : parts) EXPECT_LT(part.size(), 8000U);
    Assembler assembler;
    EXPECT_FALSE(assembler.add(parts[0]));
    EXPECT_FALSE(assembler.add(parts[1]));
    const auto whole = assembler.add(parts[2]);
    ASSERT_TRUE(whole);
    EXPECT_EQ(std::get<Frame>(whole->what).data, std::string(20'000, 'x'));
}

TEST(Relay, HalfAFrameIsNone) {
    const auto parts = parts_of(20'000);
    const auto others = parts_of(20'000);
    const auto small = parts_of(1);
    struct Case {
        const char* name;
        std::vector<std::string> heard;
        int whole;
    };
    const Case cases[] = {
        {"one without its beginning", {parts[1], parts[2], small[0]}, 1},
        {"one without its middle", {parts[0], parts[2], small[0]}, 1},
        {"one without its end", {parts[0], parts[1], small[0], parts[2]}, 1},
        {"two mixed", {parts[0], others[1], parts[2]}, 0},
        {"the end twice", {parts[0], parts[1], parts[2], parts[2]}, 1},
        {"no parts at all", {"probe", "", "x 1", "x 0 0\n", "x -1 1\n", "x 2 1\n"}, 0},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        Assembler assembler;
        int whole = 0;
        for (const std::string& each : c.heard) whole += assembler.add(each).has_value() ? 1 : 0;
        EXPECT_EQ(whole, c.whole);
    }
}

}  // namespace
}  // namespace taama::ws
