#pragma once

#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "platform/events/events.hpp"

namespace taama::events {

struct DueEvent {
    EventId id;
    std::string name;
    boost::json::value payload;
    UtcTime at;
    int attempts;
};
BOOST_DESCRIBE_STRUCT(DueEvent, (), (id, name, payload, at, attempts))

void insert_event(pg::Tx& tx, const Event& event);
Task<std::vector<DueEvent>> find_due_events(pg::Db& db, UtcTime now, int limit);
// Which of them are new to this consumer. The effect of the others is committed already; of one
// that is being made elsewhere the end is waited for.
Task<std::vector<EventId>> insert_marks(pg::Tx& tx, std::string_view consumer,
                                        const std::vector<EventId>& events, UtcTime now);
void save_delivered(pg::Tx& tx, const std::vector<EventId>& events, UtcTime now);
void save_failed(pg::Tx& tx, EventId event, UtcTime next_attempt_at);

// One holder at a time delivers. False while another one does.
struct Holder {
    std::string_view name;
    UtcTime now;
    Seconds life;
};
Task<bool> hold_lease(pg::Db& db, Holder holder);
Task<void> release_lease(pg::Db& db, std::string_view holder);

// Deletes what was delivered before `before`, some at a time. Returns how many.
Task<std::int64_t> delete_delivered(pg::Db& db, UtcTime before);
// Marks made before `before` whose events are gone.
Task<std::int64_t> delete_marks(pg::Db& db, UtcTime before);

}  // namespace taama::events
