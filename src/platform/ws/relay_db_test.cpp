#include <gtest/gtest.h>

#include "platform/task_group.hpp"
#include "platform/timer.hpp"
#include "platform/ws/relay.hpp"
#include "tests/support/database.hpp"

namespace taama::ws {
namespace {

// Writes down what it is told.
class Listener final : public Follower {
public:
    explicit Listener(asio::io_context& io) : io_(io) {}

    void send(Frame frame) override { frames.push_back(std::move(frame)); }
    void close(Close code, std::string reason) override {
        closings.push_back(fmt::format("{} {}", static_cast<int>(code), reason));
    }
    Executor executor() const override { return io_.get_executor(); }

    Task<void> wait_for(std::size_t count) const {
        for (int i = 0; frames.size() + closings.size() < count && i < 500; ++i)
            co_await sleep_for(10ms);
    }

    std::vector<Frame> frames;
    std::vector<std::string> closings;

private:
    asio::io_context& io_;
};

// A hub with its relay, and a listener that follows the topic "t".
struct Node {
    Node(asio::io_context& io, pg::Db& db)
        : relay(hub, db),
          listener(std::make_shared<Listener>(io)),
          following(hub.follow("t", listener)) {}

    std::string types() const {
        std::string all;
        for (const Frame& frame : listener->frames) all += frame.type + ";";
        return all;
    }

    Hub hub;
    Relay relay;
    std::shared_ptr<Listener> listener;
    Hub::Subscription following;
};

Frame frame(std::string type, std::string data = "{}") {
    return {.type = std::move(type),
            .id = "7",
            .at = UtcTime{1234567us},
            .data = std::move(data),
            .replaces = "key"};
}

Task<void> reaches_all_nodes(asio::io_context& io, const test::TestDatabase& database) {
    pg::Db here_db{io, database.options()};
    pg::Db there_db{io, database.options()};
    Node here{io, here_db};
    Node there{io, there_db};
    co_await here.relay.start();
    co_await there.relay.start();
    {
        pg::Tx tx = co_await here_db.begin();
        publish(tx, "t", frame("rolled back"));
    }
    {
        pg::Tx tx = co_await here_db.begin();
        publish(tx, "t", frame("a", R"({"text":"Bonjour\nà\ttous"})"));
        publish(tx, "elsewhere", frame("b"));
        // Twice the same is two frames.
        publish(tx, "t", frame("c"));
        publish(tx, "t", frame("c"));
        close(tx, "t", Close::normal, "ended");
        co_await tx.commit();
    }
    for (const Node* node : {&here, &there}) {
        co_await node->listener->wait_for(4);
        EXPECT_EQ(node->types(), "a;c;c;");
        EXPECT_EQ(node->listener->closings, std::vector<std::string>{"1000 ended"});
        if (node->listener->frames.empty()) co_return;
        const Frame& got = node->listener->frames.front();
        EXPECT_EQ(got.id, "7");
        EXPECT_EQ(got.at, UtcTime{1234567us});
        EXPECT_EQ(got.data, R"({"text":"Bonjour\nà\ttous"})");
        EXPECT_EQ(got.replaces, "key");
    }
}

// NOTIFY takes less than 8000 bytes, in whole characters.
Task<void> carries_long_frames(asio::io_context& io, const test::TestDatabase& database) {
    pg::Db db{io, database.options()};
    Node node{io, db};
    co_await node.relay.start();
    std::string text;
    while (text.size() < 100'000) text += "aé€🚕";
    pg::Tx tx = co_await db.begin();
    publish(tx, "t", frame("long", text));
    publish(tx, "t", frame("long", text));
    co_await tx.commit();
    co_await node.listener->wait_for(2);
    EXPECT_EQ(node.types(), "long;long;");
    for (const Frame& got : node.listener->frames) EXPECT_EQ(got.data, text);
}

Task<void> sends_the_latest(asio::io_context& io, const test::TestDatabase& database) {
    pg::Db here_db{io, database.options()};
    pg::Db there_db{io, database.options()};
    Node here{io, here_db};
    Node there{io, there_db};
    co_await here.relay.start();
    co_await there.relay.start();
    TaskGroup tasks{io};
    tasks.spawn("relay", here.relay.run());
    for (int i = 1; i <= 100; ++i)
        here.hub.publish_latest("t", frame("position", std::to_string(i)));
    co_await there.listener->wait_for(1);
    EXPECT_EQ(there.types(), "position;");
    if (!there.listener->frames.empty()) {
        EXPECT_EQ(there.listener->frames.front().data, "100");
    }
    co_await here.listener->wait_for(1);
    EXPECT_EQ(here.types(), "position;");
    co_await tasks.stop();
}

constexpr pg::Sql terminate_sql{"test.terminate",
                                "select pg_terminate_backend(pid) from pg_stat_activity "
                                "where datname = current_database() and pid <> pg_backend_pid()"};

// Who may have missed something is sent away, to come back and ask for it.
Task<void> closes_after_a_gap(asio::io_context& io, const test::TestDatabase& database) {
    pg::Db db{io, database.options()};
    pg::Db other{io, database.options()};
    Node node{io, db};
    co_await node.relay.start();
    co_await other.query(terminate_sql);
    co_await node.listener->wait_for(1);
    EXPECT_EQ(node.listener->closings, std::vector<std::string>{"1001 reconnect"});
    pg::Tx tx = co_await other.begin();
    publish(tx, "t", frame("after"));
    co_await tx.commit();
    co_await node.listener->wait_for(2);
    EXPECT_EQ(node.types(), "after;");
}

class SocketRelay : public testing::Test {
protected:
    template <class Flow>
    void run(Flow flow) {
        test::run_task([&](asio::io_context& io) { return flow(io, database_); });
    }
    test::TestDatabase database_;
};

TEST_F(SocketRelay, ReachesAllNodesOnce) { run(reaches_all_nodes); }
TEST_F(SocketRelay, CarriesLongFrames) { run(carries_long_frames); }
TEST_F(SocketRelay, SendsTheLatestOnly) { run(sends_the_latest); }
TEST_F(SocketRelay, ClosesAfterAGap) { run(closes_after_a_gap); }

}  // namespace
}  // namespace taama::ws
