#include "platform/http/entity_tag.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

TEST(EntityTag, MarksStandInsideTheQuotes) {
    EXPECT_EQ(marked_tag("\"ab\"", "zstd"), "\"ab-zstd\"");
    EXPECT_EQ(marked_tag(marked_tag("\"ab\"", "min"), "br"), "\"ab-min-br\"");
}

TEST(EntityTag, IfNoneMatchSeesThroughEncodings) {
    struct Case {
        std::string_view list;
        std::string_view tag;
        std::string_view want;
    };
    const Case cases[] = {
        {"", "\"ab\"", ""},
        {"\"ab\"", "\"ab\"", "\"ab\""},
        {"W/\"ab\"", "\"ab\"", "\"ab\""},
        {"\"ab-zstd\"", "\"ab\"", "\"ab-zstd\""},
        {"\"xy\", \"ab-gzip\" , \"ab\"", "\"ab\"", "\"ab-gzip\""},
        {"*", "\"ab\"", "\"ab\""},
        {"\"ab-min\"", "\"ab\"", ""},  // a client that wants all members has not got them
        {"\"ab\"", "\"ab-min\"", ""},
        {"\"ab-min-br\"", "\"ab-min\"", "\"ab-min-br\""},
        {"\"abc\"", "\"ab\"", ""},
        {"\"a\"", "\"ab\"", ""},
        {"\"ab-deflate\"", "\"ab\"", ""},
        {"\"ab", "\"ab\"", ""},
        {"ab", "\"ab\"", ""},
        {"\"\"", "\"ab\"", ""},
    };
    for (const Case& c : cases) EXPECT_EQ(find_tag(c.list, c.tag), c.want) << c.list << c.tag;
}

TEST(EntityTag, IfMatchComparesTheState) {
    for (const auto* list :
         {"\"ab\"", "*", "\"ab-zstd\"", "\"ab-min-gzip\"", "\"x\", \"ab-min\"", "W/\"ab\""})
        EXPECT_TRUE(names_state(list, "\"ab\"")) << list;
    for (const auto* list : {"\"abc\"", "\"a\"", "ab", "", "\"x-ab\""})
        EXPECT_FALSE(names_state(list, "\"ab\"")) << list;
}

}  // namespace
}  // namespace taama::http
