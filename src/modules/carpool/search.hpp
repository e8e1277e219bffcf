#pragma once

// A search for legs: what is asked, and what is found.

#include "modules/carpool/person.hpp"
#include "modules/carpool/ranking.hpp"
#include "modules/carpool/trip_record.hpp"
#include "platform/pg/db.hpp"

namespace taama::carpool {

enum class SearchOrder : std::uint8_t { rank, price, departure_time, duration };
BOOST_DESCRIBE_ENUM(SearchOrder, rank, price, departure_time, duration)

struct Deps;

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

// The leg of a trip that was found, and how well it fits.
struct Match {
    TripId trip_id;
    std::int32_t from_order = 0;
    UtcTime from_at;
    std::int32_t from_m = 0;
    std::int32_t to_order = 0;
    UtcTime to_at;
    std::int32_t to_m = 0;
    bool whole_trip = false;
    std::int64_t leg_price = 0;
    std::int32_t seats_free = 0;  // on the leg
    std::int32_t access_from_m = 0;
    std::int32_t access_to_m = 0;
    std::int64_t off_wanted_s = 0;
    std::int64_t score_e8 = 0;
};
BOOST_DESCRIBE_STRUCT(Match, (),
                      (trip_id, from_order, from_at, from_m, to_order, to_at, to_m, whole_trip,
                       leg_price, seats_free, access_from_m, access_to_m, off_wanted_s, score_e8))

// What is shown of its trip: driver and vehicle first.
struct FoundTrip : PersonFacts, VehicleRow {
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
};
BOOST_DESCRIBE_STRUCT(FoundTrip, (PersonFacts, VehicleRow),
                      (departure_time, arrival_eta, origin_text, origin_point, destination_text,
                       destination_point, price_per_seat, currency, seats_available,
                       allow_auto_accept, cash_allowed, luggage_policy, rules))

// What is shown of its two stops.
struct LegEnds {
    StopId from_stop_id;
    LatLon from_point;
    std::string from_label;
    StopId to_stop_id;
    LatLon to_point;
    std::string to_label;
};
BOOST_DESCRIBE_STRUCT(LegEnds, (),
                      (from_stop_id, from_point, from_label, to_stop_id, to_point, to_label))

struct Hit : Match, FoundTrip, LegEnds {};
BOOST_DESCRIBE_STRUCT(Hit, (Match, FoundTrip, LegEnds), ())

enum class SearchEngine : std::uint8_t { index, sql };
BOOST_DESCRIBE_ENUM(SearchEngine, index, sql)

struct HitPage {
    std::vector<Hit> hits;
    std::int64_t total = 0;  // of the whole search; 0 on a page behind the last
    SearchEngine engine = SearchEngine::sql;
};

// The page, best first: out of the memory of this process where its index is complete and up to
// date, else by SQL; the answer is the same.
Task<HitPage> find_hits(const Deps& deps, const Search& search);
// By SQL: one statement on the slow lane.
Task<HitPage> find_hits_by_sql(pg::Db& db, const Search& search);
// Days around `day` that have hits, the nearest first, for a search without any.
Task<std::vector<Date>> find_nearest_days(pg::Db& db, const Search& search, Date day);

// What the score was made of.
RankParts parts_of(const Hit& hit, const Search& search);

}  // namespace taama::carpool
