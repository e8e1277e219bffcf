#pragma once

// Who lives in the demo: invented people of Abidjan and Lomé.

#include <span>
#include <string_view>

#include "platform/geo/lat_lon.hpp"

namespace taama::app {

inline constexpr std::string_view demo_password = "mangue-verte-12";

struct DemoStaff {
    std::string_view username;
    std::string_view full_name;
    std::string_view role;
};

struct DemoVehicle {
    std::string_view make;
    std::string_view model;
    std::string_view color;
    std::string_view plate;
    int seats_total;
    std::string_view comfort;
};

struct DemoPerson {
    std::string_view phone;
    std::string_view first_name;
    std::string_view last_name;
    const DemoVehicle* vehicle;  // of drivers
};

struct DemoPlace {
    std::string_view text;
    LatLon point;
};

struct DemoStop {
    std::string_view label;
    LatLon point;
};

// One trip a day for the coming week.
struct DemoTrip {
    std::string_view driver_phone;
    DemoPlace origin;
    DemoPlace destination;
    std::span<const DemoStop> stops;
    int departure_minute;  // of the day, UTC
    int price;             // XOF
    int seats;
    bool auto_accept;
    std::string_view rules;
};

std::span<const DemoStaff> demo_staff();
std::span<const DemoPerson> demo_people();
std::span<const DemoTrip> demo_trips();

}  // namespace taama::app
