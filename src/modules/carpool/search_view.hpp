#pragma once

#include "modules/carpool/leg_view.hpp"
#include "modules/carpool/search.hpp"
#include "modules/carpool/trip_view.hpp"
#include "platform/json/fields.hpp"

namespace taama::carpool {

// A number with a fixed count of decimals, written exactly.
template <int decimals>
struct Fixed {
    std::int64_t units = 0;  // of 10^-decimals
};

struct ScorePartsView {
    Fixed<4> proximity;
    Fixed<4> time;
    Fixed<4> price;
    Fixed<4> rating;
    Fixed<4> detour;
};
BOOST_DESCRIBE_STRUCT(ScorePartsView, (), (proximity, time, price, rating, detour))

struct MatchView : LegView {
    Fixed<8> score;
    ScorePartsView score_parts;
};
BOOST_DESCRIBE_STRUCT(MatchView, (LegView), (score, score_parts))

struct HitView {
    TripId trip_id;
    PersonCard driver;
    vehicles::VehicleCard vehicle;
    PointView origin;
    PointView destination;
    UtcTime departure_time;
    UtcTime arrival_eta;
    Money trip_price_per_seat;
    std::int32_t seats_available = 0;
    bool allow_auto_accept = false;
    bool cash_allowed = true;
    std::optional<std::string> luggage_policy;
    std::optional<std::string> rules;
    MatchView match;
};
BOOST_DESCRIBE_STRUCT(HitView, (),
                      (trip_id, driver, vehicle, origin, destination, departure_time, arrival_eta,
                       trip_price_per_seat, seats_available, allow_auto_accept, cash_allowed,
                       luggage_policy, rules, match))

HitView to_view(const Hit& hit, const Search& search, const files::Urls& urls);

struct SearchQuery {
    json::Point from;
    json::Point to;
    std::optional<Date> date;
    std::optional<double> radius_km;
    std::optional<Money> price_min;
    std::optional<Money> price_max;
    std::optional<json::Int<1, 8>> seats_gte;
    std::optional<json::AnyOf<vehicles::ComfortLevel>> comfort;
    std::optional<double> driver_rating_gte;
    std::optional<json::TimeOfDay> time_from;
    std::optional<json::TimeOfDay> time_to;
    std::optional<json::Int<0, 3>> flex_days;
    std::optional<bool> en_route;
    std::optional<bool> auto_accept;
    std::optional<bool> cash;
    std::optional<json::Sort<"rank", "price", "departure_time", "duration">> sort;

    // `?seats>=2` arrives as the key `seats>`.
    static constexpr json::Alias aliases[] = {
        {"seats>", "seats_gte"},
        {"seats_min", "seats_gte"},
        {"driver_rating>", "driver_rating_gte"},
        {"driver_rating_min", "driver_rating_gte"},
    };
    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(SearchQuery, (),
                      (from, to, date, radius_km, price_min, price_max, seats_gte, comfort,
                       driver_rating_gte, time_from, time_to, flex_days, en_route, auto_accept,
                       cash, sort))

}  // namespace taama::carpool

namespace taama::json {

template <int decimals>
struct Codec<carpool::Fixed<decimals>> {
    static void write(Writer& w, carpool::Fixed<decimals> value) {
        std::int64_t one = 1;
        for (int i = 0; i < decimals; ++i) one *= 10;
        fmt::format_to(std::back_inserter(w.out), "{}.{:0{}}", value.units / one, value.units % one,
                       decimals);
    }
    static boost::json::value schema(Schemas&) { return {{"type", "number"}}; }
};

}  // namespace taama::json
