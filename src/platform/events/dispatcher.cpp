#include "platform/events/events.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <set>
#include <span>

#include "platform/assert.hpp"
#include "platform/events/event_store.hpp"
#include "platform/retry.hpp"
#include "platform/task_group.hpp"
#include "platform/telemetry/log.hpp"
#include "platform/timer.hpp"

namespace taama::events {

namespace {

constexpr int batch_size = 100;
constexpr std::size_t group_size = 50;  // events of a consumer in one transaction
constexpr std::chrono::milliseconds poll_interval{500};
// Rounds that find less than a batch begin at least so far apart: what comes close together leaves
// together. Who comes alone waits for nobody, as the last round was long ago.
constexpr std::chrono::milliseconds round_interval{10};
constexpr Seconds lease_life{30};
constexpr int conflict_attempts_max = 3;

}  // namespace

struct Dispatcher::Impl : std::enable_shared_from_this<Dispatcher::Impl> {
    // What one pass over a batch left open.
    struct Batch {
        std::vector<DueEvent> events;
        std::set<EventId> failed;
        std::set<EventId> interrupted;

        int attempts_of(EventId id) const {
            return std::ranges::find(events, id, &DueEvent::id)->attempts + 1;
        }
    };

    Impl(asio::io_context& io_context, pg::Db& database, const Clock& now,
         const Registry& consumers)
        : io(io_context),
          db(database),
          clock(now),
          registry(consumers),
          tasks(io_context),
          pause_timer(io_context) {}

    Task<void> run(std::shared_ptr<Impl> self);
    Task<void> pause();
    void wake();
    Task<int> deliver_batch();
    Task<void> deliver_to(std::shared_ptr<Impl> self, const Consumer& consumer, Batch& batch);
    Task<bool> deliver_together(const Consumer& consumer, std::span<const Event> group);
    Task<bool> deliver_or_note(const Consumer& consumer, const Event& event, Batch& batch);
    Task<void> deliver(const Consumer& consumer, std::span<const Event> events);
    Task<void> handle_once(pg::Tx& tx, const Consumer& consumer, std::span<const Event> events);
    Task<bool> may_deliver();
    Task<int> settle(const Batch& batch);

    asio::io_context& io;
    pg::Db& db;
    const Clock& clock;
    const Registry& registry;
    TaskGroup tasks;
    asio::steady_timer pause_timer;
    const std::string holder = Uuid::make().to_string();
    UtcTime held_until{};
    bool woken = false;
    bool stopping = false;
    std::shared_ptr<std::atomic<bool>> wake_posted = std::make_shared<std::atomic<bool>>(false);
};

Task<void> Dispatcher::Impl::run(std::shared_ptr<Impl> self) {
    while (!self->stopping) {
        const auto began = std::chrono::steady_clock::now();
        int delivered = 0;
        try {
            delivered = co_await deliver_batch();
        } catch (const std::exception& error) {
            if (!stopping) log::warn("events.delivery_interrupted", {{"error", error.what()}});
        }
        if (delivered == batch_size || stopping) continue;
        co_await pause();
        const auto early = began + round_interval - std::chrono::steady_clock::now();
        if (early.count() > 0 && !stopping) co_await sleep_for(early);
    }
}

Task<void> Dispatcher::Impl::pause() {
    if (!std::exchange(woken, false)) {
        pause_timer.expires_after(poll_interval);
        boost::system::error_code cancelled;
        co_await pause_timer.async_wait(asio::redirect_error(use_task, cancelled));
        woken = false;
    }
}

void Dispatcher::Impl::wake() {
    woken = true;
    pause_timer.cancel();
}

// How many events are done with.
Task<int> Dispatcher::Impl::deliver_batch() {
    Batch batch;
    batch.events = co_await find_due_events(db, clock.now(), batch_size);
    if (batch.events.empty()) co_return 0;
    if (clock.now() + lease_life / 2 >= held_until || clock.now() + lease_life < held_until) {
        if (!co_await may_deliver()) co_return 0;
        // Whoever held it before may have been busy with these.
        batch.events = co_await find_due_events(db, clock.now(), batch_size);
    }
    TaskGroup consumers{io};
    for (const Consumer& consumer : registry.consumers()) {
        const bool is_wanted = std::ranges::any_of(batch.events, [&](const DueEvent& event) {
            return std::ranges::find(consumer.events, event.name) != consumer.events.end();
        });
        if (is_wanted)
            consumers.spawn(consumer.name, deliver_to(shared_from_this(), consumer, batch));
    }
    co_await consumers.wait();
    co_return co_await settle(batch);
}

Task<bool> Dispatcher::Impl::may_deliver() {
    const UtcTime now = clock.now();
    const bool held = co_await hold_lease(db, {.name = holder, .now = now, .life = lease_life});
    held_until = held ? now + lease_life : UtcTime{};
    co_return held;
}

// The caller waits for it, so the consumer and the batch outlive it.
Task<void> Dispatcher::Impl::deliver_to(std::shared_ptr<Impl> self, const Consumer& consumer,
                                        Batch& batch) {
    std::vector<Event> wanted;
    for (const DueEvent& due : batch.events)
        if (std::ranges::find(consumer.events, due.name) != consumer.events.end())
            wanted.push_back({due.id, due.name, due.payload.as_object(), due.at});
    bool interrupted = false;
    for (std::size_t begin = 0; begin < wanted.size(); begin += group_size) {
        const auto group =
            std::span{wanted}.subspan(begin).first(std::min(group_size, wanted.size() - begin));
        interrupted = interrupted || self->stopping;
        if (!interrupted && group.size() > 1 && co_await deliver_together(consumer, group))
            continue;
        for (const Event& event : group) {
            interrupted = interrupted || self->stopping;
            if (interrupted)
                batch.interrupted.insert(event.id);
            else
                interrupted = !co_await deliver_or_note(consumer, event, batch);
        }
    }
}

// All or none: a commit is what costs most. Who fails is found out one by one.
Task<bool> Dispatcher::Impl::deliver_together(const Consumer& consumer,
                                              std::span<const Event> group) {
    try {
        co_await deliver(consumer, group);
        co_return true;
    } catch (...) {
        co_return false;
    }
}

// False when PostgreSQL is away or the server stops: then nothing is wrong with the event.
Task<bool> Dispatcher::Impl::deliver_or_note(const Consumer& consumer, const Event& event,
                                             Batch& batch) {
    try {
        co_await deliver(consumer, {&event, 1});
        co_return true;
    } catch (...) {
        const bool interrupted = stopping || !db.is_up();
        (interrupted ? batch.interrupted : batch.failed).insert(event.id);
        log::warn("events.handler_failed", {{"consumer", consumer.name},
                                            {"event_name", event.name},
                                            {"event_id", event.id.to_string()},
                                            {"attempts", batch.attempts_of(event.id)},
                                            {"error", failure_text(std::current_exception())}});
        co_return !interrupted;
    }
}

Task<void> Dispatcher::Impl::deliver(const Consumer& consumer, std::span<const Event> events) {
    for (int attempt = 1;; ++attempt) {
        try {
            pg::Tx tx = co_await db.begin();
            if (consumer.is_repeatable)
                co_await consumer.handle(tx, events);
            else
                co_await handle_once(tx, consumer, events);
            co_await tx.commit();
            co_return;
        } catch (const pg::Error& error) {
            if (!error.can_retry() || attempt == conflict_attempts_max) throw;
        }
    }
}

// The marks and what the consumer does commit together.
Task<void> Dispatcher::Impl::handle_once(pg::Tx& tx, const Consumer& consumer,
                                         std::span<const Event> events) {
    std::vector<EventId> ids;
    for (const Event& event : events) ids.push_back(event.id);
    const auto unseen = co_await insert_marks(tx, consumer.name, ids, clock.now());
    if (unseen.size() == events.size()) co_return co_await consumer.handle(tx, events);
    std::vector<Event> left;
    for (const Event& event : events)
        if (std::ranges::find(unseen, event.id) != unseen.end()) left.push_back(event);
    if (!left.empty()) co_await consumer.handle(tx, left);
}

Task<int> Dispatcher::Impl::settle(const Batch& batch) {
    const UtcTime now = clock.now();
    std::vector<EventId> delivered;
    pg::Tx tx = co_await db.begin();
    for (const DueEvent& event : batch.events) {
        if (batch.failed.contains(event.id))
            save_failed(tx, event.id, now + spread_retry_delay(event.attempts + 1));
        else if (!batch.interrupted.contains(event.id))
            delivered.push_back(event.id);
    }
    if (!delivered.empty()) save_delivered(tx, delivered, now);
    co_await tx.commit();
    co_return static_cast<int>(batch.events.size() - batch.interrupted.size());
}

Dispatcher::Dispatcher(asio::io_context& io, pg::Db& db, const Clock& clock,
                       const Registry& registry)
    : impl_(std::make_shared<Impl>(io, db, clock, registry)) {
    db.on_announcement(topic, waker());
}

Dispatcher::~Dispatcher() {
    impl_->stopping = true;
    impl_->pause_timer.cancel();
}

void Dispatcher::start() {
    std::set<std::string_view> names;
    for (const Consumer& consumer : impl_->registry.consumers())
        ASSERT(names.insert(consumer.name).second);
    impl_->tasks.spawn("events.dispatch", impl_->run(impl_));
}

Task<void> Dispatcher::stop(Seconds patience) {
    const auto impl = impl_;
    impl->stopping = true;
    impl->wake();
    const bool ended = co_await impl->tasks.wait(patience);
    if (!ended || impl->held_until == UtcTime{}) co_return;
    try {
        co_await release_lease(impl->db, impl->holder);
    } catch (const std::exception& error) {
        // It ends by its time.
        log::warn("events.lease_kept", {{"error", error.what()}});
    }
}

void Dispatcher::wake() { impl_->wake(); }

std::function<void()> Dispatcher::waker() const {
    return [weak = std::weak_ptr<Impl>{impl_}, posted = impl_->wake_posted,
            executor = impl_->io.get_executor()] {
        if (posted->exchange(true)) return;
        asio::post(executor, [weak, posted] {
            posted->store(false);
            if (const auto impl = weak.lock()) impl->wake();
        });
    };
}

Task<int> Dispatcher::deliver_due() {
    const auto impl = impl_;
    int delivered = 0;
    while (const int more = co_await impl->deliver_batch()) delivered += more;
    co_return delivered;
}

}  // namespace taama::events
