#include "modules/identity/verify_otp.hpp"

#include "modules/identity/account_store.hpp"
#include "modules/identity/change_contact.hpp"
#include "modules/identity/code_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/person_entry.hpp"
#include "modules/identity/registration.hpp"
#include "modules/identity/session_store.hpp"
#include "modules/identity/verified_token.hpp"

namespace taama::identity {

void VerifyOtpIn::check(json::Reader& reader) const {
    require_exactly_one(reader, {{"phone", phone.has_value()},
                                 {"email", email.has_value()},
                                 {"verification_id", verification_id.has_value()}});
}

void VerifyEmailIn::check(json::Reader& reader) const {
    require_exactly_one(reader, {{"token", token.has_value()}, {"email", email.has_value()}});
    if (email && !code) reader.problem_at("code", json::said_missing());
    if (token && code) reader.problem_at("code", json::said_unknown());
}

namespace {

struct Proof {
    ProvedCode proved;
    bool names_verification = false;  // the caller named the very verification it asked for
    http::Caller caller;
    std::optional<DeviceIn> device;
};

VerifyAnswer earn_token(const Deps& deps, pg::Tx& tx, const Proof& proof, bool account_exists,
                        UtcTime now) {
    const auto issued = issue_verified_token(deps, tx,
                                             {.destination = proof.proved.destination,
                                              .purpose = proof.proved.purpose,
                                              .account = proof.proved.account},
                                             now);
    return http::Ok<VerifiedContact>{{.purpose = proof.proved.purpose,
                                      .account_exists = account_exists,
                                      .verified_token = issued.token,
                                      .verified_token_expires_at = issued.expires_at}};
}

VerifyAnswer signed_in(UserTokens tokens, CodePurpose purpose) {
    http::Ok<VerifiedSession> answer;
    static_cast<UserTokens&>(answer.value) = std::move(tokens);
    answer.value.purpose = purpose;
    answer.value.password_set = answer.value.user.has_password;
    return answer;
}

// Purposes registration and login: into the account, into a new one, or on to `register`.
Task<VerifyAnswer> enter_or_open(const Deps& deps, pg::Tx& tx, http::Context& context,
                                 Proof proof) {
    const ProvedCode& proved = proof.proved;
    if (auto account = co_await lock_account_by(tx, proved.destination)) {
        drop_registrations(tx, proved.destination, context.now);
        co_return signed_in(
            co_await enter(deps, tx, context,
                           {std::move(*account), proved.destination, std::move(proof.device)}),
            proved.purpose);
    }
    std::optional<TakenRegistration> waiting;
    if (proved.registration)
        waiting = co_await take_registration(deps, tx, *proved.registration, proved.destination,
                                             context.now);
    if (!waiting) co_return earn_token(deps, tx, proof, false, context.now);

    // Somebody else may have registered this number with a password of theirs.
    if (!waiting->is_only_one && !proof.names_verification) waiting->data.password_hash.reset();
    const OpenedAccount opened =
        co_await open_account(tx, proved.destination, waiting->data, context.now);
    if (!opened.is_new) {
        Account account = or_throw(co_await lock_account(tx, opened.id), errors::not_found);
        co_return signed_in(
            co_await enter(deps, tx, context,
                           {std::move(account), proved.destination, std::move(proof.device)}),
            proved.purpose);
    }
    co_return signed_in(co_await sign_in_person(deps, tx, context,
                                                {.account = opened.id,
                                                 .method = AuthMethod::otp,
                                                 .device = std::move(proof.device),
                                                 .is_new = true}),
                        proved.purpose);
}

Task<VerifyAnswer> act_on(const Deps& deps, pg::Tx& tx, http::Context& context, Proof proof) {
    const ProvedCode& proved = proof.proved;
    switch (proved.purpose) {
        case CodePurpose::registration:
        case CodePurpose::login: break;
        case CodePurpose::password_reset:
        case CodePurpose::pin_reset:
            // Without an account there is nothing to reset; the answer to the right code of an
            // unknown contact cannot be asked for, since that code was never sent.
            co_return earn_token(deps, tx, proof, proved.account.has_value(), context.now);
        case CodePurpose::phone_change:
        case CodePurpose::email_change:
            co_await change_contact(deps, tx, context,
                                    {.account = *proved.account,
                                     .contact = proved.destination,
                                     .session = proof.caller.session});
            co_return http::Ok<MeView>{co_await find_me(
                deps, tx, *proved.account, {proof.caller.session, proof.caller.by_cookie})};
        case CodePurpose::step_up:
            save_auth_time(tx, proof.caller.session, context.now);
            co_return http::NoContent{};
    }
    co_return co_await enter_or_open(deps, tx, context, std::move(proof));
}

std::optional<AccountId> caller_for(const http::Caller& caller, CodePurpose purpose) {
    if (!needs_sign_in(purpose)) return std::nullopt;
    if (caller.kind == http::Caller::Kind::anonymous) throw Refusal{errors::auth_required};
    if (caller.kind != http::Caller::Kind::user) throw Refusal{errors::forbidden};
    return caller.account();
}

}  // namespace

Task<VerifyAnswer> verify_otp(const Deps& deps, pg::Tx& tx, http::Context& context,
                              http::MaybeCaller caller, http::Body<VerifyOtpIn> body) {
    const VerifyOtpIn& in = *body;
    CodeAnswer answer{.destination = {},
                      .purpose = in.purpose.value_or(CodePurpose::login),
                      .code = in.code.digits};
    if (in.verification_id) {
        const auto row = co_await find_code(tx, *in.verification_id);
        if (!row || (in.purpose && *in.purpose != row->purpose)) throw Refusal{errors::otp_expired};
        answer.destination = {row->channel, row->destination};
        answer.purpose = row->purpose;
    } else {
        answer.destination = *to_destination(in.phone, in.email);
    }
    answer.caller = caller_for(caller.caller, answer.purpose);
    Proof proof{.proved = co_await prove_code(deps, tx, std::move(answer), context.now),
                .names_verification = false,
                .caller = caller.caller,
                .device = in.device};
    proof.names_verification = in.verification_id == proof.proved.id;
    co_return co_await act_on(deps, tx, context, std::move(proof));
}

Task<VerifyAnswer> verify_email(const Deps& deps, pg::Tx& tx, http::Context& context,
                                http::MaybeCaller caller, http::Body<VerifyEmailIn> body) {
    const VerifyEmailIn& in = *body;
    Proof proof{.proved = {}, .caller = caller.caller, .device = in.device};
    if (in.token) {
        proof.proved = co_await prove_link(deps, tx, in.token->value, context.now);
        const auto account = caller_for(caller.caller, proof.proved.purpose);
        if (account && account != proof.proved.account)
            throw Refusal{errors::otp_expired}.keeping_effects();
    } else {
        const CodePurpose purpose = in.purpose.value_or(CodePurpose::registration);
        proof.proved = co_await prove_code(deps, tx,
                                           {.destination = {Channel::email, in.email->normalised},
                                            .purpose = purpose,
                                            .code = in.code->digits,
                                            .caller = caller_for(caller.caller, purpose)},
                                           context.now);
    }
    co_return co_await act_on(deps, tx, context, std::move(proof));
}

}  // namespace taama::identity
