#include "modules/identity/code.hpp"

#include <algorithm>

#include "modules/identity/code_rules.hpp"
#include "modules/identity/code_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/identity_settings.hpp"
#include "platform/crypto/random.hpp"
#include "platform/events/events.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::identity {

namespace {

constexpr std::size_t code_length = 6;

// Bound to the verification: a code of one row is nothing to another.
std::string hashed_text(VerificationId id, std::string_view code) {
    return fmt::format("{} {}", id.to_string(), code);
}

std::string link_of(const Deps& deps, CodePurpose purpose, std::string_view token) {
    const std::string_view page =
        purpose == CodePurpose::password_reset ? "reset-password" : "verify-email";
    return fmt::format("{}/{}#{}", deps.public_url, page, token);
}

void check_served(const Deps& deps, const http::Context& context, const Destination& to) {
    if (!is_served(to, deps.settings.get(otp_allowed_prefixes)))
        throw http::field_problem("phone",
                                  {"ce pays n'est pas desservi", "this country is not served"},
                                  context.language);
}

telemetry::Details answered(CodePurpose purpose, std::string_view result) {
    return {{"purpose", boost::describe::enum_to_string(purpose, "")}, {"result", result}};
}

}  // namespace

Task<VerificationView> send_code(const Deps& deps, pg::Tx& tx, const http::Context& context,
                                 CodeRequest request) {
    const UtcTime now = context.now;
    check_served(deps, context, request.to);
    const SendPolicy policy{.per_10min = deps.settings.get(otp_sends_per_10min),
                            .per_day = deps.settings.get(otp_sends_per_day),
                            .per_ip_hour = deps.settings.get(otp_sends_per_ip_hour)};
    const auto sends = co_await lock_sends(tx, request.to, context.request.remote_ip, now);
    const EarlierSends earlier{sends.to_destination, sends.from_ip};
    if (const auto wait = wait_before_send(earlier, policy, now))
        throw Refusal{errors::rate_limited, {{"retry_after_s", wait->count()}}}.after(*wait);

    const auto id = VerificationId::make();
    const std::string code = crypto::random_digits(code_length);
    const bool by_email = request.to.channel == Channel::email;
    const std::string link_token = crypto::random_token(32);
    const UtcTime expires_at = now + Seconds{deps.settings.get(otp_ttl_seconds)};
    save_new_code(tx,
                  {.id = id,
                   .to = request.to,
                   .purpose = request.purpose,
                   .code_hash = deps.secrets.hash("code", hashed_text(id, code)),
                   .link_hash = by_email ? std::optional{deps.secrets.hash("link", link_token)}
                                         : std::nullopt,
                   .account = request.account,
                   .registration = request.registration,
                   .expires_at = expires_at,
                   .ip = context.request.remote_ip},
                  now);
    const char* purpose = boost::describe::enum_to_string(request.purpose, "");
    boost::json::object payload{
        {"verification_id", id.to_string()},
        {"destination", request.to.address},
        {"channel", boost::describe::enum_to_string(request.to.channel, "")},
        {"purpose", purpose},
        {"language", boost::describe::enum_to_string(request.language, "")},
        {"code_sealed", deps.secrets.seal_text("otp.code", code)},
        {"expires_at", to_string(expires_at)}};
    if (by_email)
        payload["link_sealed"] =
            deps.secrets.seal_text("otp.link", link_of(deps, request.purpose, link_token));
    if (request.sendable) events::emit(tx, "otp.requested", std::move(payload), now);

    co_return VerificationView{.verification_id = id,
                               .channel = request.to.channel,
                               .destination_masked = masked(request.to),
                               .purpose = request.purpose,
                               .expires_at = expires_at,
                               .sends_left = sends_left(earlier, policy, now)};
}

Task<ProvedCode> prove_code(const Deps& deps, pg::Tx& tx, CodeAnswer answer, UtcTime now) {
    const Date today = deps.zone.local_date(now);
    if (co_await find_wrong_answers(tx, answer.destination, today) >=
        deps.settings.get(otp_wrong_per_day)) {
        deps.db.tell("otp.answered", answered(answer.purpose, "blocked"));
        throw Refusal{errors::rate_limited}.after(until_midnight(deps.zone, now));
    }

    const int attempts_max = deps.settings.get(otp_attempts_max);
    const CodeKey key{answer.destination, answer.purpose};
    const auto live = co_await count_code_attempt(tx, key, attempts_max, now);
    if (live.empty()) {
        tx.tell("otp.answered", answered(answer.purpose, "expired"));
        throw Refusal{errors::otp_expired}.keeping_effects();
    }

    const LiveCode* right = nullptr;
    int attempts_left = 0;
    for (const LiveCode& candidate : live) {
        attempts_left = std::max(attempts_left, attempts_max - candidate.attempts);
        if (deps.secrets.matches(candidate.code_hash, "code",
                                 hashed_text(candidate.id, answer.code)))
            right = &candidate;
    }
    if (right == nullptr) {
        save_wrong_answer(tx, answer.destination, today);
        tx.tell("otp.answered", answered(answer.purpose, "wrong"));
        throw Refusal{errors::otp_invalid, {{"attempts_left", attempts_left}}}.keeping_effects();
    }
    // A right code in the wrong hands is as dead as an old one.
    if (needs_sign_in(answer.purpose) && right->account_id != answer.caller) {
        tx.tell("otp.answered", answered(answer.purpose, "expired"));
        throw Refusal{errors::otp_expired}.keeping_effects();
    }
    save_codes_used(tx, key, now);
    tx.tell("otp.answered", answered(answer.purpose, "right"));
    co_return ProvedCode{.id = right->id,
                         .destination = answer.destination,
                         .purpose = answer.purpose,
                         .account = right->account_id,
                         .registration = right->registration_id};
}

Task<ProvedCode> prove_link(const Deps& deps, pg::Tx& tx, std::string_view token, UtcTime now) {
    const auto row = co_await use_link(tx, deps.secrets.hash("link", token),
                                       deps.settings.get(otp_attempts_max), now);
    if (!row) throw Refusal{errors::otp_expired};
    const Destination destination{row->channel, row->destination};
    save_codes_used(tx, {destination, row->purpose}, now);
    tx.tell("otp.answered", answered(row->purpose, "right"));
    co_return ProvedCode{.id = row->id,
                         .destination = destination,
                         .purpose = row->purpose,
                         .account = row->account_id,
                         .registration = row->registration_id};
}

}  // namespace taama::identity

void taama::json::Codec<taama::identity::CodeDigits>::read(Reader& r, const Node& node,
                                                           taama::identity::CodeDigits& out) {
    std::string digits = node.text;
    std::erase(digits, ' ');
    const bool good = node.type == Node::Type::string && node.text.size() <= 20 &&
                      digits.size() == 6 &&
                      std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    if (good)
        out.digits = std::move(digits);
    else
        r.problem({"doit avoir 6 chiffres", "must have 6 digits"});
}
