#pragma once

// The operations of carpooling; each use case stands in a file of its own.

#include "modules/carpool/booking_view.hpp"
#include "modules/carpool/new_trip.hpp"
#include "modules/carpool/search_view.hpp"
#include "modules/carpool/trip_view.hpp"
#include "platform/http/routes.hpp"

namespace taama::carpool {

// --- trips ---------------------------------------------------------------------------------------

Task<http::Created<TripView>> create_trip(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                          http::Body<NewTrip>);
// not_found when there is none, or the caller may not see it.
Task<TripRecord> find_visible(const Deps& deps, const http::Caller& caller, TripId id, UtcTime now);
Task<http::Ok<TripView>> show_trip(const Deps&, http::Context&, http::MaybeCaller,
                                   http::Path<TripId>);

struct TripQuery {
    std::optional<json::AnyOf<TripStatus>> status;
    std::optional<UtcTime> departure_time_gte;
    std::optional<UtcTime> departure_time_lte;
    std::optional<Uuid> series_id;
    std::optional<json::Sort<"departure_time", "created_at">> sort;
};
BOOST_DESCRIBE_STRUCT(TripQuery, (),
                      (status, departure_time_gte, departure_time_lte, series_id, sort))
Task<http::List<TripView>> list_trips(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                      http::Query<TripQuery>, http::Paging);

Task<http::Ok<TripView>> edit_trip(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                   http::Path<TripId>, http::IfMatch, http::Body<TripChanges>);
Task<http::NoContent> delete_trip(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                  http::Path<TripId>);
Task<http::Ok<TripView>> publish_trip(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                      http::Path<TripId>);

enum class TripCancelReason : std::uint8_t {
    vehicle_breakdown,
    illness,
    plans_changed,
    not_enough_passengers,
    other
};
BOOST_DESCRIBE_ENUM(TripCancelReason, vehicle_breakdown, illness, plans_changed,
                    not_enough_passengers, other)
struct CancelTrip {
    TripCancelReason reason = TripCancelReason::other;
    std::optional<json::Text<0, 500>> comment;
    std::optional<Money> max_fee;
};
BOOST_DESCRIBE_STRUCT(CancelTrip, (), (reason, comment, max_fee))
struct CancelledTripView : TripView {
    CancellationView cancellation;
};
BOOST_DESCRIBE_STRUCT(CancelledTripView, (TripView), (cancellation))
Task<http::Ok<CancelledTripView>> cancel_trip(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                              http::Path<TripId>, http::Body<CancelTrip>);
Task<http::Ok<CancellationView>> preview_trip_cancellation(const Deps&, pg::Tx&, http::Context&,
                                                           http::Driver, http::Path<TripId>);

struct QuoteQuery {
    std::optional<StopId> from_stop;
    std::optional<json::Point> pickup;
    std::optional<StopId> to_stop;
    std::optional<json::Point> dropoff;
    std::optional<json::Int<1, 8>> seats;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(QuoteQuery, (), (from_stop, pickup, to_stop, dropoff, seats))
struct QuoteView : LegView {
    Money subtotal;
};
BOOST_DESCRIBE_STRUCT(QuoteView, (LegView), (subtotal))
Task<http::Ok<QuoteView>> quote_leg(const Deps&, http::Context&, http::MaybeCaller,
                                    http::Path<TripId>, http::Query<QuoteQuery>);
// Names the field of a stop that is none of the trip's.
Leg find_leg_or_throw(const Deps& deps, const http::Context& context, const TripRecord& trip,
                      WantedLeg wanted);

struct Occurrence {
    std::optional<UtcTime> occurred_at;
};
BOOST_DESCRIBE_STRUCT(Occurrence, (), (occurred_at))
Task<http::Ok<TripView>> start_trip(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                    http::Path<TripId>, http::Body<Occurrence>);
Task<http::Ok<TripView>> end_trip(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                  http::Path<TripId>, http::Body<Occurrence>);

struct NewStops {
    std::vector<NewStop> stops;

    void check(json::Reader& reader) const { check_stops(stops, reader); }
};
BOOST_DESCRIBE_STRUCT(NewStops, (), (stops))
Task<http::Created<std::vector<StopView>>> replace_stops(const Deps&, pg::Tx&, http::Context&,
                                                         http::Driver, http::Path<TripId>,
                                                         http::Body<NewStops>);
Task<http::List<StopView>> show_stops(const Deps&, http::Context&, http::MaybeCaller,
                                      http::Path<TripId>);
// The route of a trip changes only while nobody has booked it.
void check_route_free(const TripRecord& trip);

// What a query asks for, on the settings' terms; a driver's own trips are left out.
Search to_search(const Deps& deps, const SearchQuery& query, const http::Caller& caller,
                 UtcTime now);
// At most five on the same way, a day earlier or later at most.
Task<http::List<HitView>> find_similar_trips(const Deps&, http::Context&, http::MaybeCaller,
                                             http::Path<TripId>);

Task<http::List<HitView>> search_trips(const Deps&, http::Context&, http::MaybeCaller,
                                       http::Query<SearchQuery>, http::Paging);

// --- bookings ------------------------------------------------------------------------------------

// A place of a passenger; the text is his own words.
struct NewPlace {
    double lat = 0;
    double lon = 0;
    std::optional<json::Text<1, 200>> text;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(NewPlace, (), (lat, lon, text))

struct NewBooking {
    TripId trip_id;
    json::Int<1, 8> seats;
    std::optional<StopId> from_stop;
    std::optional<NewPlace> pickup;
    std::optional<StopId> to_stop;
    std::optional<NewPlace> dropoff;
    std::optional<json::Text<1, 40>> promo_code;
    std::optional<Money> expected_price_per_seat;
    std::optional<json::Text<0, 300>> note;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(NewBooking, (),
                      (trip_id, seats, from_stop, pickup, to_stop, dropoff, promo_code,
                       expected_price_per_seat, note))
Task<http::Created<BookingView>> create_booking(const Deps&, pg::Tx&, http::Context&, http::User,
                                                http::Body<NewBooking>);

Task<http::Ok<BookingView>> show_booking(const Deps&, http::Context&, http::AnyCaller,
                                         http::Path<BookingId>);

struct BookingQuery {
    std::optional<PartyRole> role;
    std::optional<json::AnyOf<BookingStatus>> status;
    std::optional<TripId> trip_id;
    std::optional<UtcTime> pickup_at_gte;
    std::optional<UtcTime> pickup_at_lte;
    std::optional<json::Sort<"created_at", "pickup_at">> sort;
};
BOOST_DESCRIBE_STRUCT(BookingQuery, (), (role, status, trip_id, pickup_at_gte, pickup_at_lte, sort))
Task<http::List<BookingView>> list_bookings(const Deps&, pg::Tx&, http::Context&, http::User,
                                            http::Query<BookingQuery>, http::Paging);
Task<http::List<BookingHistoryView>> list_booking_events(const Deps&, pg::Tx&, http::AnyCaller,
                                                         http::Path<BookingId>);

Task<http::Ok<BookingView>> accept_booking(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                           http::Path<BookingId>);

enum class RejectReason : std::uint8_t { full, route, luggage, other };
BOOST_DESCRIBE_ENUM(RejectReason, full, route, luggage, other)
struct RejectBooking {
    std::optional<RejectReason> reason;
    std::optional<json::Text<0, 300>> message;
};
BOOST_DESCRIBE_STRUCT(RejectBooking, (), (reason, message))
Task<http::Ok<BookingView>> reject_booking(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                           http::Path<BookingId>, http::Body<RejectBooking>);

struct CancelBooking {
    std::optional<json::Text<1, 60>> reason;
    std::optional<json::Text<0, 500>> comment;
    std::optional<Money> max_fee;
};
BOOST_DESCRIBE_STRUCT(CancelBooking, (), (reason, comment, max_fee))
Task<http::Ok<CancelledBookingView>> cancel_booking(const Deps&, pg::Tx&, http::Context&,
                                                    http::User, http::Path<BookingId>,
                                                    http::Body<CancelBooking>);
Task<http::Ok<CancellationView>> preview_cancellation(const Deps&, pg::Tx&, http::Context&,
                                                      http::User, http::Path<BookingId>);

struct CheckIn {
    std::optional<json::Secret<1, 400>> ticket;
    std::optional<json::Secret<1, 20>> code;
    std::optional<Money> cash_received;
    std::optional<UtcTime> occurred_at;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(CheckIn, (), (ticket, code, cash_received, occurred_at))
Task<http::Ok<BookingView>> check_in(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                     http::Path<BookingId>, http::Body<CheckIn>);
Task<http::Ok<BookingView>> check_in_on_trip(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                             http::Path<TripId>, http::Body<CheckIn>);

Task<http::Ok<BookingView>> start_ride(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                       http::Path<BookingId>, http::Body<Occurrence>);
Task<http::Ok<BookingView>> end_ride(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                     http::Path<BookingId>, http::Body<Occurrence>);
Task<http::Ok<BookingView>> mark_no_show(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                         http::Path<BookingId>, http::Body<Occurrence>);

struct ReportAbsence {
    std::optional<json::Text<0, 500>> comment;
};
BOOST_DESCRIBE_STRUCT(ReportAbsence, (), (comment))
Task<http::Ok<BookingView>> report_absence(const Deps&, pg::Tx&, http::Context&, http::User,
                                           http::Path<BookingId>, http::Body<ReportAbsence>);

// --- tickets -------------------------------------------------------------------------------------

struct TicketKeyView {
    std::int32_t kid = 0;
    std::string algorithm = "Ed25519";
    std::string public_key;
    std::string status;
    UtcTime created_at;
    std::optional<UtcTime> retired_at;
};
BOOST_DESCRIBE_STRUCT(TicketKeyView, (),
                      (kid, algorithm, public_key, status, created_at, retired_at))
Task<http::List<TicketKeyView>> list_ticket_keys(const Deps&, http::Context&, http::Public);

enum class TicketFormat : std::uint8_t { json, png, svg };
BOOST_DESCRIBE_ENUM(TicketFormat, json, png, svg)
struct TicketQuery {
    std::optional<TicketFormat> format;
};
BOOST_DESCRIBE_STRUCT(TicketQuery, (), (format))
struct TicketView {
    std::string qr_code;
    std::string code;
    std::int32_t ticket_seq = 1;
    UtcTime not_before;
    UtcTime not_after;
};
BOOST_DESCRIBE_STRUCT(TicketView, (), (qr_code, code, ticket_seq, not_before, not_after))
Task<std::variant<http::Ok<TicketView>, http::Raw>> show_ticket(const Deps&, http::Context&,
                                                                http::User, http::Path<BookingId>,
                                                                http::Query<TicketQuery>);

struct ManifestRow {
    BookingId booking_id;
    std::string reference;
    PersonCard person;
    std::int32_t seats = 1;
    LegView leg;
    Money cash_due;
    std::int32_t ticket_seq = 0;
    std::optional<UtcTime> checked_in_at;
};
BOOST_DESCRIBE_STRUCT(ManifestRow, (),
                      (booking_id, reference, person, seats, leg, cash_due, ticket_seq,
                       checked_in_at))
struct ManifestView {
    std::vector<ManifestRow> bookings;
    std::vector<TicketKeyView> ticket_keys;
};
BOOST_DESCRIBE_STRUCT(ManifestView, (), (bookings, ticket_keys))
Task<http::Ok<ManifestView>> show_manifest(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                           http::Path<TripId>);

}  // namespace taama::carpool
