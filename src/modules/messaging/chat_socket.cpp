// /ws/bookings/{id}: the conversation, live.

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <deque>

#include "modules/messaging/operations.hpp"
#include "platform/task_group.hpp"
#include "platform/timer.hpp"
#include "platform/ws/live_feed.hpp"
#include "platform/ws/relay.hpp"
#include "platform/ws/routes.hpp"

namespace taama::messaging {

namespace {

constexpr std::int64_t replay_page = 100;  // well below what a socket's queue takes at once
constexpr std::size_t sends_max = 10;      // in `sends_window`
constexpr Seconds sends_window{10};
constexpr int warnings_max = 3;
constexpr Seconds typing_pause{3};
constexpr Seconds presence_pause{30};
// Somebody whose node died counts as connected for so long.
constexpr Seconds presence_life{75};

// One open socket's side of a conversation.
struct Chat {
    const Deps& deps;
    ws::Connected& connected;
    Subject subject;
    AccountId user;
    Language language;
    std::deque<UtcTime> sends;
    int warnings = 0;
    UtcTime typed_at{};

    void send(std::string type, std::string data, std::string id = {}) const {
        connected.socket->send({std::move(type), std::move(id), deps.clock.now(), std::move(data)});
    }
    void error(std::string_view code, const boost::json::value& client_id) const {
        send("error",
             boost::json::serialize(boost::json::value{{"code", code}, {"client_id", client_id}}));
    }
};

std::string message_json(const Chat& chat, const Seat& seat, const Message& message) {
    return json::to_json(to_view(message, {seat, chat.subject.id, chat.deps.file_urls,
                                           chat.language, chat.deps.clock.now()}));
}

// A message's number in its conversation.
std::int64_t number_of(const ws::Frame& frame) {
    if (frame.type != "message") return 0;
    return boost::json::parse(frame.data).at("seq").to_number<std::int64_t>();
}

// What was said after `since`, in pages: between two of them the socket sends.
Task<void> replay(Chat& chat, const Seat& seat, MessageId since, ws::LiveFeed& feed) {
    const auto seen = co_await find_seq(chat.deps.db, seat.conversation_id, since);
    std::int64_t after = seen.value_or(0);
    feed.has_seen(after);
    while (true) {
        const auto missed =
            co_await find_messages(chat.deps.db, {.conversation = seat.conversation_id,
                                                  .before_seq = std::nullopt,
                                                  .after_seq = after,
                                                  .limit = replay_page});
        for (const Message& message : missed)
            feed.replay({"message", message.id.to_string(), message.created_at,
                         message_json(chat, seat, message)});
        if (std::ssize(missed) < replay_page) co_return;
        after = missed.back().seq;
    }
}

Task<void> greet(Chat& chat, const Seat& seat, ws::LiveFeed& feed) {
    chat.send("ready",
              boost::json::serialize(boost::json::value{
                  {"last_seq", seat.last_seq},
                  {"closes_at", seat.closes_at ? boost::json::value(to_string(*seat.closes_at))
                                               : boost::json::value(nullptr)},
                  {"peer_online", seat.is_peer_online(chat.deps.clock.now())}}));
    if (const auto since = MessageId::parse(chat.connected.since()))
        co_await replay(chat, seat, *since, feed);
    feed.go_live();
    if (seat.is_closed(chat.deps.clock.now())) chat.send("closed", R"({"reason":"closed"})");
}

// False when the peer has been warned often enough.
bool may_send(Chat& chat, UtcTime now) {
    while (!chat.sends.empty() && chat.sends.front() <= now - sends_window) chat.sends.pop_front();
    if (chat.sends.size() < sends_max) {
        chat.sends.push_back(now);
        return true;
    }
    ++chat.warnings;
    return false;
}

// The frame's data through the same reader as a request's body.
template <class T>
std::optional<T> read_frame(const boost::json::object& data) {
    const auto node = json::parse(boost::json::serialize(data));
    if (!node) return std::nullopt;
    static const json::ReadContext context;
    json::Problems problems;
    json::Reader reader{context, problems};
    T value{};
    json::Codec<T>::read(reader, *node, value);
    return problems.empty() ? std::optional{std::move(value)} : std::nullopt;
}

Task<void> take_send(Chat& chat, const boost::json::object& data) {
    const auto* given = data.if_contains("client_id");
    const boost::json::value client_id = given == nullptr ? boost::json::value(nullptr) : *given;
    const UtcTime now = chat.deps.clock.now();
    if (!may_send(chat, now)) {
        chat.error("rate_limited", client_id);
        if (chat.warnings >= warnings_max)
            chat.connected.socket->close(ws::Close::too_many_messages, "rate_limited");
        co_return;
    }
    const auto message = read_frame<NewMessage>(data);
    if (!message) {
        chat.error("validation_error", client_id);
        co_return;
    }
    std::optional<Sending> sending;
    std::optional<std::string_view> refused;
    try {
        pg::Tx tx = co_await chat.deps.db.begin();
        sending = co_await send_message(chat.deps, tx, chat.user, chat.subject.id, *message, now);
        co_await tx.commit();
    } catch (const Refusal& refusal) {
        refused = refusal.code().code;
    } catch (const pg::Unavailable&) {
        refused = errors::unavailable.code;
    }
    if (refused) {
        chat.error(*refused, client_id);
        if (*refused == errors::invalid_state.code) chat.send("closed", R"({"reason":"closed"})");
        co_return;
    }
    chat.send("ack",
              fmt::format(R"({{"client_id":{},"message":{}}})", boost::json::serialize(client_id),
                          message_json(chat, sending->seat, sending->message)));
}

Task<void> take_read(Chat& chat, const boost::json::object& data) {
    const auto read = read_frame<ReadUpTo>(data);
    std::string_view refused = read ? std::string_view{} : "validation_error";
    if (read) try {
            pg::Tx tx = co_await chat.deps.db.begin();
            co_await read_up_to(chat.deps, tx, chat.user, chat.subject.id, read->up_to,
                                chat.deps.clock.now());
            co_await tx.commit();
        } catch (const Refusal& refusal) {
            refused = refusal.code().code;
        } catch (const pg::Unavailable&) {
            refused = errors::unavailable.code;
        }
    if (!refused.empty()) chat.error(refused, nullptr);
}

void take_typing(Chat& chat, const Seat& seat) {
    const UtcTime now = chat.deps.clock.now();
    if (now < chat.typed_at + typing_pause) return;
    chat.typed_at = now;
    chat.deps.hub.publish_latest(
        topic_of(chat.subject, seat.peer_id),
        {"typing", {}, now, fmt::format(R"({{"user_id":"{}"}})", chat.user.to_string()), "typing"});
}

// While it runs, this person is online for the other side.
Task<void> stay_present(const Deps& deps, Seat seat) {
    while (true) {
        co_await sleep_for(presence_pause);
        try {
            co_await save_connected(deps.db, seat, deps.clock.now() + presence_life);
        } catch (const pg::Unavailable&) {
        }
    }
}

Task<void> converse(Chat& chat, const Seat& seat) {
    while (const auto message = co_await chat.connected.socket->receive()) {
        if (message->type == "send")
            co_await take_send(chat, message->data);
        else if (message->type == "read")
            co_await take_read(chat, message->data);
        else if (message->type == "typing")
            take_typing(chat, seat);
        else
            chat.error("bad_request", nullptr);
    }
}

Task<void> serve_chat(const Deps& deps, http::User user, ws::Connected& connected,
                      http::Path<SubjectId> id) {
    const Subject subject{deps.subject_kind, (*id).uuid};
    const auto seat = or_throw(co_await find_seat(deps.db, subject, user.id), errors::not_found);
    Chat chat{deps, connected, subject, user.id, connected.context.language, {}, 0, {}};
    const std::string topic = topic_of(subject, user.id);
    TaskGroup presence{connected.socket->executor().context()};
    std::exception_ptr failure;
    try {
        co_await save_connected(deps.db, seat, deps.clock.now() + presence_life);
        presence.spawn("messaging.presence", stay_present(deps, seat));
        // Followed first: what is said while the past is read arrives too.
        const auto feed = std::make_shared<ws::LiveFeed>(connected.socket, number_of);
        const auto live = deps.hub.follow(topic, feed);
        co_await greet(chat, seat, *feed);
        co_await converse(chat, seat);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await presence.stop();
    if (failure) std::rethrow_exception(failure);
    if (deps.hub.followers(topic) == 0) co_await save_connected(deps.db, seat, deps.clock.now());
}

}  // namespace

void register_sockets(ws::Endpoints& endpoints, const Deps& deps) {
    endpoints.add("messaging", fmt::format("/ws/{}/{{id}}", deps.path), deps, serve_chat);
}

}  // namespace taama::messaging
