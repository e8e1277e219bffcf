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

// Who gets one twice sees the same state twice.
constexpr bool frames_may_repeat = true;

// As they are now, to those who have a socket open.
Task<void> show_bookings(const Deps& deps, pg::Tx& tx, std::vector<Uuid> ids) {
    const UtcTime now = deps.clock.now();
    const auto listeners = co_await messaging::find_listeners(tx, booking_subject, ids, now);
    std::vector<BookingId> heard;
    for (const messaging::Listener& listener : listeners) heard.emplace_back(listener.subject_id);
    if (heard.empty()) co_return;
    for (const BookingRecord& booking : co_await find_bookings(tx, heard))
        for (const auto& [subject_id, person] : listeners)
            if (subject_id == booking.id.uuid)
                ws::publish(tx, messaging::topic_of({booking_subject, subject_id}, person),
                            {"booking", booking.id.to_string(), now,
                             json::to_json(to_view(booking, {person, now}, deps)), "booking"});
}

Task<void> show_booking_changes(const Deps& deps, pg::Tx& tx,
                                std::span<const events::Event> events) {
    std::vector<Uuid> ids;
    for (const events::Event& event : events)
        ids.push_back(Uuid::parse(event.payload.at("booking_id").as_string()).value());
    co_await show_bookings(deps, tx, std::move(ids));
}

// Its times and places are those of the bookings on it.
Task<void> show_trip_change(const Deps& deps, pg::Tx& tx, const events::Event& event) {
    const auto id = TripId::parse(event.payload.at("trip_id").as_string()).value();
    const std::vector live{BookingStatus::pending, BookingStatus::accepted, BookingStatus::paid};
    std::vector<Uuid> ids;
    for (const BookingRecord& booking : co_await find_trip_bookings(tx, id, live))
        ids.push_back(booking.id.uuid);
    co_await show_bookings(deps, tx, std::move(ids));
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
         [&deps](pg::Tx& tx, std::span<const events::Event> events) {
             return show_booking_changes(deps, tx, events);
         },
         frames_may_repeat});
    registry.on({"carpool.sockets.trip_changes",
                 {"trip.updated"},
                 events::each([&deps](pg::Tx& tx, const events::Event& event) {
                     return show_trip_change(deps, tx, event);
                 }),
                 frames_may_repeat});
    registry.on({"carpool.sockets.watchers",
                 {"booking.checked_in", "booking.completed", "booking.cancelled"},
                 events::each(tell_watcher),
                 frames_may_repeat});
    registry.on({"carpool.tracked_distance",
                 {"trip.completed"},
                 events::each([](pg::Tx& tx, const events::Event& event) {
                     return measure_trip(
                         tx, TripId::parse(event.payload.at("trip_id").as_string()).value());
                 })});
    registry.on({"carpool.search_index",
                 {"vehicle.changed"},
                 events::each([](pg::Tx& tx, const events::Event& event) {
                     return tell_trips_changed(
                         tx, VehicleId::parse(event.payload.at("vehicle_id").as_string()).value());
                 })});
    registry.on({"carpool.sockets.trips",
                 {"trip.completed", "trip.cancelled"},
                 events::each(end_positions),
                 frames_may_repeat});
}

}  // namespace taama::carpool
