#include "modules/carpool/trip_view.hpp"

namespace taama::carpool {

vehicles::VehicleCard to_card(const VehicleRow& vehicle, const files::Urls& urls,
                              PlateShown plate) {
    return {
        .kind = vehicle.kind,
        .make = vehicle.make,
        .model = vehicle.model,
        .color = vehicle.color,
        .comfort_level = vehicle.comfort_level,
        .year = vehicle.year,
        .verified = vehicle.verified,
        .photo_url = vehicle.photo_file_id
                         ? std::optional{urls.media(*vehicle.photo_file_id, "medium")}
                         : std::nullopt,
        .plate_number =
            plate == PlateShown::yes ? std::optional{vehicle.plate_number} : std::nullopt,
    };
}

std::vector<StopView> to_stop_views(const TripRecord& trip, UtcTime now) {
    std::vector<StopView> views;
    const std::vector<Stop>& stops = trip.stops;
    for (std::size_t i = 0; i < stops.size(); ++i) {
        const Stop& stop = stops[i];
        const bool last = i + 1 == stops.size();
        views.push_back({
            .id = stop.id,
            .order = stop.order,
            .kind = stop.kind,
            .point = {stop.point.lat, stop.point.lon, stop.label},
            .label = stop.label,
            .pickup_allowed = stop.pickup_allowed,
            .dropoff_allowed = stop.dropoff_allowed,
            .arrive_at = stop.arrive_at,
            .depart_at = stop.depart_at,
            .offset_m = stop.offset_m,
            .seats_free = last ? 0
                               : seats_free_on(trip.segments, trip.holds,
                                               {stop.offset_m, stops[i + 1].offset_m}, now),
        });
    }
    return views;
}

TripView to_view(const TripRecord& trip, const TripViewer& viewer) {
    const bool is_driver = viewer.id == trip.driver_id;
    const auto duration = trip.arrival_eta - trip.departure_time;
    TripView view{
        .id = trip.id,
        .driver = to_card(trip.driver, viewer.urls,
                          trip.viewer_has_paid ? PhoneShown::yes : PhoneShown::no),
        .vehicle = trip.vehicle
                       ? std::optional{to_card(
                             *trip.vehicle, viewer.urls,
                             is_driver || trip.viewer_has_paid ? PlateShown::yes : PlateShown::no)}
                       : std::nullopt,
        .origin = {trip.origin_point.lat, trip.origin_point.lon, trip.origin_text},
        .destination = {trip.destination_point.lat, trip.destination_point.lon,
                        trip.destination_text},
        .departure_time = trip.departure_time,
        .arrival_eta = trip.arrival_eta,
        .price_per_seat = {trip.price_per_seat, trip.currency},
        .currency = trip.currency,
        .seats_offered = trip.seats_offered,
        .seats_available = trip.seats_available(viewer.now),
        .luggage_policy = trip.luggage_policy,
        .rules = trip.rules,
        .allow_auto_accept = trip.allow_auto_accept,
        .cash_allowed = trip.cash_allowed,
        .en_route = trip.en_route,
        .max_detour_min = trip.max_detour_min,
        .distance_m = trip.distance_m(),
        .duration_s =
            static_cast<std::int32_t>(std::chrono::duration_cast<Seconds>(duration).count()),
        .polyline = trip.road.polyline,
        .route_source = trip.road.source,
        .stops = to_stop_views(trip, viewer.now),
        .status = trip.status,
        .series_id = std::nullopt,
        .published_at = trip.published_at,
        .started_at = trip.started_at,
        .ended_at = trip.ended_at,
        .cancel_reason = trip.cancel_reason,
        .created_at = trip.created_at,
        .updated_at = trip.updated_at,
        .detour_used_s = std::nullopt,
        .bookings_count = std::nullopt,
        .passengers = std::nullopt,
    };
    if (is_driver) {
        view.detour_used_s = trip.drive_s - trip.solo_drive_s;
        view.bookings_count = trip.counts;
    }
    return view;
}

bool may_see(const TripRecord& trip, const std::optional<AccountId>& viewer) {
    if (viewer == trip.driver_id) return true;
    if (trip.status == TripStatus::draft || trip.deleted_at) return false;
    const bool is_public = is_running(trip.status) && trip.moderation == Moderation::visible;
    return is_public || trip.viewer_rides;
}

}  // namespace taama::carpool
