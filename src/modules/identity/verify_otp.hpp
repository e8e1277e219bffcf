#pragma once

// POST /auth/otp/verify and POST /auth/email/verify: what a right code does.

#include "modules/identity/code.hpp"
#include "modules/identity/contact_in.hpp"
#include "modules/identity/sign_in.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct VerifyOtpIn {
    std::optional<json::Phone> phone;
    std::optional<json::Email> email;
    std::optional<VerificationId> verification_id;
    CodeDigits code;
    std::optional<CodePurpose> purpose;
    std::optional<DeviceIn> device;

    static constexpr json::Alias aliases[] = {{"type", "purpose"}};
    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(VerifyOtpIn, (), (phone, email, verification_id, code, purpose, device))

struct VerifyEmailIn {
    std::optional<json::Secret<43, 43>> token;
    std::optional<json::Email> email;
    std::optional<CodeDigits> code;
    std::optional<CodePurpose> purpose;
    std::optional<DeviceIn> device;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(VerifyEmailIn, (), (token, email, code, purpose, device))

struct VerifiedSession : UserTokens {
    bool verified = true;
    CodePurpose purpose = CodePurpose::login;
    bool password_set = false;
};
BOOST_DESCRIBE_STRUCT(VerifiedSession, (UserTokens), (verified, purpose, password_set))

struct VerifiedContact {
    bool verified = true;
    CodePurpose purpose = CodePurpose::login;
    bool account_exists = false;
    std::string verified_token;
    UtcTime verified_token_expires_at;
};
BOOST_DESCRIBE_STRUCT(VerifiedContact, (),
                      (verified, purpose, account_exists, verified_token,
                       verified_token_expires_at))

using VerifyAnswer = std::variant<http::Ok<VerifiedSession>, http::Ok<VerifiedContact>,
                                  http::Ok<MeView>, http::NoContent>;

Task<VerifyAnswer> verify_otp(const Deps& deps, pg::Tx& tx, http::Context& context,
                              http::MaybeCaller caller, http::Body<VerifyOtpIn> body);
Task<VerifyAnswer> verify_email(const Deps& deps, pg::Tx& tx, http::Context& context,
                                http::MaybeCaller caller, http::Body<VerifyEmailIn> body);

}  // namespace taama::identity
