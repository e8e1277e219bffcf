#pragma once

// The sockets of one listener, all on one thread, and what they have in common: a single timer
// looks at all of them, so that none needs its own.

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "platform/timer.hpp"
#include "platform/ws/socket.hpp"

namespace taama::http {
class Edge;
struct Context;
}  // namespace taama::http

namespace taama::ws {

using SteadyTime = std::chrono::steady_clock::time_point;

class OpenSockets;

// One end of a socket, whatever carries it.
class Session : public Socket,
                public boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::normal_link>> {
public:
    Session(std::shared_ptr<OpenSockets> open, const http::Edge& edge);
    ~Session() override;

    // Its messages count as the caller's, and it ends with his credential.
    void belongs_to(const http::Context& context);
    // No handler reads any more: what comes is dropped until the end. `kept` lives as long.
    virtual void linger(std::shared_ptr<void> kept) = 0;

    void look_after(SteadyTime now);

protected:
    // Pings who is quiet, ends who is silent.
    virtual void keep_alive(SteadyTime now) = 0;
    // Nullopt when it is none, or one too many; the peer is told.
    std::optional<Message> to_message(std::string_view text);
    const OpenSockets& open() const { return *open_; }

private:
    std::shared_ptr<OpenSockets> open_;
    const http::Edge& edge_;
    std::optional<Uuid> caller_;
    SteadyTime expires_ = SteadyTime::max();
};

class OpenSockets : public std::enable_shared_from_this<OpenSockets> {
public:
    struct Limits {
        std::chrono::milliseconds silence{60'000};  // half of it until a ping
        std::chrono::milliseconds closing{10'000};  // for the peer's part of a close
    };
    OpenSockets(asio::io_context& io, Limits limits) : timer_(io), limits_(limits) {}

    const Limits& limits() const { return limits_; }
    // With those that are about to open.
    int size() const { return size_; }
    void say_goodbye();
    bool is_ending() const { return is_ending_; }  // who opens now is told, too
    void drop_all();

    // A place for a socket that is about to open.
    class Arrival {
    public:
        explicit Arrival(OpenSockets& open) : open_(open) { ++open_.size_; }
        ~Arrival() { --open_.size_; }
        Arrival(const Arrival&) = delete;

    private:
        OpenSockets& open_;
    };

private:
    friend Session;
    void add(Session& session);
    void remove(Session& session);
    void look_after_all();

    using Sessions = boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>>;
    template <class Do>
    void for_each(Do act);

    Timer timer_;
    Limits limits_;
    Sessions sessions_;
    int size_ = 0;
    bool is_ending_ = false;
};

}  // namespace taama::ws
