#pragma once

// How people and staff see themselves.

#include <boost/json/object.hpp>

#include "modules/files/files.hpp"
#include "modules/identity/account.hpp"
#include "modules/identity/session.hpp"

namespace taama::identity {

struct Deps;

enum class UserType : std::uint8_t { client, driver, store_owner };
BOOST_DESCRIBE_ENUM(UserType, client, driver, store_owner)

// The newest that happened to the person's documents.
enum class KycState : std::uint8_t { none, pending, approved, rejected };
BOOST_DESCRIBE_ENUM(KycState, none, pending, approved, rejected)

struct RatingView {
    std::optional<double> avg;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(RatingView, (), (avg, count))

struct RatingsView {
    RatingView driver;
    RatingView passenger;
};
BOOST_DESCRIBE_STRUCT(RatingsView, (), (driver, passenger))

struct KycSummary {
    int tier = 0;
    KycState status = KycState::none;
};
BOOST_DESCRIBE_STRUCT(KycSummary, (), (tier, status))

struct OwnSession {
    SessionId id;
    SessionKind kind = SessionKind::both;
    std::optional<std::string> csrf_token;  // when the session cookie was used
    UtcTime auth_time;
    UtcTime expires_at;
};
BOOST_DESCRIBE_STRUCT(OwnSession, (), (id, kind, csrf_token, auth_time, expires_at))

struct MeView {
    AccountId id;
    std::string kind = "user";
    std::optional<std::string> phone;
    std::optional<std::string> email;
    std::string first_name;
    std::string last_name;
    std::string full_name;
    std::optional<Gender> gender;
    std::optional<Date> birthdate;
    std::optional<std::string> photo_url;
    std::optional<std::string> photo_thumb_url;
    UserType user_type = UserType::client;
    std::vector<PersonRole> roles;
    bool is_driver = false;
    bool is_active = true;
    bool is_phone_verified = false;
    bool is_email_verified = false;
    AccountStatus status = AccountStatus::active;
    Language language = Language::fr;
    boost::json::object preferences;
    std::optional<double> rating_avg;
    std::int64_t rating_count = 0;
    RatingsView ratings;
    std::string referral_code;
    KycSummary kyc;
    bool has_password = false;
    bool mfa_enabled = false;
    std::vector<std::string> linked_providers;
    bool names_locked = false;
    std::optional<UtcTime> erasure_due_at;
    std::optional<OwnSession> session;
    UtcTime created_at;
    UtcTime updated_at;
};
BOOST_DESCRIBE_STRUCT(MeView, (),
                      (id, kind, phone, email, first_name, last_name, full_name, gender, birthdate,
                       photo_url, photo_thumb_url, user_type, roles, is_driver, is_active,
                       is_phone_verified, is_email_verified, status, language, preferences,
                       rating_avg, rating_count, ratings, referral_code, kyc, has_password,
                       mfa_enabled, linked_providers, names_locked, erasure_due_at, session,
                       created_at, updated_at))

struct StaffView {
    StaffId id;
    std::string kind = "staff";
    std::string username;
    std::optional<std::string> email;
    std::string full_name;
    http::Role role = http::Role::support;
    bool is_active = true;
    bool mfa_enabled = false;
    bool mfa_required = false;
    bool must_change_password = false;
    std::vector<Uuid> orgs;
    Language language = Language::fr;
    std::vector<std::string> permissions;
    std::optional<UtcTime> last_login_at;
    std::optional<OwnSession> session;
    UtcTime created_at;
    UtcTime updated_at;
};
BOOST_DESCRIBE_STRUCT(StaffView, (),
                      (id, kind, username, email, full_name, role, is_active, mfa_enabled,
                       mfa_required, must_change_password, orgs, language, permissions,
                       last_login_at, session, created_at, updated_at))

// The session shows the CSRF token only when `by_cookie`.
struct Seer {
    SessionId session;
    bool by_cookie = false;
};
Task<std::optional<MeView>> find_me(const Deps& deps, pg::Db& db, AccountId user, Seer seer);
Task<MeView> find_me(const Deps& deps, pg::Tx& tx, AccountId user, Seer seer);

Task<std::optional<StaffView>> find_staff_view(const Deps& deps, pg::Db& db, StaffId staff,
                                               Seer seer);
Task<StaffView> find_staff_view(const Deps& deps, pg::Tx& tx, StaffId staff, Seer seer);

std::string full_name_of(std::string_view first_name, std::string_view last_name);

}  // namespace taama::identity
