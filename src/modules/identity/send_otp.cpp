#include "modules/identity/send_otp.hpp"

#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/reauth.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::identity {

void SendOtpIn::check(json::Reader& reader) const {
    const CodePurpose wanted = purpose.value_or(CodePurpose::login);
    if (wanted == CodePurpose::step_up || wanted == CodePurpose::pin_reset) {
        // The own contact is used; one that is named must be it.
        if (phone && email) require_exactly_one(reader, {{"phone", true}, {"email", true}});
        return;
    }
    if (wanted == CodePurpose::phone_change) {
        require_exactly_one(reader, {{"phone", phone.has_value()}});
        return;
    }
    if (wanted == CodePurpose::email_change) {
        require_exactly_one(reader, {{"email", email.has_value()}});
        return;
    }
    require_exactly_one(reader, {{"phone", phone.has_value()}, {"email", email.has_value()}});
}

void ForgotPasswordIn::check(json::Reader& reader) const {
    require_exactly_one(reader, {{"phone", phone.has_value()},
                                 {"email", email.has_value()},
                                 {"identifier", identifier.has_value()}});
}

namespace {

AccountId signed_in(const http::MaybeCaller& caller) {
    if (caller.caller.kind == http::Caller::Kind::anonymous) throw Refusal{errors::auth_required};
    if (caller.caller.kind != http::Caller::Kind::user) throw Refusal{errors::forbidden};
    return caller.caller.account();
}

Destination own_contact(const Account& account) {
    if (account.phone_verified_at) return {Channel::sms, *account.phone};
    if (account.email_verified_at) return {Channel::email, *account.email};
    throw Refusal{errors::invalid_state, {{"reason", "no_contact"}}};
}

// Codes that only a signed-in person may ask for.
Task<CodeRequest> request_of_person(const Deps& deps, pg::Tx& tx, http::Context& context,
                                    const http::MaybeCaller& caller, const SendOtpIn& in) {
    const AccountId user = signed_in(caller);
    const Account account = or_throw(co_await lock_account(tx, user), errors::not_found);
    CodeRequest request{
        .to = {}, .purpose = *in.purpose, .account = user, .language = account.language};
    const auto named = to_destination(in.phone, in.email);
    if (*in.purpose == CodePurpose::step_up || *in.purpose == CodePurpose::pin_reset) {
        request.to = own_contact(account);
        if (named && named != request.to)
            throw http::field_problem(in.phone ? "phone" : "email",
                                      {"n'est pas votre contact", "is not your contact"},
                                      context.language);
    } else {
        co_await require_recent_auth(deps, tx, context, caller.caller.session);
        request.to = *named;
    }
    co_return request;
}

// Nobody can tell a known contact from an unknown one: the same row is made, and for nobody it is
// never sent.
Task<VerificationView> send_reset_code(const Deps& deps, pg::Tx& tx, const http::Context& context,
                                       const Destination& to) {
    const auto account = co_await lock_account_by(tx, to);
    co_return co_await send_code(deps, tx, context,
                                 {.to = to,
                                  .purpose = CodePurpose::password_reset,
                                  .account = account ? std::optional{account->id} : std::nullopt,
                                  .language = account ? account->language : context.language,
                                  .sendable = account.has_value()});
}

}  // namespace

Task<http::Accepted<VerificationView>> send_otp(const Deps& deps, pg::Tx& tx,
                                                http::Context& context, http::MaybeCaller caller,
                                                http::Body<SendOtpIn> body) {
    const SendOtpIn& in = *body;
    const CodePurpose purpose = in.purpose.value_or(CodePurpose::login);
    if (needs_sign_in(purpose)) {
        CodeRequest request = co_await request_of_person(deps, tx, context, caller, in);
        co_return http::Accepted<VerificationView>{
            co_await send_code(deps, tx, context, std::move(request))};
    }
    const Destination to = *to_destination(in.phone, in.email);
    if (purpose == CodePurpose::password_reset)
        co_return http::Accepted<VerificationView>{co_await send_reset_code(deps, tx, context, to)};
    co_return http::Accepted<VerificationView>{co_await send_code(
        deps, tx, context, {.to = to, .purpose = purpose, .language = context.language})};
}

Task<http::Accepted<VerificationView>> forgot_password(const Deps& deps, pg::Tx& tx,
                                                       http::Context& context, http::Public,
                                                       http::Body<ForgotPasswordIn> body) {
    const ForgotPasswordIn& in = *body;
    const auto to = in.identifier ? to_destination(in.identifier->value, deps.country)
                                  : to_destination(in.phone, in.email);
    if (!to)
        throw http::field_problem(
            "identifier",
            {"doit être un numéro ou un e-mail", "must be a phone number or an e-mail address"},
            context.language);
    co_return http::Accepted<VerificationView>{co_await send_reset_code(deps, tx, context, *to)};
}

}  // namespace taama::identity
