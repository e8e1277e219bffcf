#pragma once

// A search for legs: what is asked, and what is found.

#include "modules/carpool/person.hpp"
#include "modules/carpool/ranking.hpp"
#include "modules/carpool/trip_record.hpp"
#include "platform/pg/db.hpp"

namespace taama::carpool {

enum class SearchOrder : std::uint8_t { rank, price, departure_time, duration };
BOOST_DESCRIBE_ENUM(SearchOrder, rank, price, departure_time, duration)

struct Search {
    LatLon from;
    LatLon to;
    std::int64_t radius_m = 25'000;
    std::vector<Date> days;  // of the pick-up, local
    UtcTime now;             // nothing earlier
    std::optional<std::int64_t> price_min;
    std::optional<std::int64_t> price_max;
    std::int32_t seats = 1;
    std::vector<vehicles::ComfortLevel> comfort{};
    std::optional<double> rating_min;
    std::optional<std::int32_t> minute_from;  // local, of the pick-up; also the wanted time
    std::optional<std::int32_t> minute_to;
    Seconds utc_offset{0};
    std::optional<bool> auto_accept;
    std::optional<bool> cash;
    std::optional<AccountId> but_driver;
    std::int64_t min_leg_m = 1000;
    std::int64_t price_step = 100;
    std::int64_t price_floor = 200;
    std::int64_t reference_price_per_km = 25;
    RankWeights weights;
    SearchOrder order = SearchOrder::rank;
    bool descending = false;
    std::int64_t limit = 20;
    std::int64_t offset = 0;
};

struct Hit {
    TripId trip_id;
    UtcTime departure_time;
    UtcTime arrival_eta;
    std::string origin_text;
    LatLon origin_point;
    std::string destination_text;
    LatLon destination_point;
    std::int64_t price_per_seat = 0;  // of the trip
    Currency currency = Currency::XOF;
    std::int32_t seats_available = 0;  // on the whole trip
    bool allow_auto_accept = false;
    bool cash_allowed = true;
    std::optional<std::string> luggage_policy;
    std::optional<std::string> rules;
    StopId from_stop_id;
    std::int32_t from_order = 0;
    LatLon from_point;
    std::string from_label;
    UtcTime from_at;
    std::int32_t from_m = 0;
    StopId to_stop_id;
    std::int32_t to_order = 0;
    LatLon to_point;
    std::string to_label;
    UtcTime to_at;
    std::int32_t to_m = 0;
    bool whole_trip = false;
    std::int64_t leg_price = 0;
    std::int32_t seats_free = 0;  // on the leg
    std::int32_t access_from_m = 0;
    std::int32_t access_to_m = 0;
    std::int64_t off_wanted_s = 0;
    std::int64_t score_e8 = 0;
    JsonColumn<PersonFacts> driver;
    JsonColumn<VehicleRow> vehicle;
    std::int64_t total = 0;  // hits of the whole search
};
BOOST_DESCRIBE_STRUCT(Hit, (),
                      (trip_id, departure_time, arrival_eta, origin_text, origin_point,
                       destination_text, destination_point, price_per_seat, currency,
                       seats_available, allow_auto_accept, cash_allowed, luggage_policy, rules,
                       from_stop_id, from_order, from_point, from_label, from_at, from_m,
                       to_stop_id, to_order, to_point, to_label, to_at, to_m, whole_trip, leg_price,
                       seats_free, access_from_m, access_to_m, off_wanted_s, score_e8, driver,
                       vehicle, total))

// One statement on the slow lane: the page, best first.
Task<std::vector<Hit>> find_hits(pg::Db& db, const Search& search);
// Days around `day` that have hits, the nearest first, for a search without any.
Task<std::vector<Date>> find_nearest_days(pg::Db& db, const Search& search, Date day);

// What the score was made of.
RankParts parts_of(const Hit& hit, const Search& search);

}  // namespace taama::carpool
