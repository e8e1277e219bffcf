#pragma once

#include "modules/carpool/trip_record.hpp"
#include "platform/pg/db.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"

namespace taama::carpool {

// --- locks ---------------------------------------------------------------------------------------
// Sent with the next statement, before it: what that statement then reads is what the locks
// protect. Always in this order: person guards by id, trip, booking.

void lock_person(pg::Tx& tx, AccountId person);
void lock_trip(pg::Tx& tx, TripId trip);

// --- reading -------------------------------------------------------------------------------------

// Whole. Nothing for a deleted trip.
Task<std::optional<TripRecord>> find_trip(pg::Tx& tx, TripId id, std::optional<AccountId> viewer);

// Deleted ones too, each as its viewer may see it: for TripReader.
struct TripLook {
    TripId trip;
    std::optional<AccountId> viewer;
};
// In the order of `looks`, nothing for a trip that never was.
Task<std::vector<std::optional<TripNow>>> find_trips_now(pg::Db& db, std::vector<TripLook> looks);
Task<std::vector<std::optional<TripNow>>> find_trips_now(pg::Tx& tx, std::vector<TripLook> looks);
Task<std::optional<TripRecord>> find_trip(pg::Db& db, TripId id, std::optional<AccountId> viewer);
Task<std::vector<TripRecord>> find_trips(pg::Tx& tx, const std::vector<TripId>& ids,
                                         std::optional<AccountId> viewer);

// Who books, for TripToBook::booker; nothing when there is no such trip or person.
struct BookerQuestion {
    AccountId person;
    std::vector<std::string> references;  // candidates for the booking's reference
    Seconds unpaid_window;
    UtcTime now;
};
Task<std::optional<TripToBook>> find_trip_to_book(pg::Tx& tx, TripId id,
                                                  const BookerQuestion& booker);

// The driver's own trip, locked; not_found for another's.
Task<TripRecord> lock_own_trip(pg::Tx& tx, TripId id, AccountId driver);

// A published or ongoing trip of this driver, or an accepted or paid booking of his as passenger,
// that overlaps the interval; `but` is left out.
struct Interval {
    UtcTime from;
    UtcTime until;
};
Task<std::optional<BusyTime>> find_driver_busy(pg::Tx& tx, AccountId driver, TripId but,
                                               Interval interval);

// --- writing -------------------------------------------------------------------------------------

struct NewTripRows {
    const Trip& trip;
    const Route& route;
    const std::vector<Stop>& stops;
    const std::vector<Segment>& segments;
    const TimeZone& zone;
};
void save_new_trip(pg::Tx& tx, const NewTripRows& rows);
// The trip's own columns but those that only save_new_trip() and save_route() write.
void save_trip(pg::Tx& tx, const Trip& trip);
// Route, stops and segments anew, of a trip nobody has booked.
void save_route(pg::Tx& tx, const NewTripRows& rows);
// Departure, arrival and stop times moved together.
struct TripShift {
    TripId trip_id;
    const std::vector<Stop>& stops;
    Microseconds by;
    const TimeZone& zone;
};
void save_shifted(pg::Tx& tx, const TripShift& shift);
// Every segment's free seats change by as much as the offer does.
void save_seats_offered(pg::Tx& tx, TripId trip, std::int32_t change);
// Stops take part in the search while the trip is open. The trip's row has to change with it: by
// its version the stops that searches remember are known to be the same.
void save_open(pg::Tx& tx, TripId trip, bool open);
void save_deleted(pg::Tx& tx, TripId trip, UtcTime now);

struct SeatChange {
    TripId trip_id;
    Stretch stretch;
    std::int32_t seats;  // > 0 frees, < 0 takes
};
// Taking more than is free violates the check trip_segments_seats.
void save_seats(pg::Tx& tx, const SeatChange& change);

struct TripHistory {
    TripId trip_id;
    std::string_view event;
    std::optional<TripStatus> from;
    TripStatus to;
    std::optional<AccountId> by{};  // nobody: the system
    boost::json::object meta{};
};
void save_trip_history(pg::Tx& tx, const TripHistory& history, UtcTime now);

}  // namespace taama::carpool
