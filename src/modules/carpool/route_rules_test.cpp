#include <gtest/gtest.h>

#include "modules/carpool/errors.hpp"
#include "modules/carpool/leg.hpp"
#include "modules/carpool/leg_price.hpp"
#include "modules/carpool/ranking.hpp"
#include "modules/carpool/trip_plan.hpp"

namespace taama::carpool {
namespace {

constexpr LatLon plateau{5.3575, -4.0083};
constexpr LatLon toumodi{6.5580, -5.0190};
constexpr LatLon yamoussoukro{6.8190, -5.2760};
constexpr LatLon bouake{7.6900, -5.0300};
constexpr LatLon lome{6.1319, 1.2228};
constexpr LatLon kara{9.5511, 1.1861};

TEST(Estimate, GreatCircleTimesFactor_S1_084) {
    struct Case {
        const char* name;
        LatLon from;
        LatLon to;
        std::int32_t distance_m;
        std::int32_t drive_s;
    };
    const Case cases[] = {
        {"Plateau to Yamoussoukro", plateau, yamoussoukro, 278'988, 16'739},
        {"Plateau to Toumodi", plateau, toumodi, 226'339, 13'580},
        {"Toumodi to Yamoussoukro", toumodi, yamoussoukro, 52'772, 3'166},
        {"Yamoussoukro to Bouake", yamoussoukro, bouake, 130'754, 7'845},
        {"Lome to Kara", lome, kara, 494'286, 29'657},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const RouteLeg leg = estimate_leg(c.from, c.to, {});
        EXPECT_EQ(leg.distance_m, c.distance_m);
        EXPECT_EQ(leg.drive_s, c.drive_s);
    }
}

TEST(LegPrice, WorkedExamples_S1_084) {
    struct Case {
        const char* name;
        std::int64_t trip_price;
        LegShare share;
        std::int64_t price;
    };
    const Case cases[] = {
        {"Plateau to Toumodi", 6'000, {226'339, 409'865}, 3'300},
        {"Toumodi to Yamoussoukro", 6'000, {52'772, 409'865}, 800},
        {"Yamoussoukro to Bouake", 6'000, {130'754, 409'865}, 1'900},
        {"Plateau to Yamoussoukro", 6'000, {279'111, 409'865}, 4'100},
        {"the whole trip", 6'000, {409'865, 409'865}, 6'000},
        {"a tie goes up", 1'000, {1, 4}, 300},
        {"at least the minimum", 6'000, {1'000, 400'000}, 200},
        {"never above the trip", 150, {1'000, 400'000}, 150},
        {"free", 0, {1'000, 4'000}, 0},
        {"in the README", 6'000, {52'772, 279'111}, 1'100},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(leg_price(c.trip_price, c.share, {}), c.price);
    }
}

TEST(Ranking, WorkedExamples_S1_167) {
    struct Case {
        const char* name;
        HitFacts facts;
        const char* score;
    };
    const Case cases[] = {
        {"close and cheap",
         {.access_m = 5'000,
          .price_per_seat = 6'000,
          .distance_m = 279'111,
          .rating_sum = 38,
          .rating_count = 8},
         "0.94393500"},
        {"with half a penalty point",
         {.access_m = 5'000,
          .price_per_seat = 6'000,
          .distance_m = 279'111,
          .rating_sum = 38,
          .rating_count = 8,
          .penalty_hundredths = 50},
         "0.92518500"},
        {"at the door, late",
         {.access_m = 0,
          .off_wanted_s = 5'400,
          .price_per_seat = 4'100,
          .distance_m = 279'111,
          .detour_s = 697,
          .detour_budget_s = 900},
         "0.86631000"},
        {"as far as it goes",
         {.access_m = 50'000,
          .price_per_seat = 14'000,
          .distance_m = 279'111,
          .rating_sum = 38,
          .rating_count = 8},
         "0.38393500"},
        {"the one of the contract",
         {.access_m = 0,
          .price_per_seat = 1'100,
          .distance_m = 52'772,
          .rating_sum = 38,
          .rating_count = 8},
         "0.98393500"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(score_text(rank_score_e8(rank_parts(c.facts), {})), c.score);
    }
}

const UtcTime departure = *parse_utc_time("2026-10-02T08:30:00Z");

std::vector<Stop> three_towns(std::optional<UtcTime> arrival = {}) {
    const PlannedStop points[] = {
        {.point = plateau, .label = "Plateau"},
        {.point = toumodi, .label = "Toumodi", .dwell_s = 300},
        {.point = yamoussoukro, .label = "Yamoussoukro"},
    };
    const LatLon line[] = {plateau, toumodi, yamoussoukro};
    return plan_stops(points, estimate_route(line, {}), {departure, arrival});
}

TEST(Plan, TimesWithAStop_S1_035) {
    const auto stops = three_towns();
    EXPECT_EQ(to_string(stops[1].arrive_at), "2026-10-02T12:16:20Z");
    EXPECT_EQ(to_string(stops[1].depart_at), "2026-10-02T12:21:20Z");
    EXPECT_EQ(to_string(stops[2].arrive_at), "2026-10-02T13:14:06Z");
    EXPECT_EQ(stops[2].offset_m, 279'111);
    EXPECT_FALSE(stops.front().dropoff_allowed);
    EXPECT_FALSE(stops.back().pickup_allowed);
    EXPECT_TRUE(moves_forward(stops));
}

TEST(Plan, AnArrivalOfTheDriverScalesEveryStop) {
    const UtcTime arrival = departure + 2 * (three_towns().back().arrive_at - departure);
    const auto stops = three_towns(arrival);
    EXPECT_EQ(stops.back().arrive_at, arrival);
    EXPECT_EQ(stops[1].arrive_at - departure, Seconds{2 * 13'580});
}

TEST(Plan, ZigzagIsNotInTravelOrder) {
    const LatLon forth[] = {plateau, toumodi, yamoussoukro};
    const LatLon zigzag[] = {plateau, bouake, plateau, yamoussoukro};
    const auto direct = estimate_leg(plateau, yamoussoukro, {}).distance_m;
    EXPECT_TRUE(in_travel_order(estimate_route(forth, {}), direct));
    EXPECT_FALSE(in_travel_order(estimate_route(zigzag, {}), direct));
}

TEST(Seats, LeastOfTheSegments_F08) {
    const std::vector<Segment> segments{{0, 100, 0}, {100, 200, 1}, {200, 300, 0}};
    const UtcTime now = departure;
    const std::vector<Hold> lapsed{{BookingId::make(), 1, 0, 100, now}};
    const std::vector<Hold> held{{BookingId::make(), 1, 0, 100, now + 1us}};
    EXPECT_EQ(seats_free_on(segments, {}, {0, 300}, now), 0);
    EXPECT_EQ(seats_free_on(segments, {}, {100, 200}, now), 1);
    EXPECT_EQ(seats_free_on(segments, lapsed, {0, 200}, now), 1);
    EXPECT_EQ(seats_free_on(segments, held, {0, 200}, now), 0);
}

std::string no_match_of(const std::expected<Leg, Refusal>& leg) {
    if (leg) return "";
    if (leg.error() == errors::not_found) return "not_found";
    return std::string{leg.error().details().at("reason").as_string()};
}

TEST(Leg, WhereItBeginsAndEnds_S1_082) {
    auto stops = three_towns();
    const TripRoad road{stops, 6'000, {}};
    const auto stop = [](const Stop& at) { return WantedEnd{at.id, {}}; };
    const auto place = [](LatLon at) { return WantedEnd{{}, Place{at, "here"}}; };
    struct Case {
        const char* name;
        WantedLeg wanted;
        const char* reason;
    };
    const Case cases[] = {
        {"whole trip", {}, ""},
        {"from the stop", {.from = stop(stops[1]), .to = {}}, ""},
        {"near the stop", {.from = place({6.56, -5.02}), .to = place(yamoussoukro)}, ""},
        {"too far", {.from = place(kara), .to = {}}, "too_far"},
        {"backwards", {.from = stop(stops[1]), .to = stop(stops[1])}, "wrong_order"},
        {"off at the origin", {.from = {}, .to = stop(stops[0])}, "no_dropoff"},
        {"on at the end", {.from = stop(stops[2]), .to = {}}, "no_pickup"},
        {"another trip's", {.from = {StopId::make(), {}}, .to = {}}, "not_found"},
        {"too short", {.from = {}, .to = {}, .min_leg_m = 1'000'000}, "too_short"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(no_match_of(find_leg(road, c.wanted)), c.reason);
    }
    const auto leg = find_leg(road, {.from = stop(stops[1]), .to = {}});
    ASSERT_TRUE(leg.has_value());
    EXPECT_EQ(leg->price_per_seat, 1'100);
    EXPECT_EQ(leg->distance_m(), 52'772);
    EXPECT_EQ(leg->duration_s(), 3'166);
    EXPECT_FALSE(leg->whole_trip);
    stops[1].pickup_allowed = false;
    EXPECT_EQ(no_match_of(find_leg(road, {.from = stop(stops[1]), .to = {}})), "no_pickup");
}

}  // namespace
}  // namespace taama::carpool
