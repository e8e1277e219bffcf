#pragma once

// One-time codes: sending them, and what a right one proves.

#include "modules/identity/deps.hpp"
#include "modules/identity/destination.hpp"
#include "platform/http/message.hpp"
#include "platform/json/fields.hpp"
#include "platform/pg/tx.hpp"

namespace taama::identity {

using VerificationId = Id<struct VerificationTag>;
using RegistrationId = Id<struct RegistrationTag>;

enum class CodePurpose : std::uint8_t {
    registration,
    login,
    password_reset,
    phone_change,
    email_change,
    pin_reset,
    step_up
};
BOOST_DESCRIBE_ENUM(CodePurpose, registration, login, password_reset, phone_change, email_change,
                    pin_reset, step_up)

// Asked for by somebody who is signed in, and good for nobody else.
constexpr bool needs_sign_in(CodePurpose purpose) {
    return purpose == CodePurpose::phone_change || purpose == CodePurpose::email_change ||
           purpose == CodePurpose::pin_reset || purpose == CodePurpose::step_up;
}

struct VerificationView {
    VerificationId verification_id;
    Channel channel = Channel::sms;
    std::string destination_masked;
    CodePurpose purpose = CodePurpose::login;
    UtcTime expires_at;
    int resend_after_seconds = 30;
    int sends_left = 0;
};
BOOST_DESCRIBE_STRUCT(VerificationView, (),
                      (verification_id, channel, destination_masked, purpose, expires_at,
                       resend_after_seconds, sends_left))

struct CodeRequest {
    Destination to;
    CodePurpose purpose = CodePurpose::login;
    std::optional<AccountId> account = std::nullopt;
    std::optional<RegistrationId> registration = std::nullopt;
    Language language = Language::fr;
    // False: the row is made and nobody is told, so that unknown contacts get the same answer.
    bool sendable = true;
};
// Throws rate_limited, or validation_error for a phone of a country that is not served.
Task<VerificationView> send_code(const Deps& deps, pg::Tx& tx, const http::Context& context,
                                 CodeRequest request);

// What a right code or link has proved.
struct ProvedCode {
    VerificationId id;
    Destination destination;
    CodePurpose purpose = CodePurpose::login;
    std::optional<AccountId> account;
    std::optional<RegistrationId> registration;
};

struct CodeAnswer {
    Destination destination;
    CodePurpose purpose = CodePurpose::login;
    std::string code;  // six digits
    std::optional<AccountId> caller = std::nullopt;
};
// Throws otp_invalid {attempts_left}, otp_expired or rate_limited, with the attempt counted in
// every case.
Task<ProvedCode> prove_code(const Deps& deps, pg::Tx& tx, CodeAnswer answer, UtcTime now);
// The token of a link that was mailed.
Task<ProvedCode> prove_link(const Deps& deps, pg::Tx& tx, std::string_view token, UtcTime now);

// Six digits; people type spaces between them.
struct CodeDigits {
    std::string digits;
};

}  // namespace taama::identity

template <>
struct taama::json::Codec<taama::identity::CodeDigits> {
    static void read(Reader& r, const Node& node, taama::identity::CodeDigits& out);
    static boost::json::value schema(Schemas&) {
        return {{"type", "string"}, {"pattern", "^ *([0-9] *){6}$"}, {"maxLength", 20}};
    }
};
