#include "platform/events/events.hpp"

#include "platform/events/event_store.hpp"

namespace taama::events {

void emit(pg::Tx& tx, std::string_view name, boost::json::object payload, UtcTime now) {
    Event event{EventId::make(), std::string{name}, std::move(payload), now};
    insert_event(tx, event);
    tx.announce(topic);
    tx.tell(event.name, std::move(event.payload));
}

}  // namespace taama::events
