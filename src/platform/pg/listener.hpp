#pragma once

// LISTEN on a connection of its own.

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "platform/pg/connection.hpp"

namespace taama::pg {

class Listener {
public:
    using Handler = std::function<void(std::string_view payload)>;

    Listener(asio::io_context& io, ConnectionOptions options);
    ~Listener();
    Listener(const Listener&) = delete;

    void listen(std::string channel, Handler handler);
    void check(SteadyTime now) { connection_->check(now); }

private:
    struct Channel {
        std::string name;
        std::string statement;
        Handler handler;
        bool was_listening = false;
    };

    void subscribe(Channel& channel);
    void subscribe_all();
    void deliver(std::string_view channel, std::string_view payload);

    std::deque<Channel> channels_;  // addresses stay valid when it grows
    std::shared_ptr<Connection> connection_;
};

}  // namespace taama::pg
