#include <gtest/gtest.h>

#include "modules/payments/payment_outcome.hpp"
#include "modules/payments/payment_state.hpp"
#include "modules/payments/payments.hpp"

namespace taama::payments {
namespace {

TEST(Commission, WorkedExamples_S1_139_S1_205) {
    struct Case {
        const char* name;
        std::int64_t gross;
        FeeSchedule terms;
        std::int64_t commission;
    };
    const auto terms = [](std::int32_t bp, std::int64_t fixed = 0) {
        FeeSchedule schedule;
        schedule.percent_bp = bp;
        schedule.fixed = fixed;
        return schedule;
    };
    FeeSchedule withdrawal = terms(100);
    withdrawal.max = 5'000;
    FeeSchedule at_least = terms(1'000);
    at_least.min = 200;
    const Case cases[] = {
        {"10 %", 12'000, terms(1'000), 1'200},
        {"half up", 1'555, terms(1'000), 156},
        {"below half", 1'554, terms(1'000), 155},
        {"five", 5, terms(1'000), 1},
        {"four", 4, terms(1'000), 0},
        {"15 %", 3'333, terms(1'500), 500},
        {"never above gross", 100, terms(1'000, 150), 100},
        {"with a fixed part", 6'000, terms(1'000, 100), 700},
        {"EUR cents", 1'005, terms(1'000), 101},
        {"nothing", 0, terms(1'000, 150), 0},
        {"capped", 600'000, withdrawal, 5'000},
        {"below the cap", 550, withdrawal, 6},
        {"at least", 1'000, at_least, 200},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(commission(c.terms, c.gross), c.commission);
    }
}

TEST(PaymentState, EveryStateEventAndActor) {
    using enum PaymentStatus;
    using enum PaymentEvent;
    int allowed = 0;
    for (const PaymentStatus from : {init, authorized, paid, PaymentStatus::failed, refunded})
        for (int event = 0; event <= static_cast<int>(refund_undone); ++event)
            for (const PaymentActor who :
                 {PaymentActor::provider, PaymentActor::payer, PaymentActor::system})
                if (next_state(from, static_cast<PaymentEvent>(event), who)) ++allowed;
    EXPECT_EQ(allowed, static_cast<int>(payment_transitions.size()));

    // Only a provider makes a payment paid or refused.
    for (const PaymentTransition& t : payment_transitions)
        if (t.event == money_received || t.event == refused)
            EXPECT_EQ(t.who, PaymentActor::provider);
    EXPECT_FALSE(next_state(refunded, money_received, PaymentActor::provider));
    EXPECT_FALSE(next_state(paid, PaymentEvent::cancelled, PaymentActor::payer));
    EXPECT_TRUE(is_live(init) && is_live(authorized));
    EXPECT_FALSE(is_live(paid) || is_live(PaymentStatus::failed) || is_live(refunded));
}

TEST(NextPoll, ByAge) {
    const UtcTime created = *parse_utc_time("2026-10-02T08:00:00Z");
    const UtcTime expires = created + 30min;
    struct Case {
        const char* name;
        Microseconds age;
        std::optional<Microseconds> next;  // from created
    };
    const Case cases[] = {
        {"at once", 0s, 10s},
        {"before 2 min", 119s, 129s},
        {"from 2 min", 120s, 150s},
        {"before 15 min", 899s, 929s},
        {"from 15 min", 900s, 1'200s},
        {"never past expiry", 29min, 30min},
        {"after expiry", 30min, 90min},
        {"the last of the day", 30min + 23h, 30min + 24h},
        {"given up", 30min + 23h + 1s, std::nullopt},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const auto next = next_poll(created, expires, created + c.age);
        EXPECT_EQ(next, c.next ? std::optional{created + *c.next} : std::nullopt);
    }
}

}  // namespace
}  // namespace taama::payments
