#include "modules/carpool/trip_index.hpp"

#include "modules/carpool/carpool_test_world.hpp"
#include "modules/carpool/trip_index_keeper.hpp"
#include "modules/carpool/trip_news.hpp"
#include "platform/task_group.hpp"
#include "platform/telemetry/facts.hpp"
#include "platform/timer.hpp"

#include <random>

namespace taama::carpool {
namespace {

using Io = asio::io_context;

constexpr LatLon katiola{8.1370, -5.1010};
constexpr LatLon ferke{9.5930, -5.1950};
constexpr LatLon towns[] = {plateau, toumodi, yamoussoukro, bouake, katiola, ferke};
constexpr std::size_t town_count = std::size(towns);

// A node: a world whose commits mark its index.
struct Node {
    explicit Node(pg::Db& db, telemetry::Facts& facts) : world(db) {
        watch_trips(facts, world.index);
    }

    Task<void> open() {
        co_await world.open();
        co_await load_trip_index(world.db, world.index);
    }
    // As the keeper does while the node hears the others.
    void hear() { world.index.hear_own_voice(std::chrono::steady_clock::now()); }

    World world;
};

class Dice {
public:
    std::size_t below(std::size_t end) { return random_() % end; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    LatLon near(LatLon town) {
        std::uniform_real_distribution<double> off{-0.1, 0.1};
        return {town.lat + off(random_), town.lon + off(random_)};
    }

private:
    std::mt19937 random_{20261121};  // the same in each run
};

NewTrip random_trip(Dice& dice) {
    NewTrip trip = abidjan_yamoussoukro(static_cast<int>(1 + dice.below(4)), !dice.one_in(3));
    const std::size_t from = dice.below(town_count - 1);
    const std::size_t to = from + 1 + dice.below(town_count - 1 - from);
    const LatLon a = dice.near(towns[from]);
    const LatLon b = dice.near(towns[to]);
    trip.origin = {a.lat, a.lon, {"A"}};
    trip.destination = {b.lat, b.lon, {"B"}};
    std::vector<NewStop> stops;
    for (std::size_t i = from + 1; i < to; ++i) {
        if (dice.one_in(3)) continue;
        const LatLon place = dice.near(towns[i]);
        NewStop stop;
        stop.order = {static_cast<int>(stops.size()) + 1};
        stop.point = {place.lat, place.lon};
        stop.label = json::Text<1, 120>{fmt::format("C {}", dice.below(100))};
        stop.pickup_allowed = !dice.one_in(5);
        stop.dropoff_allowed = !stop.pickup_allowed.value_or(true) || !dice.one_in(5);
        stops.push_back(stop);
    }
    trip.stops = stops;
    trip.departure_time += std::chrono::minutes{dice.below(4 * 24 * 60)};
    trip.price_per_seat.minor = 500 * static_cast<std::int64_t>(1 + dice.below(20));
    trip.cash_allowed = !dice.one_in(3);
    return trip;
}

SearchQuery random_query(Dice& dice) {
    SearchQuery query;
    const std::size_t start = dice.below(town_count - 1);
    const LatLon from = dice.near(towns[start]);
    const LatLon to = dice.near(towns[start + 1 + dice.below(town_count - 1 - start)]);
    query.from = {from.lat, from.lon};
    query.to = {to.lat, to.lon};
    constexpr double radii[] = {0.5, 8, 12.345, 25, 60, 100};
    if (!dice.one_in(3)) query.radius_km = radii[dice.below(std::size(radii))];
    if (!dice.one_in(3)) {
        query.date = Date{std::chrono::sys_days{*parse_date("2026-10-01")} +
                          std::chrono::days{dice.below(6)}};
        if (dice.one_in(2)) query.flex_days = json::Int<0, 3>{static_cast<int>(dice.below(4))};
    }
    if (dice.one_in(8)) query.seats_gte = json::Int<1, 8>{static_cast<int>(1 + dice.below(4))};
    if (dice.one_in(9)) query.price_min = Money{static_cast<std::int64_t>(dice.below(4'000)), {}};
    if (dice.one_in(5))
        query.price_max = Money{4'000 + static_cast<std::int64_t>(dice.below(5'000)), {}};
    if (dice.one_in(9)) query.comfort = {{vehicles::ComfortLevel::comfort}};
    if (dice.one_in(9))
        query.comfort = {{vehicles::ComfortLevel::basic, vehicles::ComfortLevel::standard}};
    if (dice.one_in(9)) query.driver_rating_gte = 3 + static_cast<double>(dice.below(200)) / 100;
    if (dice.one_in(4)) query.time_from = {std::chrono::minutes{dice.below(12 * 60)}};
    if (dice.one_in(8)) query.time_to = {std::chrono::minutes{12 * 60 + dice.below(12 * 60)}};
    if (dice.one_in(9)) query.auto_accept = dice.one_in(2);
    if (dice.one_in(9)) query.cash = dice.one_in(2);
    return query;
}

Search random_search(const World& world, Dice& dice) {
    Search search = to_search(world.deps, random_query(dice), {}, world.now);
    constexpr SearchOrder orders[] = {SearchOrder::rank, SearchOrder::price,
                                      SearchOrder::departure_time, SearchOrder::duration};
    search.order = orders[dice.below(std::size(orders))];
    search.descending = dice.one_in(2);
    search.limit = static_cast<std::int64_t>(1 + dice.below(20));
    search.offset = dice.one_in(3) ? search.limit : 0;
    return search;
}

std::string text_of(const HitPage& page, const Search& search, const World& world) {
    std::string text = page.hits.empty() ? "nothing" : fmt::format("{} in all", page.total);
    for (const Hit& hit : page.hits) text += "\n" + json::to_json(to_view(hit, search, world.urls));
    return text;
}

// How many searches had an answer.
Task<int> expect_same_answers(Node& node, Dice& dice, int searches) {
    int answered = 0;
    for (int i = 0; i < searches; ++i) {
        const Search search = random_search(node.world, dice);
        node.hear();
        const HitPage ours = co_await find_hits(node.world.deps, search);
        const HitPage truth = co_await find_hits_by_sql(node.world.db, search);
        EXPECT_EQ(ours.engine, SearchEngine::index);
        EXPECT_EQ(text_of(ours, search, node.world), text_of(truth, search, node.world)) << i;
        answered += truth.hits.empty() ? 0 : 1;
        if (testing::Test::HasFailure()) break;
    }
    co_return answered;
}

constexpr pg::Sql rate_sql{"test.rate", R"sql(
    insert into identity.account_ratings (account_id, role, sum, count, version)
    values ($1, 'driver', $2, $3, 1))sql"};
constexpr pg::Sql comfort_sql{"test.comfort", R"sql(
    update vehicles.vehicles set comfort_level = $2 where owner_user_id = $1)sql"};

struct Published {
    AccountId driver;
    TripView trip;
};

Task<Published> publish_some(World& world, Dice& dice) {
    const auto driver = co_await world.driver();
    const char* levels[] = {"basic", "standard", "comfort"};
    co_await world.db.query(comfort_sql, driver, levels[dice.below(3)]);
    if (!dice.one_in(3)) {
        const auto count = 1 + dice.below(30);
        co_await world.db.query(rate_sql, driver, 2 * count + dice.below(3 * count + 1), count);
    }
    co_return Published{driver, co_await world.publish(driver, random_trip(dice))};
}

Task<void> book(World& world, AccountId person, NewBooking wanted,
                std::vector<std::pair<AccountId, BookingId>>& made) {
    made.emplace_back(person, (co_await world.book(person, std::move(wanted))).id);
}

// What goes on meanwhile; a refusal is an answer too.
Task<void> change_something(World& world, Dice& dice, std::vector<Published>& trips,
                            std::vector<std::pair<AccountId, BookingId>>& bookings) {
    Published& some = trips[dice.below(trips.size())];
    switch (dice.below(9)) {
        case 0:
        case 1:
        case 2: {
            NewBooking wanted = seats_on(some.trip.id, static_cast<int>(1 + dice.below(2)));
            if (some.trip.stops.size() > 2) wanted.to_stop = some.trip.stops[1].id;
            co_await refusal_of(book(world, co_await world.person(), wanted, bookings));
            break;
        }
        case 3:
            if (!bookings.empty())
                co_await refusal_of([](World& w, BookingId id) -> Task<void> {
                    co_await w.pay_booking(id);
                }(world, bookings[dice.below(bookings.size())].second));
            break;
        case 4:
            if (!bookings.empty()) {
                const auto [person, id] = bookings[dice.below(bookings.size())];
                co_await refusal_of(world.call(cancel_booking, person, id, CancelBooking{}));
            }
            break;
        case 5:
            co_await refusal_of(world.call(cancel_trip, some.driver, some.trip.id, CancelTrip{}));
            break;
        case 6: trips.push_back(co_await publish_some(world, dice)); break;
        case 7: {
            TripChanges changes;
            switch (dice.below(3)) {
                case 0:
                    changes.price_per_seat = Money{
                        1'000 + 100 * static_cast<std::int64_t>(dice.below(50)), Currency::XOF};
                    break;
                case 1:
                    changes.departure_time =
                        some.trip.departure_time + std::chrono::minutes{dice.below(600)};
                    break;
                default: changes.stops = random_trip(dice).stops;
            }
            co_await refusal_of([](World& w, Published what, TripChanges to) -> Task<void> {
                const http::Request request;
                http::Context context = w.context_of(request);
                pg::Tx tx = co_await w.db.begin();
                co_await edit_trip(w.deps, tx, context, http::Driver{{what.driver, {}}},
                                   http::Path<TripId>{what.trip.id}, http::IfMatch{},
                                   http::Body<TripChanges>{std::move(to)});
                co_await tx.commit();
            }(world, some, std::move(changes)));
            break;
        }
        default: world.wait(std::chrono::minutes{dice.below(25)});
    }
}

template <class Flow>
void in_node(Flow flow) {
    const test::TestDatabase database;
    telemetry::Facts facts;
    test::run_task([&](Io& io) -> Task<void> {
        return
            [](Io& own_io, pg::Options options, telemetry::Facts& told, Flow body) -> Task<void> {
                options.facts = &told;
                pg::Db db{own_io, std::move(options)};
                co_await db.connect();
                Node node{db, told};
                co_await node.open();
                co_await body(node);
            }(io, database.options(), facts, flow);
    });
}

// Ids, order, scores, seats, prices, totals: whatever is asked, whatever happened.
TEST(TripIndex, AnswersAsPostgresqlDoes_S1_186) {
    in_node(+[](Node& node) -> Task<void> {
        Dice dice;
        std::vector<Published> trips;
        std::vector<std::pair<AccountId, BookingId>> bookings;
        for (int i = 0; i < 150; ++i) trips.push_back(co_await publish_some(node.world, dice));
        int answered = co_await expect_same_answers(node, dice, 300);
        for (int i = 0; i < 150 && !testing::Test::HasFailure(); ++i) {
            co_await change_something(node.world, dice, trips, bookings);
            answered += co_await expect_same_answers(node, dice, 2);
        }
        EXPECT_GT(answered, 150);
        EXPECT_EQ(co_await node.world.seats_out_of_balance(), 0);
        // Loaded anew, it is the same index.
        const auto before = node.world.index.trips();
        node.world.index.lose();
        EXPECT_FALSE(node.world.index.is_current());
        co_await load_trip_index(node.world.db, node.world.index);
        EXPECT_EQ(node.world.index.trips(), before);
        co_await expect_same_answers(node, dice, 50);
    });
}

constexpr pg::Sql fill_sql{"test.fill", R"sql(
    update carpool.trip_segments set seats_free = 0 where trip_id = $1)sql"};

// What nobody told is noticed when the page is read: it is neither shown nor counted.
TEST(TripIndex, WhatChangedBehindItIsNotShown) {
    in_node(+[](Node& node) -> Task<void> {
        World& world = node.world;
        std::vector<TripView> trips;
        for (int i = 0; i < 3; ++i)
            trips.push_back(
                co_await world.publish(co_await world.driver(), abidjan_yamoussoukro()));
        SearchQuery query;
        query.from = {plateau.lat, plateau.lon};
        query.to = {yamoussoukro.lat, yamoussoukro.lon};
        Search search = to_search(world.deps, query, {}, world.now);
        search.limit = 2;
        node.hear();
        const HitPage before = co_await find_hits(world.deps, search);
        EXPECT_EQ(before.total, 3);
        if (before.hits.empty()) co_return;
        co_await world.db.query(fill_sql, before.hits[0].trip_id);
        const HitPage after = co_await find_hits(world.deps, search);
        EXPECT_EQ(after.engine, SearchEngine::index);
        EXPECT_EQ(after.total, 2);
        EXPECT_EQ(after.hits.size(), 2U);
        for (const Hit& hit : after.hits) EXPECT_NE(hit.trip_id, before.hits[0].trip_id);
    });
}

constexpr pg::Sql move_sql{"test.move", R"sql(
    with moved as (
        update carpool.trip_stops set label = 'Moved' where trip_id = $1 and "order" = 0)
    update carpool.trips set version = version where id = $1)sql"};

// Stops are remembered as long as the row of their trip is the same.
TEST(TripIndex, StopsThatChangedBehindItAreShownAsTheyAre) {
    in_node(+[](Node& node) -> Task<void> {
        World& world = node.world;
        const auto trip = co_await world.publish(co_await world.driver(), abidjan_yamoussoukro());
        SearchQuery query;
        query.from = {plateau.lat, plateau.lon};
        query.to = {yamoussoukro.lat, yamoussoukro.lon};
        const Search search = to_search(world.deps, query, {}, world.now);
        node.hear();
        EXPECT_EQ((co_await find_hits(world.deps, search)).total, 1);
        co_await world.db.query(move_sql, trip.id);
        const HitPage found = co_await find_hits(world.deps, search);
        EXPECT_EQ(found.engine, SearchEngine::index);
        if (found.hits.size() != 1) co_return ADD_FAILURE();
        EXPECT_EQ(found.hits[0].from_label, "Moved");
    });
}

constexpr pg::Sql find_car_sql{"test.find_car", R"sql(
    select id from vehicles.vehicles where owner_user_id = $1)sql"};

TEST(TripIndex, AChangedCarIsFoundByItsComfort) {
    in_node(+[](Node& node) -> Task<void> {
        World& world = node.world;
        const auto driver = co_await world.driver();
        co_await world.publish(driver, abidjan_yamoussoukro());
        SearchQuery query;
        query.from = {plateau.lat, plateau.lon};
        query.to = {yamoussoukro.lat, yamoussoukro.lon};
        query.comfort = {{vehicles::ComfortLevel::comfort}};
        const Search search = to_search(world.deps, query, {}, world.now);
        node.hear();
        EXPECT_EQ((co_await find_hits(world.deps, search)).total, 0);
        co_await world.db.query(comfort_sql, driver, "comfort");
        pg::Tx tx = co_await world.db.begin();
        const auto car = (co_await tx.query(find_car_sql, driver)).one<VehicleId>();
        co_await tell_trips_changed(tx, car);
        co_await tx.commit();
        EXPECT_EQ((co_await find_hits(world.deps, search)).total, 1);
    });
}

// --- several nodes -------------------------------------------------------------------------------

struct KeptNode {
    KeptNode(Io& io, pg::Options options)
        : db(io, with(std::move(options), facts)),
          node(db, facts),
          keeper(db, node.world.index, node.world.settings),
          tasks(io) {}

    static pg::Options with(pg::Options options, const telemetry::Facts& facts) {
        options.facts = &facts;
        return options;
    }
    Task<void> open() {
        co_await db.connect();
        co_await node.world.open();
        tasks.spawn("news", keeper.exchange_news());
        tasks.spawn("index", keeper.keep_loaded());
    }
    const TripIndex& index() const { return node.world.index; }
    Task<void> wait_until_current() const {
        for (int i = 0; !index().is_current() && i < 1'000; ++i) co_await sleep_for(10ms);
        EXPECT_TRUE(index().is_current());
    }
    Task<std::int64_t> find() {
        SearchQuery query;
        query.from = {plateau.lat, plateau.lon};
        query.to = {yamoussoukro.lat, yamoussoukro.lon};
        const HitPage page = co_await find_hits(
            node.world.deps, to_search(node.world.deps, query, {}, node.world.now));
        EXPECT_EQ(page.engine, SearchEngine::index);
        co_return page.total;
    }
    Task<void> wait_for(std::int64_t hits) {
        for (int i = 0; i < 500 && co_await find() != hits; ++i) co_await sleep_for(10ms);
        EXPECT_EQ(co_await find(), hits);
    }

    telemetry::Facts facts;
    pg::Db db;
    Node node;
    TripIndexKeeper keeper;
    TaskGroup tasks;
};

constexpr pg::Sql terminate_sql{"test.terminate",
                                "select pg_terminate_backend(pid) from pg_stat_activity "
                                "where datname = current_database() and pid <> pg_backend_pid()"};

Task<void> nodes_tell_each_other(Io& io, const test::TestDatabase& database) {
    KeptNode here{io, database.options()};
    KeptNode there{io, database.options()};
    co_await here.open();
    co_await there.open();
    co_await here.wait_until_current();
    co_await there.wait_until_current();

    World& world = here.node.world;
    const auto driver = co_await world.driver();
    const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
    EXPECT_EQ(co_await here.find(), 1);
    co_await there.wait_for(1);
    co_await there.node.world.book(co_await world.person(), seats_on(trip.id, 3));
    EXPECT_EQ(co_await there.find(), 0);
    co_await here.wait_for(0);

    // With its ears cut off for a moment, a node loads everything again.
    pg::Db other{io, database.options()};
    co_await other.query(terminate_sql);
    for (int i = 0; here.index().is_loaded() && i < 1'000; ++i) co_await sleep_for(5ms);
    co_await here.wait_until_current();
    co_await here.wait_for(0);

    // One that takes its leave is not missed.
    co_await there.tasks.stop();
    co_await there.keeper.say_goodbye();
    co_await world.call(cancel_trip, driver, trip.id, CancelTrip{});
    co_await here.wait_for(0);
    co_await here.tasks.stop();
}

TEST(TripIndex, NodesTellEachOther) {
    const test::TestDatabase database;
    test::run_task([&](Io& io) { return nodes_tell_each_other(io, database); });
}

}  // namespace
}  // namespace taama::carpool
