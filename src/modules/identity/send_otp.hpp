#pragma once

// POST /auth/otp/send and POST /auth/password/forgot.

#include "modules/identity/code.hpp"
#include "modules/identity/contact_in.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct SendOtpIn {
    std::optional<json::Phone> phone;
    std::optional<json::Email> email;
    std::optional<CodePurpose> purpose;

    static constexpr json::Alias aliases[] = {{"type", "purpose"}};
    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(SendOtpIn, (), (phone, email, purpose))

Task<http::Accepted<VerificationView>> send_otp(const Deps& deps, pg::Tx& tx,
                                                http::Context& context, http::MaybeCaller caller,
                                                http::Body<SendOtpIn> body);

struct ForgotPasswordIn {
    std::optional<json::Phone> phone;
    std::optional<json::Email> email;
    std::optional<json::Text<1, 254>> identifier;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(ForgotPasswordIn, (), (phone, email, identifier))

Task<http::Accepted<VerificationView>> forgot_password(const Deps& deps, pg::Tx& tx,
                                                       http::Context& context, http::Public,
                                                       http::Body<ForgotPasswordIn> body);

}  // namespace taama::identity
