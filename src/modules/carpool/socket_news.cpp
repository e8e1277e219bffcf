// What open sockets learn of bookings and trips, after the commit that made it true.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/booking_view.hpp"
#include "modules/carpool/carpool.hpp"
#include "modules/carpool/driver_location.hpp"
#include "modules/messaging/messaging.hpp"
#include "platform/events/events.hpp"
#include "platform/ws/socket.hpp"

namespace taama::carpool {

namespace {

Task<void> show_booking_change(const Deps& deps, pg::Tx& tx, const events::Event& event) {
    const auto id = BookingId::parse(event.payload.at("booking_id").as_string()).value();
    const auto booking = co_await find_booking(tx, id);
    if (!booking) co_return;
    const UtcTime now = deps.clock.now();
    for (const AccountId person : {booking->passenger_id, booking->driver_id}) {
        const std::string topic = messaging::topic_of({booking_subject, id.uuid}, person);
        if (deps.hub.followers(topic) == 0) continue;
        deps.hub.publish(topic, {"booking", id.to_string(), now,
                                 json::to_json(to_view(*booking, {person, now}, deps)), "booking"});
    }
}

Task<void> end_positions(const Deps& deps, pg::Tx&, const events::Event& event) {
    const auto id = TripId::parse(event.payload.at("trip_id").as_string()).value();
    const std::string topic = position_topic(id);
    const bool cancelled = event.name == "trip.cancelled";
    deps.hub.publish(
        topic,
        {"ended",
         {},
         event.at,
         json::to_json(boost::json::object{{"reason", cancelled ? "cancelled" : "completed"}})});
    deps.hub.close(topic, ws::Close::normal, "ended");
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
    registry.on({"carpool.sockets.trips",
                 {"trip.completed", "trip.cancelled"},
                 [&deps](pg::Tx& tx, const events::Event& event) {
                     return end_positions(deps, tx, event);
                 }});
}

}  // namespace taama::carpool
