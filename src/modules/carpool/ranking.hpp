#pragma once

// How good a hit is for the one who searches. Exact: parts in ten-thousandths, the score in 10⁻⁸.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>

namespace taama::carpool {

// Basis points that add up to 10,000.
struct RankWeights {
    std::int64_t proximity = 4000;
    std::int64_t time = 1500;
    std::int64_t price = 2000;
    std::int64_t rating = 1500;
    std::int64_t detour = 1000;
};

struct HitFacts {
    std::int64_t access_m = 0;  // both ends together
    std::int64_t radius_m = 25'000;
    std::int64_t off_wanted_s = 0;  // |pick-up − wanted|; 0 when no time was wanted
    std::int64_t price_per_seat = 0;
    std::int64_t distance_m = 1;
    std::int64_t reference_price_per_km = 25;  // minor units
    std::int64_t rating_sum = 0;
    std::int64_t rating_count = 0;
    std::int64_t penalty_hundredths = 0;  // active penalty points × 100
    std::int64_t detour_s = 0;
    std::int64_t detour_budget_s = 0;
};

// Ten-thousandths, each 0..10,000 and rounded half up.
struct RankParts {
    std::int64_t proximity = 0;
    std::int64_t time = 0;
    std::int64_t price = 0;
    std::int64_t rating = 0;
    std::int64_t detour = 0;
};

RankParts rank_parts(const HitFacts& facts);
// Σ weight × part: 10⁸ is the best there is.
std::int64_t rank_score_e8(const RankParts& parts, const RankWeights& weights);

std::string score_text(std::int64_t score_e8);  // "0.94393500"

}  // namespace taama::carpool
