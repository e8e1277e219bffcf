#pragma once

// POST /auth/register.

#include "modules/identity/account.hpp"
#include "modules/identity/code.hpp"
#include "modules/identity/contact_in.hpp"
#include "modules/identity/sign_in.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct RegisterIn {
    std::optional<json::Phone> phone;
    std::optional<json::Email> email;
    std::optional<json::Secret<1, 100>> verified_token;
    std::optional<json::Secret<8, 128>> password;
    std::optional<json::Text<1, 100>> first_name;
    std::optional<json::Text<1, 100>> last_name;
    std::optional<Date> birthdate;
    std::optional<Gender> gender;
    std::optional<Language> language;
    std::optional<json::Text<8, 8>> referral_code;
    std::optional<json::Text<1, 20>> terms_version;
    std::optional<bool> replace_dormant;
    std::optional<DeviceIn> device;

    static constexpr json::Alias aliases[] = {{"date_of_birth", "birthdate"}};
    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(RegisterIn, (),
                      (phone, email, verified_token, password, first_name, last_name, birthdate,
                       gender, language, referral_code, terms_version, replace_dormant, device))

// Of a contact: a code is on its way. With a token that a code has earned: the account, at once.
using RegisterAnswer = std::variant<http::Accepted<VerificationView>, http::Created<UserTokens>>;
Task<RegisterAnswer> register_person(const Deps& deps, http::Context& context, http::Public,
                                     http::Body<RegisterIn> body);

// Throws validation_error for people who are too young, or were born on no possible day.
void check_birthdate(const Deps& deps, const http::Context& context, Date birthdate);

}  // namespace taama::identity
