#include "platform/events/events.hpp"

#include "platform/events/event_store.hpp"

namespace taama::events {

void emit(pg::Tx& tx, std::string_view name, boost::json::object payload, UtcTime now) {
    insert_event(tx, {EventId::make(), std::string{name}, std::move(payload), now});
    tx.announce(topic);
}

}  // namespace taama::events
