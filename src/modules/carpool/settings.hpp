#pragma once

// What the operator may tune of carpooling.

#include "modules/settings/settings.hpp"

namespace taama::carpool {

namespace settings_keys {

using taama::settings::Group;
using taama::settings::Key;

inline constexpr Key<bool> require_kyc_for_driver{"carpool.require_kyc_for_driver", true,
                                                  Group::security};
inline constexpr Key<bool> allow_auto_accept{"carpool.allow_auto_accept", true};
inline constexpr Key<bool> require_verified_vehicle{"carpool.require_verified_vehicle", false,
                                                    Group::security};
inline constexpr Key<int> publish_horizon_days{"carpool.publish_horizon_days", 90, {1, 365}};
inline constexpr Key<int> hold_min{"carpool.hold_min", 30, {1, 1440}};
inline constexpr Key<int> hold_max_min{"carpool.hold_max_min", 60, {1, 1440}};
inline constexpr Key<int> lapsed_grace_min{"carpool.lapsed_grace_min", 60, {1, 1440}};
inline constexpr Key<int> request_ttl_h{"carpool.request_ttl_h", 24, {1, 168}};
inline constexpr Key<int> unpaid_max{"carpool.unpaid_max", 5, {1, 1'000'000}};
inline constexpr Key<int> unpaid_window_h{"carpool.unpaid_window_h", 24, {1, 720}};
inline constexpr Key<int> default_radius_km{"carpool.default_radius_km", 25, {1, 100}};
inline constexpr Key<int> default_detour_min{"carpool.default_detour_min", 10, {0, 60}};
inline constexpr Key<int> stop_dwell_s{"carpool.stop_dwell_s", 300, {0, 3600}};
inline constexpr Key<int> min_leg_m{"carpool.min_leg_m", 1000, {1, 100'000}};
inline constexpr Key<std::int64_t> leg_price_step{
    "carpool.leg_price_step", 100, {1, 1'000'000}, Group::money};
inline constexpr Key<std::int64_t> leg_price_min{
    "carpool.leg_price_min", 200, {0, 1'000'000}, Group::money};
inline constexpr Key<std::int64_t> price_ceiling_per_km{
    "carpool.price_ceiling_per_km", 0, {0, 1'000'000}, Group::money};
inline constexpr Key<std::int64_t> reference_price_per_km{
    "carpool.reference_price_per_km", 25, {1, 1'000'000}};
inline constexpr Key<int> rank_proximity_bp{"carpool.rank_proximity_bp", 4000, {0, 10'000}};
inline constexpr Key<int> rank_time_bp{"carpool.rank_time_bp", 1500, {0, 10'000}};
inline constexpr Key<int> rank_price_bp{"carpool.rank_price_bp", 2000, {0, 10'000}};
inline constexpr Key<int> rank_rating_bp{"carpool.rank_rating_bp", 1500, {0, 10'000}};
inline constexpr Key<int> rank_detour_bp{"carpool.rank_detour_bp", 1000, {0, 10'000}};
// "index": searches are answered from memory where they can be; "sql": always by PostgreSQL.
inline constexpr Key<std::string_view> search_engine{"carpool.search_engine", "index", 5};
inline constexpr Key<int> no_show_wait_min{"carpool.no_show_wait_min", 10, {0, 240}};
inline constexpr Key<int> unstarted_close_h{"carpool.unstarted_close_h", 12, {1, 72}};
inline constexpr Key<int> auto_end_h{"carpool.auto_end_h", 6, {1, 72}};
inline constexpr Key<int> checkin_open_min{"carpool.checkin_open_min", 60, {0, 240}};
inline constexpr Key<int> location_open_min{"carpool.location_open_min", 60, {0, 240}};
inline constexpr Key<int> trip_buffer_min{"vehicles.trip_buffer_min", 15, {0, 240}};
inline constexpr Key<int> conversation_close_h{"messaging.close_after_h", 48, {1, 720}};
// Hundredths: 130 is ×1.3.
inline constexpr Key<int> fallback_factor_pct{"routing.fallback_factor_pct", 130, {100, 300}};
inline constexpr Key<int> fallback_kmh{"routing.fallback_kmh", 60, {10, 150}};

}  // namespace settings_keys

}  // namespace taama::carpool
