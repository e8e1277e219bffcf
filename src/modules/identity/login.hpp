#pragma once

// POST /auth/login and POST /admin/login.

#include "modules/identity/contact_in.hpp"
#include "modules/identity/sign_in.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct LoginIn {
    std::optional<json::Text<1, 254>> identifier;
    std::optional<json::Phone> phone;
    std::optional<json::Email> email;
    std::optional<json::Text<1, 60>> username;
    json::Secret<1, 128> password;
    std::optional<json::Secret<6, 6>> totp_code;
    std::optional<DeviceIn> device;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(LoginIn, (),
                      (identifier, phone, email, username, password, totp_code, device))

using LoginAnswer = std::variant<http::Ok<UserTokens>, http::Ok<StaffTokens>>;
Task<LoginAnswer> login(const Deps& deps, http::Context& context, http::Public,
                        http::Body<LoginIn> body);

struct AdminLoginIn {
    std::optional<json::Text<1, 254>> identifier;
    std::optional<json::Email> email;
    std::optional<json::Text<1, 60>> username;
    json::Secret<1, 128> password;
    std::optional<json::Secret<6, 6>> totp_code;
    std::optional<DeviceIn> device;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(AdminLoginIn, (), (identifier, email, username, password, totp_code, device))

// Staff only: a person's identifier is as unknown as any other.
Task<http::Ok<StaffTokens>> admin_login(const Deps& deps, http::Context& context, http::Public,
                                        http::Body<AdminLoginIn> body);

}  // namespace taama::identity
