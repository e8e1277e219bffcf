// message.created becomes a frame on the sockets of both sides, each as its reader may see it.

#include "modules/messaging/message_store.hpp"
#include "platform/ws/relay.hpp"

namespace taama::messaging {

namespace {

Uuid id_at(const boost::json::object& payload, std::string_view key) {
    const auto& text = payload.at(key).as_string();
    return Uuid::parse({text.data(), text.size()}).value();
}

Task<void> tell_sockets(const Deps& deps, pg::Tx& tx, const events::Event& event) {
    if (event.payload.at("subject_kind").as_string() != deps.subject_kind) co_return;
    const Subject subject{deps.subject_kind, id_at(event.payload, "subject_id")};
    const auto message = co_await find_message(tx, MessageId{id_at(event.payload, "message_id")});
    if (!message) co_return;
    for (const Seat& seat : co_await find_seats(tx, subject)) {
        const Reading reading{seat, subject.id, deps.file_urls, seat.language, deps.clock.now()};
        ws::publish(tx, topic_of(subject, seat.user_id),
                    {"message", message->id.to_string(), message->created_at,
                     json::to_json(to_view(*message, reading))});
    }
}

}  // namespace

void register_consumers(events::Registry& registry, const Deps& deps) {
    registry.on(
        {"messaging.sockets", {"message.created"}, [&deps](pg::Tx& tx, const events::Event& event) {
             return tell_sockets(deps, tx, event);
         }});
}

}  // namespace taama::messaging
