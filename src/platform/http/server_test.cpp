#include "platform/http/server.hpp"

#include "platform/http/edge_test_world.hpp"
#include "platform/loop_thread.hpp"
#include "platform/timer.hpp"
#include "tests/support/http_client.hpp"

namespace taama::http {
namespace {

using namespace std::string_literals;

constexpr std::chrono::milliseconds patience{5000};

struct Word {
    json::Text<1, 500> word;
};
BOOST_DESCRIBE_STRUCT(Word, (), (word))

struct WordView {
    std::string word;
};
BOOST_DESCRIBE_STRUCT(WordView, (), (word))

// What the handlers share with the test: a door that opens when the test says so.
struct Deps {
    Timer& door;
    std::promise<void>& waiting;
};

Task<Ok<WordView>> echo(const Deps&, Public, Body<Word> word) {
    co_return Ok<WordView>{{word->word.str()}};
}
Task<Ok<WordView>> show(const Deps&, Public, Context& context, Path<std::string> word) {
    co_return Ok<WordView>{{*word + " for " + context.request.remote_ip}};
}
Task<Ok<WordView>> wait(const Deps& deps, Public) {
    deps.waiting.set_value();
    boost::system::error_code opened;
    co_await deps.door.async_wait(asio::redirect_error(use_task, opened));
    co_return Ok<WordView>{{"late"}};
}

class HttpServer : public testing::Test {
protected:
    void start(ServerOptions options = {}) {
        options.address = "127.0.0.1";
        thread_.call([&] {
            parts_ = std::make_unique<Parts>(thread_.io());
            server_ = std::make_unique<Server>(thread_.io(), parts_->world.edge(), parts_->sockets,
                                               options, nullptr);
            endpoint_.port = server_->listen();
        });
    }
    ~HttpServer() override {
        thread_.run([this] { return server_->drain(0s); });
        thread_.call([this] {
            server_.reset();
            parts_->db.close();
        });
        thread_.join();
    }

    std::string exchange(std::string_view bytes) const {
        return test::HttpClient::raw_exchange(endpoint_, bytes, patience);
    }
    static std::string get(std::string_view target, std::string_view headers = {}) {
        return fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n{}\r\n", target, headers);
    }
    static std::string post(std::string_view body, std::string_view headers = {}) {
        return fmt::format(
            "POST /api/v1/words HTTP/1.1\r\nHost: x\r\n"
            "Content-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}",
            body.size(), headers, body);
    }

    struct Parts {
        explicit Parts(asio::io_context& io)
            : db(io, {.url = "host=/nonexistent"}),
              door(io.get_executor(), Timer::time_point::max()) {
            Routes<Deps> routes{world.operations, "words", deps};
            routes.post("/words", echo).body_limit(1000);
            routes.get("/words/{word}", show);
            routes.get("/wait", wait);
        }
        pg::Db db;
        Timer door;
        std::promise<void> waiting;
        Deps deps{door, waiting};
        TestWorld world{db};
        ws::Hub hub;
        ws::Endpoints endpoints;
        ws::SocketRouter sockets{endpoints, hub};
    };
    LoopThread thread_;
    std::unique_ptr<Parts> parts_;
    std::unique_ptr<Server> server_;
    test::Endpoint endpoint_;
};

TEST_F(HttpServer, Answers) {
    start();
    const std::string answer = exchange(get("/api/v1/words/a%20b", "Connection: close\r\n"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find(R"({"data":{"word":"a b for 127.0.0.1"})"), std::string::npos);
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST_F(HttpServer, RefusesWhatItCannotRead) {
    start({.header_limit = 1024});
    struct Case {
        std::string_view name;
        std::string bytes;
        std::string_view want;
    };
    const std::string large(2000, 'x');
    const Case cases[] = {
        {"no HTTP", "hello\r\n\r\n", "400"},
        {"bad escape", get("/%zz"), "400"},
        {"NUL in the path", get("/a%00b"), "400"},
        {"no path", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"large header", get("/", "X: " + large + "\r\n"), "400"},
        {"two lengths", post("{}", "Content-Length: 3\r\n"), "400"},
        {"length and chunks", post("{}", "Transfer-Encoding: chunked\r\n"), "400"},
        {"large body", post(large), "413"},
        {"body to come", "POST /api/v1/words HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n",
         "413"},
        {"large chunks",
         "POST /api/v1/words HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
             large + "\r\n0\r\n\r\n",
         "413"},
        {"bad chunk",
         "POST /api/v1/words HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
         "400"},
    };
    for (const Case& c : cases) {
        const std::string answer = exchange(c.bytes);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string{c.want})) << c.name << answer;
        EXPECT_NE(answer.find("Connection: close"), std::string::npos) << c.name;
        EXPECT_NE(answer.find("\"error\""), std::string::npos) << c.name;
    }
}

// The client sends far more than anybody reads, and still learns why it is refused.
TEST_F(HttpServer, RefusalOfALargeBodyArrives) {
    start();
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(exchange(post(std::string(1'000'000, 'x'))).starts_with("HTTP/1.1 413"));
}

TEST_F(HttpServer, TakesBodiesOfAllForms) {
    start();
    const std::string fits = R"({"word":")" + std::string(400, 'x') + "\"}";
    test::HttpClient client{endpoint_};
    EXPECT_EQ(client.post("/api/v1/words", boost::json::parse(fits)).status, 200);
    const std::string close = "Connection: close\r\n";
    EXPECT_TRUE(
        exchange(post(fits, close + "Content-Encoding: identity\r\n")).starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(exchange(post(fits, close + "Expect: 100-continue\r\n"))
                    .starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"));
    EXPECT_TRUE(exchange("POST /api/v1/words HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                         "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "9\r\n{\"word\":\"\r\n3\r\na\"}\r\n0\r\n\r\n")
                    .starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrder) {
    start();
    std::string bytes;
    for (int i = 0; i < 20; ++i) bytes += get("/api/v1/words/" + std::to_string(i));
    bytes += post(R"({"word":"body"})") + get("/api/v1/words/last", "Connection: close\r\n");
    const std::string answer = exchange(bytes);
    std::size_t at = 0;
    for (int i = 0; i < 20; ++i) {
        at = answer.find(fmt::format("\"word\":\"{} for", i), at);
        ASSERT_NE(at, std::string::npos) << i;
    }
    at = answer.find("\"word\":\"body\"", at);
    ASSERT_NE(at, std::string::npos);
    EXPECT_NE(answer.find("\"word\":\"last for", at), std::string::npos);
}

TEST_F(HttpServer, HeadHasTheHeadersOnly) {
    start();
    const std::string answer = exchange(
        "HEAD /api/v1/words/a HTTP/1.1\r\nHost: x\r\n"
        "Connection: close\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
    EXPECT_EQ(answer.find("Content-Length: 0"), std::string::npos);
}

// Each returns because the server closes, long before the client would lose its patience.
TEST_F(HttpServer, SlowAndIdlePeersAreClosed) {
    start({.header_timeout = 1s, .body_timeout = 1s, .idle_timeout = 1s});
    const std::pair<std::string, std::string_view> cases[] = {
        {"", ""},
        {"GET / HT", ""},
        {"POST /api/v1/words HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{", ""},
        {get("/api/v1/words/a"), "HTTP/1.1 200"},
    };
    for (const auto& [bytes, want] : cases) {
        const auto began = std::chrono::steady_clock::now();
        const std::string answer = exchange(bytes);
        EXPECT_LT(std::chrono::steady_clock::now() - began, patience) << bytes;
        EXPECT_EQ(answer.substr(0, 12), want) << bytes;
    }
}

TEST_F(HttpServer, BelievesOnlyTrustedProxies) {
    const auto forwarded = get("/api/v1/words/a",
                               "X-Forwarded-For: 9.9.9.9, 192.0.2.8\r\n"
                               "X-Forwarded-Proto: https\r\n"
                               "Connection: close\r\n");
    start({.trusted_proxies = {"127.0.0.1"}});
    const std::string answer = exchange(forwarded);
    EXPECT_NE(answer.find("a for 192.0.2.8"), std::string::npos);
    EXPECT_NE(answer.find("Strict-Transport-Security"), std::string::npos);
}

TEST_F(HttpServer, StrangersSayNothingAboutTheirAddress) {
    start();
    const std::string answer = exchange(get("/api/v1/words/a",
                                            "X-Forwarded-For: 192.0.2.8\r\n"
                                            "X-Forwarded-Proto: https\r\n"
                                            "Connection: close\r\n"));
    EXPECT_NE(answer.find("a for 127.0.0.1"), std::string::npos);
    EXPECT_EQ(answer.find("Strict-Transport-Security"), std::string::npos);
}

TEST_F(HttpServer, FullServerTakesNoMore) {
    start({.connections_max = 0});
    EXPECT_EQ(exchange(get("/api/v1/words/a")), "");
}

TEST_F(HttpServer, DrainFinishesWhatIsBeingAnswered) {
    start();
    test::HttpClient idle{endpoint_};
    EXPECT_EQ(idle.get("/api/v1/words/a").status, 200);
    auto late = std::async(std::launch::async, [this] {
        return exchange(get("/api/v1/wait") + get("/api/v1/words/a"));
    });
    parts_->waiting.get_future().get();
    auto drained = thread_.start([this] { return server_->drain(20s); });
    thread_.call([] {});  // the drain has begun
    EXPECT_ANY_THROW(exchange(get("/api/v1/words/a"))) << "nothing new is accepted";
    EXPECT_EQ(drained.wait_for(0s), std::future_status::timeout);
    thread_.call([this] { parts_->door.cancel(); });
    drained.get();
    const std::string answer = late.get();
    EXPECT_NE(answer.find("\"word\":\"late\""), std::string::npos);
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    EXPECT_EQ(answer.find("a for"), std::string::npos) << "the next of the pipeline is not begun";
    idle.never_repeat();
    EXPECT_ANY_THROW(idle.get("/api/v1/words/a"));
    thread_.call([this] { EXPECT_EQ(server_->connections(), 0); });
}

}  // namespace
}  // namespace taama::http
