// What the edge does to bodies on their way in and out.

#include "platform/http/content_encoding.hpp"
#include "platform/http/edge_test_world.hpp"
#include "platform/loop_thread.hpp"

namespace taama::http {
namespace {

struct Note {
    json::Text<0, 200'000> text;
};
BOOST_DESCRIBE_STRUCT(Note, (), (text))
struct NoteView {
    std::string text;
    std::optional<std::string> author;
    std::vector<std::string> words;
    std::string route_polyline;
};
BOOST_DESCRIBE_STRUCT(NoteView, (), (text, author, words, route_polyline))

struct Deps {};

NoteView note_of(std::size_t size) { return {std::string(size, 'x'), {}, {}, "_p~iF"}; }

Task<Ok<NoteView>> show(const Deps&, Public, Path<std::string> size) {
    co_return Ok<NoteView>{note_of(std::stoul(*size))};
}
Task<Ok<NoteView>> change(const Deps&, Public, IfMatch match) {
    match.check(note_of(1000));
    co_return Ok<NoteView>{note_of(1)};
}
Task<Ok<NoteView>> measure(const Deps&, Public, Body<Note> note) {
    co_return Ok<NoteView>{{std::to_string(note->text.str().size()), {}, {}, {}}};
}
Task<Raw> raw(const Deps&, Public, Path<std::string> type) {
    co_return Raw{.content_type = *type == "svg"   ? "image/svg+xml"
                                  : *type == "pdf" ? "application/pdf"
                                                   : "text/css; charset=utf-8",
                  .body = std::string(1000, 'x')};
}

class EdgeAnswer : public testing::Test {
protected:
    EdgeAnswer() {
        thread.call([this] {
            db = std::make_unique<pg::Db>(thread.io(), pg::Options{.url = "host=/nonexistent"});
            world = std::make_unique<TestWorld>(*db);
            Routes<Deps> routes{world->operations, "notes", deps};
            routes.get("/notes/{size}", show);
            routes.get("/auth/notes/{size}", show);
            routes.patch("/notes", change);
            routes.post("/notes", measure);
            routes.post("/short", measure).body_limit(1000);
            routes.post("/login", measure).sealed_replay();
            routes.get("/raw/{type}", raw);
        });
    }
    ~EdgeAnswer() override {
        thread.call([this] { db->close(); });
        thread.join();
    }
    Response ask(Call call) {
        return thread.run([&] { return world->ask(std::move(call)); });
    }
    Response get(std::string target, Headers headers = {}) {
        return ask({.target = "/api/v1" + target, .headers = std::move(headers)});
    }
    std::string post(std::string body, std::string encoding, std::string path = "/notes") {
        return outcome(ask({.method = Method::post,
                            .target = "/api/v1" + path,
                            .body = std::move(body),
                            .headers = {{"Content-Encoding", std::move(encoding)}}}));
    }
    std::string packed(Encoding encoding, std::size_t size) {
        return codecs.pack(encoding, R"({"text":")" + std::string(size, 'x') + "\"}").value();
    }

    LoopThread thread;
    Deps deps;
    std::unique_ptr<pg::Db> db;
    std::unique_ptr<TestWorld> world;
    ContentCodecs codecs;
};

TEST_F(EdgeAnswer, PacksWhatIsWorthIt) {
    struct Case {
        std::string target;
        std::string accepted;
        Encoding want;
    };
    const Case cases[] = {
        {"/notes/1000", "gzip, br, zstd", Encoding::zstd},
        {"/notes/1000", "gzip, br", Encoding::br},
        {"/notes/1000", "gzip", Encoding::gzip},
        {"/notes/1000", "deflate", Encoding::identity},
        {"/notes/1000", "", Encoding::identity},
        {"/notes/300", "gzip", Encoding::identity},
        {"/notes/300", "gzip, identity;q=0", Encoding::gzip},
        {"/notes/300", "identity;q=0", Encoding::identity},
        {"/auth/notes/1000", "gzip, identity;q=0", Encoding::identity},
        {"/raw/css", "gzip", Encoding::gzip},
        {"/raw/svg", "gzip", Encoding::identity},
        {"/raw/pdf", "gzip", Encoding::identity},
    };
    for (const Case& c : cases) {
        Headers headers;
        if (!c.accepted.empty()) headers.emplace_back("Accept-Encoding", c.accepted);
        const Response response = get(c.target, headers);
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.encoding, c.want) << c.target << " " << c.accepted;
    }
    const Response login = ask({.method = Method::post,
                                .target = "/api/v1/login",
                                .body = R"({"text":""})",
                                .headers = {{"Accept-Encoding", "gzip, identity;q=0"}}});
    EXPECT_EQ(login.encoding, Encoding::identity) << "credentials";
}

TEST_F(EdgeAnswer, PackedBodiesAreTheSame) {
    const Response response = get("/notes/1000", {{"Accept-Encoding", "zstd"}});
    const auto body = codecs.unpack(Encoding::zstd, response.body, 100'000);
    EXPECT_EQ(boost::json::parse(body.value()).at("data").at("text").as_string(),
              std::string(1000, 'x'));
}

TEST_F(EdgeAnswer, EachRepresentationHasItsTag) {
    const std::string plain = header_of(get("/notes/1000"), "ETag");
    const std::string gzip = header_of(get("/notes/1000", {{"Accept-Encoding", "gzip"}}), "ETag");
    const std::string lean = header_of(get("/notes/1000", {{"Prefer", "return=minimal"}}), "ETag");
    EXPECT_EQ(gzip, marked_tag(plain, "gzip"));
    EXPECT_EQ(lean, marked_tag(plain, "min"));
    // What the client has is what it is told to keep, however it would take it now.
    for (const std::string& tag : {plain, gzip})
        for (const auto* accepted : {"gzip", "zstd", "identity"}) {
            const Response response =
                get("/notes/1000", {{"Accept-Encoding", accepted}, {"If-None-Match", tag}});
            EXPECT_EQ(response.status, 304);
            EXPECT_EQ(response.body, "");
            EXPECT_EQ(header_of(response, "ETag"), tag);
        }
    EXPECT_EQ(get("/notes/1000", {{"If-None-Match", lean}}).status, 200);
    EXPECT_EQ(get("/notes/1001", {{"If-None-Match", gzip}}).status, 200);
    for (const std::string& tag : {plain, gzip, lean})
        EXPECT_EQ(ask({.method = Method::patch,
                       .target = "/api/v1/notes",
                       .headers = {{"If-Match", tag}}})
                      .status,
                  200)
            << tag;
}

TEST_F(EdgeAnswer, HeadIsPackedLikeGet) {
    const Headers headers{{"Accept-Encoding", "gzip"},
                          {"X-Request-Id", "6f1d2c3b-0000-4000-8000-0000000000aa"}};
    const Response got = get("/notes/1000", headers);
    const Response head =
        ask({.method = Method::head, .target = "/api/v1/notes/1000", .headers = headers});
    EXPECT_EQ(head.encoding, Encoding::gzip);
    EXPECT_EQ(head.body.size(), got.body.size());
    EXPECT_EQ(header_of(head, "ETag"), header_of(got, "ETag"));
}

TEST_F(EdgeAnswer, MinimalLeavesOutWhatServesBrowsersOnly) {
    const Headers browser{{"Origin", "https://console.test"}};
    EXPECT_EQ(header_of(get("/notes/3", browser), "Access-Control-Allow-Origin"),
              "https://console.test");
    EXPECT_NE(header_of(get("/notes/3"), "RateLimit-Limit"), "");
    const Response lean =
        get("/notes/3", {{"Origin", "https://console.test"}, {"Prefer", "return=minimal"}});
    EXPECT_TRUE(lean.body.starts_with(R"({"data":{"text":"xxx"},"meta":{"request_id":)"))
        << lean.body;
    EXPECT_TRUE(lean.lean);
    for (const auto* name : {"Access-Control-Allow-Origin", "RateLimit-Limit", "RateLimit-Reset"})
        EXPECT_EQ(header_of(lean, name), "") << name;
    for (const auto* name : {"ETag", "X-Request-Id"}) EXPECT_NE(header_of(lean, name), "") << name;
    // Errors stay as they are.
    const Response refused = get("/nothing", {{"Prefer", "return=minimal"}});
    EXPECT_EQ(outcome(refused), "404 not_found");
    EXPECT_EQ(details_of(refused), "{}");
    const Response limited = [&] {
        world->limited_class = "anonymous";
        world->limit = 1;
        get("/notes/3");
        return get("/notes/3", {{"Prefer", "return=minimal"}});
    }();
    EXPECT_EQ(outcome(limited), "429 rate_limited");
    EXPECT_NE(header_of(limited, "Retry-After"), "");
}

TEST_F(EdgeAnswer, UnpacksWithinLimits) {
    for (const Encoding encoding : {Encoding::gzip, Encoding::zstd}) {
        const std::string name{to_string(encoding)};
        EXPECT_EQ(post(packed(encoding, 300), name), "200") << name;
        EXPECT_EQ(post(packed(encoding, 300).substr(0, 20), name), "400 bad_request") << name;
        EXPECT_EQ(post(packed(encoding, 300) + "x", name), "400 bad_request") << name;
        EXPECT_EQ(post(packed(encoding, 150'000), name), "413 payload_too_large") << name;
        EXPECT_EQ(post(packed(encoding, 1000), name, "/short"), "413 payload_too_large") << name;
    }
    EXPECT_EQ(post(R"({"text":"x"})", "identity"), "200");
    EXPECT_EQ(post(R"({"text":"x"})", "gzip"), "400 bad_request");
    for (const auto* name : {"br", "deflate", "gzip, zstd", "compress"})
        EXPECT_EQ(post(R"({"text":"x"})", name), "415 unsupported_media_type") << name;
    const Response refused = ask({.method = Method::post,
                                  .target = "/api/v1/notes",
                                  .body = "x",
                                  .headers = {{"Content-Encoding", "br"}}});
    EXPECT_EQ(header_of(refused, "Accept-Encoding"), "gzip, zstd");
}

}  // namespace
}  // namespace taama::http
