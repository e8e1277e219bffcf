#include <gtest/gtest.h>

#include "platform/ws/session.hpp"
#include "platform/ws/socket.hpp"

namespace taama::ws {
namespace {

// Writes down what it is told.
class Listener final : public Socket {
public:
    explicit Listener(asio::io_context& io) : io_(io) {}

    void send(Frame frame) override { told += frame.type + ";"; }
    void close(Close code, std::string reason) override {
        told += fmt::format("close {} {};", static_cast<int>(code), reason);
    }
    void drop() override {}
    Task<std::optional<Message>> receive() override { co_return std::nullopt; }
    Executor executor() const override { return io_.get_executor(); }

    std::string told;

private:
    asio::io_context& io_;
};

class HubTest : public testing::Test {
protected:
    void run() {
        io_.restart();
        io_.run();
    }
    asio::io_context io_{1};
    Hub hub_;
    std::shared_ptr<Listener> first_ = std::make_shared<Listener>(io_);
    std::shared_ptr<Listener> second_ = std::make_shared<Listener>(io_);
};

TEST_F(HubTest, TellsTheFollowersOfATopic) {
    const auto one = hub_.follow("trip:1", first_);
    const auto two = hub_.follow("trip:1", second_);
    const auto other = hub_.follow("trip:2", second_);
    EXPECT_EQ(hub_.followers("trip:1"), 2U);
    hub_.publish("trip:1", {.type = "a", .id = {}, .at = {}, .data = {}});
    hub_.publish("trip:2", {.type = "b", .id = {}, .at = {}, .data = {}});
    hub_.publish("trip:3", {.type = "c", .id = {}, .at = {}, .data = {}});
    EXPECT_EQ(first_->told, "") << "only on the socket's own thread";
    run();
    EXPECT_EQ(first_->told, "a;");
    EXPECT_EQ(second_->told, "a;b;");
}

TEST_F(HubTest, SubscriptionsEnd) {
    {
        const auto gone = hub_.follow("t", first_);
        auto moved = hub_.follow("t", first_);
        auto stays = std::move(moved);
        moved = hub_.follow("u", second_);
        std::swap(moved, stays);
        EXPECT_EQ(hub_.followers("t"), 2U);
        EXPECT_EQ(hub_.followers("u"), 1U);
    }
    EXPECT_EQ(hub_.followers("t"), 0U);
    EXPECT_EQ(hub_.followers("u"), 0U);
    hub_.publish("t", {.type = "a", .id = {}, .at = {}, .data = {}});
    run();
    EXPECT_EQ(first_->told, "");
}

TEST_F(HubTest, SocketsThatAreGoneAreSkipped) {
    const auto kept = hub_.follow("t", first_);
    const auto lost = hub_.follow("t", second_);
    second_.reset();
    EXPECT_EQ(hub_.followers("t"), 1U);
    hub_.publish("t", {.type = "a", .id = {}, .at = {}, .data = {}});
    run();
    EXPECT_EQ(first_->told, "a;");
}

TEST_F(HubTest, ClosesAWholeTopic) {
    const auto one = hub_.follow(session_topic(SessionId{}), first_);
    const auto two = hub_.follow("t", second_);
    hub_.close(session_topic(SessionId{}), Close::not_authenticated, "token_revoked");
    run();
    EXPECT_EQ(first_->told, "close 4401 token_revoked;");
    EXPECT_EQ(second_->told, "");
}

TEST_F(HubTest, ClosesEverybody) {
    const auto one = hub_.follow("t", first_);
    const auto two = hub_.follow("u", second_);
    hub_.close_all(Close::going_away, "reconnect");
    run();
    EXPECT_EQ(first_->told, "close 1001 reconnect;");
    EXPECT_EQ(second_->told, "close 1001 reconnect;");
}

TEST_F(HubTest, KeepsTheLatestOfAKey) {
    const auto offer = [this](std::string topic, std::string key, std::string type) {
        hub_.publish_latest(
            std::move(topic),
            {.type = std::move(type), .id = {}, .at = {}, .data = {}, .replaces = std::move(key)});
    };
    offer("t", "position", "a");
    offer("t", "typing", "b");
    offer("u", "position", "c");
    offer("t", "position", "d");
    std::string taken;
    for (const auto& [topic, frame] : hub_.take_latest()) taken += topic + frame.type + ";";
    EXPECT_EQ(taken, "td;tb;uc;");
    EXPECT_TRUE(hub_.take_latest().empty());
}

}  // namespace
}  // namespace taama::ws
