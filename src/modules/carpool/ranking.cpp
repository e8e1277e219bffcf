#include "modules/carpool/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "platform/money/money.hpp"

namespace taama::carpool {

namespace {

constexpr std::int64_t one = 10'000;
constexpr std::int64_t time_window_s = 6 * 3600;
// Twenty votes of 4.5 stars stand before a driver's own, so that one vote decides little.
constexpr std::int64_t prior_sum = 90;
constexpr std::int64_t prior_count = 20;

std::int64_t share(std::int64_t part, std::int64_t whole) { return half_up(one, part, whole); }

std::int64_t rest(std::int64_t used, std::int64_t whole) {
    return share(whole - std::min(used, whole), whole);
}

// clamp(2 − price / (reference × km), 0, 1)
std::int64_t price_part(const HitFacts& facts) {
    const std::int64_t reference = facts.reference_price_per_km * facts.distance_m;
    const std::int64_t price = facts.price_per_seat * 1000;
    return share(std::clamp<std::int64_t>(2 * reference - price, 0, reference), reference);
}

// (max(1, mean − penalty) − 1) / 4
std::int64_t rating_part(const HitFacts& facts) {
    const std::int64_t votes = facts.rating_count + prior_count;
    const std::int64_t above_one =
        100 * (facts.rating_sum + prior_sum) - (facts.penalty_hundredths + 100) * votes;
    return share(std::max<std::int64_t>(above_one, 0), 400 * votes);
}

}  // namespace

RankParts rank_parts(const HitFacts& facts) {
    return {
        .proximity = rest(facts.access_m, 2 * facts.radius_m),
        .time = rest(facts.off_wanted_s, time_window_s),
        .price = price_part(facts),
        .rating = rating_part(facts),
        .detour = facts.detour_s == 0 ? one : rest(facts.detour_s, facts.detour_budget_s),
    };
}

std::int64_t rank_score_e8(const RankParts& parts, const RankWeights& weights) {
    return weights.proximity * parts.proximity + weights.time * parts.time +
           weights.price * parts.price + weights.rating * parts.rating +
           weights.detour * parts.detour;
}

std::string score_text(std::int64_t score_e8) {
    return fmt::format("{}.{:08}", score_e8 / 100'000'000, score_e8 % 100'000'000);
}

}  // namespace taama::carpool
