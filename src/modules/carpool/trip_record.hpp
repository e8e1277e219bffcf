#pragma once

// A trip with everything that its view, and the guards of a booking, need: one row of one
// statement.

#include "modules/carpool/booking_state.hpp"
#include "modules/carpool/person.hpp"
#include "modules/carpool/trip.hpp"
#include "modules/payments/payment_words.hpp"
#include "modules/vehicles/vehicles.hpp"

namespace taama::carpool {

struct VehicleRow {
    vehicles::VehicleKind kind = vehicles::VehicleKind::car;
    std::string make;
    std::string model;
    std::optional<std::string> color;
    vehicles::ComfortLevel comfort_level = vehicles::ComfortLevel::standard;
    std::optional<std::int32_t> year;
    bool verified = false;
    std::optional<FileId> photo_file_id;
    std::string plate_number;
};
BOOST_DESCRIBE_STRUCT(VehicleRow, (),
                      (kind, make, model, color, comfort_level, year, verified, photo_file_id,
                       plate_number))

struct BookingCounts {
    std::int32_t pending = 0;
    std::int32_t accepted = 0;
    std::int32_t paid = 0;
};
BOOST_DESCRIBE_STRUCT(BookingCounts, (), (pending, accepted, paid))

// A time at which a person travels already, as passenger or as driver.
struct BusyTime {
    std::optional<BookingId> booking_id;
    std::optional<TripId> trip_id;
    UtcTime from;
    UtcTime until;
};
BOOST_DESCRIBE_STRUCT(BusyTime, (), (booking_id, trip_id, from, until))

// What the guards of a booking ask about the one who books.
struct Booker {
    PersonFacts person;
    std::string status;
    std::int32_t kyc_tier = 0;
    bool shares_phone = false;                 // with the driver
    std::optional<BookingId> live_booking_id;  // of this trip
    bool rejected_before = false;
    std::vector<BusyTime> busy;      // that touch the trip's time
    std::vector<BusyTime> requests;  // the same, not accepted yet, of other trips
    std::vector<UtcTime> unpaid_at;  // creations that count for the limit, oldest first
    payments::FeeScheduleId fee_schedule_id;
    std::string reference;  // free at this moment
};
BOOST_DESCRIBE_STRUCT(Booker, (),
                      (person, status, kyc_tier, shares_phone, live_booking_id, rejected_before,
                       busy, requests, unpaid_at, fee_schedule_id, reference))

// What is another only when the trip's own row is another, too: whoever changes a stop updates the
// trip.
struct TripShape : Trip {
    RoadFacts road;
    std::vector<Stop> stops;
    std::uint32_t row_version = 0;  // xmin: the transaction that wrote the row

    std::int32_t distance_m() const { return stops.back().offset_m; }
};
BOOST_DESCRIBE_STRUCT(TripShape, (Trip), (road, stops, row_version))

// What bookings and people change.
struct TripLive {
    std::vector<Segment> segments;
    std::vector<Hold> holds;
    PersonFacts driver;
    std::optional<VehicleRow> vehicle;
    BookingCounts counts;
    bool viewer_rides = false;  // has or had a booking here that the driver did not reject
    bool viewer_has_paid = false;
};
BOOST_DESCRIBE_STRUCT(TripLive, (),
                      (segments, holds, driver, vehicle, counts, viewer_rides, viewer_has_paid))

// TripLive, and by its version which TripShape goes with it.
struct TripVersion {
    TripId id;
    std::uint32_t row_version = 0;
};
BOOST_DESCRIBE_STRUCT(TripVersion, (), (id, row_version))

struct TripNow : TripVersion, TripLive {};
BOOST_DESCRIBE_STRUCT(TripNow, (TripVersion, TripLive), ())

struct TripRecord : TripShape, TripLive {
    std::int32_t seats_available(UtcTime now) const {
        return seats_free_on(segments, holds, {0, distance_m()}, now);
    }
};
BOOST_DESCRIBE_STRUCT(TripRecord, (TripShape, TripLive), ())

struct TripToBook : TripRecord {
    Booker booker;
};
BOOST_DESCRIBE_STRUCT(TripToBook, (TripRecord), (booker))

}  // namespace taama::carpool
