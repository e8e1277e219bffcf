#pragma once

// A socket that is encrypted or deflates: Beast carries it.

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "platform/ws/framing.hpp"
#include "platform/ws/open_sockets.hpp"
#include "platform/ws/outbox.hpp"

namespace taama::ws {

template <class Stream>
class BeastSession final : public Session {
public:
    using WebSocketStream = boost::beast::websocket::stream<Stream>;

    // The upgrade has been answered. `share` is held as long as it deflates.
    BeastSession(WebSocketStream stream, std::shared_ptr<void> share,
                 std::shared_ptr<OpenSockets> open, const http::Edge& edge)
        : Session(std::move(open), edge), stream_(std::move(stream)), share_(std::move(share)) {
        stream_.read_message_max(FrameReader::message_bytes_max);
        stream_.text(true);
        // Whole messages are written from where they are, without a buffer in between.
        stream_.auto_fragment(false);
    }

    void send(Frame frame) override {
        if (is_closing_) return;
        if (outbox_.add(to_text(frame), std::move(frame.replaces)))
            write_soon();
        else
            close(Close::too_slow, "too slow");
    }

    void close(Close code, std::string reason) override {
        if (is_closing_) return;
        is_closing_ = true;
        reason_.code = static_cast<std::uint16_t>(code);
        reason_.reason.assign(reason.data(), std::min<std::size_t>(reason.size(), 120));
        write_soon();
    }

    void drop() override { boost::beast::get_lowest_layer(stream_).close(); }

    Task<std::optional<Message>> receive() override {
        while (!has_ended_) {
            boost::system::error_code error;
            buffer_.consume(buffer_.size());
            co_await stream_.async_read(buffer_, asio::redirect_error(use_task, error));
            if (error) end();
            // What still comes from a peer that was told to go is not looked at.
            if (is_closing_) continue;
            const auto bytes = buffer_.data();
            if (auto message = to_message({static_cast<const char*>(bytes.data()), bytes.size()}))
                co_return message;
        }
        co_return std::nullopt;
    }

    void linger(std::shared_ptr<void> kept) override {
        if (has_ended_) return;
        buffer_.consume(buffer_.size());
        stream_.async_read(buffer_, [self = self(), kept = std::move(kept)](
                                        boost::system::error_code error, std::size_t) mutable {
            if (error) return self->end();
            const auto bytes = self->buffer_.data();
            if (!self->is_closing_)
                self->to_message({static_cast<const char*>(bytes.data()), bytes.size()});
            self->linger(std::move(kept));
        });
    }

    Executor executor() const override {
        return const_cast<WebSocketStream&>(stream_).get_executor();
    }

private:
    void keep_alive(SteadyTime) override {}  // the stream's own timer does

    std::shared_ptr<BeastSession> self() {
        return std::static_pointer_cast<BeastSession>(this->shared_from_this());
    }
    void end() { has_ended_ = is_closing_ = true; }

    // Not at once: what is sent in one go may still be replaced.
    void write_soon() {
        if (std::exchange(is_writing_, true)) return;
        asio::post(executor(), [self = self()] { self->write_next(); });
    }
    void write_next() {
        if (has_ended_) return;
        if (!outbox_.empty()) {
            written_ = outbox_.take_first();
            stream_.async_write(asio::buffer(written_),
                                [self = self()](boost::system::error_code error, std::size_t) {
                                    if (error)
                                        self->end();
                                    else
                                        self->write_next();
                                });
        } else if (is_closing_) {
            stream_.async_close(reason_, [self = self()](boost::system::error_code) {});
        } else {
            is_writing_ = false;
        }
    }

    WebSocketStream stream_;
    std::shared_ptr<void> share_;
    boost::beast::flat_buffer buffer_;
    Outbox outbox_;
    std::string written_;
    boost::beast::websocket::close_reason reason_{boost::beast::websocket::close_code::normal};
    bool is_writing_ = false;
    bool is_closing_ = false;
    bool has_ended_ = false;
};

}  // namespace taama::ws
