#include "platform/events/events.hpp"

#include "platform/events/event_store.hpp"

namespace taama::events {

namespace {

using HandleOne = std::function<Task<void>(pg::Tx&, const Event&)>;

Task<void> handle_each(const HandleOne& handle, pg::Tx& tx, std::span<const Event> events) {
    for (const Event& event : events) co_await handle(tx, event);
}

}  // namespace

Handler each(HandleOne handle) {
    return [handle = std::move(handle)](pg::Tx& tx, std::span<const Event> events) {
        return handle_each(handle, tx, events);
    };
}

void emit(pg::Tx& tx, std::string_view name, boost::json::object payload, UtcTime now) {
    Event event{EventId::make(), std::string{name}, std::move(payload), now};
    insert_event(tx, event);
    tx.announce(topic);
    tx.tell(event.name, std::move(event.payload));
}

}  // namespace taama::events
