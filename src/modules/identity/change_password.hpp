#pragma once

// POST /auth/password/reset and PUT /me/password.

#include "modules/identity/code.hpp"
#include "modules/identity/contact_in.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct ResetPasswordIn {
    std::optional<json::Secret<1, 100>> verified_token;
    std::optional<json::Phone> phone;
    std::optional<json::Email> email;
    std::optional<CodeDigits> code;
    std::optional<json::Secret<43, 43>> token;  // of the mailed link
    json::Secret<8, 128> new_password;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(ResetPasswordIn, (),
                      (verified_token, phone, email, code, token, new_password))

Task<http::NoContent> reset_password(const Deps& deps, http::Context& context, http::Public,
                                     http::Body<ResetPasswordIn> body);

struct ChangePasswordIn {
    std::optional<json::Secret<1, 128>> current_password;  // required when there is one
    json::Secret<8, 128> new_password;
};
BOOST_DESCRIBE_STRUCT(ChangePasswordIn, (), (current_password, new_password))

Task<http::NoContent> change_password(const Deps& deps, http::Context& context,
                                      http::AnyCaller caller, http::Body<ChangePasswordIn> body);

}  // namespace taama::identity
