// message.created becomes a frame on the sockets of both sides, each as its reader may see it.

#include "modules/messaging/message_store.hpp"
#include "platform/ws/relay.hpp"

namespace taama::messaging {

namespace {

MessageId message_of(const events::Event& event) {
    return MessageId::parse(event.payload.at("message_id").as_string()).value();
}

Task<void> tell_sockets(const Deps& deps, pg::Tx& tx, std::span<const events::Event> events) {
    std::vector<MessageId> messages;
    for (const events::Event& event : events) messages.push_back(message_of(event));
    const UtcTime now = deps.clock.now();
    for (const auto& [subject_id, message, seat] :
         co_await find_heard(tx, messages, deps.subject_kind, now)) {
        const Reading reading{seat, subject_id, deps.file_urls, seat.language, now};
        ws::publish(tx, topic_of({deps.subject_kind, subject_id}, seat.user_id),
                    {"message", message.id.to_string(), message.created_at,
                     json::to_json(to_view(message, reading))});
    }
}

}  // namespace

void register_consumers(events::Registry& registry, const Deps& deps) {
    // A frame that comes twice shows a message that its reader knows by its id.
    registry.on({.name = "messaging.sockets",
                 .events = {"message.created"},
                 .handle =
                     [&deps](pg::Tx& tx, std::span<const events::Event> events) {
                         return tell_sockets(deps, tx, events);
                     },
                 .is_repeatable = true});
}

}  // namespace taama::messaging
