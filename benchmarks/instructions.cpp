// What parts of a request cost in instructions, which no other load of the machine changes:
//
//     valgrind --tool=callgrind --collect-atstart=no --toggle-collect='counted_*'
//     bench_instructions
//
// Each counted_… function does one thing `rounds` times; callgrind tells them apart. See
// instructions.py.

#include <fmt/format.h>

#include <cstdlib>

#include "platform/crypto/jwt.hpp"
#include "platform/http/router.hpp"
#include "platform/json/codec.hpp"

namespace taama::benchmarks {

struct Stop {
    Uuid id;
    std::string label;
    double lat = 0;
    double lon = 0;
    UtcTime arrive_at;
    std::int32_t seats_free = 0;
};
BOOST_DESCRIBE_STRUCT(Stop, (), (id, label, lat, lon, arrive_at, seats_free))

// As long and as mixed as what the API sends.
struct Trip {
    Uuid id;
    Stop origin;
    Stop destination;
    UtcTime departure_time;
    std::int64_t price_per_seat = 0;
    std::optional<std::string> rules;
    bool allow_auto_accept = false;
    std::vector<Stop> stops;
};
BOOST_DESCRIBE_STRUCT(Trip, (),
                      (id, origin, destination, departure_time, price_per_seat, rules,
                       allow_auto_accept, stops))

namespace {

constexpr int rounds = 1000;
constexpr std::string_view some_uuid = "2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27c";
const UtcTime now = *parse_utc_time("2026-10-02T08:30:00Z");

Stop stop(std::string label, double lat, double lon) {
    return {*Uuid::parse(some_uuid), std::move(label), lat, lon, now, 3};
}

Trip trip() {
    return {.id = *Uuid::parse(some_uuid),
            .origin = stop("Abidjan, Plateau", 5.3575, -4.0083),
            .destination = stop("Yamoussoukro", 6.819, -5.276),
            .departure_time = now,
            .price_per_seat = 6000,
            .rules = "Pas de \"gros\" bagages\n",
            .allow_auto_accept = true,
            .stops = {stop("Toumodi", 6.558, -5.019), stop("N'Douci", 5.863, -4.763)}};
}

// Nothing that was computed may be left out.
void use(std::size_t value) {
    volatile std::size_t sink = value;
    static_cast<void>(sink);
}

http::Operations operations() {
    http::Operations all;
    for (const char* area : {"trips", "bookings", "vehicles", "payments", "tickets", "me", "files"})
        for (const char* rest : {"", "/{id}", "/{id}/cancel", "/{id}/events", "/search"}) {
            http::Operation each;
            each.method = http::Method::get;
            each.path = fmt::format("/{}{}", area, rest);
            all.add(std::move(each));
        }
    return all;
}

}  // namespace

}  // namespace taama::benchmarks

using namespace taama;
using namespace taama::benchmarks;

extern "C" {

[[gnu::noinline]] void counted_router(const http::Router& router) {
    for (int i = 0; i < rounds; ++i) {
        const std::string path =
            http::canonical_path("/api/v1/bookings/2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27c/events");
        use(router.find(http::Method::get, path).path_values.size());
    }
}

[[gnu::noinline]] void counted_json_write(const Trip& trip) {
    for (int i = 0; i < rounds; ++i) use(json::to_json(trip).size());
}

[[gnu::noinline]] void counted_json_read(const std::string& text) {
    const json::ReadContext context;
    for (int i = 0; i < rounds; ++i) {
        const auto node = json::parse(text);
        json::Problems problems;
        json::Reader reader{context, problems};
        Trip read;
        json::Codec<Trip>::read(reader, *node, read);
        if (!problems.empty()) std::abort();
        use(read.stops.size());
    }
}

[[gnu::noinline]] void counted_token_check(const crypto::TokenSigner& signer,
                                           const std::string& token) {
    for (int i = 0; i < rounds; ++i) {
        if (!signer.verify(token, now)) std::abort();
    }
}
}

int main() {
    const http::Operations all = operations();
    const http::Router router{all};
    const Trip written = trip();
    const std::string text = json::to_json(written);
    const crypto::TokenSigner signer{"https://taama.test",
                                     crypto::TokenKey::of(std::string(32, 's'))};
    const std::string token = signer.issue({.audience = crypto::Audience::user,
                                            .subject = *Uuid::parse(some_uuid),
                                            .session = SessionId{*Uuid::parse(some_uuid)},
                                            .roles = {"client", "driver"},
                                            .token_id = *Uuid::parse(some_uuid),
                                            .issued_at = now,
                                            .expires_at = now + std::chrono::minutes{15}});
    counted_router(router);
    counted_json_write(written);
    counted_json_read(text);
    counted_token_check(signer, token);
    fmt::print("{}\n", rounds);
}
