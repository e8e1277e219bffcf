#include "app/seed/demo.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <fstream>
#include <stdexcept>

#include "app/seed/demo_store.hpp"
#include "platform/crypto/password.hpp"

namespace taama::app {

namespace {

constexpr int days_ahead = 7;

// The limits that count by IP address are lifted: load and acceptance clients share one machine.
struct DemoSetting {
    std::string_view key;
    std::int64_t value;
};
constexpr DemoSetting lifted_limits[] = {
    {"ratelimit.anonymous", 1'000'000},  {"ratelimit.user", 1'000'000},
    {"ratelimit.staff", 1'000'000},      {"ratelimit.auth", 1'000'000},
    {"ratelimit.login", 1'000'000},      {"ratelimit.otp_send", 1'000'000},
    {"ratelimit.otp_verify", 1'000'000}, {"ratelimit.search", 1'000'000},
    {"ratelimit.upload", 1'000'000},     {"otp.sends_per_ip_hour", 1'000'000},
};

Task<void> save_people(Worker& worker, Process& process) {
    const UtcTime now = process.clock.now();
    const std::string hash =
        co_await process.work_pool.run([] { return crypto::hash_password(demo_password); });
    pg::Tx tx = co_await worker.db().begin();
    for (const DemoStaff& person : demo_staff()) save_demo_staff(tx, person, hash, now);
    for (const DemoPerson& person : demo_people()) {
        const AccountId id = co_await save_demo_person(tx, person, hash, now);
        if (person.vehicle != nullptr) save_demo_driver(tx, id, process.sealer, now);
    }
    for (const DemoSetting& limit : lifted_limits)
        save_demo_setting(tx, limit.key, limit.value, now);
    save_demo_setting(tx, "auth.mfa_required_roles", boost::json::array{}, now);
    co_await tx.commit();
    co_await process.settings.reload(worker.db());
}

// A request as that person's own phone would send it, through the whole edge.
Task<boost::json::value> post_as(Worker& worker, Process& process, AccountId person,
                                 std::string path, boost::json::value body) {
    const UtcTime now = process.clock.now();
    const std::string bearer =
        "Bearer " + process.token_signer.issue({.audience = crypto::Audience::user,
                                                .subject = person.uuid,
                                                .session = SessionId::make(),
                                                .roles = {"client", "driver"},
                                                .token_id = Uuid::make(),
                                                .issued_at = now,
                                                .expires_at = now + 5min});
    http::Request request;
    request.method = http::Method::post;
    request.path = std::move(path);
    request.body = boost::json::serialize(body);
    request.remote_ip = "127.0.0.1";
    request.header = [&bearer](std::string_view name) -> std::string_view {
        if (name == "Authorization") return bearer;
        if (name == "Content-Type") return "application/json";
        return {};
    };
    const http::Response response = co_await worker.edge().serve(request);
    if (response.status >= 300)
        throw std::runtime_error{fmt::format("demo data: {} answered {}: {}", request.path,
                                             response.status, response.body)};
    co_return boost::json::parse(response.body).at("data");
}

Task<void> save_vehicles(Worker& worker, Process& process) {
    for (const DemoPerson& person : demo_people()) {
        if (person.vehicle == nullptr) continue;
        const auto id = co_await find_demo_person(worker.db(), person.phone);
        const DemoVehicle& vehicle = *person.vehicle;
        co_await post_as(worker, process, id.value(), "/api/v1/vehicles",
                         {{"make", vehicle.make},
                          {"model", vehicle.model},
                          {"color", vehicle.color},
                          {"plate_number", vehicle.plate},
                          {"seats_total", vehicle.seats_total},
                          {"comfort_level", vehicle.comfort}});
    }
}

boost::json::object position(const DemoPlace& place) {
    return {{"lat", place.point.lat}, {"lon", place.point.lon}, {"text", place.text}};
}

Task<void> publish_trips(Worker& worker, Process& process) {
    const auto today = std::chrono::floor<std::chrono::days>(process.clock.now());
    for (int day = 1; day <= days_ahead; ++day)
        for (const DemoTrip& trip : demo_trips()) {
            const auto driver = co_await find_demo_person(worker.db(), trip.driver_phone);
            boost::json::array stops;
            for (const DemoStop& stop : trip.stops)
                stops.push_back({{"order", stops.size() + 1},
                                 {"point", {{"lat", stop.point.lat}, {"lon", stop.point.lon}}},
                                 {"label", stop.label}});
            const UtcTime departure =
                today + std::chrono::days{day} + std::chrono::minutes{trip.departure_minute};
            boost::json::object body{{"origin", position(trip.origin)},
                                     {"destination", position(trip.destination)},
                                     {"departure_time", to_string(departure)},
                                     {"price_per_seat", trip.price},
                                     {"seats_available", trip.seats},
                                     {"allow_auto_accept", trip.auto_accept},
                                     {"stops", std::move(stops)}};
            if (!trip.rules.empty()) body["rules"] = trip.rules;
            co_await post_as(worker, process, driver.value(), "/api/v1/trips", std::move(body));
        }
}

}  // namespace

Task<void> seed_demo(Worker& worker, Process& process) {
    if (!co_await has_demo_people(worker.db())) {
        co_await save_people(worker, process);
        co_await save_vehicles(worker, process);
    }
    if (co_await count_trips_ahead(worker.db(), process.clock.now()) == 0)
        co_await publish_trips(worker, process);
}

void tell_demo_accounts(const config::Config& config) {
    boost::json::array staff;
    boost::json::array users;
    fmt::print("\nDemo accounts, all with the password {}:\n", demo_password);
    for (const DemoStaff& person : demo_staff()) {
        staff.push_back(
            {{"username", person.username}, {"password", demo_password}, {"role", person.role}});
        fmt::print("  staff  {:<16} {}\n", person.username, person.role);
    }
    for (const DemoPerson& person : demo_people()) {
        boost::json::array roles{"client"};
        if (person.vehicle != nullptr) roles.emplace_back("driver");
        fmt::print("  user   {:<16} {} {}\n", person.phone, person.first_name,
                   person.vehicle != nullptr ? "(driver)" : "");
        users.push_back({{"phone", person.phone},
                         {"password", demo_password},
                         {"first_name", person.first_name},
                         {"roles", std::move(roles)}});
    }
    std::ofstream{config.data_directory / "demo.json"}
        << boost::json::serialize(
               boost::json::object{{"staff", std::move(staff)}, {"users", std::move(users)}})
        << '\n';
}

}  // namespace taama::app
