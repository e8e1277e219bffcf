#include "platform/ws/outbox.hpp"

#include <gtest/gtest.h>

namespace taama::ws {
namespace {

std::string in_batch(const Outbox& outbox) {
    std::string all;
    for (const auto& buffer : outbox.batch())
        all.append(static_cast<const char*>(buffer.data()), buffer.size());
    return all;
}

TEST(Outbox, LeavesInPieces) {
    Outbox outbox;
    EXPECT_TRUE(outbox.add("abc"));
    EXPECT_TRUE(outbox.add("de", "position"));
    EXPECT_TRUE(outbox.add("fgh"));
    outbox.has_left(4);
    EXPECT_EQ(in_batch(outbox), "efgh");
    // The one that has begun to leave stays whole.
    EXPECT_TRUE(outbox.add("XY", "position"));
    EXPECT_TRUE(outbox.add("Z", "position"));
    EXPECT_EQ(in_batch(outbox), "efghZ");
    outbox.add_last("!");
    outbox.has_left(5);
    EXPECT_EQ(in_batch(outbox), "!");
    outbox.has_left(1);
    EXPECT_TRUE(outbox.empty());
}

TEST(Outbox, IsBounded) {
    Outbox many;
    for (std::size_t i = 0; i < Outbox::frames_max; ++i) EXPECT_TRUE(many.add("xy")) << i;
    for (int i = 0; i < 1000; ++i) many.has_left(0);
    EXPECT_FALSE(many.add("xy"));
    EXPECT_TRUE(many.empty());

    Outbox large;
    EXPECT_TRUE(large.add(std::string(Outbox::bytes_max, 'x')));
    large.has_left(1);
    EXPECT_FALSE(large.add("y"));
    EXPECT_EQ(in_batch(large).size(), Outbox::bytes_max - 1) << "what has begun to leave stays";
    large.has_left(Outbox::bytes_max - 1);
    EXPECT_TRUE(large.empty());

    Outbox replacing;
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(replacing.add(std::string(Outbox::bytes_max / 2, 'x'), "position")) << i;
}

TEST(Outbox, TextOfAFrame) {
    EXPECT_EQ(to_text({.type = "a\"b", .id = {}, .at = {}, .data = {}}),
              R"({"type":"a\"b","at":"1970-01-01T00:00:00Z","data":{}})");
    EXPECT_EQ(to_text({.type = "m", .id = "7", .at = {}, .data = "[1]"}),
              R"({"type":"m","id":"7","at":"1970-01-01T00:00:00Z","data":[1]})");
}

}  // namespace
}  // namespace taama::ws
