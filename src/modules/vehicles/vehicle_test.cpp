#include "modules/vehicles/vehicle.hpp"

#include <gtest/gtest.h>

namespace taama::vehicles {
namespace {

TEST(Vehicle, NumbersOfVehicles_S1_071) {
    EXPECT_EQ(normal_vin("vf1bb05cf12345678"), "VF1BB05CF12345678");
    EXPECT_FALSE(normal_vin("VF1BB05CF1234567"));   // one short
    EXPECT_FALSE(normal_vin("VF1BB05CF1234567O"));  // O is not in the alphabet
    EXPECT_FALSE(normal_vin("VF1-BB05CF1234567"));
}

TEST(Vehicle, WhatWasVerifiedIsWhatCounts) {
    Vehicle before;
    before.plate_key = "1234AB01";
    before.make = "Toyota";
    before.seats_total = 5;
    struct Case {
        const char* name;
        void (*change)(Vehicle&);
        bool loses;
    };
    const Case cases[] = {
        {"nothing", [](Vehicle&) {}, false},
        {"color", [](Vehicle& v) { v.color = "Rouge"; }, false},
        {"model", [](Vehicle& v) { v.model = "Yaris"; }, false},
        {"typed plate", [](Vehicle& v) { v.plate_number = "1234 AB 01"; }, false},
        {"plate", [](Vehicle& v) { v.plate_key = "1235AB01"; }, true},
        {"country", [](Vehicle& v) { v.plate_country = "TG"; }, true},
        {"vin", [](Vehicle& v) { v.vin = "VF1BB05CF12345678"; }, true},
        {"make", [](Vehicle& v) { v.make = "Renault"; }, true},
        {"seats", [](Vehicle& v) { v.seats_total = 7; }, true},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        Vehicle after = before;
        c.change(after);
        EXPECT_EQ(loses_verification(before, after), c.loses);
    }
}

}  // namespace
}  // namespace taama::vehicles
