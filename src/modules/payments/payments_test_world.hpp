#pragma once

// What the database tests of payments stand on: a deal and a provider that do as they are told, and
// all the rest as it is in the program.

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <functional>
#include <map>
#include <set>

#include "modules/payments/ask_provider.hpp"
#include "modules/payments/deps.hpp"
#include "modules/payments/payment_store.hpp"
#include "modules/payments/payments.hpp"
#include "modules/payments/receive_webhook.hpp"
#include "modules/payments/refund_flow.hpp"
#include "modules/payments/start_payment.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/jobs/jobs.hpp"
#include "tests/support/database.hpp"

namespace taama::payments {

// The port Payable for one kind of deal. Its state lives in memory, its lock in the database.
class ScriptedDeals : public Payable {
public:
    struct Deal {
        AccountId payer = AccountId::make();
        Uuid seller = Uuid::make();
        std::int64_t amount = 12'000;
        std::string status = "accepted";
        bool takes = true;  // seats are there
        int paid = 0;
        std::vector<FailureCode> released;
        std::int64_t refunded = 0;
        bool whole = false;
        int untaken_refunds = 0;
    };
    std::map<Uuid, Deal> deals;
    FeeScheduleId schedule;
    UtcTime pay_before;
    bool breaks = false;  // a defect in on_paid

    Task<Owed> describe(pg::Tx& tx, const DealQuestion& question) override {
        static constexpr pg::Sql lock_sql{"test.lock_deal",
                                          "select pg_advisory_xact_lock(hashtextextended($1, 0))"};
        co_await tx.query(lock_sql, question.subject_id.to_string());
        const auto found = deals.find(question.subject_id);
        if (found == deals.end() || (question.asker.kind == Asker::Kind::user &&
                                     question.asker.id != found->second.payer.uuid))
            throw Refusal{errors::not_found};
        const Deal& deal = found->second;
        Owed owed;
        owed.payer = deal.payer;
        owed.amount = {deal.amount, Currency::XOF};
        owed.pay_before = pay_before;
        owed.payable = deal.status == "accepted";
        owed.status = deal.status;
        owed.methods = {Method::wave, Method::wallet, Method::cash};
        owed.allocations = {{AllocationPart::fare,
                             SellerType::user,
                             deal.seller,
                             {deal.amount, Currency::XOF},
                             schedule}};
        co_return owed;
    }
    Task<Money> on_promo(pg::Tx&, const DealQuestion&, std::string_view) override {
        throw Refusal{errors::validation_error};
    }
    Task<void> on_init(pg::Tx&, const DealPayment&) override { co_return; }
    Task<void> on_cash(pg::Tx&, const DealPayment&) override { co_return; }
    Task<Taking> on_paid(pg::Tx&, const DealPayment& payment) override {
        Deal& deal = deals.at(payment.subject_id);
        if (breaks) throw std::runtime_error{"a defect"};
        if (!deal.takes) co_return NotTaken{"sold_out"};
        ++deal.paid;
        deal.status = "paid";
        co_return Taken{};
    }
    Task<void> on_released(pg::Tx&, const DealPayment& payment, FailureCode why) override {
        deals.at(payment.subject_id).released.push_back(why);
        co_return;
    }
    Task<void> on_refunded(pg::Tx&, const DealRefund& refund, Money) override {
        Deal& deal = deals.at(refund.subject_id);
        if (!refund.taken) {
            ++deal.untaken_refunds;
            co_return;
        }
        deal.refunded = refund.refunded_total.minor;
        deal.whole = refund.whole;
    }
};

// The port PaymentProvider: sessions in memory, answers as scripted.
class ScriptedProvider : public PaymentProvider {
public:
    struct Session {
        std::string ref;
        ProviderState state = ProviderState::init;
        std::int64_t amount = 0;
        std::string currency = "XOF";
        UtcTime expires_at;
        bool refunded = false;
    };
    enum class Start { answers, times_out_created, times_out_nothing, refuses, is_down };

    explicit ScriptedProvider(const Clock& clock, RefundAbility refund = RefundAbility::whole)
        : clock_(clock), refund_(refund) {}

    std::map<PaymentId, Session> sessions;
    int starts = 0;
    int refunds = 0;
    Start next_start = Start::answers;
    bool is_silent = false;                    // no query is answered
    std::vector<RefundAnswer> refund_answers;  // first in, first out; then Done

    std::string_view name() const override { return "wave"; }
    std::span<const Method> methods() const override {
        static constexpr Method taken[] = {Method::wave};
        return taken;
    }
    Capabilities capabilities() const override {
        Capabilities can;
        can.refund = refund_;
        can.amount_max = 1'000'000;
        can.part_kind = PartKind::redirect;
        can.instructions = {"Ouvrez Wave pour payer", "Open Wave to pay"};
        return can;
    }

    Task<StartAnswer> start(const Intent& intent, Wait) override {
        ++starts;
        const Start how = std::exchange(next_start, Start::answers);
        if (how == Start::times_out_nothing) co_return Unknown{"time-out"};
        if (how == Start::refuses) co_return Refused{FailureCode::payer_not_found, true, "no"};
        if (how == Start::is_down)
            co_return Refused{FailureCode::provider_unavailable, false, "503"};
        auto [entry, is_new] = sessions.try_emplace(intent.payment_id);
        if (is_new)
            entry->second = {.ref = "cos-" + std::to_string(sessions.size()),
                             .amount = intent.amount.minor,
                             .expires_at = clock_.now() + 30min};
        if (how == Start::times_out_created) co_return Unknown{"time-out"};
        co_return to_started(entry->second);
    }
    Task<QueryAnswer> query(const Attempt& attempt, Wait) override {
        if (is_silent) co_return Unknown{"silent"};
        const auto found = sessions.find(attempt.payment_id);
        if (found == sessions.end()) co_return NotFound{};
        co_return to_status(found->second);
    }
    Task<CloseAnswer> close(const Attempt& attempt, Wait) override {
        if (is_silent) co_return Unknown{"silent"};
        const auto found = sessions.find(attempt.payment_id);
        if (found == sessions.end()) co_return Closed{};
        if (found->second.state == ProviderState::paid) co_return to_status(found->second);
        found->second.state = ProviderState::failed;
        co_return Closed{};
    }
    Task<RefundAnswer> refund(const RefundOrder& order, Wait) override {
        ++refunds;
        if (refund_answers.empty()) {
            sessions.at(order.payment_id).refunded = true;
            co_return RefundDone{};
        }
        RefundAnswer answer = refund_answers.front();
        refund_answers.erase(refund_answers.begin());
        co_return answer;
    }
    Task<RefundAnswer> query_refund(const RefundOrder& order, Wait wait) override {
        return refund(order, wait);
    }

    // {"id", "payment", "ref", "state", "amount", "currency"} under the header X-Signature.
    VerifyAnswer verify(const http::Request& request, UtcTime, Seconds) override {
        const std::string_view signature = request.header("Wave-Signature");
        if (signature == "stale") return Stale{};
        if (signature != "good") return BadSignature{};
        const auto body = boost::json::parse(request.body).as_object();
        ProviderEvent event;
        event.key = body.at("id").as_string();
        event.type = "checkout";
        event.our_reference = body.at("payment").as_string();
        event.provider_ref = body.at("ref").as_string();
        event.redacted = body;
        Status status;
        boost::describe::enum_from_string(body.at("state").as_string().c_str(), status.state);
        status.provider_ref = event.provider_ref;
        status.provider_txn_id = "T1";
        status.amount_minor = body.at("amount").as_int64();
        status.currency = body.at("currency").as_string();
        event.status = status;
        return std::vector{event};
    }

private:
    static Started to_started(const Session& session) {
        Started started;
        started.provider_ref = session.ref;
        started.redirect_url = "https://pay.wave.com/c/" + session.ref;
        started.expires_at = session.expires_at;
        return started;
    }
    Status to_status(const Session& session) const {
        Status status;
        status.state = session.state;
        status.provider_ref = session.ref;
        status.amount_minor = session.amount;
        status.currency = session.currency;
        status.provider_txn_id = "T1";
        if (session.state == ProviderState::init && clock_.now() >= session.expires_at) {
            status.state = ProviderState::failed;
            status.failure = FailureCode::expired;
        }
        if (status.state == ProviderState::init) status.session = to_started(session);
        return status;
    }

    const Clock& clock_;
    RefundAbility refund_;
};

// The program's parts around one deal.
struct World {
    World(asio::io_context& io_context, pg::Db& database,
          RefundAbility refund = RefundAbility::whole)
        : io(io_context), db(database), provider(clock, refund) {
        clock.set(*parse_utc_time("2026-10-02T08:00:00Z"));
        deals.pay_before = clock.now() + 4h;
        payables.add("booking", deals);
        providers.add(provider);
        register_jobs(registry, deps);
        runner.emplace(io, db, clock, registry, jobs::RunnerOptions{});
    }

    asio::io_context& io;
    pg::Db& db;
    Clock clock{};
    settings::Current settings{};
    crypto::Sealer sealer{crypto::SealerKeys{{1, {}}, {}, {}}};
    ScriptedDeals deals{};
    PayableRegistry payables{};
    ScriptedProvider provider;
    ProviderRegistry providers{};
    Deps deps{db, clock, settings, sealer, payables, providers, "https://taama.example"};
    jobs::Registry registry{};
    std::optional<jobs::Runner> runner{};

    Task<Uuid> add_deal(std::int64_t amount = 12'000) {
        pg::Tx tx = co_await db.begin();
        deals.schedule = (co_await current_schedule(tx, Vertical::carpool, clock.now())).id;
        co_await tx.commit();
        const Uuid id = Uuid::make();
        deals.deals[id].amount = amount;
        co_return id;
    }
    ScriptedDeals::Deal& deal(Uuid id) { return deals.deals.at(id); }

    http::Context context_of(const http::Request& request) const {
        return {.request = request,
                .request_id = {},
                .now = clock.now(),
                .caller = {},
                .idempotency_key = {},
                .path_values = {},
                .response_headers = {},
                .operation = {}};
    }
    Task<http::Either<StartedView>> init(Uuid deal_id) {
        NewPayment body;
        body.booking_id = deal_id;
        body.method = Method::wave;
        return init(deal(deal_id).payer, std::move(body));
    }
    Task<http::Either<StartedView>> init(AccountId payer, NewPayment body) {
        http::Request request;
        http::Context context = context_of(request);
        co_return co_await start_payment(deps, context, {payer, SessionId{}}, {std::move(body)});
    }
    Task<Payment> begin(Uuid deal_id) {
        const auto started = co_await init(deal_id);
        co_return co_await payment(started.value.payment.id);
    }
    Task<Payment> payment(PaymentId id) { co_return (co_await find_payment(db, id)).value(); }

    struct Call {
        std::string id = "EV_1";
        std::string state = "paid";
        std::optional<std::int64_t> amount{};
        std::string currency = "XOF";
        std::string signature = "good";
    };
    Task<int> webhook(const Payment& payment, Call call) {
        const boost::json::object body{{"id", call.id},
                                       {"payment", payment.id.to_string()},
                                       {"ref", payment.provider_ref.value_or("cos-1")},
                                       {"state", call.state},
                                       {"amount", call.amount.value_or(payment.amount)},
                                       {"currency", call.currency}};
        http::Request request;
        request.method = http::Method::post;
        request.path = "/api/v1/payments/webhook/wave";
        request.body = boost::json::serialize(body);
        request.header = [&call](std::string_view name) -> std::string_view {
            return name == "Wave-Signature" ? std::string_view{call.signature} : "";
        };
        try {
            co_await receive_webhook(deps, request, {}, {"wave"});
            co_return 200;
        } catch (const Refusal& refusal) {
            co_return refusal.code().status();
        }
    }
    Task<int> webhook(const Payment& payment) { return webhook(payment, {}); }

    Task<void> pass(Microseconds time) {
        clock.advance(time);
        co_await runner->run_due();
    }

    Task<ledger::Balance> balance(ledger::AccountRef account) {
        pg::Tx tx = co_await db.begin();
        co_return co_await ledger::balance_of(tx, account, Currency::XOF);
    }
    ledger::AccountRef escrow(Uuid deal_id) {
        return ledger::escrow_of({ledger::OwnerType::booking, deal_id});
    }
    Task<std::int64_t> count(const pg::Sql& sql) {
        const pg::Rows rows = co_await db.query(sql);
        co_return rows.one<std::int64_t>();
    }
    Task<std::int64_t> open_exceptions(std::string_view kind) {
        static constexpr pg::Sql sql{"test.exceptions", R"sql(
            select count(*) from payments.exception where kind = $1 and status = 'open')sql"};
        const pg::Rows rows = co_await db.query(sql, kind);
        co_return rows.one<std::int64_t>();
    }
    Task<void> expect_sound() {
        const CheckReport report = co_await check_ledger(db, clock);
        EXPECT_TRUE(report.ok()) << report.to_json();
    }
};

inline void play(Task<void> (*story)(World&), RefundAbility refund = RefundAbility::whole) {
    const test::TestDatabase database;
    struct Stage {
        Task<void> (*story)(World&);
        RefundAbility refund;
        static Task<void> perform(asio::io_context& io, pg::Db& db, Stage stage) {
            World world{io, db, stage.refund};
            co_await stage.story(world);
            co_await world.expect_sound();
        }
    };
    database.run(
        [=](asio::io_context& io, pg::Db& db) { return Stage::perform(io, db, {story, refund}); });
}

}  // namespace taama::payments
