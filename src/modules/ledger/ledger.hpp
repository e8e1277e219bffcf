#pragma once

// The books: money moves between accounts by acts, groups of linked transfers of which all happen
// or none. A transfer is never changed or deleted. An act happens once per key, whoever repeats it.

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "platform/id.hpp"
#include "platform/money/money.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::jobs {
class Registry;
}

namespace taama::ledger {

struct Deps;

using ActId = Id<struct ActTag>;
using TransferId = Id<struct TransferTag>;

// The chart of accounts; side, floor and stripes of each stand in ledger.account_kind.
enum class AccountKind : std::uint8_t {
    float_,
    bank,
    trust,
    custody,
    desk,
    receivable,
    disputed,
    wallet,
    bonus,
    earnings,
    escrow,
    deposit,
    org,
    suspense,
    commission,
    fees,
    sales,
    provider_cost,
    promo_cost,
    goodwill,
    losses,
    opening
};
std::string_view to_string(AccountKind kind);
std::optional<AccountKind> parse_account_kind(std::string_view text);

enum class OwnerType : std::uint8_t {
    platform,
    user,
    staff,
    store,
    booking,
    order,
    ride,
    reservation,
    org,
    provider,
    issuer,
    cash_point,
    promo
};
BOOST_DESCRIBE_ENUM(OwnerType, platform, user, staff, store, booking, order, ride, reservation, org,
                    provider, issuer, cash_point, promo)

// Names an account; it is made at its first transfer.
struct AccountRef {
    AccountKind kind;
    OwnerType owner_type = OwnerType::platform;
    std::string owner_id{};
    std::string sub{};

    bool operator==(const AccountRef&) const = default;
};

// What a deal is to the books: the owner of its escrow and the subject of its acts.
struct Subject {
    OwnerType type = OwnerType::booking;
    Uuid id;

    std::string to_key() const;  // "booking:1c2a…"
};

AccountRef float_of(std::string_view provider);
AccountRef suspense_of(std::string_view provider);
AccountRef provider_cost_of(std::string_view provider);
AccountRef wallet_of(AccountId user);
AccountRef bonus_of(AccountId user);
AccountRef earnings_of(OwnerType owner_type, Uuid owner);
AccountRef escrow_of(const Subject& subject);
AccountRef commission_of(std::string_view vertical);
AccountRef fees_of(std::string_view sub);
AccountRef promo_cost_of(std::string_view promo);

enum class Phase : std::uint8_t { single, pending, post, void_ };

// The hold that a post or void resolves. Its accounts (stripes included) are the leg's.
struct HoldRef {
    // The oldest open hold of the act's subject with the leg's accounts and kind that no earlier
    // leg of the act resolves.
    static HoldRef of_subject() { return {}; }
    static HoldRef of_leg(std::string act_key, int leg) { return {std::move(act_key), leg}; }

    std::string act_key{};  // "": of_subject
    int leg = 0;            // position in that act, from 0
};

struct Leg {
    AccountRef debit;
    AccountRef credit;
    // Post and void: empty is the whole hold. A post of less frees the rest. 0: the leg is left
    // out.
    std::optional<std::int64_t> amount;
    std::string kind;
    Phase phase = Phase::single;
    std::optional<HoldRef> hold{};        // post and void
    std::optional<UtcTime> timeout_at{};  // pending only
    bool up_to = false;                   // moves min(amount, what is available on `debit`)
    std::optional<int> rest_of{};         // moves what that earlier leg lacked; `amount` is ignored
};

enum class ActorType : std::uint8_t { user, staff, system, provider };
BOOST_DESCRIBE_ENUM(ActorType, user, staff, system, provider)

struct Actor {
    ActorType type = ActorType::system;
    std::string id{};  // an account's, a staff member's, a provider's name
};

struct Act {
    std::string key;   // "<subject>:<id>:<act>[:<payment or refund id>]": happens once
    std::string kind;  // first column of the table of acts
    std::optional<Subject> subject{};
    Actor actor{};
    std::optional<Uuid> request_id{};
    boost::json::object basis{};  // rule, version and inputs that decided the amounts
    Currency currency = Currency::XOF;
    std::vector<Leg> legs{};  // 1..64
};

// One leg as it happened; legs of 0 are absent.
struct PostedLeg {
    std::int16_t leg;
    TransferId transfer_id;
    std::int64_t amount;
};

struct Posted {
    ActId id;
    bool is_new;  // false: the act had happened; nothing moved now
    UtcTime at;   // grows on each account even when the clock goes back
    std::vector<PostedLeg> legs;

    std::int64_t moved(int leg) const;  // 0 when left out
};

// The key belongs to an act with other legs. A defect of the caller: 500, alarm `ledger_conflict`.
struct ActConflict : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Posts the act in one round trip; commits with the caller's transaction, whose deal and payment
// rows are locked before. Refusals: insufficient_funds (wallet, bonus, custody), hold_expired,
// conflict {account | reason} for another floor, a resolved or unknown hold, a closed account.
Task<Posted> post(pg::Tx& tx, const Act& act, UtcTime now);

// Sum over the stripes, in the account's own direction.
struct Balance {
    std::int64_t balance = 0;
    std::int64_t held = 0;  // pending outgoing

    std::int64_t available() const { return balance - held; }
};
Task<Balance> balance_of(pg::Tx& tx, const AccountRef& account, Currency currency);

// What people see of their wallets: written in the transaction of the act that moved the money.
struct WalletCredit {
    AccountId user;
    Money amount;
    std::string kind;         // "refund"
    std::string description;  // in the operator's language
    Subject related;
    Uuid payment_id;
    TransferId transfer;
};
// Makes the wallet at its first use. Emits `wallet.posted`.
Task<void> record_wallet_credit(pg::Tx& tx, const WalletCredit& credit, UtcTime now);

// A violation of one of the invariants of the books.
struct Finding {
    std::string invariant;  // "I2"
    std::string subject;    // what breaks it: an account, an act, a payment
    std::string text;
};

// What a check looks at: everything, or what was written since the last run that found nothing
// (what somebody changed in older rows is for the full one to find).
enum class CheckScope { incremental, full };
BOOST_DESCRIBE_ENUM(CheckScope, incremental, full)

// By the database's clock, which dates the rows.
struct CheckRange {
    CheckScope scope = CheckScope::full;
    UtcTime from{};   // rows written before were proven; with full: the beginning
    UtcTime until{};  // of the snapshot
};
Task<CheckRange> range_of_check(pg::Tx& tx, CheckScope scope);

// Of the caller's snapshot: REPEATABLE READ beside live traffic. `now` judges how long holds are
// overdue.
Task<std::vector<Finding>> check_books(pg::Tx& tx, const CheckRange& range, UtcTime now);

struct CheckRun {
    CheckRange range;
    UtcTime started_at;
    UtcTime finished_at;
    std::vector<Finding> findings;
};
// Keeps the result, in the transaction whose snapshot was checked; where it found nothing, the next
// incremental run begins. Emits `ledger.imbalance` for each invariant that is broken.
void record_check(pg::Tx& tx, const CheckRun& run);

// Schedule ledger.expire_holds: voids the holds that are past their time-out.
void register_jobs(jobs::Registry& registry, const Deps& deps);

}  // namespace taama::ledger
