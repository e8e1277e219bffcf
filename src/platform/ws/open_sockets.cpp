#include "platform/ws/open_sockets.hpp"

#include <boost/json/parse.hpp>

#include "platform/http/edge.hpp"

namespace taama::ws {

namespace {

constexpr std::chrono::milliseconds look_pause_max{1000};
constexpr int looks_in_silence = 8;

}  // namespace

Session::Session(std::shared_ptr<OpenSockets> open, const http::Edge& edge)
    : open_(std::move(open)), edge_(edge) {
    open_->add(*this);
}

Session::~Session() { open_->remove(*this); }

void Session::belongs_to(const http::Context& context) {
    caller_ = context.caller.id;
    if (const auto end = context.caller.credential_expires)
        expires_ = std::chrono::steady_clock::now() + (*end - context.now);
}

void Session::look_after(SteadyTime now) {
    if (now >= expires_) {
        expires_ = SteadyTime::max();
        close(Close::not_authenticated, "token_expired");
    }
    keep_alive(now);
}

std::optional<Message> Session::to_message(std::string_view text) {
    if (caller_ && !edge_.takes_socket_message(*caller_)) {
        close(Close::too_many_messages, "rate_limited");
        return std::nullopt;
    }
    boost::system::error_code error;
    boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
    boost::json::object* object = error ? nullptr : value.if_object();
    const auto* type = object == nullptr ? nullptr : object->if_contains("type");
    if (type == nullptr || !type->is_string()) {
        send({"error", {}, edge_.parts().clock.now(), R"({"code":"bad_request"})"});
        return std::nullopt;
    }
    Message message;
    message.type = type->as_string();
    if (auto* data = object->if_contains("data"); data != nullptr && data->is_object()) {
        message.data = std::move(data->as_object());
    } else {
        message.data = std::move(*object);
        message.data.erase("type");
    }
    return message;
}

void OpenSockets::add(Session& session) {
    ++size_;
    sessions_.push_back(session);
    if (&sessions_.front() == &session) look_after_all();
}

void OpenSockets::remove(Session& session) {
    --size_;
    sessions_.erase(Sessions::s_iterator_to(session));
    if (sessions_.empty()) timer_.cancel();
}

// What is done to one may end it.
template <class Do>
void OpenSockets::for_each(Do act) {
    for (auto next = sessions_.begin(); next != sessions_.end();) act(*next++);
}

void OpenSockets::say_goodbye() {
    is_ending_ = true;
    for_each([](Session& session) { session.close(Close::going_away, "shutdown"); });
}

void OpenSockets::drop_all() {
    for_each([](Session& session) { session.drop(); });
}

void OpenSockets::look_after_all() {
    timer_.expires_after(std::min(look_pause_max, limits_.silence / looks_in_silence));
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto open = weak.lock();
        if (error || !open || open->sessions_.empty()) return;
        const SteadyTime now = std::chrono::steady_clock::now();
        open->for_each([now](Session& session) { session.look_after(now); });
        open->look_after_all();
    });
}

}  // namespace taama::ws
