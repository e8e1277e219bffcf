// Bytes on the wire: packed answers, packed requests, lean answers.

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "platform/http/content_encoding.hpp"
#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

namespace json = boost::json;
using http::ContentCodecs;
using http::Encoding;

constexpr std::size_t unpacked_max = std::size_t{4} << 20;

// What the validator sees must be readable: packed answers go through a client without it.
Person signed_in(const ServerProcess& server) {
    Person person = sign_up(server);
    person.http = server.unchecked_client();
    person.http.bearer(person.access_token);
    return person;
}

std::string packed(const json::value& body, Encoding encoding) {
    return ContentCodecs{}.pack(encoding, json::serialize(body)).value();
}

Response send_packed(HttpClient& http, std::string method, std::string target, std::string body,
                     std::string encoding, HeaderList headers = {}) {
    headers.emplace_back("Content-Type", "application/json");
    headers.emplace_back("Content-Encoding", std::move(encoding));
    return http.send({std::move(method), std::move(target), std::move(body), std::move(headers)});
}

json::object new_name() { return {{"first_name", std::string(50, 'y')}}; }

TEST(Compression, AnswersInTheEncodingThatTheClientTakesBest) {
    auto& server = shared_server();
    auto http = server.unchecked_client();
    const std::string path = "/api/v1/openapi.json";
    const Response plain = http.get(path);
    EXPECT_FALSE(plain.has_header("Content-Encoding"));
    EXPECT_EQ(plain.header("Vary"), "Accept-Encoding, Accept-Language, Prefer");
    const std::pair<const char*, const char*> cases[] = {
        {"gzip", "gzip"},
        {"gzip, deflate, br", "br"},
        {"gzip, deflate, br, zstd", "zstd"},
        {"zstd;q=0, *", "br"},
        {"deflate", ""},
        {"identity", ""},
        {"gzip;q=0, br;q=0", ""},
    };
    for (const auto& [accepted, want] : cases) {
        const Response answer = http.get(path, {{"Accept-Encoding", accepted}});
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.header("Content-Encoding"), want) << accepted;
        EXPECT_EQ(answer.header("Vary"), "Accept-Encoding, Accept-Language, Prefer");
        if (*want != '\0') {
            EXPECT_LT(answer.body.size(), plain.body.size() / 3) << accepted;
        } else {
            EXPECT_EQ(answer.body, plain.body);
        }
    }
    const Response zstd = http.get(path, {{"Accept-Encoding", "zstd"}});
    EXPECT_EQ(ContentCodecs{}.unpack(Encoding::zstd, zstd.body, unpacked_max).value(), plain.body);
    const Response head = http.send({"HEAD", path, {}, {{"Accept-Encoding", "zstd"}}});
    EXPECT_EQ(head.header("Content-Encoding"), "zstd");
    EXPECT_EQ(head.header("Content-Length"), zstd.header("Content-Length"));
    // Small answers, and what tells secrets, stay as they are.
    for (const char* target : {"/health/live", "/api/v1/auth/config"})
        EXPECT_FALSE(http.get(target, {{"Accept-Encoding", "gzip"}}).has_header("Content-Encoding"))
            << target;
}

TEST(Compression, RequestsByGzipAndZstd) {
    auto& server = shared_server();
    Person person = signed_in(server);
    for (const Encoding encoding : {Encoding::gzip, Encoding::zstd}) {
        const std::string name{to_string(encoding)};
        const auto patch = [&](std::string body) {
            return send_packed(person.http, "PATCH", "/api/v1/me", std::move(body), name);
        };
        const std::string whole = packed(new_name(), encoding);
        EXPECT_EQ(patch(whole).status, 200) << name;
        EXPECT_EQ(patch(whole.substr(0, whole.size() - 1)).code(), "bad_request") << name;
        EXPECT_EQ(patch(whole + "garbage").code(), "bad_request") << name;
        EXPECT_EQ(patch(json::serialize(new_name())).code(), "bad_request") << name;
        std::string large;
        while (large.size() < 257 * 1024) large += unique_email();
        EXPECT_EQ(patch(packed({{"first_name", large}}, encoding)).code(), "payload_too_large")
            << name;
        const std::string bomb = packed({{"first_name", std::string(10'000'000, '0')}}, encoding);
        EXPECT_LT(bomb.size(), 64U * 1024) << name;
        EXPECT_EQ(patch(bomb).code(), "payload_too_large") << name;
        EXPECT_EQ(patch(packed({{"first_name", std::string(100'000, '0')}}, encoding)).code(),
                  "payload_too_large")
            << name << ": more than a hundredfold";
        EXPECT_EQ(patch(whole).status, 200) << name << ": the connection and the codec still work";
    }
    const Response refused =
        send_packed(person.http, "PATCH", "/api/v1/me", json::serialize(new_name()), "br");
    EXPECT_EQ(refused.code(), "unsupported_media_type");
    EXPECT_EQ(refused.header("Accept-Encoding"), "gzip, zstd");
    EXPECT_EQ(send_packed(person.http, "PATCH", "/api/v1/me", "x", "gzip, zstd").status, 415);
}

TEST(Compression, RepeatsByKeyAreAboutTheContent) {
    auto& server = shared_server();
    Person owner = signed_in(server);
    const json::object vehicle{{"make", "Toyota"},
                               {"model", "Corolla"},
                               {"color", "Gris"},
                               {"plate_number", unique_plate()},
                               {"seats_total", 5}};
    // Blanks make it worth packing, and are part of what a repeat must repeat.
    const std::string body = json::serialize(vehicle) + std::string(200, ' ');
    const HeaderList same = key();
    const Response first =
        send_packed(owner.http, "POST", "/api/v1/vehicles",
                    ContentCodecs{}.pack(Encoding::gzip, body).value(), "gzip", same);
    ASSERT_EQ(first.status, 201) << first.brief();
    HeaderList headers = same;
    headers.emplace_back("Accept-Encoding", "zstd, identity;q=0");
    const Response again =
        send_packed(owner.http, "POST", "/api/v1/vehicles", body, "identity", headers);
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    ASSERT_EQ(again.header("Content-Encoding"), "zstd");
    const auto plain_again = ContentCodecs{}.unpack(Encoding::zstd, again.body, unpacked_max);
    EXPECT_EQ(json::parse(plain_again.value()).at("data"), first.at("/data"));
    const Response plain =
        send_packed(owner.http, "POST", "/api/v1/vehicles", body, "identity", same);
    EXPECT_EQ(plain.at("/data"), first.at("/data"));
}

TEST(Compression, TagsOfEachRepresentation) {
    auto& server = shared_server();
    Person owner = signed_in(server);
    const std::string path = "/api/v1/vehicles/" + [&] {
        Person checked = sign_up(server);
        const std::string id = add_vehicle(checked);
        owner.http.bearer(checked.access_token);
        return id;
    }();
    const std::string plain = owner.http.get(path).header("ETag");
    const HeaderList packs{{"Accept-Encoding", "gzip, identity;q=0"}};
    const std::string gzip = owner.http.get(path, packs).header("ETag");
    EXPECT_NE(plain, gzip);
    for (const std::string& tag : {plain, gzip}) {
        HeaderList headers = packs;
        headers.emplace_back("If-None-Match", tag);
        const Response answer = owner.http.get(path, headers);
        EXPECT_EQ(answer.status, 304);
        EXPECT_EQ(answer.header("ETag"), tag);
        EXPECT_FALSE(answer.has_header("Content-Encoding"));
    }
    EXPECT_EQ(owner.http.patch(path, json::object{{"color", "Noir"}}, {{"If-Match", gzip}}).status,
              200);
    EXPECT_EQ(owner.http.patch(path, json::object{{"color", "Bleu"}}, {{"If-Match", gzip}}).code(),
              "precondition_failed");
}

TEST(Compression, MinimalAnswersForThinLines) {
    auto& server = shared_server();
    Person person = signed_in(server);
    const Response full = person.http.get("/api/v1/me");
    const Response lean = person.http.get("/api/v1/me", {{"Prefer", "return=minimal"}});
    EXPECT_EQ(lean.at("/data/id"), full.at("/data/id"));
    bool left_out = false;
    for (const auto& [name, value] : full.at("/data").as_object()) {
        if (!value.is_null()) continue;
        left_out = true;
        EXPECT_FALSE(lean.has("/data/" + std::string{name})) << name;
    }
    EXPECT_TRUE(left_out);
    for (const char* name : {"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
                             "Content-Security-Policy", "RateLimit-Limit"}) {
        EXPECT_TRUE(full.has_header(name)) << name;
        EXPECT_FALSE(lean.has_header(name)) << name;
    }
    for (const char* name : {"ETag", "X-Request-Id", "Vary"})
        EXPECT_TRUE(lean.has_header(name)) << name;
    EXPECT_NE(lean.header("ETag"), full.header("ETag"));
    const Response refused = person.http.get("/api/v1/nothing", {{"Prefer", "return=minimal"}});
    EXPECT_EQ(refused.code(), "not_found");
    EXPECT_TRUE(refused.has("/error/details"));
}

TEST(Compression, BytesAreCounted) {
    auto& server = shared_server();
    auto http = server.unchecked_client();
    const auto counted = [&](const std::string& labels) {
        const std::string line = "http_bytes_total{" + labels + "} ";
        const std::string metrics = http.get("/metrics").body;
        const auto at = metrics.find(line);
        if (at == std::string::npos) throw std::runtime_error("no " + line);
        return std::stod(metrics.substr(at + line.size()));
    };
    const std::string packed_out = R"(direction="out",encoding="zstd")";
    const double before = counted(packed_out);
    const Response answer = http.get("/api/v1/openapi.json", {{"Accept-Encoding", "zstd"}});
    EXPECT_GE(counted(packed_out), before + static_cast<double>(answer.body.size()));
    EXPECT_GT(counted(R"(direction="in",encoding="identity")"), 0);
}

}  // namespace
}  // namespace taama::test
