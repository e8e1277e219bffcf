#pragma once

// What is known about the operator of this instance, and the settings that hold for every area.

#include "modules/settings/settings.hpp"

namespace taama::settings {

inline constexpr Key<std::string_view> operator_name{"operator.name", "Taama", 40};
inline constexpr Key<std::string_view> operator_currency{"operator.currency", "XOF", 3};
inline constexpr Key<std::string_view> operator_country{"operator.country", "CI", 2};
inline constexpr Key<std::string_view> operator_time_zone{"operator.time_zone", "Africa/Abidjan",
                                                          60};
inline constexpr Key<std::string_view> operator_language{"operator.language", "fr", 2};
inline constexpr Key<std::string_view> operator_support_phone{"operator.support_phone", "", 20};
inline constexpr Key<std::string_view> operator_support_email{"operator.support_email", "", 254};

inline constexpr Key<int> compress_min_bytes{"http.compress_min_bytes", 512, {0, 65'536}};
inline constexpr Key<Words> cors_origins{"cors.origins", {}, Group::security};
inline constexpr Key<int> ratelimit_anonymous{
    "ratelimit.anonymous", 60, {1, 1'000'000}, Group::security};
inline constexpr Key<int> ratelimit_user{"ratelimit.user", 600, {1, 1'000'000}, Group::security};
inline constexpr Key<int> ratelimit_staff{"ratelimit.staff", 600, {1, 1'000'000}, Group::security};

inline constexpr Key<Words> mfa_required_roles{
    "auth.mfa_required_roles", {"super", "finance", "compliance"}, Group::security};
inline constexpr Key<Words> approvals_operations{"approvals.operations", {}, Group::security};
inline constexpr Key<std::int64_t> arbitration_max_support{
    "arbitration.max_support", 25'000, {0, 100'000'000}, Group::money};
inline constexpr Key<std::int64_t> arbitration_max_ops{
    "arbitration.max_ops", 100'000, {0, 100'000'000}, Group::money};
inline constexpr Key<int> audit_retention_months{
    "audit.retention_months", 120, {12, 600}, Group::privacy};
inline constexpr Key<bool> docs_public{"docs.public", true, Group::security};
inline constexpr Key<Words> metrics_allow{
    "metrics.allow", {"loopback", "private"}, Group::security};
inline constexpr Key<bool> maintenance_enabled{"maintenance.enabled", false};
inline constexpr Key<std::string_view> maintenance_message{"maintenance.message", "", 300};

}  // namespace taama::settings
