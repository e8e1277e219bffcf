// What drivers, passengers and strangers see of a trip, and how it goes on (carpool contract, 3,
// 4.2, 4.6 and 4.7).

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

std::string in(const ServerProcess& server, std::chrono::seconds after) {
    return to_string(std::chrono::floor<std::chrono::seconds>(server_now(server)) + after);
}

std::string trip_path(const std::string& trip, std::string_view rest = {}) {
    return "/api/v1/trips/" + trip + std::string{rest};
}
std::string booking_path(const std::string& booking, std::string_view rest = {}) {
    return "/api/v1/bookings/" + booking + std::string{rest};
}

json::object declared_stop(std::string_view label = "Toumodi") {
    return {{"order", 1},
            {"point", {{"lat", toumodi().at("lat")}, {"lon", toumodi().at("lon")}}},
            {"label", label}};
}

TEST(TripView, TheEtagThatADriverReadsGuardsHisChange) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const Response created = driver.http.post("/api/v1/trips", new_trip(server));
    EXPECT_TRUE(created.at("/data/passengers").is_array()) << created.brief();
    const std::string trip = created.text("/data/id");
    booked(passenger, trip);

    const Response read = driver.http.get(trip_path(trip));
    EXPECT_EQ(read.at("/data/passengers").as_array().size(), 1U);
    const Response changed =
        driver.http.patch(trip_path(trip), json::object{{"rules", "Non-fumeur"}},
                          {{"If-Match", read.header("ETag")}});
    ASSERT_EQ(changed.status, 200) << changed.brief();
    EXPECT_EQ(changed.at("/data/passengers").as_array().size(), 1U);
    EXPECT_EQ(driver.http
                  .patch(trip_path(trip), json::object{{"rules", "Silence"}},
                         {{"If-Match", read.header("ETag")}})
                  .status,
              412);
    const Response listed = driver.http.get("/api/v1/trips");
    EXPECT_EQ(listed.at("/data/0/passengers").as_array().size(), 1U);
}

TEST(TripView, WhoHasPaidSeesPlateAndPhone_4_1) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    Person stranger = sign_up(server);
    const std::string trip = publish(server, driver);
    paid_booking(server, passenger, trip);
    const Response seen = passenger.http.get(trip_path(trip));
    EXPECT_FALSE(seen.text("/data/vehicle/plate_number").empty());
    EXPECT_EQ(seen.text("/data/driver/phone"), driver.phone);
    const Response from_outside = stranger.http.get(trip_path(trip));
    EXPECT_TRUE(from_outside.at("/data/vehicle/plate_number").is_null());
    EXPECT_TRUE(from_outside.at("/data/driver/phone").is_null());
}

TEST(TripView, CancelledAndDeletedOnes_S1_076) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    Person stranger = sign_up(server);
    Person support = staff(server, "support");
    const std::string cancelled = publish(server, driver, {{"allow_auto_accept", false}});
    booked(passenger, cancelled);
    driver.http.post(trip_path(cancelled, "/cancel"), json::object{{"reason", "illness"}});
    EXPECT_EQ(passenger.http.get(trip_path(cancelled)).status, 200) << "had asked for a seat";
    EXPECT_EQ(stranger.http.get(trip_path(cancelled)).status, 404);

    const std::string deleted = publish(server, driver);
    EXPECT_EQ(driver.http.del(trip_path(deleted)).status, 204);
    EXPECT_EQ(stranger.http.get(trip_path(deleted)).status, 404);
    EXPECT_EQ(driver.http.get(trip_path(deleted)).status, 200);
    EXPECT_EQ(support.http.get(trip_path(deleted)).status, 200);
    EXPECT_EQ(driver.http.del(trip_path(deleted)).status, 404);
}

TEST(Stops, KeepTheirIdsWhenOnlyTheTimeMoves) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    const std::string trip = publish(server, driver, {{"stops", {declared_stop()}}});
    const auto ids = [&] {
        std::vector<std::string> found;
        const Response stops = driver.http.get(trip_path(trip, "/stops"));
        for (const auto& stop : stops.items()) found.emplace_back(stop.at("id").as_string());
        return found;
    };
    const auto before = ids();
    ASSERT_EQ(before.size(), 3U);
    driver.http.patch(trip_path(trip), json::object{{"departure_time", in(server, 3h)}});
    EXPECT_EQ(ids(), before);
    driver.http.post(trip_path(trip, "/stops"), json::object{{"stops", {declared_stop("Gare")}}});
    const auto after = ids();
    EXPECT_EQ(after.front(), before.front());
    EXPECT_EQ(after.back(), before.back());
    EXPECT_NE(after[1], before[1]) << "another stop at the same place";
}

TEST(Stops, ThePointsTextIsTheirLabel) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    const std::string trip =
        publish(server, driver, {{"stops", {json::object{{"order", 1}, {"point", toumodi()}}}}});
    EXPECT_EQ(driver.http.get(trip_path(trip, "/stops")).text("/data/1/label"),
              toumodi().at("text").as_string());
}

TEST(Trips, ADraftIsPublishedWithTheVehicleOfToday) {
    auto& server = shared_server();
    Person driver = sign_up(server);
    verify_identity(server, driver);
    const Response draft =
        driver.http.post("/api/v1/trips", new_trip(server, {{"status", "draft"}}));
    const std::string publishing = trip_path(draft.text("/data/id"), "/publish");
    EXPECT_TRUE(driver.http.post(publishing).has("/error/details/fields/vehicle_id"));
    add_vehicle(driver, {{"seats_total", 3}});
    EXPECT_TRUE(driver.http.post(publishing).has("/error/details/fields/seats_available"))
        << "three seats and the driver do not fit";
    add_vehicle(driver, {{"is_default", true}});
    const Response published = driver.http.post(publishing);
    ASSERT_EQ(published.status, 200) << published.brief();
    EXPECT_TRUE(published.has("/data/vehicle/make"));
}

TEST(Trips, TooManySeatsAreRefusedByTheFieldThatAsked) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    json::object trip = new_trip(server);
    trip["seats_available"] = 5;
    EXPECT_TRUE(
        driver.http.post("/api/v1/trips", trip).has("/error/details/fields/seats_available"));
    trip.erase("seats_available");
    trip["seats_offered"] = 5;
    EXPECT_TRUE(driver.http.post("/api/v1/trips", trip).has("/error/details/fields/seats_offered"));
}

TEST(Trips, SimilarOnesGoTheSameWay_4_2) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person other = make_driver(server);
    Person later = make_driver(server);
    const json::object origin{{"lat", 9.4581}, {"lon", -5.6296}, {"text", "Korhogo"}};
    const json::object destination{{"lat", 7.6900}, {"lon", -5.0300}, {"text", "Bouaké"}};
    const json::object way{{"origin", origin}, {"destination", destination}};
    const auto on_this_way = [&](std::chrono::seconds after) {
        json::object trip = way;
        trip["departure_time"] = in(server, after);
        return trip;
    };
    const std::string trip = publish(server, driver, on_this_way(72h));
    const std::string near = publish(server, other, on_this_way(80h));
    publish(server, later, on_this_way(240h));
    auto nobody = server.client();
    const Response similar = nobody.get(trip_path(trip, "/similar"));
    ASSERT_EQ(similar.items().size(), 1U) << similar.brief();
    EXPECT_EQ(similar.text("/data/0/trip_id"), near);
}

TEST(Rides, ATripGoesOnFromItsNextStop_4_2) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person first = sign_up(server);
    Person second = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 20min)}});
    const std::string one = paid_booking(server, first, trip);
    const std::string two = paid_booking(server, second, trip);
    const auto check_in = [&](Person& passenger, const std::string& booking) {
        const Response ticket = passenger.http.get(booking_path(booking, "/ticket"));
        return driver.http.post(trip_path(trip, "/checkin"),
                                json::object{{"ticket", ticket.text("/data/qr_code")}});
    };
    check_in(first, one);
    ASSERT_EQ(driver.http.post(trip_path(trip, "/start"), json::object{}).status, 200);
    check_in(second, two);
    const Response started = driver.http.post(trip_path(trip, "/start"), json::object{});
    ASSERT_EQ(started.status, 200) << started.brief();
    EXPECT_EQ(second.http.get(booking_path(two)).text("/data/stage"), "on_board");
    EXPECT_EQ(driver.http.post(trip_path(trip, "/end"), json::object{}).text("/data/status"),
              "completed");
}

TEST(Tickets, CodesCannotBeGuessedThroughTheTrip_4_7) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 20min)}});
    const std::string booking = paid_booking(server, passenger, trip);
    const std::string code =
        passenger.http.get(booking_path(booking, "/ticket")).text("/data/code");
    const std::string wrong = code == "000000" ? "000001" : "000000";
    for (int left = 4; left >= 0; --left) {
        const Response refused =
            driver.http.post(trip_path(trip, "/checkin"), json::object{{"code", wrong}});
        EXPECT_EQ(refused.code(), "code_invalid");
        EXPECT_EQ(refused.integer("/error/details/attempts_left"), left);
    }
    const Response blocked =
        driver.http.post(trip_path(trip, "/checkin"), json::object{{"code", code}});
    EXPECT_EQ(blocked.status, 429) << blocked.brief();
    EXPECT_FALSE(blocked.header("Retry-After").empty());
}

TEST(Tickets, NoCashIsDueForWhatIsPaid_4_7) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 20min)}});
    const std::string booking = paid_booking(server, passenger, trip);
    const std::string code =
        passenger.http.get(booking_path(booking, "/ticket")).text("/data/code");
    const auto check_in = [&](int cash) {
        return driver.http.post(booking_path(booking, "/checkin"),
                                json::object{{"code", code}, {"cash_received", cash}});
    };
    const Response refused = check_in(500);
    EXPECT_EQ(refused.code(), "cash_mismatch");
    EXPECT_EQ(refused.integer("/error/details/due"), 0);
    EXPECT_EQ(check_in(0).status, 200);
}

TEST(Absence, TheDriverDidNotCome_3) {
    ServerProcess server;
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 20min)}});
    const std::string booking = paid_booking(server, passenger, trip);
    const auto report = [&] {
        return passenger.http.post(booking_path(booking, "/report-absence"),
                                   json::object{{"comment", "Personne à la gare"}});
    };
    EXPECT_EQ(report().text("/error/details/reason"), "too_early");
    EXPECT_EQ(driver.http.post(booking_path(booking, "/report-absence"), json::object{}).status,
              404);
    advance_clock(server, 51min);
    passenger.renew();
    const Response reported = report();
    ASSERT_EQ(reported.status, 200) << reported.brief();
    EXPECT_EQ(reported.text("/data/cancel_reason"), "driver_absent");
    EXPECT_TRUE(eventually("the refund", 20s, [&] {
        return passenger.http.get(booking_path(booking)).integer("/data/refunded_amount") == 6000;
    }));
    EXPECT_EQ(report().code(), "invalid_state");
    server.expect_ledger_holds();
}

TEST(Absence, ADriverWhoWasThereIsForADispute_3) {
    ServerProcess server;
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 20min)}});
    const std::string booking = paid_booking(server, passenger, trip);
    advance_clock(server, 21min);
    driver.renew();
    const json::object point{
        {"seq", 1}, {"at", in(server, 0s)}, {"lat", abidjan().at("lat")}, {"lon", -4.0090}};
    const Response seen =
        driver.http.post(trip_path(trip, "/positions"),
                         json::object{{"device_id", "phone-of-the-driver"}, {"points", {point}}});
    ASSERT_EQ(seen.status, 200) << seen.brief();
    advance_clock(server, 35min);
    passenger.renew();
    const Response reported =
        passenger.http.post(booking_path(booking, "/report-absence"), json::object{});
    EXPECT_EQ(reported.status, 409);
    EXPECT_EQ(reported.text("/error/details/reason"), "use_dispute");
}

TEST(Staff, ReadDealsByTheirRoleAndMessagesForAReason_S1_154_S1_178) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    Person support = staff(server, "support");
    Person fleet = staff(server, "fleet_viewer");
    const std::string booking = booked(passenger, publish(server, driver));
    passenger.http.post(booking_path(booking, "/messages"),
                        json::object{{"content", "Appelez le 07 00 00 00 01"}});
    EXPECT_EQ(support.http.get(booking_path(booking)).status, 200);
    EXPECT_EQ(fleet.http.get(booking_path(booking)).code(), "forbidden");
    EXPECT_EQ(fleet.http.get(booking_path(booking, "/events")).code(), "forbidden");

    const std::string messages = booking_path(booking, "/messages");
    EXPECT_EQ(fleet.http.get(messages + "?reason=Litige").code(), "forbidden");
    EXPECT_TRUE(support.http.get(messages).has("/error/details/fields/reason"));
    const Response read = support.http.get(messages + "?reason=Litige");
    ASSERT_EQ(read.status, 200) << read.brief();
    EXPECT_EQ(read.text("/data/0/content"), "Appelez le 07 00 00 00 01");
    EXPECT_EQ(read.text("/data/0/from_role"), "passenger");
    EXPECT_EQ(server.sql().number("select count(*) from audit.entries where action = "
                                  "'READ_MESSAGES' and meta ->> 'reason' = 'Litige'"),
              1);
    EXPECT_EQ(support.http.post(messages, json::object{{"content", "Bonjour"}}).status, 403);
}

TEST(Vehicles, StaffVerifyAndGiveThem_4_1) {
    auto& server = shared_server();
    Person squatter = sign_up(server);
    Person owner = sign_up(server);
    Person ops = staff(server, "ops");
    Person support = staff(server, "support");
    const std::string id = add_vehicle(squatter);
    const std::string second = add_vehicle(squatter);
    const std::string path = "/api/v1/admin/vehicles/" + id;
    EXPECT_EQ(support.http.get(path).status, 403);
    EXPECT_EQ(squatter.http.get(path).status, 403);
    const Response listed =
        ops.http.get("/api/v1/admin/vehicles?verified=false&owner_user_id=" + squatter.id);
    EXPECT_EQ(listed.items().size(), 2U) << listed.brief();

    const Response verified =
        ops.http.patch(path, json::object{{"verified", true}, {"note", "Carte grise vue"}});
    ASSERT_EQ(verified.status, 200) << verified.brief();
    EXPECT_FALSE(verified.text("/data/verified_by").empty());
    EXPECT_TRUE(squatter.http.get("/api/v1/vehicles/" + id).flag("/data/verified"));

    EXPECT_TRUE(
        ops.http
            .patch(path, json::object{{"owner_user_id", "00000000-0000-4000-8000-000000000001"}})
            .has("/error/details/fields/owner_user_id"));
    const Response given = ops.http.patch(path, json::object{{"owner_user_id", owner.id}});
    ASSERT_EQ(given.status, 200) << given.brief();
    EXPECT_EQ(squatter.http.get("/api/v1/vehicles/" + id).status, 404);
    EXPECT_TRUE(squatter.http.get("/api/v1/vehicles/" + second).flag("/data/is_default"));
    EXPECT_TRUE(owner.http.get("/api/v1/vehicles/" + id).flag("/data/is_default"));
    EXPECT_EQ(
        server.sql().number("select count(*) from audit.entries where entity_id = '" + id + "'"),
        2);
}

TEST(Vehicles, AnotherBecomesTheDefaultWhenItGoes_4_1) {
    auto& server = shared_server();
    Person owner = sign_up(server);
    const std::string first = add_vehicle(owner);
    const std::string second = add_vehicle(owner);
    EXPECT_EQ(owner.http.del("/api/v1/vehicles/" + first).status, 204);
    EXPECT_TRUE(owner.http.get("/api/v1/vehicles/" + second).flag("/data/is_default"));
}

}  // namespace
}  // namespace taama::test
