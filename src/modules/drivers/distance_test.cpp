#include "modules/drivers/distance.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace taama::drivers {
namespace {

const UtcTime start = *parse_utc_time("2026-10-02T08:30:00Z");
TrackPoint at(int seconds, double lat, double lon) {
    return {start + Seconds{seconds}, {lat, lon}};
}

const TrackPoint a = at(0, 5.3500, -4.0000);
const TrackPoint b = at(10, 5.3510, -4.0000);
const TrackPoint c = at(20, 5.3520, -4.0000);
const TrackPoint d = at(30, 5.3520, -3.9990);
const TrackPoint e = at(40, 5.3530, -3.9990);

TEST(Distance, WorkedExamples_F12) {
    const auto far = [](int seconds, double more = 0) { return at(seconds, 5.4000 + more, -4.0); };
    struct Case {
        const char* name;
        std::vector<TrackPoint> points;
        std::int32_t want;
    };
    const Case cases[] = {
        {"no point", {}, 0},
        {"one point", {a}, 0},
        {"the trace", {a, b, c, d, e}, 444},
        {"each twice", {a, a, b, b, c, c, d, d, e, e}, 444},
        {"a jump of 5.3 km and back", {a, b, c, far(21), d, e}, 444},
        {"two jumps", {a, b, c, far(21), far(22), d, e}, 444},
        {"c comes later", {a, b, d, e}, 379},
        // Lost for a while, then 111 m and 111 m further on.
        {"he really is there", {a, b, far(21), far(31, 0.001), far(41, 0.002)}, 334},
        {"three jumps to different places",
         {a, b, c, far(21), at(22, 5.5, -4), far(23), d, e},
         444},
        {"two that follow each other after one that does not",
         {a, b, at(20, 5.5, -4), far(21), far(31, 0.001), far(41, 0.002)},
         334},
    };
    for (const Case& k : cases) {
        SCOPED_TRACE(k.name);
        EXPECT_EQ(distance_along_m(k.points), k.want);
    }
}

}  // namespace
}  // namespace taama::drivers
