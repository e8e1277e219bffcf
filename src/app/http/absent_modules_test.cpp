#include "app/http/absent_modules.hpp"

#include <gtest/gtest.h>

namespace taama::app {
namespace {

TEST(AbsentModules, ByTheFirstSegment) {
    for (const char* path : {"/api/v1/rides", "/api/v1/fleet/drivers", "/api/v1/cars/1"})
        EXPECT_TRUE(is_of_absent_module(path)) << path;
    for (const char* path : {"/api/v1/ridesx", "/api/v1/nothing/rides", "/rides", "/api/v1/", ""})
        EXPECT_FALSE(is_of_absent_module(path)) << path;
}

}  // namespace
}  // namespace taama::app
