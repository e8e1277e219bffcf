#include "platform/ws/session.hpp"

#include <boost/beast/websocket/ssl.hpp>
#include <boost/json/serialize.hpp>

#include "platform/http/edge.hpp"
#include "platform/ws/beast_session.hpp"
#include "platform/ws/plain_session.hpp"

namespace taama::ws {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

// Null when the peer went away or asked for what we do not speak.
template <class Stream>
Task<std::shared_ptr<Session>> accept(Stream stream, const UpgradeMessage& message,
                                      DeflateShares& shares, const http::Edge& edge,
                                      std::shared_ptr<OpenSockets> open) {
    const OpenSockets::Arrival arrival{*open};
    websocket::stream<Stream> upgraded{std::move(stream)};
    upgraded.set_option(websocket::stream_base::timeout{
        .handshake_timeout = open->limits().closing,
        .idle_timeout = open->limits().silence,
        .keep_alive_pings = true,  // after half of it
    });
    const std::string_view extensions{message["Sec-WebSocket-Extensions"].data(),
                                      message["Sec-WebSocket-Extensions"].size()};
    std::shared_ptr<void> share = offers_deflate(extensions) ? shares.take() : nullptr;
    if (share) upgraded.set_option(deflate_options(extensions));
    boost::system::error_code error;
    co_await upgraded.async_accept(message, asio::redirect_error(use_task, error));
    if (error) co_return nullptr;
    if constexpr (std::same_as<Stream, TcpStream>)
        if (!share)
            co_return std::make_shared<PlainSession>(upgraded.next_layer().release_socket(),
                                                     std::move(open), edge);
    co_return std::make_shared<BeastSession<Stream>>(std::move(upgraded), std::move(share),
                                                     std::move(open), edge);
}

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

// What goes with the socket.
struct Kept {
    Hub::Subscription own;
    std::optional<Served> served;
    std::shared_ptr<void> stays;
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
                       std::shared_ptr<OpenSockets> open) {
    const auto session =
        co_await accept(std::move(stream), *message, router.deflate_shares(), edge, open);
    if (!session) co_return;
    if (open->is_ending()) session->close(Close::going_away, "shutdown");

    const auto [endpoint, values] = router.find(request.path);
    auto kept = std::make_shared<Kept>();
    Close code = Close::normal;
    std::string reason;
    try {
        http::Context context = co_await edge.open_socket(request);
        context.path_values = values;
        context.operation = endpoint->path;
        check_caller(*endpoint, context.caller);
        session->belongs_to(context);
        kept->own = router.hub().follow(session_topic(context.caller.session), session);
        kept->served.emplace(edge.parts().db, *endpoint);
        Connected connected{session, context};
        co_await endpoint->serve(context, connected);
        kept->stays = std::move(connected.stays);
    } catch (const Refusal& refusal) {
        if (!refusal.details().empty())
            session->send(refusal_frame(refusal, edge.parts().clock.now()));
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
    if (!kept->stays) {
        kept.reset();
        session->close(code, std::move(reason));
    }
    session->linger(std::move(kept));
}

template Task<void> run_session(TcpStream, std::shared_ptr<UpgradeMessage>, http::Request,
                                const SocketRouter&, http::Edge&, std::shared_ptr<OpenSockets>);
template Task<void> run_session(TlsStream, std::shared_ptr<UpgradeMessage>, http::Request,
                                const SocketRouter&, http::Edge&, std::shared_ptr<OpenSockets>);

}  // namespace taama::ws
