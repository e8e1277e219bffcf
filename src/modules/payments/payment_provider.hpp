#pragma once

// The port behind which a mobile money operator or a card processor stands. An adapter speaks the
// vendor's protocol and turns every outcome, errors of the network included, into one of the
// answers below; it never throws for what the other side did and knows nothing of our tables.
//
// Our reference at the provider is the payment's id; a payment is one attempt, so no reference is
// used twice. Calls happen while no transaction is open, and each may be repeated after a crash.

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "modules/payments/payment_words.hpp"
#include "platform/http/message.hpp"
#include "platform/json/codec.hpp"
#include "platform/money/money.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::payments {

// How long one call may take as a whole, repeats within it included.
using Wait = std::chrono::milliseconds;

// --- taking money in -----------------------------------------------------------------------------

struct Intent {
    PaymentId payment_id;  // our reference
    Method method;
    Money amount;
    std::optional<std::string> payer_phone;  // E.164; push methods need it
    std::string return_url;                  // where the browser goes afterwards; proves nothing
    std::string description;                 // "PAY-M4KX72QD": for the payer's statement
    UtcTime pay_before;                      // a session need not live longer
};

// The provider created the session (or had it already under our reference).
struct Started {
    std::string provider_ref;
    std::optional<std::string> redirect_url;
    std::optional<std::string> qr_text;
    std::optional<std::string> client_secret;  // shown once, then kept sealed
    UtcTime expires_at;                        // of the provider's session
};
// Definitely nothing was created. `final`: the provider judged this payment, another route is no
// use. Not final: it is down or overloaded (5xx, 429), another route may be tried.
struct Refused {
    FailureCode code;
    bool final;
    std::string text;  // the provider's words, for the log and staff
};
// Time-out, broken answer, redirect: it may have happened. Asked again until known.
struct Unknown {
    std::string text;
};
using StartAnswer = std::variant<Started, Refused, Unknown>;

enum class ProviderState : std::uint8_t { init, authorized, paid, failed };
BOOST_DESCRIBE_ENUM(ProviderState, init, authorized, paid, failed)

// What the provider knows of a payment.
struct Status {
    ProviderState state = ProviderState::init;
    std::string provider_ref;
    std::optional<std::int64_t> amount_minor;  // as the provider has it; empty: it does not say
    std::string currency;  // ISO 4217 as the provider writes it; may be unknown to us
    std::optional<std::int64_t> fee_minor;
    std::string provider_txn_id;         // "": none
    std::optional<FailureCode> failure;  // failed; or of the last attempt while state is init
    std::string text;                    // the provider's words about the failure
    std::optional<Started> session;      // when it can still be paid: adopted after a crash
};
// No payment under this reference exists there: nothing was created.
struct NotFound {};
using QueryAnswer = std::variant<Status, NotFound, Unknown>;

// Whom to ask about: by provider_ref when we have it, else by our reference.
struct Attempt {
    PaymentId payment_id;
    std::string provider_ref;  // "": the answer to our start was never seen
    Method method;
    Money amount;
};

// The session can no longer be paid.
struct Closed {};
// Closed (also when nothing was there to close), or the final state it has instead.
using CloseAnswer = std::variant<Closed, Status, Unknown>;

// --- giving money back ---------------------------------------------------------------------------

struct RefundOrder {
    RefundId refund_id;  // our reference, and the Idempotency-Key where there is one
    PaymentId payment_id;
    std::string provider_ref;
    std::string provider_txn_id;
    Money amount;
    bool whole;  // amount is all that was paid and nothing was refunded before
};
struct RefundDone {
    std::string provider_ref;  // "": the provider gives none
};
struct RefundPending {
    std::string provider_ref;
};
struct RefundRefused {
    std::string code;  // the provider's word
    std::string text;
};
struct RefundUnsupported {};
using RefundAnswer =
    std::variant<RefundDone, RefundPending, RefundRefused, RefundUnsupported, Unknown>;

// --- being called back ---------------------------------------------------------------------------

enum class EventSubject : std::uint8_t {
    payment,
    refund,
    payout,
    none
};  // none: a test, nothing to do

struct ProviderEvent {
    std::string key;   // the provider's event id; "": made by payments from the content
    std::string type;  // the provider's word
    EventSubject subject = EventSubject::payment;
    std::string our_reference;  // as received; "": not carried
    std::string provider_ref;
    // Only when the call was signed and carries amount, currency and reference, so that it settles
    // by itself. Empty: a hint, and the provider is asked.
    std::optional<Status> status;
    boost::json::object redacted;  // the body without phones, names and tokens
};
struct BadSignature {};
struct Stale {};
struct Ping {};  // answered 200, nothing else
struct Malformed {
    std::string text;  // authentic, but not readable: 400
};
using VerifyAnswer = std::variant<std::vector<ProviderEvent>, BadSignature, Stale, Ping, Malformed>;

// --- the port ------------------------------------------------------------------------------------

enum class RefundAbility : std::uint8_t { none, whole, parts };

struct Capabilities {
    RefundAbility refund = RefundAbility::none;
    bool payout = false;
    bool statement = false;
    bool authorize = false;
    std::int64_t amount_min = 1;  // minor units
    std::int64_t amount_max = 0;
    std::int64_t multiple_of = 1;
    Seconds session{1800};
    bool own_phone = false;  // the provider is told the payer's own phone when he names no other
    PartKind part_kind = PartKind::none;
    Seconds poll_after{10};   // how often a waiting client should look
    json::Said instructions;  // what the payer must do
};

// One instance per thread of the server; used on that thread only.
class PaymentProvider {
public:
    virtual ~PaymentProvider() = default;

    virtual std::string_view name() const = 0;  // "wave": column `provider`, path of its webhook
    virtual std::span<const std::string_view> webhook_aliases() const { return {}; }
    virtual std::span<const Method> methods() const = 0;
    virtual Capabilities capabilities() const = 0;

    virtual Task<StartAnswer> start(const Intent& intent, Wait wait) = 0;
    virtual Task<QueryAnswer> query(const Attempt& attempt, Wait wait) = 0;
    virtual Task<CloseAnswer> close(const Attempt& attempt, Wait wait) = 0;
    virtual Task<RefundAnswer> refund(const RefundOrder& order, Wait wait) = 0;
    // What became of a refund that was sent before. Where the provider's call is idempotent: the
    // same call.
    virtual Task<RefundAnswer> query_refund(const RefundOrder& order, Wait wait) = 0;

    // Judges a call by its raw bytes, in constant time, before anything is parsed. A signed time
    // more than `tolerance` away from `now` is stale; exactly at it is not. No I/O.
    virtual VerifyAnswer verify(const http::Request& request, UtcTime now, Seconds tolerance) = 0;
};

// The providers that have credentials, in the order in which they are tried for a method.
class ProviderRegistry {
public:
    void add(PaymentProvider& provider) { providers_.push_back(&provider); }

    PaymentProvider* find_by_name(std::string_view name_or_alias) const;
    PaymentProvider* find_by_method(Method method) const;  // the first route

private:
    std::vector<PaymentProvider*> providers_;
};

}  // namespace taama::payments
