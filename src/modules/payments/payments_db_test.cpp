#include "modules/payments/payments_test_world.hpp"

#include "modules/payments/errors.hpp"
#include "modules/payments/price_list.hpp"

namespace taama::payments {
namespace {

using ledger::float_of;
using Start = ScriptedProvider::Start;

ledger::Subject subject_of(Uuid deal) { return {ledger::OwnerType::booking, deal}; }

Task<Money> give_back(World& world, Uuid deal) {
    pg::Tx tx = co_await world.db.begin();
    const Money money = co_await refund_whole(tx, subject_of(deal), "cancelled", world.clock.now());
    co_await tx.commit();
    co_return money;
}

Task<void> settle_deal(World& world, Uuid deal) {
    pg::Tx tx = co_await world.db.begin();
    co_await settle(tx, subject_of(deal), world.clock.now());
    co_await tx.commit();
}

Task<std::string> refusal_of(Task<http::Either<StartedView>> starting) {
    try {
        co_await std::move(starting);
        co_return "";
    } catch (const Refusal& refusal) {
        co_return std::string{refusal.code().code};
    }
}

TEST(Payments, PaidByWebhookThenSettled_W1) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const auto started = co_await world.init(deal);
        EXPECT_FALSE(started.accepted);
        EXPECT_EQ(started.value.payment.status, PaymentStatus::init);
        EXPECT_EQ(started.value.provider.value().redirect_url, "https://pay.wave.com/c/cos-1");
        EXPECT_EQ(started.value.provider->message, "Ouvrez Wave pour payer");

        const Payment payment = co_await world.payment(started.value.payment.id);
        EXPECT_EQ(co_await world.webhook(payment), 200);
        EXPECT_EQ((co_await world.payment(payment.id)).status, PaymentStatus::paid);
        EXPECT_EQ(world.deal(deal).paid, 1);
        EXPECT_EQ((co_await world.balance(world.escrow(deal))).balance, 12'000);
        EXPECT_EQ((co_await world.balance(world.escrow(deal))).held, 1'200);

        co_await settle_deal(world, deal);
        co_await settle_deal(world, deal);
        EXPECT_EQ((co_await world.balance(world.escrow(deal))).balance, 0);
        EXPECT_EQ((co_await world.balance(ledger::commission_of("carpool"))).balance, 1'200);
        EXPECT_EQ((co_await world.balance(
                       ledger::earnings_of(ledger::OwnerType::user, world.deal(deal).seller)))
                      .balance,
                  10'800);
        EXPECT_EQ((co_await payment_summary(world.db, subject_of(deal))).amount_paid.minor, 12'000);
    });
}

Task<void> ring(World& world, Payment payment, World::Call call, std::vector<int>& answers) {
    answers.push_back(co_await world.webhook(payment, std::move(call)));
}

// Twenty at once, shuffled among forged and stale ones.
TEST(Payments, TwentyWebhooksOneEffect) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const Payment payment = co_await world.begin(deal);
        std::vector<int> answers;
        constexpr int calls = 24;
        for (int i = 0; i < calls; ++i) {
            World::Call call;
            if (i % 12 == 5) call.signature = "forged";
            if (i % 12 == 8) call.signature = "stale";
            asio::co_spawn(world.io.get_executor(), ring(world, payment, call, answers),
                           [](std::exception_ptr error) {
                               if (error) std::rethrow_exception(error);
                           });
        }
        while (answers.size() < calls) co_await asio::post(world.io.get_executor(), use_task);
        EXPECT_EQ(std::ranges::count(answers, 200), 20);
        EXPECT_EQ(std::ranges::count(answers, 401), 4);
        EXPECT_EQ(world.deal(deal).paid, 1);
        EXPECT_EQ((co_await world.balance(float_of("wave"))).balance, 12'000);
        static constexpr pg::Sql rejected_sql{
            "test.rejected", "select count(*) from platform.webhooks_seen where not signature_ok"};
        EXPECT_EQ(co_await world.count(rejected_sql), 4);
    });
}

TEST(Payments, LateSuccessOfAGoneDealIsRefunded_W17) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal(6'000);
        const Payment payment = co_await world.begin(deal);
        co_await world.pass(31min);
        EXPECT_EQ((co_await world.payment(payment.id)).failure_code, FailureCode::expired);
        EXPECT_EQ(world.deal(deal).released, std::vector{FailureCode::expired});

        world.deal(deal).takes = false;
        EXPECT_EQ(co_await world.webhook(payment), 200);
        EXPECT_EQ((co_await world.balance(float_of("wave"))).held, 6'000);
        co_await world.pass(1s);
        const Payment refunded = co_await world.payment(payment.id);
        EXPECT_EQ(refunded.status, PaymentStatus::refunded);
        EXPECT_TRUE(refunded.late);
        EXPECT_EQ(world.provider.refunds, 1);
        EXPECT_EQ(world.deal(deal).untaken_refunds, 1);
        EXPECT_EQ((co_await world.balance(float_of("wave"))).balance, 0);
        EXPECT_EQ((co_await world.balance(world.escrow(deal))).balance, 0);
    });
}

TEST(Payments, LateSuccessIsServedWhenTheDealTakesIt) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const Payment payment = co_await world.begin(deal);
        co_await world.pass(31min);
        EXPECT_EQ(co_await world.webhook(payment), 200);
        const Payment paid = co_await world.payment(payment.id);
        EXPECT_EQ(paid.status, PaymentStatus::paid);
        EXPECT_TRUE(paid.late);
        EXPECT_TRUE(paid.taken);
    });
}

Task<Payment> pay_twice(World& world, Uuid deal) {
    const Payment first = co_await world.begin(deal);
    co_await world.pass(31min);
    const Payment second = co_await world.begin(deal);
    EXPECT_EQ(second.attempt, 2);
    EXPECT_EQ(co_await world.webhook(first, {.id = "EV_1"}), 200);
    EXPECT_EQ(co_await world.webhook(second, {.id = "EV_2"}), 200);
    EXPECT_EQ(world.deal(deal).paid, 1);
    co_await world.pass(1s);
    co_return second;
}

TEST(Payments, OfTwoPaidAttemptsOneIsRefunded_W18) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal(6'000);
        const Payment second = co_await pay_twice(world, deal);
        EXPECT_EQ((co_await world.payment(second.id)).status, PaymentStatus::refunded);
        EXPECT_EQ(co_await world.open_exceptions("duplicate_payment"), 0);
        EXPECT_EQ((co_await world.balance(float_of("wave"))).balance, 6'000);
    });
}

TEST(Payments, WhereTheProviderCannotRefundTheWalletGetsIt_W18) {
    play(
        +[](World& world) -> Task<void> {
            const Uuid deal = co_await world.add_deal(6'000);
            const Payment second = co_await pay_twice(world, deal);
            EXPECT_EQ((co_await world.payment(second.id)).status, PaymentStatus::refunded);
            EXPECT_EQ(world.provider.refunds, 0);
            EXPECT_EQ((co_await world.balance(float_of("wave"))).balance, 12'000);
            EXPECT_EQ((co_await world.balance(ledger::wallet_of(world.deal(deal).payer))).balance,
                      6'000);
        },
        RefundAbility::none);
}

TEST(Payments, WrongAmountGoesToSuspense) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal(6'000);
        const Payment payment = co_await world.begin(deal);
        EXPECT_EQ(co_await world.webhook(payment, {.amount = 5'000}), 200);
        EXPECT_EQ(co_await world.webhook(payment, {.id = "EV_2", .amount = 5'000}), 200);
        const Payment failed = co_await world.payment(payment.id);
        EXPECT_EQ(failed.failure_code, FailureCode::amount_mismatch);
        EXPECT_TRUE(failed.under_review);
        EXPECT_EQ(world.deal(deal).paid, 0);
        EXPECT_EQ((co_await world.balance(ledger::suspense_of("wave"))).balance, 5'000);
        EXPECT_EQ(co_await world.open_exceptions("amount_mismatch"), 1);
    });
}

TEST(Payments, WrongCurrencyPostsNothing) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const Payment payment = co_await world.begin(deal);
        EXPECT_EQ(co_await world.webhook(payment, {.currency = "EUR"}), 200);
        EXPECT_EQ((co_await world.payment(payment.id)).failure_code,
                  FailureCode::currency_mismatch);
        EXPECT_EQ((co_await world.balance(float_of("wave"))).balance, 0);
        EXPECT_EQ(co_await world.open_exceptions("currency_mismatch"), 1);
    });
}

TEST(Payments, UnknownReferenceIsAnExceptionAndNothingIsTold) {
    play(+[](World& world) -> Task<void> {
        Payment stranger;
        stranger.id = PaymentId::make();
        stranger.amount = 500;
        stranger.provider_ref = "cos-strange";
        EXPECT_EQ(co_await world.webhook(stranger), 200);
        EXPECT_EQ(co_await world.open_exceptions("unknown_at_us"), 1);
    });
}

TEST(Payments, FailedAfterPaidIsAnException) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const Payment payment = co_await world.begin(deal);
        EXPECT_EQ(co_await world.webhook(payment), 200);
        EXPECT_EQ(co_await world.webhook(payment, {.id = "EV_2", .state = "failed"}), 200);
        EXPECT_EQ((co_await world.payment(payment.id)).status, PaymentStatus::paid);
        EXPECT_EQ(co_await world.open_exceptions("status_regression"), 1);
    });
}

TEST(Payments, FailedAttemptLeavesTheDeal_S1_140) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const Payment payment = co_await world.begin(deal);
        EXPECT_EQ(co_await world.webhook(payment, {.state = "failed"}), 200);
        EXPECT_EQ((co_await world.payment(payment.id)).status, PaymentStatus::failed);
        EXPECT_EQ(world.deal(deal).status, "accepted");
        const Payment next = co_await world.begin(deal);
        EXPECT_EQ(next.attempt, 2);
    });
}

TEST(Payments, StartThatTimedOutIsAdopted_fault_12) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        world.provider.next_start = Start::times_out_created;
        const auto started = co_await world.init(deal);
        EXPECT_TRUE(started.accepted);
        EXPECT_FALSE(started.value.provider.has_value());
        co_await world.pass(31s);
        const Payment payment = co_await world.payment(started.value.payment.id);
        EXPECT_EQ(payment.provider_ref, "cos-1");
        EXPECT_EQ(world.provider.starts, 1);
        EXPECT_TRUE((co_await world.init(deal)).value.provider.has_value());
    });
}

TEST(Payments, StartThatCreatedNothingIsRepeatedUnderItsReference_fault_13) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        world.provider.next_start = Start::times_out_nothing;
        const auto started = co_await world.init(deal);
        EXPECT_TRUE(started.accepted);
        co_await world.pass(31s);
        EXPECT_EQ(world.provider.starts, 2);
        EXPECT_EQ(world.provider.sessions.size(), 1u);
        EXPECT_TRUE(world.provider.sessions.contains(started.value.payment.id));
    });
}

// The process died between the row and the call: the job of the row goes on.
TEST(Payments, ARowWithoutAnswerIsResumed) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        world.provider.next_start = Start::times_out_nothing;
        const auto started = co_await world.init(deal);
        const PaymentId id = started.value.payment.id;
        co_await save_calling_until(world.db, id, world.clock.now() + 60s);
        co_await world.pass(59s);
        EXPECT_EQ(world.provider.starts, 1);
        co_await world.pass(2s);
        EXPECT_EQ(world.provider.starts, 2);
        EXPECT_TRUE((co_await world.payment(id)).started_at.has_value());
    });
}

TEST(Payments, WebhookBeforeTheAnswer_fault_08) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        world.provider.next_start = Start::times_out_created;
        const auto started = co_await world.init(deal);
        Payment payment = co_await world.payment(started.value.payment.id);
        payment.provider_ref = "cos-1";
        EXPECT_EQ(co_await world.webhook(payment), 200);
        co_await world.pass(31s);
        EXPECT_EQ((co_await world.payment(payment.id)).status, PaymentStatus::paid);
        EXPECT_EQ(world.deal(deal).paid, 1);
        EXPECT_EQ(world.provider.starts, 1);
    });
}

TEST(Payments, RefusedAndUnavailableStarts) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        world.provider.next_start = Start::refuses;
        EXPECT_EQ(co_await refusal_of(world.init(deal)), "payment_failed");
        world.provider.next_start = Start::is_down;
        EXPECT_EQ(co_await refusal_of(world.init(deal)), "provider_error");
        EXPECT_EQ(world.deal(deal).released,
                  (std::vector{FailureCode::payer_not_found, FailureCode::provider_unavailable}));
    });
}

TEST(Payments, LostWebhookIsMadeGoodByPolling_fault_02) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const Payment payment = co_await world.begin(deal);
        world.provider.sessions.at(payment.id).state = ProviderState::paid;
        co_await world.pass(11s);
        EXPECT_EQ((co_await world.payment(payment.id)).status, PaymentStatus::paid);
        EXPECT_EQ(co_await world.webhook(payment), 200);
        EXPECT_EQ(world.deal(deal).paid, 1);
    });
}

TEST(Payments, SilentProviderExpiresAfterPatience_fault_22) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const Payment payment = co_await world.begin(deal);
        world.provider.is_silent = true;
        co_await world.pass(31min);
        EXPECT_EQ((co_await world.payment(payment.id)).status, PaymentStatus::init);
        co_await world.pass(5min);
        EXPECT_EQ((co_await world.payment(payment.id)).failure_code, FailureCode::expired);
        world.provider.is_silent = false;
        world.provider.sessions.at(payment.id).state = ProviderState::paid;
        co_await world.pass(61min);
        EXPECT_EQ((co_await world.payment(payment.id)).status, PaymentStatus::paid);
    });
}

TEST(Payments, CancelAsksTheProviderFirst) {
    play(+[](World& world) -> Task<void> {
        const Uuid closed_deal = co_await world.add_deal();
        const Payment unpaid = co_await world.begin(closed_deal);
        EXPECT_EQ(
            (co_await close_at_provider(world.deps, unpaid, FailureCode::cancelled)).failure_code,
            FailureCode::cancelled);
        const Uuid paid_deal = co_await world.add_deal();
        const Payment paid = co_await world.begin(paid_deal);
        world.provider.sessions.at(paid.id).state = ProviderState::paid;
        EXPECT_EQ((co_await close_at_provider(world.deps, paid, FailureCode::cancelled)).status,
                  PaymentStatus::paid);
        EXPECT_EQ(world.deal(paid_deal).paid, 1);
    });
}

TEST(Payments, TheLiveAttemptIsAnsweredAgain) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const auto first = co_await world.init(deal);
        const auto again = co_await world.init(deal);
        EXPECT_EQ(first.value.payment.id, again.value.payment.id);
        EXPECT_EQ(world.provider.starts, 1);
        co_await world.webhook(co_await world.payment(first.value.payment.id));
        EXPECT_EQ(co_await refusal_of(world.init(deal)), "already_paid");
    });
}

TEST(Payments, InitRefusals) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        NewPayment body;
        body.booking_id = deal;
        body.method = Method::wave;
        EXPECT_EQ(co_await refusal_of(world.init(AccountId::make(), body)), "not_found");
        body.method = Method::wallet;
        EXPECT_EQ(co_await refusal_of(world.init(world.deal(deal).payer, body)),
                  "method_unavailable");
        body.method = Method::orange;
        EXPECT_EQ(co_await refusal_of(world.init(world.deal(deal).payer, body)),
                  "method_unavailable");
        body.method = Method::wave;
        world.deal(deal).amount = 2'000'000;
        EXPECT_EQ(co_await refusal_of(world.init(world.deal(deal).payer, body)),
                  "amount_not_supported");
        world.deal(deal).amount = 12'000;
        world.deal(deal).status = "cancelled";
        EXPECT_EQ(co_await refusal_of(world.init(world.deal(deal).payer, body)), "invalid_state");
    });
}

TEST(Payments, RefundWholeGoesToTheOrigin_W2) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        co_await world.webhook(co_await world.begin(deal));
        EXPECT_EQ((co_await give_back(world, deal)).minor, 12'000);
        EXPECT_EQ((co_await give_back(world, deal)).minor, 0);
        co_await world.pass(1s);
        EXPECT_EQ(world.deal(deal).refunded, 12'000);
        EXPECT_TRUE(world.deal(deal).whole);
        EXPECT_EQ((co_await world.balance(float_of("wave"))).balance, 0);
        EXPECT_EQ((co_await payment_summary(world.db, subject_of(deal))).payment_status,
                  PaymentProgress::refunded);
    });
}

TEST(Payments, RefusedRefundGoesToTheWallet_fault_26) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        co_await world.webhook(co_await world.begin(deal));
        world.provider.refund_answers = {Unknown{"time-out"},
                                         RefundRefused{"checkout-refund-failed", ""}};
        co_await give_back(world, deal);
        co_await world.pass(1s);
        EXPECT_EQ(world.deal(deal).refunded, 0);  // unknown: asked again
        co_await world.pass(1min);
        EXPECT_EQ(world.deal(deal).refunded, 12'000);
        EXPECT_EQ((co_await world.balance(ledger::wallet_of(world.deal(deal).payer))).balance,
                  12'000);
        static constexpr pg::Sql txn_sql{"test.wallet_txns", R"sql(
            select coalesce(sum(balance_after), 0)::bigint from ledger.wallet_txn
             where kind = 'refund' and direction = 'credit')sql"};
        EXPECT_EQ(co_await world.count(txn_sql), 12'000);
    });
}

TEST(Payments, TheFeesInForceArePublished_F10) {
    play(+[](World& world) -> Task<void> {
        http::Request request;
        http::Context context = world.context_of(request);
        const auto fees = co_await list_fees(world.deps, context, {}, {{Vertical::carpool, {}}});
        EXPECT_EQ(fees.value.size(), 1u);
        EXPECT_EQ(fees.value.at(0).percent, 10);
        EXPECT_EQ(fees.value.at(0).text, "10 % du prix");
    });
}

TEST(Payments, MethodsOfADeal) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        http::Request request;
        http::Context context = world.context_of(request);
        MethodQuery query;
        query.booking_id = deal;
        const auto choices = co_await list_methods(world.deps, context,
                                                   {world.deal(deal).payer, SessionId{}}, {query});
        EXPECT_EQ(choices.value.size(), 3u);
        EXPECT_TRUE(choices.value.at(0).available);
        EXPECT_EQ(choices.value.at(1).reason, "switched_off");
    });
}

TEST(Payments, SettledDealIsNotRefundedWhole) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        co_await world.webhook(co_await world.begin(deal));
        co_await settle_deal(world, deal);
        bool refused = false;
        try {
            co_await give_back(world, deal);
        } catch (const Refusal& refusal) {
            refused = refusal == errors::invalid_state;
        }
        EXPECT_TRUE(refused);
    });
}

TEST(Payments, FailedHandlingIsRepeated) {
    play(+[](World& world) -> Task<void> {
        const Uuid deal = co_await world.add_deal();
        const Payment payment = co_await world.begin(deal);
        world.deals.breaks = true;
        EXPECT_EQ(co_await world.webhook(payment), 200);
        EXPECT_EQ((co_await world.payment(payment.id)).status, PaymentStatus::init);
        world.deals.breaks = false;
        co_await world.pass(6s);
        EXPECT_EQ((co_await world.payment(payment.id)).status, PaymentStatus::paid);
        EXPECT_EQ(co_await world.webhook(payment), 200);
        EXPECT_EQ(world.deal(deal).paid, 1);
    });
}

}  // namespace
}  // namespace taama::payments
