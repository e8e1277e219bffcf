#include "platform/ws/live_feed.hpp"

#include <gtest/gtest.h>

namespace taama::ws {
namespace {

class Recorder final : public Socket {
public:
    explicit Recorder(asio::io_context& io) : io_(io) {}

    void send(Frame frame) override { told += frame.id + ";"; }
    void close(Close code, std::string) override {
        told += fmt::format("close {};", static_cast<int>(code));
    }
    void drop() override {}
    Task<std::optional<Message>> receive() override { co_return std::nullopt; }
    Executor executor() const override { return io_.get_executor(); }

    std::string told;

private:
    asio::io_context& io_;
};

class LiveFeedTest : public testing::Test {
protected:
    static Frame frame(int id) {
        return {.type = "message", .id = std::to_string(id), .at = {}, .data = {}};
    }
    asio::io_context io_{1};
    std::shared_ptr<Recorder> socket_ = std::make_shared<Recorder>(io_);
    LiveFeed feed_{socket_, [](const Frame& each) -> std::int64_t { return std::stoi(each.id); }};
};

TEST_F(LiveFeedTest, ThePastComesFirstAndNothingTwice) {
    feed_.send(frame(3));
    feed_.replay(frame(1));
    feed_.send(frame(4));
    feed_.replay(frame(2));
    feed_.replay(frame(3));
    EXPECT_EQ(socket_->told, "1;2;3;");
    feed_.go_live();
    EXPECT_EQ(socket_->told, "1;2;3;4;");
    feed_.send(frame(5));
    feed_.send(frame(2));  // its news comes only now
    feed_.send(frame(0));  // has no number
    EXPECT_EQ(socket_->told, "1;2;3;4;5;0;");
}

TEST_F(LiveFeedTest, WhatWasSeenBeforeIsNotSentAgain) {
    feed_.has_seen(7);
    feed_.send(frame(6));
    feed_.go_live();
    feed_.send(frame(7));
    feed_.send(frame(8));
    EXPECT_EQ(socket_->told, "8;");
}

TEST_F(LiveFeedTest, WaitsForNoMoreThanASocketTakes) {
    for (int i = 0; i < 256; ++i) feed_.send(frame(i));
    EXPECT_EQ(socket_->told, "");
    feed_.send(frame(256));
    EXPECT_EQ(socket_->told, "close 4408;");
}

}  // namespace
}  // namespace taama::ws
