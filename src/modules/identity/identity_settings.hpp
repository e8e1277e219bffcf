#pragma once

// The settings of sign-in, codes and KYC.

#include "modules/settings/settings.hpp"

namespace taama::identity {

using settings::Group;
using settings::Key;
using settings::Words;

inline constexpr Key<int> access_ttl_minutes{
    "auth.access_ttl_minutes", 15, {5, 60}, Group::security};
inline constexpr Key<int> staff_access_ttl_minutes{
    "auth.staff_access_ttl_minutes", 60, {5, 240}, Group::security};
inline constexpr Key<int> refresh_ttl_days{"auth.refresh_ttl_days", 7, {1, 90}, Group::security};
inline constexpr Key<int> staff_refresh_ttl_hours{
    "auth.staff_refresh_ttl_hours", 8, {1, 72}, Group::security};
inline constexpr Key<int> session_max_days{"auth.session_max_days", 180, {7, 730}, Group::security};
inline constexpr Key<int> cookie_idle_hours{"auth.cookie_idle_hours", 8, {1, 72}, Group::security};
inline constexpr Key<int> lock_threshold{"auth.lock_threshold", 5, {3, 20}, Group::security};
inline constexpr Key<int> lock_minutes{"auth.lock_minutes", 15, {1, 1440}, Group::security};
inline constexpr Key<int> lock_max_minutes{
    "auth.lock_max_minutes", 240, {1, 1440}, Group::security};
inline constexpr Key<int> reauth_minutes{"auth.reauth_minutes", 10, {1, 60}, Group::security};
inline constexpr Key<int> dormant_days{"auth.dormant_days", 180, {30, 1000}, Group::security};

inline constexpr Key<int> otp_ttl_seconds{"otp.ttl_seconds", 300, {60, 600}, Group::security};
inline constexpr Key<int> otp_attempts_max{"otp.max_attempts", 3, {1, 5}, Group::security};
inline constexpr Key<int> otp_sends_per_10min{"otp.sends_per_10min", 3, {1, 10}, Group::security};
inline constexpr Key<int> otp_sends_per_day{"otp.sends_per_day", 10, {3, 50}, Group::security};
inline constexpr Key<int> otp_sends_per_ip_hour{
    "otp.sends_per_ip_hour", 20, {5, 1000}, Group::security};
inline constexpr Key<int> otp_wrong_per_day{"otp.wrong_per_day", 10, {3, 50}, Group::security};
// No word: every country.
inline constexpr Key<Words> otp_allowed_prefixes{
    "otp.allowed_prefixes", {"+225", "+228", "+229"}, Group::security};

inline constexpr Key<int> age_min{"identity.min_age", 16, {13, 21}, Group::security};
inline constexpr Key<bool> social_require_nonce{"social.require_nonce", true, Group::security};
inline constexpr Key<std::string_view> terms_version{"legal.terms_version", "1", 20,
                                                     Group::security};

inline constexpr Key<Words> identity_doc_types{
    "kyc.identity_doc_types", {"cni", "passport", "residence_permit"}, Group::privacy};
inline constexpr Key<int> kyc_submissions_30d_max{
    "kyc.max_submissions_30d", 5, {1, 20}, Group::privacy};
inline constexpr Key<int> kyc_retention_years{"kyc.retention_years", 10, {1, 15}, Group::privacy};
inline constexpr Key<int> erasure_grace_days{
    "privacy.erasure_grace_days", 14, {0, 30}, Group::privacy};

}  // namespace taama::identity
