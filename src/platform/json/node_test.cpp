#include "platform/json/node.hpp"

#include <gtest/gtest.h>

namespace taama::json {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonNode, KeepsNumbersAsWritten) {
    const auto node =
        parse(R"({"a":6000.00,"b":[1e3,-0.5],"c":{"d":true,"e":null},"f":"é\u00e9\n"})");
    ASSERT_TRUE(node);
    EXPECT_EQ(node->find("a")->text, "6000.00");
    ASSERT_EQ(node->find("b")->items.size(), 2U);
    EXPECT_EQ(node->find("b")->items[0].text, "1e3");
    EXPECT_EQ(node->find("b")->items[1].text, "-0.5");
    EXPECT_EQ(node->find("c")->find("d")->type, Node::Type::boolean);
    EXPECT_TRUE(node->find("c")->find("d")->boolean);
    EXPECT_EQ(node->find("c")->find("e")->type, Node::Type::null);
    EXPECT_EQ(node->find("f")->text, "éé\n");
    EXPECT_EQ(node->find("g"), nullptr);
}

TEST(JsonNode, MembersKeepTheirOrder) {
    const auto node = parse(R"({"z":1,"a":{"y":2,"b":3},"m":[]})");
    ASSERT_TRUE(node);
    std::string keys;
    for (const auto& member : node->members) keys += member.key;
    EXPECT_EQ(keys, "zam");
    EXPECT_EQ(node->members[1].value.members.front().key, "y");
}

TEST(JsonNode, Accepts) {
    const std::string cases[] = {
        "{}",
        " [ ] ",
        "0",
        "\"x\"",
        "null",
        R"({"a":{"k":1},"b":{"k":1}})",
        nested(max_depth),
        R"("\ud83d\ude00")",
        "12345678901234567890123456789",
        R"({"":1})",
    };
    for (const auto& text : cases) EXPECT_TRUE(parse(text)) << text;
}

TEST(JsonNode, Refuses) {
    const std::string cases[] = {
        "",
        " ",
        "{",
        "[1,]",
        R"({"a":1,})",
        R"({'a':1})",
        "{} {}",
        "[1] x",
        "nul",
        "NaN",
        "01",
        "+1",
        "1.",
        "// note\n{}",
        "\"a\nb\"",               // a raw line break
        "\"\xff\"",               // no UTF-8
        "\"\xc0\xaf\"",           // an overlong slash
        R"("\ud83d")",            // half of a pair
        R"({"a":1,"a":2})",       // a key twice
        R"({"a":1,"\u0061":2})",  // the same key in other words
        R"([{"x":{"a":1,"b":2,"a":3}}])",
        nested(max_depth + 1),
    };
    for (const auto& text : cases) EXPECT_FALSE(parse(text)) << text;
}

TEST(JsonNode, SaysWhatIsWrong) {
    EXPECT_EQ(parse(R"({"a":1,"a":2})").error(), "an object has a key twice");
    EXPECT_EQ(parse("{}{}").error(), "extra characters behind the JSON value");
    EXPECT_FALSE(parse("[").error().empty());
}

TEST(JsonNode, LongTextsArriveInParts) {
    const std::string text(300'000, 'x');
    const auto node = parse("[\"" + text + "\",\"" + text + "\\n" + text + "\"]");
    ASSERT_TRUE(node);
    EXPECT_EQ(node->items[0].text, text);
    EXPECT_EQ(node->items[1].text, text + "\n" + text);
}

}  // namespace
}  // namespace taama::json
