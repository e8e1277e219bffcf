#pragma once

// News for other modules: written to the outbox in the transaction that makes it true, delivered after
// the commit, at least once, in the order of one emitter's commits as far as nothing fails.

#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/id.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::events {

using EventId = Id<struct EventTag>;

struct Event {
    EventId id;
    std::string name;  // "booking.paid"
    boost::json::object payload;
    UtcTime at;
};

// Adds the event to the caller's transaction (sent with its next statement or its commit).
void emit(pg::Tx& tx, std::string_view name, boost::json::object payload, UtcTime now);

// A consumer's effect commits together with the mark that it has seen this event, so each event takes
// effect once per consumer. Calls to the outside go through a job that the consumer enqueues.
using Handler = std::function<Task<void>(pg::Tx& tx, const Event& event)>;

struct Consumer {
    std::string name;                 // "notifications.otp": stable, it is the key of the marks
    std::vector<std::string> events;  // names it wants
    Handler handle;
};

class Registry {
public:
    void on(Consumer consumer) { consumers_.push_back(std::move(consumer)); }
    const std::vector<Consumer>& consumers() const { return consumers_; }

private:
    std::vector<Consumer> consumers_;
};

// Delivers the outbox. An event that nobody consumes is marked delivered at once. A handler that fails is
// tried again with back-off; the others of the same event are not held up by it.
class Dispatcher {
public:
    Dispatcher(asio::io_context& io, pg::Db& db, const Clock& clock, const Registry& registry);
    ~Dispatcher();

    void start();
    Task<void> stop(Seconds patience);
    void wake();
    Task<int> deliver_due();  // until nothing is left; for tests

    struct Impl;

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace taama::events
