#pragma once

// The port through which payments and the deals they pay for act together: one implementation per
// kind of deal, called inside the payment's transaction. The module of the deal implements it; app/
// plugs it in. Deals change their own state only here; `payment.paid` and `refund.completed` are
// news for others.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "modules/payments/payment_words.hpp"
#include "platform/errors.hpp"
#include "platform/money/money.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::payments {

// Who asks. `system`: a webhook, a job, a face of payments; it sees every deal.
struct Asker {
    enum class Kind : std::uint8_t { user, staff, system };
    Kind kind = Kind::system;
    Uuid id;
};

enum class AllocationPart : std::uint8_t {
    fare,
    goods,
    delivery,
    tip,
    bottle_deposit,
    service_fee,
    rental,
    fee
};
BOOST_DESCRIBE_ENUM(AllocationPart, fare, goods, delivery, tip, bottle_deposit, service_fee, rental,
                    fee)

enum class SellerType : std::uint8_t { user, store, platform };
BOOST_DESCRIBE_ENUM(SellerType, user, store, platform)

// Who gets which part of the price, before commission and before a discount that the platform pays.
struct AllocatedPart {
    AllocationPart part;
    SellerType seller_type;
    std::optional<Uuid> seller_id;  // unknown until somebody is assigned; none for the platform
    Money gross;
    FeeScheduleId fee_schedule_id;  // frozen on the deal
};

struct Discount {
    Uuid promo_use_id;
    std::string promo_id;  // owner of the promo_cost account
    Money amount;
    bool by_platform = true;  // else the store bears it and gross is already smaller
};

struct Line {
    std::string code;   // "seats"
    std::string label;  // "2 places × 6 000"
    std::int64_t quantity;
    Money unit_amount;
    Money amount;
};

// What is owed for a deal. Σ gross = amount + discount paid by the platform.
struct Owed {
    AccountId payer;
    Money amount;
    UtcTime pay_before;  // no session outlives it
    bool payable;        // false: nothing can be paid now, `status` says why
    std::string status;  // of the deal
    std::vector<Method> methods;
    std::vector<AllocatedPart> allocations;
    std::optional<Discount> discount;
    std::vector<Line> lines;
    std::optional<AccountId> collector;  // of cash
};

struct DealQuestion {
    Uuid subject_id;
    std::string part;  // of deals paid in parts; else ""
    Asker asker;
    UtcTime now;
};

struct DealPayment {
    PaymentId id;
    std::string reference;  // PAY-…
    Uuid subject_id;
    std::string part;
    AccountId payer;
    Method method;
    Money amount;
    bool late;  // it had failed or expired before the provider said paid
    UtcTime now;
};

struct DealRefund {
    RefundId id;
    PaymentId payment_id;
    Uuid subject_id;
    std::string part;
    Money amount;
    bool taken;            // false: money that the deal never took, because it came late or twice
    Money refunded_total;  // of what the deal took; when it took nothing, this refund
    bool whole;            // nothing of what the deal took is left
    UtcTime now;
};

struct Taken {};
// The deal is gone, or its seats are: the same transaction captures and opens the refund.
struct NotTaken {
    std::string reason;  // "sold_out", "cancelled", …
};
using Taking = std::variant<Taken, NotTaken>;

class Payable {
public:
    virtual ~Payable() = default;

    // Locks the deal's row. A deal that does not exist, or is not the asker's to see: Refusal
    // not_found. For `system` it answers in every state of the deal.
    virtual Task<Owed> describe(pg::Tx& tx, const DealQuestion& question) = 0;
    // The deal reserves the code and answers the new amount; Refusal promo_invalid when it cannot.
    virtual Task<Money> on_promo(pg::Tx& tx, const DealQuestion& question,
                                 std::string_view code) = 0;

    // In all of these describe() locked the deal before, in the same transaction.

    // A provider or wallet payment begins: the deal renews its hold. Refuses by throwing.
    virtual Task<void> on_init(pg::Tx& tx, const DealPayment& payment) = 0;
    virtual Task<void> on_cash(pg::Tx& tx, const DealPayment& payment) = 0;
    // The money is there. Not called for a deal that was paid already.
    virtual Task<Taking> on_paid(pg::Tx& tx, const DealPayment& payment) = 0;
    virtual Task<void> on_released(pg::Tx& tx, const DealPayment& payment, FailureCode why) = 0;
    // `promo_back`: what of the discount went back to the promo.
    virtual Task<void> on_refunded(pg::Tx& tx, const DealRefund& refund, Money promo_back) = 0;
};

// Filled by app/, one per thread: "booking" → carpool.
class PayableRegistry {
public:
    void add(std::string subject_type, Payable& payable) {
        by_type_.emplace(std::move(subject_type), &payable);
    }
    Payable* find(std::string_view subject_type) const {
        const auto found = by_type_.find(subject_type);
        return found == by_type_.end() ? nullptr : found->second;
    }

private:
    std::map<std::string, Payable*, std::less<>> by_type_;
};

}  // namespace taama::payments
