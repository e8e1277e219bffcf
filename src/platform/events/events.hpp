#pragma once

// News for other modules: written to the outbox in the transaction that makes it true, delivered
// after the commit, at least once, in the order of one emitter's commits as far as nothing fails.

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/id.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::events {

using EventId = Id<struct EventTag>;

// What emit() announces at the commit.
inline constexpr std::string_view topic = "platform.events";

struct Event {
    EventId id;
    std::string name;  // "booking.paid"
    boost::json::object payload;
    UtcTime at;
};

// Adds the event to the caller's transaction (sent with its next statement or its commit).
void emit(pg::Tx& tx, std::string_view name, boost::json::object payload, UtcTime now);

// A consumer's effect commits together with the mark that it has seen these events, so each event
// takes effect once per consumer, unless it may come twice and need not be marked. Those that wait
// come together, oldest first; when that fails they come again, one by one. Calls to the outside go
// through a job that the consumer enqueues.
using Handler = std::function<Task<void>(pg::Tx& tx, std::span<const Event> events)>;
// Of a consumer that has no use for seeing several at once.
Handler each(std::function<Task<void>(pg::Tx& tx, const Event& event)> handle);

struct Consumer {
    std::string name;                 // "notifications.otp": stable, it is the key of the marks
    std::vector<std::string> events;  // names it wants
    Handler handle;
    bool is_repeatable = false;  // its effect may come twice: no mark is kept
};

class Registry {
public:
    void on(Consumer consumer) { consumers_.push_back(std::move(consumer)); }
    const std::vector<Consumer>& consumers() const { return consumers_; }

private:
    std::vector<Consumer> consumers_;
};

// Delivers the outbox, on one node at a time: each consumer gets its events in order, the consumers
// run side by side. An event that nobody consumes is marked delivered at once, so every node that
// delivers must know all consumers. A handler that fails is tried again after min(5·2^(n−1), 3600)
// s ± 20 %; the others of the same event are not held up by it. Knows of its own Db's commits by
// itself.
class Dispatcher {
public:
    Dispatcher(asio::io_context& io, pg::Db& db, const Clock& clock, const Registry& registry);
    ~Dispatcher();

    void start();
    // Takes nothing new and returns when what runs has ended (at most `patience`). Never throws,
    // also not when PostgreSQL is away.
    Task<void> stop(Seconds patience);
    void wake();  // from its own thread
    // Wakes it from any thread, for as long as its io_context lives: for the Dbs of other threads,
    // with Db::on_announcement(events::topic, …).
    std::function<void()> waker() const;
    Task<int> deliver_due();  // until nothing is left; for tests

    struct Impl;

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace taama::events
