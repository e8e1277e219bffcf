#pragma once

// A signed-in phone or browser, and what proves it.

#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <vector>

#include "platform/http/message.hpp"
#include "platform/json/fields.hpp"

namespace taama::identity {

enum class SubjectKind : std::uint8_t { user, staff };
BOOST_DESCRIBE_ENUM(SubjectKind, user, staff)

enum class SessionKind : std::uint8_t { token, cookie, both };
BOOST_DESCRIBE_ENUM(SessionKind, token, cookie, both)

enum class AuthMethod : std::uint8_t { password, otp, google, apple, totp, recovery };
BOOST_DESCRIBE_ENUM(AuthMethod, password, otp, google, apple, totp, recovery)

enum class DevicePlatform : std::uint8_t { android, ios, web, other };
BOOST_DESCRIBE_ENUM(DevicePlatform, android, ios, web, other)

enum class RevokedReason : std::uint8_t {
    logout,
    user,
    admin,
    password_changed,
    phone_changed,
    reuse,
    suspended,
    role_changed,
    erased
};
BOOST_DESCRIBE_ENUM(RevokedReason, logout, user, admin, password_changed, phone_changed, reuse,
                    suspended, role_changed, erased)

// Whose session it is.
struct Subject {
    SubjectKind kind = SubjectKind::user;
    Uuid id;

    static Subject user(AccountId id) { return {SubjectKind::user, id.uuid}; }
    static Subject staff(StaffId id) { return {SubjectKind::staff, id.uuid}; }
    static Subject of(const http::Caller& caller) {
        return {caller.kind == http::Caller::Kind::staff ? SubjectKind::staff : SubjectKind::user,
                caller.id};
    }
};

struct DeviceIn {
    std::optional<json::Text<1, 100>> id;
    std::optional<json::Text<1, 100>> name;
    std::optional<DevicePlatform> platform;
    std::optional<json::Text<1, 100>> app_version;
};
BOOST_DESCRIBE_STRUCT(DeviceIn, (), (id, name, platform, app_version))

}  // namespace taama::identity
