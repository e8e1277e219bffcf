#include "platform/http/lean_json.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

TEST(LeanJson, LeavesOutWhatSaysNothing) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {R"({"a":1,"b":null,"c":"x"})", R"({"a":1,"c":"x"})"},
        {R"({"a":null,"b":2})", R"({"b":2})"},
        {R"({"a":"","b":[],"c":{},"d":0,"e":false,"f":-1.5e3})", R"({"d":0,"e":false,"f":-1.5e3})"},
        {R"({"a":{"b":null},"c":{"d":{"e":""}}})", R"({})"},
        {R"({"a":{"b":null,"c":1}})", R"({"a":{"c":1}})"},
        {R"([{"a":null},null,"",[],1])", R"([{},null,"",[],1])"},
        {R"({"a":[null]})", R"({"a":[null]})"},
        {R"({"a":"}\"]{,","b":"\\","c":null})", R"({"a":"}\"]{,","b":"\\"})"},
        {R"({"a\"b":null,"é":"ü"})", R"({"é":"ü"})"},
        {R"({"polyline":"_p~iF","route_polyline":"x","d":1})", R"({"d":1})"},
        {R"({"polyline6":{"a":[1,2]},"d":"polyline"})", R"({"d":"polyline"})"},
        {"null", "null"},
        {"[]", "[]"},
        {"\"\"", "\"\""},
        {"17", "17"},
        {"", ""},
    };
    for (const auto& [json, want] : cases) EXPECT_EQ(lean_json(json), want) << json;
}

TEST(PrefersMinimal, AmongOtherPreferences) {
    for (const auto* prefer : {"return=minimal", "respond-async, return=minimal",
                               " return=minimal ; foo=1", "wait=10,return=minimal"})
        EXPECT_TRUE(prefers_minimal(prefer)) << prefer;
    for (const auto* prefer : {"", "return=representation", "minimal", "return=minimalist"})
        EXPECT_FALSE(prefers_minimal(prefer)) << prefer;
}

}  // namespace
}  // namespace taama::http
