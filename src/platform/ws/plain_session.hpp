#pragma once

// A socket without encryption and compression, as there may be tens of thousands: behind a proxy
// all of them. Beast's stream holds 4.5 KiB of each; this one holds no buffer while nothing is on
// its way, and waits without a coroutine once its handler has returned.

#include <boost/asio/ip/tcp.hpp>

#include "platform/ws/framing.hpp"
#include "platform/ws/open_sockets.hpp"
#include "platform/ws/outbox.hpp"

namespace taama::ws {

class PlainSession final : public Session {
public:
    using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

    // The upgrade has been answered.
    PlainSession(TcpSocket socket, std::shared_ptr<OpenSockets> open, const http::Edge& edge);

    void send(Frame frame) override;
    void close(Close code, std::string reason) override;
    void drop() override;
    Task<std::optional<Message>> receive() override;
    Executor executor() const override;
    void linger(std::shared_ptr<void> kept) override;

private:
    enum class State : std::uint8_t {
        open,
        closing,  // we said so; the peer has not answered
        closed,   // nothing that still comes is looked at
    };
    void keep_alive(SteadyTime now) override;

    bool read_some();
    std::optional<std::string> next_message();
    void take_control(FrameReader::Incoming control);

    void post(std::string frame, std::string replaces = {});
    void post_close(std::string_view payload);
    void flush_soon();
    void flush();

    std::shared_ptr<PlainSession> self() {
        return std::static_pointer_cast<PlainSession>(shared_from_this());
    }

    TcpSocket socket_;
    FrameReader reader_;
    Outbox outbox_;
    SteadyTime heard_;  // while closing: when that began
    State state_ = State::open;
    bool is_pinged_ = false;
    bool is_flushing_ = false;
};

}  // namespace taama::ws
