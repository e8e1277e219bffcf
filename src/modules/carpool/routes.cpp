#include "platform/ws/routes.hpp"
#include "modules/carpool/carpool.hpp"
#include "modules/carpool/driver_location.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "platform/http/edge.hpp"

namespace taama::carpool {

namespace {

const http::RateClass search_class{"search", 120, Seconds{60}, http::RateClass::By::ip};
const http::RateClass booking_class{"booking", 30, Seconds{3600}, http::RateClass::By::caller};

void register_trips(http::Routes<Deps>& routes) {
    routes.get("/trips/search", search_trips).summary("Search for a leg").rate(search_class);
    routes.post("/trips", create_trip).summary("Publish a trip");
    routes.get("/trips", list_trips).summary("My trips as driver");
    routes.get("/trips/{id}", show_trip).summary("A trip");
    routes.patch("/trips/{id}", edit_trip).summary("Change a trip");
    routes.put("/trips/{id}", edit_trip).summary("Change a trip");
    routes.del("/trips/{id}", delete_trip).summary("Delete a trip nobody has paid for");
    routes.post("/trips/{id}/publish", publish_trip).summary("Publish a draft");
    routes.post("/trips/{id}/cancel", cancel_trip).summary("Cancel a trip");
    routes.get("/trips/{id}/cancellation-preview", preview_trip_cancellation)
        .summary("What cancelling the trip would cost");
    routes.get("/trips/{id}/quote", quote_leg).summary("Price and time of a leg");
    routes.post("/trips/{id}/start", start_trip).summary("Set off");
    routes.post("/trips/{id}/end", end_trip).summary("End a trip");
    routes.get("/trips/{id}/manifest", show_manifest)
        .summary("The passengers to expect, for checking tickets without network");
    routes.post("/trips/{id}/stops", replace_stops).summary("Replace the stops between the ends");
    routes.get("/trips/{id}/stops", show_stops).summary("The stops of a trip");
    routes.get("/trips/{id}/similar", find_similar_trips).summary("Other trips on the same way");
    routes.post("/trips/{id}/checkin", check_in_on_trip)
        .summary("Check in whoever holds this ticket or code");
    routes.post("/trips/{id}/positions", send_positions).summary("Where the driver was");
    routes.get("/trips/{id}/driver-location", show_driver_location).summary("Where the driver is");
}

void register_bookings(http::Routes<Deps>& routes) {
    routes.post("/bookings", create_booking)
        .summary("Book seats")
        .key_required()
        .grouped()
        .rate(booking_class);
    routes.get("/bookings", list_bookings).summary("My bookings");
    routes.get("/bookings/{id}", show_booking).summary("A booking");
    routes.get("/bookings/{id}/events", list_booking_events).summary("What happened to a booking");
    routes.post("/bookings/{id}/accept", accept_booking).summary("Accept a request");
    routes.post("/bookings/{id}/reject", reject_booking).summary("Reject a request");
    routes.post("/bookings/{id}/cancel", cancel_booking).summary("Cancel a booking");
    routes.get("/bookings/{id}/cancellation-preview", preview_cancellation)
        .summary("What cancelling would cost");
    routes.post("/bookings/{id}/checkin", check_in).summary("Check in a passenger");
    routes.post("/bookings/{id}/start-ride", start_ride).summary("A passenger got on");
    routes.post("/bookings/{id}/end-ride", end_ride).summary("A passenger arrived");
    routes.post("/bookings/{id}/no-show", mark_no_show).summary("A passenger did not come");
    routes.post("/bookings/{id}/report-absence", report_absence).summary("The driver did not come");
    routes.get("/bookings/{id}/ticket", show_ticket).summary("The ticket, as text or image");
    routes.get("/tickets/keys", list_ticket_keys)
        .summary("Public keys that verify tickets without network");
}

}  // namespace

std::span<const http::ConstraintRefusal> constraints() {
    static constexpr http::ConstraintRefusal refusals[] = {
        {"trip_segments_seats", &errors::booking_conflict},
        {"trips_one_at_a_time", &errors::driver_busy},
        {"bookings_one_live", &errors::already_exists},
        {"bookings_one_seat_at_a_time", &errors::conflict},
        {"calendar_one_use", &errors::vehicle_unavailable},
        {"vehicles_plate", &errors::already_exists},
        {"vehicles_vin", &errors::already_exists},
        {"vehicles_default", &errors::conflict},
        {"duties_one_at_a_time", &errors::driver_busy},
    };
    return refusals;
}

void register_routes(http::Operations& operations, const Deps& deps) {
    http::Routes<Deps> routes{operations, "carpool", deps};
    register_trips(routes);
    register_bookings(routes);
}

void register_sockets(ws::Endpoints& endpoints, const Deps& deps) {
    endpoints.add("carpool", "/ws/trips/{id}/driver-location", deps, follow_driver);
}

}  // namespace taama::carpool
