#include "platform/http/connection.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

TEST(ParseTarget, Paths) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"/", "/"},          {"/a/b", "/a/b"},
        {"/a/b/", "/a/b"},   {"/a//", "/a"},
        {"//", "/"},         {"/a%20b", "/a b"},
        {"/a+b", "/a+b"},  // a plus is a space in queries only
        {"/%C3%A9", "/é"},   {"/a#b?c=d", "/a"},
        {"/a?b=/c/", "/a"},  {"", "refused"},
        {"*", "refused"},    {"http://host/a", "refused"},
        {"/%", "refused"},   {"/%4", "refused"},
        {"/%zz", "refused"}, {"/a%00b", "refused"},
        {"/%FF", "refused"}, {"/%C0%AF", "refused"},
    };
    for (const auto& [target, want] : cases) {
        const auto parsed = parse_target(target);
        EXPECT_EQ(parsed ? parsed->path : "refused", want) << target;
    }
}

TEST(ParseTarget, Queries) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", ""},
        {"a=1&b=2", "a=1;b=2;"},
        {"a=1&a=2", "a=1;a=2;"},
        {"a", "a=;"},
        {"a=", "a=;"},
        {"=1", ""},
        {"&&a=1&", "a=1;"},
        {"a=b=c", "a=b=c;"},
        {"seats%3E=2", "seats>=2;"},
        {"q=a+b%2Bc", "q=a b+c;"},
        {"q=%C3%A9", "q=é;"},
        {"q=%FF", "refused"},
        {"q=%0", "refused"},
        {"q=%00", "refused"},
        {"%zz=1", "refused"},
    };
    for (const auto& [query, want] : cases) {
        const auto parsed = parse_target("/x?" + std::string{query});
        std::string all = parsed ? "" : "refused";
        if (parsed) {
            EXPECT_EQ(parsed->raw_query, query);
            for (const auto& [key, value] : parsed->query) all += key + "=" + value + ";";
        }
        EXPECT_EQ(all, want) << query;
    }
}

TEST(PlainAddress, MappedAddressesReadAsIPv4) {
    const std::pair<std::string, std::string> cases[] = {
        {"192.0.2.7", "192.0.2.7"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"2001:db8::1", "2001:db8::1"},
        {"::1", "::1"},
    };
    for (const auto& [text, want] : cases)
        EXPECT_EQ(plain_address(boost::asio::ip::make_address(text)), want);
}

TEST(ToMethod, KnowsItsOwn) {
    using boost::beast::http::verb;
    EXPECT_EQ(to_method(verb::delete_), Method::delete_);
    EXPECT_EQ(to_method(verb::head), Method::head);
    EXPECT_EQ(to_method(verb::trace), Method::other);
    EXPECT_EQ(to_method(verb::unknown), Method::other);
}

bool has(const std::string& bytes, std::string_view line) {
    return bytes.find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
}

TEST(Serialise, WholeResponse) {
    Response response;
    response.status = 201;
    response.content_type = "application/json";
    response.body = "{}";
    response.headers = {{"Location", "/api/v1/trips/1"}};
    const std::string bytes = serialise(response, true, false, false);
    EXPECT_TRUE(bytes.starts_with("HTTP/1.1 201 Created\r\n"));
    EXPECT_TRUE(bytes.ends_with("\r\n\r\n{}"));
    for (const auto* line :
         {"Location: /api/v1/trips/1", "Content-Type: application/json", "Content-Length: 2",
          "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
          "Referrer-Policy: no-referrer",
          "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
          "Cross-Origin-Opener-Policy: same-origin", "Cache-Control: private, no-cache"})
        EXPECT_TRUE(has(bytes, line)) << line;
    EXPECT_FALSE(has(bytes, "Connection: close"));
    EXPECT_EQ(bytes.find("Strict-Transport-Security"), std::string::npos);
}

TEST(Serialise, BodiesOnlyWhereTheyBelong) {
    struct Case {
        int status;
        bool head;
        bool length;
        bool body;
    };
    const Case cases[] = {
        {200, false, true, true},   {200, true, true, false},  // the length of what GET would send
        {204, false, false, false}, {304, false, false, false}, {404, true, true, false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.status);
        Response response;
        response.status = c.status;
        response.body = "body";
        const std::string bytes = serialise(response, true, c.head, false);
        EXPECT_EQ(has(bytes, "Content-Length: 4"), c.length);
        EXPECT_EQ(bytes.ends_with("body"), c.body);
    }
}

TEST(Serialise, OneVary) {
    Response response;
    EXPECT_TRUE(has(serialise(response, true, false, false),
                    "Vary: Accept-Encoding, Accept-Language, Prefer"));
    response.headers = {{"Vary", "Origin"}};
    EXPECT_TRUE(has(serialise(response, true, false, false),
                    "Vary: Accept-Encoding, Accept-Language, Prefer, Origin"));
}

TEST(Serialise, LeanAnswersHaveNothingForBrowsers) {
    Response response;
    response.lean = true;
    response.encoding = Encoding::br;
    const std::string bytes = serialise(response, true, false, true);
    for (const auto* name : {"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
                             "Content-Security-Policy", "Strict-Transport-Security"})
        EXPECT_EQ(bytes.find(name), std::string::npos) << name;
    EXPECT_TRUE(has(bytes, "Content-Encoding: br"));
}

TEST(Serialise, PagesSayTheirOwnPolicy) {
    Response response;
    response.headers = {{"Content-Security-Policy", "default-src 'self'"},
                        {"Cache-Control", "public, max-age=31536000"}};
    const std::string bytes = serialise(response, false, false, true);
    EXPECT_EQ(bytes.find("default-src 'none'"), std::string::npos);
    EXPECT_EQ(bytes.find("no-cache"), std::string::npos);
    EXPECT_TRUE(has(bytes, "Connection: close"));
    EXPECT_TRUE(has(bytes, "Strict-Transport-Security: max-age=31536000; includeSubDomains"));
}

}  // namespace
}  // namespace taama::http
