#pragma once

// Frames for the sockets of all nodes. PostgreSQL carries them: a frame leaves with the commit that
// makes it true, as NOTIFY, and comes to every node by the same way, also to the one that sent it;
// so all nodes see one order, and nobody gets a frame twice.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "platform/pg/tx.hpp"
#include "platform/ws/socket.hpp"

namespace taama::ws {

// To the followers of the topic, after the commit.
void publish(pg::Tx& tx, std::string_view topic, const Frame& frame);
// Closes the sockets that follow the topic, after the commit.
void close(pg::Tx& tx, std::string_view topic, Close code, std::string_view reason);

// Hands what all nodes send to the hub of this one, and sends what the hub has for all.
class Relay {
public:
    // Both outlive it; used on the thread of the Db.
    Relay(Hub& hub, pg::Db& db);
    ~Relay();

    // Returns when everything that is sent from now on will arrive.
    Task<void> start();
    // Sends what Hub::publish_latest was given; ends when it is cancelled.
    Task<void> run();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

// How a frame travels: NOTIFY carries less than 8000 bytes, so what is longer goes in parts.
struct Closing {
    Close code = Close::normal;
    std::string reason;
};
struct Relayed {
    std::string topic;
    std::variant<Frame, Closing> what;
};
std::vector<std::string> to_notifications(const Relayed& relayed);

// Puts the parts of one transaction's frames together again; they come in their order and next to
// each other.
class Assembler {
public:
    // The whole, when this was its last part. What is not a part of anything is skipped.
    std::optional<Relayed> add(std::string_view notification);

private:
    std::string key_;  // of the one that is not complete yet
    int parts_ = 0;
    std::string text_;
};

}  // namespace taama::ws
