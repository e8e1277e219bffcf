#include <gtest/gtest.h>

#include <random>

#include "modules/ledger/ledger.hpp"
#include "platform/errors.hpp"
#include "tests/support/database.hpp"

namespace taama::ledger {
namespace {

constexpr int acts_total = 1'500;
constexpr int names = 6;

const UtcTime start = *parse_utc_time("2026-10-02T08:00:00Z");

// Acts that make sense to nobody: single, held, posted, freed, with and without enough money.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}

    int below(int bound) { return static_cast<int>(engine_() % static_cast<std::uint32_t>(bound)); }
    AccountRef account() {
        const std::string name(1, static_cast<char>('A' + below(names)));
        switch (below(6)) {
            case 0: return float_of("wave");
            case 1: return {AccountKind::escrow, OwnerType::booking, name};
            case 2: return {AccountKind::earnings, OwnerType::user, name};
            case 3: return {AccountKind::custody, OwnerType::user, name};
            case 4: return commission_of("carpool");
            default: return {AccountKind::wallet, OwnerType::user, name};
        }
    }
    Leg leg() {
        Leg leg{account(), account(), 1 + below(2'000), "test"};
        while (leg.debit == leg.credit) leg.credit = account();
        if (below(4) == 0) leg.phase = Phase::pending;
        leg.up_to = leg.phase == Phase::single && below(3) == 0;
        return leg;
    }

private:
    std::mt19937 engine_;
};

struct OpenHold {
    std::string act_key;
    int leg;
    Leg held;
};

Leg to_resolution(const OpenHold& hold, Dice& dice) {
    Leg leg = hold.held;
    leg.phase = dice.below(2) == 0 ? Phase::post : Phase::void_;
    leg.amount = leg.phase == Phase::post
                     ? std::optional{1 + hold.held.amount.value() / (1 + dice.below(2))}
                     : std::nullopt;
    leg.hold = HoldRef::of_leg(hold.act_key, hold.leg);
    return leg;
}

Task<void> post_random_acts(pg::Db& db) {
    Dice dice{20'261'002};
    std::vector<OpenHold> holds;
    int posted = 0;
    int refused = 0;
    for (int i = 0; i < acts_total; ++i) {
        Act act{.key = "random:" + std::to_string(i), .kind = "test"};
        for (int legs = 1 + dice.below(4); legs > 0; --legs) act.legs.push_back(dice.leg());
        if (!holds.empty() && dice.below(2) == 0) {
            act.legs.push_back(to_resolution(
                holds[static_cast<std::size_t>(dice.below(static_cast<int>(holds.size())))], dice));
        }
        pg::Tx tx = co_await db.begin();
        try {
            co_await post(tx, act, start + Seconds{i});
            co_await tx.commit();
            ++posted;
            for (int leg = 0; leg < static_cast<int>(act.legs.size()); ++leg)
                if (const Leg& held = act.legs[static_cast<std::size_t>(leg)];
                    held.phase == Phase::pending)
                    holds.push_back({act.key, leg, held});
        } catch (const Refusal&) {
            ++refused;
        }
    }
    EXPECT_GT(posted, acts_total / 10);
    EXPECT_GT(refused, acts_total / 10);

    pg::Tx tx = co_await db.begin();
    for (const Finding& finding : co_await check_books(tx, CheckRange{}, start + 24h))
        ADD_FAILURE() << finding.invariant << ' ' << finding.subject << ": " << finding.text;
}

TEST(Ledger, RandomActsKeepEveryInvariant_F02) {
    const test::TestDatabase database;
    database.run([](pg::Db& db) { return post_random_acts(db); });
}

}  // namespace
}  // namespace taama::ledger
