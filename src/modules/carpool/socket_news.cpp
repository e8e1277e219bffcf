// What open sockets learn of bookings and trips, after the commit that made it true.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/booking_view.hpp"
#include "modules/carpool/carpool.hpp"
#include "modules/carpool/driver_location.hpp"
#include "modules/carpool/trip_news.hpp"
#include "modules/messaging/messaging.hpp"
#include "platform/events/events.hpp"
#include "platform/ws/relay.hpp"

namespace taama::carpool {

namespace {

void show_booking(const Deps& deps, pg::Tx& tx, const BookingRecord& booking, UtcTime now) {
    for (const AccountId person : {booking.passenger_id, booking.driver_id})
        ws::publish(tx, messaging::topic_of({booking_subject, booking.id.uuid}, person),
                    {"booking", booking.id.to_string(), now,
                     json::to_json(to_view(booking, {person, now}, deps)), "booking"});
}

Task<void> show_booking_change(const Deps& deps, pg::Tx& tx, const events::Event& event) {
    const auto id = BookingId::parse(event.payload.at("booking_id").as_string()).value();
    if (const auto booking = co_await find_booking(tx, id))
        show_booking(deps, tx, *booking, deps.clock.now());
}

// Its times and places are those of the bookings on it.
Task<void> show_trip_change(const Deps& deps, pg::Tx& tx, const events::Event& event) {
    const auto id = TripId::parse(event.payload.at("trip_id").as_string()).value();
    const std::vector live{BookingStatus::pending, BookingStatus::accepted, BookingStatus::paid};
    for (const BookingRecord& booking : co_await find_trip_bookings(tx, id, live))
        show_booking(deps, tx, booking, deps.clock.now());
}

void end_watching(pg::Tx& tx, std::string_view topic, std::string_view reason, UtcTime at) {
    ws::publish(
        tx, topic,
        {std::string{ended_frame}, {}, at, json::to_json(boost::json::object{{"reason", reason}})});
    ws::close(tx, topic, ws::Close::normal, ended_frame);
}

Task<void> end_positions(pg::Tx& tx, const events::Event& event) {
    const auto id = TripId::parse(event.payload.at("trip_id").as_string()).value();
    end_watching(tx, position_topic(id), event.name == "trip.cancelled" ? "cancelled" : "completed",
                 event.at);
    co_return;
}

// A passenger on board waits for nobody; one whose ride is over sees the driver no more.
Task<void> tell_watcher(pg::Tx& tx, const events::Event& event) {
    const auto trip = TripId::parse(event.payload.at("trip_id").as_string()).value();
    const auto passenger = AccountId::parse(event.payload.at("passenger_id").as_string()).value();
    const std::string topic = position_topic(trip, passenger);
    if (event.name == "booking.checked_in")
        ws::publish(tx, topic, {std::string{boarded_frame}, {}, event.at, {}});
    else
        end_watching(tx, topic, event.name == "booking.completed" ? "completed" : "cancelled",
                     event.at);
    co_return;
}

}  // namespace

void register_consumers(events::Registry& registry, const Deps& deps) {
    registry.on(
        {"carpool.sockets.bookings",
         {"booking.created", "booking.accepted", "booking.paid", "booking.cancelled",
          "booking.hold_lapsed", "booking.checked_in", "booking.started", "booking.completed"},
         [&deps](pg::Tx& tx, const events::Event& event) {
             return show_booking_change(deps, tx, event);
         }});
    registry.on({"carpool.sockets.trip_changes",
                 {"trip.updated"},
                 [&deps](pg::Tx& tx, const events::Event& event) {
                     return show_trip_change(deps, tx, event);
                 }});
    registry.on({"carpool.sockets.watchers",
                 {"booking.checked_in", "booking.completed", "booking.cancelled"},
                 [](pg::Tx& tx, const events::Event& event) { return tell_watcher(tx, event); }});
    registry.on({"carpool.tracked_distance",
                 {"trip.completed"},
                 [](pg::Tx& tx, const events::Event& event) {
                     return measure_trip(
                         tx, TripId::parse(event.payload.at("trip_id").as_string()).value());
                 }});
    registry.on(
        {"carpool.search_index", {"vehicle.changed"}, [](pg::Tx& tx, const events::Event& event) {
             return tell_trips_changed(
                 tx, VehicleId::parse(event.payload.at("vehicle_id").as_string()).value());
         }});
    registry.on({"carpool.sockets.trips",
                 {"trip.completed", "trip.cancelled"},
                 [](pg::Tx& tx, const events::Event& event) { return end_positions(tx, event); }});
}

}  // namespace taama::carpool
