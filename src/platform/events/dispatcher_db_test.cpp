#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>

#include <stdexcept>

#include "platform/events/event_store.hpp"
#include "platform/events/events.hpp"
#include "platform/task_group.hpp"
#include "tests/support/database.hpp"

namespace taama::events {
namespace {

constexpr pg::Sql make_sql{"test.make_effects",
                           R"sql(
    create table effects (consumer text, event uuid, number int, seq bigserial))sql"};
constexpr pg::Sql effect_sql{"test.effect", R"sql(
    insert into effects (consumer, event, number) values ($1, $2, $3))sql"};
constexpr pg::Sql effects_sql{"test.effects", "select count(*) from effects where consumer = $1"};
constexpr pg::Sql order_sql{
    "test.order", "select array_agg(number order by seq) from effects where consumer = $1"};
constexpr pg::Sql waiting_sql{"test.waiting",
                              "select count(*) from platform.outbox where delivered_at is null"};

constexpr pg::Sql marks_sql{"test.marks", "select count(*) from platform.event_marks"};
constexpr pg::Sql nonsense_sql{"test.divide_by_nothing", "select 1 / 0"};

struct World {
    asio::io_context& io;
    pg::Db& db;
    Clock clock = {};
    Registry registry = {};
    int failures = 0;  // of the next deliveries to a failing consumer

    Dispatcher dispatcher() { return Dispatcher{io, db, clock, registry}; }
};

Task<void> note(World& world, std::string consumer, bool is_failing, pg::Tx& tx,
                const Event& event) {
    co_await tx.query(effect_sql, consumer, event.id, event.payload.at("number").as_int64());
    if (is_failing && world.failures-- > 0) throw std::runtime_error("not yet");
}

Handler noting(World& world, std::string consumer, bool is_failing = false) {
    return each([&world, consumer, is_failing](pg::Tx& tx, const Event& event) {
        return note(world, consumer, is_failing, tx, event);
    });
}

Task<void> put(World& world, std::string name, int number) {
    pg::Tx tx = co_await world.db.begin();
    emit(tx, name, {{"number", number}}, world.clock.now());
    co_await tx.commit();
}

Task<int> effects(World& world, std::string_view consumer) {
    co_return (co_await world.db.query(effects_sql, consumer)).one<int>();
}

Task<void> each_once(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    world.registry.on({"test.first", {"test.made", "test.other"}, noting(world, "first")});
    world.registry.on({"test.second", {"test.made"}, noting(world, "second")});
    Dispatcher dispatcher = world.dispatcher();
    std::vector<int> numbers;
    for (int i = 0; i < 120; ++i) {
        co_await put(world, "test.made", i);
        numbers.push_back(i);
    }
    co_await put(world, "test.unheard", 0);
    EXPECT_EQ(co_await dispatcher.deliver_due(), 121);
    EXPECT_EQ(co_await dispatcher.deliver_due(), 0);
    EXPECT_EQ((co_await db.query(order_sql, "first")).one<std::vector<int>>(), numbers);
    EXPECT_EQ((co_await db.query(order_sql, "second")).one<std::vector<int>>(), numbers);
    EXPECT_EQ((co_await db.query(waiting_sql)).one<int>(), 0);
}

Task<void> failing_consumer(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    world.registry.on({"test.failing", {"test.made"}, noting(world, "failing", true)});
    world.registry.on({"test.steady", {"test.made"}, noting(world, "steady")});
    Dispatcher dispatcher = world.dispatcher();
    world.failures = 2;
    co_await put(world, "test.made", 1);
    co_await dispatcher.deliver_due();
    EXPECT_EQ(co_await effects(world, "failing"), 0);
    EXPECT_EQ(co_await effects(world, "steady"), 1);
    world.clock.advance(7s);
    co_await dispatcher.deliver_due();
    EXPECT_EQ(co_await effects(world, "failing"), 0);
    world.clock.advance(7s);
    EXPECT_EQ(co_await dispatcher.deliver_due(), 0);
    world.clock.advance(7s);
    co_await dispatcher.deliver_due();
    EXPECT_EQ(co_await effects(world, "failing"), 1);
    EXPECT_EQ(co_await effects(world, "steady"), 1);
    EXPECT_EQ((co_await db.query(waiting_sql)).one<int>(), 0);
}

Task<void> note_unless_bad(World& world, const bool& is_bad, pg::Tx& tx, const Event& event) {
    co_await note(world, "first", false, tx, event);
    if (is_bad && event.payload.at("number").as_int64() == 30) co_await tx.query(nonsense_sql);
}

// What is delivered together and fails together still arrives, but for the one that cannot.
Task<void> one_bad_event(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    bool is_bad = true;
    world.registry.on({"test.first", {"test.made"}, each([&](pg::Tx& tx, const Event& event) {
                           return note_unless_bad(world, is_bad, tx, event);
                       })});
    Dispatcher dispatcher = world.dispatcher();
    std::vector<int> numbers;
    for (int i = 0; i < 50; ++i) {
        co_await put(world, "test.made", i);
        if (i != 30) numbers.push_back(i);
    }
    co_await dispatcher.deliver_due();
    EXPECT_EQ((co_await db.query(order_sql, "first")).one<std::vector<int>>(), numbers);
    EXPECT_EQ((co_await db.query(waiting_sql)).one<int>(), 1);
    is_bad = false;
    world.clock.advance(1min);
    co_await dispatcher.deliver_due();
    numbers.push_back(30);
    EXPECT_EQ((co_await db.query(order_sql, "first")).one<std::vector<int>>(), numbers);
    EXPECT_EQ((co_await db.query(waiting_sql)).one<int>(), 0);
}

// A commit for each would be what costs most.
Task<void> waiting_together(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    int calls = 0;
    const Handler handle = noting(world, "first");
    world.registry.on({"test.first", {"test.made"}, [&](pg::Tx& tx, std::span<const Event> events) {
                           ++calls;
                           return handle(tx, events);
                       }});
    Dispatcher dispatcher = world.dispatcher();
    for (int i = 0; i < 40; ++i) co_await put(world, "test.made", i);
    co_await dispatcher.deliver_due();
    EXPECT_EQ(co_await effects(world, "first"), 40);
    EXPECT_LE(calls, 2);
}

// What may come twice is not marked, and comes once all the same while nothing fails.
Task<void> repeatable(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    world.registry.on({"test.first", {"test.made"}, noting(world, "first"), true});
    Dispatcher dispatcher = world.dispatcher();
    for (int i = 0; i < 3; ++i) co_await put(world, "test.made", i);
    EXPECT_EQ(co_await dispatcher.deliver_due(), 3);
    EXPECT_EQ(co_await effects(world, "first"), 3);
    EXPECT_EQ((co_await db.query(marks_sql)).one<int>(), 0);
}

// Of those that come together only what took no effect yet is handled.
Task<void> marked_before(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    world.registry.on({"test.first", {"test.made"}, noting(world, "first")});
    Dispatcher dispatcher = world.dispatcher();
    for (int i = 0; i < 3; ++i) co_await put(world, "test.made", i);
    const auto due = co_await find_due_events(db, world.clock.now(), 3);
    {
        pg::Tx tx = co_await db.begin();
        const auto marked = co_await insert_marks(tx, "test.first", {due[1].id}, world.clock.now());
        EXPECT_EQ(marked.size(), 1U);
        co_await tx.commit();
    }
    EXPECT_EQ(co_await dispatcher.deliver_due(), 3);
    EXPECT_EQ((co_await db.query(order_sql, "first")).one<std::vector<int>>(), (std::vector{0, 2}));
}

// A refused transaction emits nothing.
Task<void> rollback_is_silent(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    Dispatcher dispatcher = world.dispatcher();
    {
        pg::Tx tx = co_await db.begin();
        emit(tx, "test.made", {{"number", 1}}, world.clock.now());
        co_await tx.query(waiting_sql);
    }
    EXPECT_EQ(co_await dispatcher.deliver_due(), 0);
}

// Only one of several nodes delivers; when it vanishes another one takes over.
Task<void> one_node_delivers(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    world.registry.on({"test.first", {"test.made"}, noting(world, "first")});
    Dispatcher here = world.dispatcher();
    Dispatcher there = world.dispatcher();
    co_await put(world, "test.made", 1);
    EXPECT_EQ(co_await here.deliver_due(), 1);
    co_await put(world, "test.made", 2);
    EXPECT_EQ(co_await there.deliver_due(), 0);
    EXPECT_EQ(co_await here.deliver_due(), 1);
    co_await put(world, "test.made", 3);
    world.clock.advance(31s);
    EXPECT_EQ(co_await there.deliver_due(), 1);
    EXPECT_EQ(co_await effects(world, "first"), 3);
}

Task<void> hundred_at_once(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    world.registry.on({"test.first", {"test.made"}, noting(world, "first")});
    Dispatcher dispatcher = world.dispatcher();
    dispatcher.start();
    TaskGroup group{io};
    for (int i = 0; i < 100; ++i) group.spawn("put", put(world, "test.made", i));
    co_await group.wait();
    asio::steady_timer timer{io};
    const auto limit = std::chrono::steady_clock::now() + 5s;
    while (co_await effects(world, "first") < 100 && std::chrono::steady_clock::now() < limit) {
        timer.expires_after(5ms);
        co_await timer.async_wait(use_task);
    }
    co_await dispatcher.stop(5s);
    EXPECT_EQ(co_await effects(world, "first"), 100);
    EXPECT_EQ(co_await dispatcher.deliver_due(), 0);
}

Task<void> wakes_on_commit(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    world.registry.on({"test.first", {"test.made"}, noting(world, "first")});
    Dispatcher dispatcher = world.dispatcher();
    dispatcher.start();
    asio::steady_timer timer{io, 50ms};
    co_await timer.async_wait(use_task);
    const auto asked_at = std::chrono::steady_clock::now();
    co_await put(world, "test.made", 1);
    while (co_await effects(world, "first") == 0 &&
           std::chrono::steady_clock::now() < asked_at + 5s) {
    }
    // The poll alone would take up to half a second.
    EXPECT_LT(std::chrono::steady_clock::now() - asked_at, 300ms);
    co_await dispatcher.stop(5s);
}

// Its lease cannot be given back then, and ends by its time.
Task<void> stops_without_database(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await db.query(make_sql);
    world.registry.on({"test.first", {"test.made"}, noting(world, "first")});
    Dispatcher dispatcher = world.dispatcher();
    co_await put(world, "test.made", 1);
    EXPECT_EQ(co_await dispatcher.deliver_due(), 1);
    dispatcher.start();
    db.close();
    co_await dispatcher.stop(5s);
}

class EventDispatcher : public testing::Test {
protected:
    test::TestDatabase database_;
};

TEST_F(EventDispatcher, DeliversEachOnceInOrder) { database_.run(each_once); }
TEST_F(EventDispatcher, AFailingConsumerHoldsUpNobody) { database_.run(failing_consumer); }
TEST_F(EventDispatcher, OneBadEventHoldsUpNoOther) { database_.run(one_bad_event); }
TEST_F(EventDispatcher, ThoseThatWaitComeTogether) { database_.run(waiting_together); }
TEST_F(EventDispatcher, WhatMayComeTwiceIsNotMarked) { database_.run(repeatable); }
TEST_F(EventDispatcher, WhatIsMarkedIsNotHandledAgain) { database_.run(marked_before); }
TEST_F(EventDispatcher, ARollbackIsSilent) { database_.run(rollback_is_silent); }
TEST_F(EventDispatcher, OneNodeDelivers) { database_.run(one_node_delivers); }
TEST_F(EventDispatcher, HundredAtOnceArriveOnce) { database_.run(hundred_at_once); }
TEST_F(EventDispatcher, WakesOnCommit) { database_.run(wakes_on_commit); }
TEST_F(EventDispatcher, StopsWithoutDatabase) { database_.run(stops_without_database); }

}  // namespace
}  // namespace taama::events
