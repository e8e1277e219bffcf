#include "platform/ws/plain_session.hpp"

namespace taama::ws {

namespace {

// Of the thread: what came is taken out of it before anything else happens.
thread_local std::array<char, std::size_t{16} * 1024> read_buffer;

bool is_not_ready(const boost::system::error_code& error) {
    return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace

PlainSession::PlainSession(TcpSocket socket, std::shared_ptr<OpenSockets> open,
                           const http::Edge& edge)
    : Session(std::move(open), edge),
      socket_(std::move(socket)),
      heard_(std::chrono::steady_clock::now()) {
    boost::system::error_code gone;  // the first read tells
    socket_.non_blocking(true, gone);
}

Executor PlainSession::executor() const { return const_cast<TcpSocket&>(socket_).get_executor(); }

void PlainSession::send(Frame frame) {
    if (state_ != State::open) return;
    post(to_frame(Opcode::text, to_text(frame)), std::move(frame.replaces));
}

void PlainSession::close(Close code, std::string reason) {
    if (state_ != State::open) return;
    post_close(to_close_payload(static_cast<std::uint16_t>(code), reason));
}

// What waits for the socket ends with an error.
void PlainSession::drop() {
    state_ = State::closed;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void PlainSession::keep_alive(SteadyTime now) {
    const auto& limits = open().limits();
    const auto silence = now - heard_;
    if (state_ != State::open) {
        if (silence >= limits.closing) drop();
    } else if (silence >= limits.silence) {
        drop();
    } else if (silence >= limits.silence / 2 && !is_pinged_) {
        is_pinged_ = true;
        post(to_frame(Opcode::ping, {}));
    }
}

// --- reading -------------------------------------------------------------------------------------

// False when the peer is gone.
bool PlainSession::read_some() {
    boost::system::error_code error;
    const std::size_t size = socket_.read_some(asio::buffer(read_buffer), error);
    if (is_not_ready(error)) return true;
    if (error) {
        drop();
        return false;
    }
    if (state_ == State::open) heard_ = std::chrono::steady_clock::now();
    is_pinged_ = false;
    if (state_ != State::closed) reader_.add({read_buffer.data(), size});
    return true;
}

std::optional<std::string> PlainSession::next_message() {
    while (state_ != State::closed) {
        auto next = reader_.next();
        if (!next) {
            const auto code = static_cast<std::uint16_t>(next.error());
            if (state_ == State::open) post_close(to_close_payload(code, {}));
            state_ = State::closed;
            flush_soon();
            break;
        }
        if (!*next) break;
        FrameReader::Incoming& incoming = **next;
        if (incoming.opcode != Opcode::text && incoming.opcode != Opcode::binary)
            take_control(std::move(incoming));
        // What still comes from a peer that was told to go is not looked at.
        else if (state_ == State::open)
            return std::move(incoming.payload);
    }
    return std::nullopt;
}

void PlainSession::take_control(FrameReader::Incoming control) {
    if (control.opcode == Opcode::ping && state_ == State::open) {
        post(to_frame(Opcode::pong, control.payload), "pong");  // the last ping's is enough
    } else if (control.opcode == Opcode::close) {
        if (state_ == State::open) post_close(control.payload);
        state_ = State::closed;
        flush_soon();
    }
}

Task<std::optional<Message>> PlainSession::receive() {
    while (true) {
        while (const auto text = next_message())
            if (auto message = to_message(*text)) co_return message;
        if (state_ == State::closed) co_return std::nullopt;
        boost::system::error_code error;
        co_await socket_.async_wait(TcpSocket::wait_read, asio::redirect_error(use_task, error));
        if (error || !read_some()) co_return std::nullopt;
    }
}

void PlainSession::linger(std::shared_ptr<void> kept) {
    while (const auto text = next_message()) to_message(*text);
    if (!socket_.is_open()) return;
    socket_.async_wait(TcpSocket::wait_read, [self = self(), kept = std::move(kept)](
                                                 const boost::system::error_code& error) mutable {
        if (!error && self->read_some()) self->linger(std::move(kept));
    });
}

// --- writing -------------------------------------------------------------------------------------

void PlainSession::post(std::string frame, std::string replaces) {
    if (outbox_.add(std::move(frame), std::move(replaces)))
        flush_soon();
    else
        close(Close::too_slow, "too slow");
}

void PlainSession::post_close(std::string_view payload) {
    state_ = State::closing;
    heard_ = std::chrono::steady_clock::now();
    outbox_.add_last(to_frame(Opcode::close, payload));
    flush_soon();
}

// Not at once: what is sent in one go leaves in one go, and of one key the last only.
void PlainSession::flush_soon() {
    if (std::exchange(is_flushing_, true)) return;
    asio::post(executor(), [self = self()] { self->flush(); });
}

void PlainSession::flush() {
    boost::system::error_code error;
    while (!outbox_.empty() && !error) outbox_.has_left(socket_.write_some(outbox_.batch(), error));
    if (is_not_ready(error)) {
        socket_.async_wait(TcpSocket::wait_write,
                           [self = self()](const boost::system::error_code& failed) {
                               if (!failed) self->flush();
                           });
        return;
    }
    is_flushing_ = false;
    if (error) return drop();
    // The peer reads our last word before it sees the end.
    if (state_ == State::closed) socket_.shutdown(TcpSocket::shutdown_send, error);
}

}  // namespace taama::ws
