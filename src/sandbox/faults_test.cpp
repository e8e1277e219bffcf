#include "sandbox/faults.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sandbox/trace.hpp"

namespace taama::sandbox {
namespace {

Occasion start(std::string_view phone, std::int64_t amount, int k) {
    return {"ref", phone, amount, k, Step::start};
}

TEST(Faults, PhonesTriggerThem) {
    EXPECT_EQ(phone_trigger("+2250700009014"), 14);
    EXPECT_EQ(phone_trigger("+2250700009000"), 0);
    EXPECT_EQ(phone_trigger("+22890009007"), 7);
    for (const char* phone : {"+225070000901", "+22507000090145", "+2250700008014", "-", "",
                              "+22507000090a4", "+22507000090+4"}) {
        EXPECT_EQ(phone_trigger(phone), std::nullopt) << phone;
    }
    EXPECT_EQ(fault_numbered(1), Fault::webhook_late);
    EXPECT_EQ(fault_numbered(18), Fault::garbage_200);
    EXPECT_EQ(fault_numbered(25), Fault::double_capture);
    EXPECT_EQ(fault_numbered(0), std::nullopt);
    EXPECT_EQ(fault_numbered(99), std::nullopt);

    const FaultPlan plan{"wave", 1};
    EXPECT_EQ(plan.draw(start("+2250700009014", 500, 0))->fault, Fault::start_5xx);
    EXPECT_FALSE(plan.draw({"ref", "+2250700009014", 500, 0, Step::webhook}));
    EXPECT_FALSE(plan.draw(start("+2250700009000", 500, 0)));
}

TEST(Faults, ChanceIsThatOfTheSeedAndTheTransaction) {
    // HMAC-SHA256("1", "wave|-|6000|0|start"), its first 8 bytes over 2^64.
    EXPECT_NEAR(chance(1, "wave", start("-", 6000, 0)), 0.052166233934419694, 1e-12);
    std::set<double> seen;
    for (int k = 0; k < 100; ++k) seen.insert(chance(1, "wave", start("-", 6000, k)));
    seen.insert(chance(2, "wave", start("-", 6000, 0)));
    seen.insert(chance(1, "wave", start("-", 6001, 0)));
    seen.insert(chance(1, "wave", start("+225", 6000, 0)));
    seen.insert(chance(1, "mtn_momo", start("-", 6000, 0)));
    EXPECT_EQ(seen.size(), 104U);
    EXPECT_GE(*seen.begin(), 0.0);
    EXPECT_LT(*seen.rbegin(), 1.0);
}

TEST(Faults, CumulativeProbabilityPicksTheFirstAboveU) {
    FaultPlan plan{"wave", 1};
    plan.set_probable({{Fault::start_5xx, 0.25, {}},
                       {Fault::webhook_lost, 1.0, {}},  // of another step: does not count here
                       {Fault::start_4xx, 0.25, {}}});
    for (int k = 0; k < 200; ++k) {
        const double u = chance(1, "wave", start("-", 100, k));
        const auto fault = plan.draw(start("-", 100, k));
        if (u < 0.25) {
            EXPECT_EQ(fault->fault, Fault::start_5xx);
        } else if (u < 0.5) {
            EXPECT_EQ(fault->fault, Fault::start_4xx);
        } else {
            EXPECT_FALSE(fault);
        }
    }
}

TEST(Faults, OneShotsFitAndAreUsedUp) {
    FaultPlan plan{"wave", 1};
    EXPECT_EQ(plan.arm({.fault = Fault::start_5xx, .times = 2, .amount = 6000}).id, "f-1");
    EXPECT_EQ(plan.arm({.fault = Fault::start_4xx, .phone = "+225"}).id, "f-2");
    EXPECT_FALSE(plan.take_one_shot(start("-", 5999, 0)));
    EXPECT_FALSE(plan.take_one_shot({"ref", "-", 6000, 0, Step::pay}));
    EXPECT_FALSE(plan.take_one_shot(start("-", 6000, 0), std::array{Fault::start_4xx}));
    EXPECT_EQ(plan.take_one_shot(start("-", 6000, 0))->fault, Fault::start_5xx);
    EXPECT_EQ(plan.take_one_shot(start("-", 6000, 1))->fault, Fault::start_5xx);
    EXPECT_FALSE(plan.take_one_shot(start("-", 6000, 2)));
    EXPECT_EQ(plan.take_one_shot(start("+225", 6000, 0))->fault, Fault::start_4xx);
    EXPECT_TRUE(plan.waiting().empty());
}

TEST(Trace, HashIsThatOfTheSortedLines) {
    Trace trace;
    // SHA-256 of the empty text.
    EXPECT_EQ(trace.hash(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Trace other;
    const std::optional<ArmedFault> lost = ArmedFault{Fault::webhook_lost, {}};
    trace.record("wave", {"a", "-", 9, 0, Step::webhook}, lost, "lost");
    trace.record("wave", {"b", "-", 10, 0, Step::pay}, std::nullopt, "paid");
    other.record("wave", {"x", "-", 10, 0, Step::pay}, std::nullopt, "failed");
    other.record("wave", {"x", "-", 10, 0, Step::pay}, std::nullopt, "paid");
    other.record("wave", {"y", "-", 9, 0, Step::webhook}, lost, "lost");
    EXPECT_EQ(trace.hash(), other.hash());
    EXPECT_EQ(trace.size(), 2U);
    // "wave|-|9|0|webhook|webhook_lost|lost\nwave|-|10|0|pay|-|paid\n"
    EXPECT_EQ(trace.hash(), "8c9059d663cb5dd37f483181157b9a8be76f4da115fb89bea4fc3ec974e4ec3a");
}

}  // namespace
}  // namespace taama::sandbox
