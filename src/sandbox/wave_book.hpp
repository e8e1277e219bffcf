#pragma once

// Wave as it keeps itself: sessions, money, webhooks still to be sent, and the faults it was told
// to make. No I/O and no clock of its own: every call carries the time. Not thread-safe;
// sandbox.hpp owns it.

#include <boost/json/object.hpp>

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/time/time.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/trace.hpp"

namespace taama::sandbox::wave {

inline constexpr std::string_view provider = "wave";
inline constexpr Seconds session_life{1800};
// Longer than a merchant waits for an answer.
inline constexpr std::int64_t patience_exceeded_ms = 12'000;

enum class CheckoutStatus : std::uint8_t { open, complete, expired };
BOOST_DESCRIBE_ENUM(CheckoutStatus, open, complete, expired)
enum class PaymentStatus : std::uint8_t { processing, cancelled, succeeded };
BOOST_DESCRIBE_ENUM(PaymentStatus, processing, cancelled, succeeded)

struct NewSession {
    std::int64_t amount;  // minor units
    std::string currency;
    std::string success_url;
    std::string error_url;
    std::string client_reference;  // "": none
    std::string payer_mobile;      // restrict_payer_mobile; "": none
};

struct Session {
    std::string id;  // "cos-…"
    NewSession order;
    UtcTime created_at;
    UtcTime expires_at;
    std::optional<UtcTime> completed_at{};
    CheckoutStatus checkout_status = CheckoutStatus::open;
    PaymentStatus payment_status = PaymentStatus::processing;
    std::int64_t amount;   // as the wire tells it: collected, once it is paid
    std::string currency;  // the same
    std::string transaction_id{};
    std::string error_code{};
    std::string error_message{};
    std::string paid_event_id{};
    bool refunded = false;
    bool closed_by_merchant = false;
    std::size_t transaction = 0;
};

boost::json::object to_wire(const Session& session, std::string_view launch_url_base);

// What the faults are chosen by. Exists from the first start call on, whether that made a session
// or not.
struct Transaction {
    std::string reference;
    std::string phone;
    std::int64_t amount;
    int k;

    struct Decision {
        bool drawn = false;
        std::optional<ArmedFault> fault;
    };
    std::array<Decision, 5> decisions{};  // by Step
    int starts = 0;
    int queries_hidden = 0;
    int refund_calls = 0;

    Occasion at(Step step) const { return {reference, phone, amount, k, step}; }
};

enum class Auto : std::uint8_t { none, pay, fail };
BOOST_DESCRIBE_ENUM(Auto, none, pay, fail)

struct Behaviour {
    Auto automatic = Auto::none;
    Seconds after{0};
    bool webhooks = true;
};

// How a webhook differs from a right one.
struct Distortion {
    Seconds time_offset{0};
    bool breaks_signature = false;
    bool foreign_secret = false;

    bool any() const { return time_offset != Seconds{0} || breaks_signature || foreign_secret; }
};

struct Delivery {
    std::uint64_t id = 0;
    std::string session_id;
    std::string event_id;
    std::string type;
    std::string body;
    UtcTime due;
    Distortion distortion;
    int attempts = 0;
    bool in_flight = false;
    UtcTime first_due;
};

enum class Act : std::uint8_t {
    pay,
    fail,
    cancel,
    expire,
    authorize,
    chargeback,
    win,
    lose,
    return_payout,
    refund_fail
};
BOOST_DESCRIBE_ENUM(Act, pay, fail, cancel, expire, authorize, chargeback, win, lose, return_payout,
                    refund_fail)

class Book {
public:
    Book(std::int64_t seed, std::string launch_url_base, Trace& trace);

    FaultPlan& faults() { return plan_; }
    const Behaviour& behaviour() const { return behaviour_; }
    void set_behaviour(Behaviour behaviour) { behaviour_ = behaviour; }

    // The transaction of a start call: the one of an earlier call that made no session, or a new
    // one. Answers the fault that this call meets; a transaction meets one in its first call only.
    std::size_t begin_start(const NewSession& order);
    std::optional<ArmedFault> start_fault(std::size_t transaction);
    void record_start(std::size_t transaction, std::string_view outcome);
    Session& open_session(NewSession order, std::size_t transaction, UtcTime now);

    // Each question first lets happen what is due.
    Session* find_by_id(std::string_view id, UtcTime now);
    // By session id or by the merchant's reference (then the latest).
    Session* find(std::string_view id_or_reference, UtcTime now);
    Session* find_by_transaction_id(std::string_view transaction_id, UtcTime now);
    std::vector<const Session*> search(std::string_view client_reference, UtcTime now);
    // The session exists, but this question does not see it.
    bool hides(const Session& session);
    std::vector<const Session*> all() const;
    const Transaction& transaction_of(const Session& session) const;

    enum class Ended : std::uint8_t { done, not_now };
    Ended expire(Session& session, UtcTime now);
    // Answers the fault; the money moves back unless it is refund_refused.
    enum class Refunded : std::uint8_t { done, refused, not_paid, too_late };
    Refunded refund(Session& session, UtcTime now);
    // Not every act exists at Wave, or in every state.
    Ended perform(Act act, Session& session, UtcTime now);
    // Sends the session's event, again or for the first time.
    struct Resend {
        int repeat = 1;
        Seconds delay{0};
        Distortion distortion;
        bool wrong_amount = false;
        bool wrong_currency = false;
    };
    void resend(const Session& session, const Resend& resend, UtcTime now);

    // Lets happen what is due: automatic payments, expiries, late successes.
    void advance(UtcTime now);
    // A webhook that is due, of one session only if it is named; it must be settled.
    std::optional<Delivery> take_due(UtcTime now, std::string_view session_id = {});
    // Not accepted: sent again later, for three days, unless it was distorted on purpose.
    void settle(std::uint64_t delivery_id, bool accepted, UtcTime now);
    std::vector<const Delivery*> waiting_for(const Session& session) const;

    struct Entry {
        UtcTime at;
        std::string transaction_id;
        std::string type;
        std::int64_t amount;  // negative: out
        std::string currency;
        std::string client_reference;
        std::string session_id;
        std::string mobile;
        std::int64_t balance;
    };
    const std::vector<Entry>& entries() const { return entries_; }
    std::int64_t balance() const { return balance_; }

private:
    enum class Due : std::uint8_t { automatic, expiry, late_success, regression };

    std::optional<ArmedFault> decide(std::size_t transaction, Step step,
                                     std::span<const Fault> only = {});
    void attempt_payment(Session& session, bool automatic, UtcTime now);
    void pay(Session& session, const std::optional<ArmedFault>& fault, UtcTime now);
    void fail_attempt(Session& session, std::string code, std::string message, UtcTime now);
    void let_expire(Session& session, UtcTime now);
    void announce_payment(Session& session, UtcTime now);
    void regress(Session& session, UtcTime now);
    void happen(Due what, Session& session, UtcTime now);
    void book(const Session& session, std::string_view type, std::int64_t amount, UtcTime now);
    Delivery event(const Session& session, std::string_view type, std::string event_id,
                   UtcTime due) const;
    void queue(Delivery delivery);
    void trace(const Session& session, Step step, const std::optional<ArmedFault>& fault,
               std::string_view outcome);

    std::string launch_url_base_;
    Trace& trace_;
    FaultPlan plan_;
    Behaviour behaviour_;
    std::deque<Session> sessions_;  // addresses stay valid
    std::map<std::string, Session*, std::less<>> by_id_;
    std::map<std::string, std::vector<Session*>, std::less<>> by_reference_;
    std::deque<Transaction> transactions_;
    std::map<std::string, std::size_t, std::less<>> unopened_;  // by reference: started in vain
    std::map<std::pair<std::string, std::int64_t>, int> seen_;  // by phone and amount
    std::multimap<UtcTime, std::pair<Due, Session*>> agenda_;
    std::map<std::uint64_t, Delivery> deliveries_;
    std::uint64_t last_delivery_ = 0;
    std::vector<Entry> entries_;
    std::int64_t balance_ = 0;
};

}  // namespace taama::sandbox::wave
