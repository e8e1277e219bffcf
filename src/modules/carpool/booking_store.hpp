#pragma once

#include "modules/carpool/booking.hpp"
#include "modules/carpool/deps.hpp"
#include "modules/carpool/trip_store.hpp"
#include "modules/carpool/trip_view.hpp"

namespace taama::carpool {

// What a booking's view tells of its trip.
struct TripPart {
    UtcTime departure_time;
    UtcTime arrival_eta;
    TripStatus status = TripStatus::published;
    LatLon origin_point;
    std::string origin_text;
    LatLon destination_point;
    std::string destination_text;
    bool allow_auto_accept = false;
    bool cash_allowed = true;
};
BOOST_DESCRIBE_STRUCT(TripPart, (),
                      (departure_time, arrival_eta, status, origin_point, origin_text,
                       destination_point, destination_text, allow_auto_accept, cash_allowed))

struct BookingRecord : Booking {
    TripPart trip;
    std::vector<Segment> segments;
    std::vector<Hold> holds;
    PersonFacts passenger;
    PersonFacts driver;
    std::optional<VehicleRow> vehicle;
    std::int64_t unread_passenger = 0;
    std::int64_t unread_driver = 0;
};
BOOST_DESCRIBE_STRUCT(BookingRecord, (Booking),
                      (trip, segments, holds, passenger, driver, vehicle, unread_passenger,
                       unread_driver))

// Passenger's guard, trip, booking: sent with the next statement.
void lock_booking(pg::Tx& tx, BookingId id);

Task<std::vector<BookingRecord>> find_bookings(pg::Tx& tx, const std::vector<BookingId>& ids);
Task<std::optional<BookingRecord>> find_booking(pg::Tx& tx, BookingId id);
Task<std::optional<BookingRecord>> find_booking(pg::Db& db, BookingId id);
// lock_booking() and the record under the locks; not_found when there is none, or it is not
// `party`'s.
Task<BookingRecord> lock_booking_of(pg::Tx& tx, BookingId id, AccountId party);
Task<BookingRecord> lock_booking_of_driver(pg::Tx& tx, BookingId id, AccountId driver);

// The bookings of a trip in these states, by their pick-up; the trip is locked.
Task<std::vector<BookingRecord>> find_trip_bookings(pg::Tx& tx, TripId trip,
                                                    const std::vector<BookingStatus>& statuses);

enum class PartyRole : std::uint8_t { passenger, driver };
BOOST_DESCRIBE_ENUM(PartyRole, passenger, driver)

enum class BookingOrder : std::uint8_t { newest, oldest, pickup, pickup_last };

struct BookingPage {
    AccountId person;
    PartyRole role = PartyRole::passenger;
    std::vector<BookingStatus> statuses{};  // empty: all
    std::optional<TripId> trip_id{};
    std::optional<UtcTime> pickup_from{};
    std::optional<UtcTime> pickup_until{};
    BookingOrder order = BookingOrder::newest;
    std::int64_t limit = 20;
    std::int64_t offset = 0;
};
struct FoundPage {
    std::vector<BookingId> ids;
    std::int64_t total = 0;
};
Task<FoundPage> find_booking_page(pg::Tx& tx, const BookingPage& page);

struct BookingHistoryView {
    std::string event;
    std::optional<std::string> from_status;
    std::string to_status;
    std::string by_type;
    boost::json::value meta;
    UtcTime occurred_at;
    UtcTime created_at;
};
BOOST_DESCRIBE_STRUCT(BookingHistoryView, (),
                      (event, from_status, to_status, by_type, meta, occurred_at, created_at))
Task<std::vector<BookingHistoryView>> find_booking_history(pg::Tx& tx, BookingId id);

// Another accepted or paid booking, or published trip, of this person in the interval.
struct PassengerTime {
    AccountId passenger;
    BookingId but;
    UtcTime from;
    UtcTime until;
};
Task<std::optional<BusyTime>> find_passenger_busy(pg::Tx& tx, const PassengerTime& time);
// The person's other requests that overlap.
Task<std::vector<BookingId>> find_overlapping_requests(pg::Tx& tx, const PassengerTime& time);
Task<std::vector<std::vector<std::uint8_t>>> find_live_codes(pg::Tx& tx, TripId trip);

// --- writing -------------------------------------------------------------------------------------

void save_new_booking(pg::Tx& tx, const Booking& booking);
// Everything that may change after the booking was made.
void save_booking(pg::Tx& tx, const Booking& booking);
// A hold that lapsed: only what a booking nobody has locked needs.
void save_lapsed(pg::Tx& tx, BookingId id, UtcTime now);
void save_refunded(pg::Tx& tx, BookingId id, Money total, UtcTime now);
void save_code_failure(pg::Tx& tx, BookingId id, std::int32_t failures,
                       std::optional<UtcTime> blocked_until);

struct BookingHistory {
    BookingId booking_id;
    std::string_view event;
    std::optional<BookingStatus> from;
    BookingStatus to;
    std::optional<AccountId> by{};  // nobody: the system
    boost::json::object meta{};
    UtcTime occurred_at;
};
void save_booking_history(pg::Tx& tx, const BookingHistory& history, UtcTime now);

// One more trip of this person ran to its end.
struct TripDone {
    AccountId person;
    PartyRole role;
};
void save_trip_done(pg::Tx& tx, const TripDone& done);

struct RiskFlag {
    std::string_view kind;
    AccountId user;
    std::optional<TripId> trip_id;
    std::optional<BookingId> booking_id;
    boost::json::object details{};
};
void save_risk_flag(pg::Tx& tx, const RiskFlag& flag, UtcTime now);

}  // namespace taama::carpool
