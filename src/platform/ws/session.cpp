#include "platform/ws/session.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "platform/http/edge.hpp"
#include "platform/timer.hpp"
#include "platform/ws/deflate.hpp"

namespace taama::ws {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

constexpr std::size_t queue_frames_max = 256;
constexpr std::size_t queue_bytes_max = std::size_t{1} << 20;
constexpr std::size_t message_bytes_max = 64 * 1024;

std::string serialise(const Frame& frame) {
    std::string out = "{\"type\":";
    json::write_string(out, frame.type);
    if (!frame.id.empty()) {
        out += ",\"id\":";
        json::write_string(out, frame.id);
    }
    out += ",\"at\":\"";
    append_utc_time(out, frame.at);
    out += "\",\"data\":";
    out += frame.data.empty() ? std::string_view{"{}"} : std::string_view{frame.data};
    out += '}';
    return out;
}

template <class Stream>
class Session final : public Socket {
public:
    Session(Stream stream, const Clock& clock)
        : stream_(std::move(stream)), wake_(stream_.get_executor()), clock_(clock) {}

    // Deflates while it holds a share.
    Task<bool> accept(const UpgradeMessage& message, DeflateShares& shares) {
        auto timeouts = websocket::stream_base::timeout{};
        timeouts.handshake_timeout = std::chrono::seconds{10};
        timeouts.idle_timeout = std::chrono::seconds{60};
        timeouts.keep_alive_pings = true;  // after half of the idle time: every 30 s
        stream_.set_option(timeouts);
        stream_.read_message_max(message_bytes_max);
        stream_.text(true);
        // Whole messages are written from where they are, without a buffer in between.
        stream_.auto_fragment(false);
        const std::string_view extensions{message["Sec-WebSocket-Extensions"].data(),
                                          message["Sec-WebSocket-Extensions"].size()};
        if (offers_deflate(extensions)) deflate_share_ = shares.take();
        if (deflate_share_) stream_.set_option(deflate_options(extensions));
        boost::system::error_code error;
        co_await stream_.async_accept(message, asio::redirect_error(use_task, error));
        co_return !error;
    }

    void send(Frame frame) override {
        if (closing_) return;
        std::string text = serialise(frame);
        if (!frame.replaces.empty()) {
            // The first may be on its way already; only later ones can still be replaced.
            const auto queued = std::ranges::find(queue_.begin() + (writing_ ? 1 : 0), queue_.end(),
                                                  frame.replaces, &Queued::replaces);
            if (queued != queue_.end()) {
                queued_bytes_ += text.size();
                queued_bytes_ -= queued->text.size();
                queued->text = std::move(text);
                return;
            }
        }
        queued_bytes_ += text.size();
        queue_.push_back({std::move(text), std::move(frame.replaces)});
        if (queue_.size() > queue_frames_max || queued_bytes_ > queue_bytes_max) {
            queue_.resize(writing_ ? 1 : 0);
            close(Close::too_slow, "too slow");
            return;
        }
        wake_.cancel();
    }

    void close(Close code, std::string reason) override {
        if (closing_) return;
        closing_ = true;
        reason_.code = static_cast<std::uint16_t>(code);
        reason_.reason.assign(reason.data(), std::min<std::size_t>(reason.size(), 120));
        wake_.cancel();
    }

    void drop() override { beast::get_lowest_layer(stream_).close(); }

    // Asked for each message that comes; one that is refused closes the socket with 4429.
    void admit_with(std::function<bool()> admits) { admits_ = std::move(admits); }

    Task<std::optional<Message>> receive() override {
        while (true) {
            boost::system::error_code error;
            buffer_.consume(buffer_.size());
            co_await stream_.async_read(buffer_, asio::redirect_error(use_task, error));
            if (error) {
                ended_ = true;
                closing_ = true;
                wake_.cancel();
                co_return std::nullopt;
            }
            // What still comes from a peer that was told to go is not looked at.
            if (closing_) continue;
            if (admits_ && !admits_()) {
                close(Close::too_many_messages, "rate_limited");
                continue;
            }
            const auto bytes = buffer_.data();
            boost::json::value value =
                boost::json::parse({static_cast<const char*>(bytes.data()), bytes.size()}, error);
            boost::json::object* object = error ? nullptr : value.if_object();
            const auto* type = object == nullptr ? nullptr : object->if_contains("type");
            if (type == nullptr || !type->is_string()) {
                send({"error", {}, clock_.now(), R"({"code":"bad_request"})"});
                continue;
            }
            Message message;
            message.type = type->as_string();
            if (auto* data = object->if_contains("data"); data != nullptr && data->is_object()) {
                message.data = std::move(data->as_object());
            } else {
                message.data = std::move(*object);
                message.data.erase("type");
            }
            co_return message;
        }
    }

    Executor executor() const override {
        return const_cast<websocket::stream<Stream>&>(stream_).get_executor();
    }

    // Sends what is queued until the socket ends.
    Task<void> write_loop() {
        const auto self = this->shared_from_this();
        boost::system::error_code error;
        while (!ended_) {
            if (!queue_.empty()) {
                writing_ = true;
                co_await stream_.async_write(asio::buffer(queue_.front().text),
                                             asio::redirect_error(use_task, error));
                writing_ = false;
                queued_bytes_ -= queue_.front().text.size();
                queue_.pop_front();
                if (error) break;
                continue;
            }
            if (closing_) {
                co_await stream_.async_close(reason_, asio::redirect_error(use_task, error));
                break;
            }
            wake_.expires_after(std::chrono::hours{24});
            co_await wake_.async_wait(asio::redirect_error(use_task, error));
        }
        ended_ = true;
        writer_done_ = true;
    }
    bool writer_done() const { return writer_done_; }
    // A handler that returned leaves the peer to answer our close.
    Task<void> wait_for_end() {
        while (!ended_) {
            boost::system::error_code error;
            buffer_.consume(buffer_.size());
            co_await stream_.async_read(buffer_, asio::redirect_error(use_task, error));
            if (error) ended_ = true;
        }
        wake_.cancel();
    }

private:
    struct Queued {
        std::string text;
        std::string replaces;
    };
    websocket::stream<Stream> stream_;
    Timer wake_;
    const Clock& clock_;
    std::shared_ptr<void> deflate_share_;
    std::function<bool()> admits_;
    beast::flat_buffer buffer_;
    std::deque<Queued> queue_;
    std::size_t queued_bytes_ = 0;
    bool writing_ = false;
    bool closing_ = false;
    bool ended_ = false;
    bool writer_done_ = false;
    websocket::close_reason reason_{websocket::close_code::normal};
};

// Closes the socket when its credential ends, unless it is gone by then.
class Expiry {
public:
    Expiry(const std::shared_ptr<Socket>& socket, Microseconds after)
        : timer_(socket->executor(), after) {
        timer_.async_wait([weak = std::weak_ptr{socket}](const boost::system::error_code& error) {
            if (const auto alive = weak.lock(); alive && !error)
                alive->close(Close::not_authenticated, "token_expired");
        });
    }

private:
    Timer timer_;
};

// More than a close reason can say: {"code", …details}.
Frame refusal_frame(const Refusal& refusal, UtcTime now) {
    boost::json::object data{{"code", refusal.code().code}};
    for (const auto& [name, detail] : refusal.details()) data.emplace(name, detail);
    return {"error", {}, now, boost::json::serialize(data)};
}

void check_caller(const Endpoint& endpoint, const http::Caller& caller) {
    const bool is_staff = caller.kind == http::Caller::Kind::staff;
    if (is_staff && endpoint.signature.access != http::Access::any)
        throw Refusal{errors::forbidden};
}

// Tells of the sockets that are served.
class Served {
public:
    Served(const pg::Db& db, const Endpoint& endpoint) : db_(db), endpoint_(endpoint) {
        db_.tell("socket.opened", {{"path", endpoint_.path}});
    }
    ~Served() { db_.tell("socket.closed", {{"path", endpoint_.path}}); }
    Served(const Served&) = delete;

private:
    const pg::Db& db_;
    const Endpoint& endpoint_;
};

Close close_code(const Refusal& refusal) {
    switch (refusal.code().kind) {
        case Kind::unauthenticated: return Close::not_authenticated;
        case Kind::not_found: return Close::unknown;
        case Kind::rate_limited: return Close::too_many_messages;
        case Kind::unavailable: return Close::going_away;
        default: return Close::not_yours;
    }
}

}  // namespace

std::pair<const Endpoint*, std::vector<std::string_view>> SocketRouter::find(
    std::string_view path) const {
    const auto next_segment = [](std::string_view& rest) {
        rest.remove_prefix(1);
        const auto end = rest.find('/');
        const std::string_view segment = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
        return segment;
    };
    for (const Endpoint& endpoint : endpoints_.all()) {
        std::vector<std::string_view> values;
        std::string_view pattern = endpoint.path;
        std::string_view rest = path;
        bool matches = true;
        while (matches && !pattern.empty() && !rest.empty()) {
            const std::string_view wanted = next_segment(pattern);
            const std::string_view given = next_segment(rest);
            if (wanted.starts_with('{'))
                values.push_back(given);
            else
                matches = wanted == given;
        }
        if (matches && pattern.empty() && rest.empty()) return {&endpoint, std::move(values)};
    }
    return {nullptr, {}};
}

std::string session_topic(SessionId session) { return "session:" + session.to_string(); }

template <class Stream>
Task<void> run_session(Stream stream, std::shared_ptr<UpgradeMessage> message,
                       http::Request request, const SocketRouter& router, http::Edge& edge,
                       std::function<void(const std::shared_ptr<Socket>&)> made) {
    const Executor executor = stream.get_executor();
    const Clock& clock = edge.parts().clock;
    const auto session = std::make_shared<Session<Stream>>(std::move(stream), clock);
    if (!co_await session->accept(*message, router.deflate_shares())) co_return;
    made(session);
    asio::co_spawn(executor, session->write_loop(), asio::detached);

    const auto [endpoint, values] = router.find(request.path);
    Close code = Close::normal;
    std::string reason;
    try {
        http::Context context = co_await edge.open_socket(request);
        context.path_values = values;
        context.operation = endpoint->path;
        check_caller(*endpoint, context.caller);
        session->admit_with([&edge, &context] { return edge.takes_socket_message(context); });
        const auto own = router.hub().follow(session_topic(context.caller.session), session);
        std::optional<Expiry> expiry;
        if (context.caller.credential_expires)
            expiry.emplace(session, *context.caller.credential_expires - context.now);
        Connected connected{session, context};
        const Served served{edge.parts().db, *endpoint};
        co_await endpoint->serve(context, connected);
    } catch (const Refusal& refusal) {
        if (!refusal.details().empty()) session->send(refusal_frame(refusal, clock.now()));
        code = close_code(refusal);
        const auto* detail = refusal.details().if_contains("reason");
        reason = detail != nullptr && detail->is_string() ? std::string{detail->as_string()}
                                                          : std::string{refusal.code().code};
    } catch (const pg::Unavailable&) {
        code = Close::going_away;
        reason = "unavailable";
    } catch (const std::exception& error) {
        edge.socket_failed(request, error);
        code = static_cast<Close>(1011);
        reason = "internal_error";
    }
    session->admit_with({});
    session->close(code, std::move(reason));
    co_await session->wait_for_end();
}

template Task<void> run_session(TcpStream, std::shared_ptr<UpgradeMessage>, http::Request,
                                const SocketRouter&, http::Edge&,
                                std::function<void(const std::shared_ptr<Socket>&)>);
template Task<void> run_session(TlsStream, std::shared_ptr<UpgradeMessage>, http::Request,
                                const SocketRouter&, http::Edge&,
                                std::function<void(const std::shared_ptr<Socket>&)>);

}  // namespace taama::ws
