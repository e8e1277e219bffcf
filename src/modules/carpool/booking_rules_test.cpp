#include "modules/carpool/booking_rules.hpp"

#include <gtest/gtest.h>

#include "modules/carpool/errors.hpp"
#include "modules/carpool/trip_state.hpp"

namespace taama::carpool {
namespace {

const UtcTime eight = *parse_utc_time("2026-10-02T08:00:00Z");
const HoldTerms terms;

Booking accepted_at_eight() {
    Booking booking;
    booking.status = BookingStatus::accepted;
    booking.accepted_at = eight;
    booking.pickup_at = eight + 4h;
    booking.hold_expires_at = eight + 30min;
    booking.seats_held = true;
    return booking;
}

TEST(Hold, AsTheContractCounts_F05) {
    EXPECT_EQ(first_hold(eight, terms, eight + 4h), eight + 30min);
    EXPECT_EQ(first_hold(eight, terms, eight + 10min), eight + 10min);
    EXPECT_EQ(request_expiry(eight, 24h, eight + 4h), eight + 4h);
    struct Case {
        const char* name;
        Microseconds after;
        std::optional<Microseconds> hold;
    };
    const Case cases[] = {
        {"at once keeps the longer hold", 0min, 30min},
        {"08:25", 25min, 40min},
        {"08:35, lapsed", 35min, 50min},
        {"never past 09:00", 50min, 60min},
        {"one microsecond before 09:00", 60min - 1us, 60min},
        {"from 09:00 on", 60min, {}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const auto hold = renewed_hold(accepted_at_eight(), terms, eight + c.after);
        if (c.hold)
            EXPECT_EQ(hold.value(), eight + *c.hold);
        else
            EXPECT_EQ(hold.error().details().at("reason"), "hold_exhausted");
    }
}

TEST(Unpaid, TheSixthIsRefused_S1_217) {
    std::vector<UtcTime> counted{eight, eight + 1h, eight + 2h, eight + 3h};
    EXPECT_TRUE(check_unpaid(counted, {}).has_value());
    counted.push_back(eight + 4h);
    const auto refused = check_unpaid(counted, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error() == errors::limit_exceeded);
    EXPECT_EQ(refused.error().details().at("limit"), 5);
    EXPECT_EQ(refused.error().details().at("retry_at").as_string(),
              std::string_view{to_string(UtcTime{eight + 24h})});
}

TEST(Occurred, OnlyWhatCanHaveHappened) {
    const UtcTime now = eight + 48h;
    struct Case {
        const char* name;
        std::optional<UtcTime> told;
        bool accepted;
    };
    const Case cases[] = {
        {"not told", {}, true},
        {"an hour ago", now - 1h, true},
        {"24 hours ago", now - 24h, true},
        {"longer ago", now - 24h - 1us, false},
        {"clock a little ahead", now + 30s, true},
        {"in the future", now + 30s + 1us, false},
        {"before the step before", now - 2h - 1us, false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const UtcTime after = c.accepted ? now - 30h : now - 2h;
        EXPECT_EQ(happened_at({c.told, after, now}).has_value(), c.accepted);
    }
}

TEST(Boarding, WindowsAtTheirEdges_S1_090) {
    Booking booking = accepted_at_eight();
    booking.status = BookingStatus::paid;
    const UtcTime ends = booking.pickup_at + 10h;
    const auto boarding = [&](UtcTime at) {
        return check_boarding_window(booking, 60min, ends, at).has_value();
    };
    EXPECT_FALSE(boarding(booking.pickup_at - 60min - 1us));
    EXPECT_TRUE(boarding(booking.pickup_at - 60min));
    EXPECT_TRUE(boarding(ends - 1us));
    EXPECT_FALSE(boarding(ends));

    EXPECT_EQ(check_start(booking, booking.pickup_at).error().details().at("reason"),
              "not_checked_in");
    booking.checked_in_at = booking.pickup_at - 5min;
    EXPECT_EQ(check_start(booking, booking.pickup_at - 61min).error().details().at("reason"),
              "too_early");
    EXPECT_TRUE(check_start(booking, booking.pickup_at).has_value());
}

TEST(NoShow, AfterTheWait_S1_145) {
    Booking booking = accepted_at_eight();
    booking.status = BookingStatus::paid;
    EXPECT_FALSE(check_no_show(booking, 10min, booking.pickup_at + 10min - 1us).has_value());
    EXPECT_TRUE(check_no_show(booking, 10min, booking.pickup_at + 10min).has_value());
    booking.checked_in_at = booking.pickup_at;
    EXPECT_EQ(check_no_show(booking, 10min, booking.pickup_at + 1h).error().details().at("reason"),
              "already_checked_in");
}

TEST(Absence, FromHalfAnHourToADay_3) {
    Booking booking = accepted_at_eight();
    booking.status = BookingStatus::paid;
    const auto reason = [&booking](TripStatus trip, Microseconds after) -> boost::json::value {
        const auto checked = check_absence(booking, trip, booking.pickup_at + after);
        return checked ? boost::json::value{} : checked.error().details().at("reason");
    };
    using enum TripStatus;
    EXPECT_EQ(reason(published, 30min - 1us), "too_early");
    EXPECT_EQ(reason(published, 30min), nullptr);
    EXPECT_EQ(reason(published, 24h - 1us), nullptr);
    EXPECT_EQ(reason(published, 24h), "use_dispute");
    EXPECT_EQ(reason(ongoing, 30min), "use_dispute");
}

TEST(Ride, TooShortToBeTrue) {
    Booking booking = accepted_at_eight();
    booking.duration_s = 10'000;
    booking.started_at = eight;
    EXPECT_TRUE(is_implausible(booking, eight + 2'999s));
    EXPECT_FALSE(is_implausible(booking, eight + 3'000s));
}

TEST(Stage, OfEveryState_S1_049) {
    const UtcTime now = eight;
    Booking booking;
    EXPECT_EQ(stage_of(booking, now), Stage::requested);
    booking = accepted_at_eight();
    EXPECT_EQ(stage_of(booking, eight + 30min - 1us), Stage::awaiting_payment);
    EXPECT_EQ(stage_of(booking, eight + 30min), Stage::hold_lapsed);
    booking.status = BookingStatus::paid;
    EXPECT_EQ(stage_of(booking, now), Stage::confirmed);
    booking.checked_in_at = now;
    EXPECT_EQ(stage_of(booking, now), Stage::checked_in);
    booking.started_at = now;
    EXPECT_EQ(stage_of(booking, now), Stage::on_board);
    booking.status = BookingStatus::completed;
    EXPECT_EQ(stage_of(booking, now), Stage::completed);
    booking.status = BookingStatus::cancelled;
    EXPECT_EQ(stage_of(booking, now), Stage::cancelled);
    booking.cancel_reason = "no_show";
    EXPECT_EQ(stage_of(booking, now), Stage::no_show);
}

// Every state × event × actor is either a row of the table or refused; what has ended stays ended.
TEST(BookingStates, WalkOfAllSteps_S1_049) {
    std::size_t allowed = 0;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<BookingStatus>>([&](auto s) {
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<BookingEvent>>([&](auto e) {
            boost::mp11::mp_for_each<boost::describe::describe_enumerators<Actor>>([&](auto a) {
                const auto next = next_state(s.value, e.value, a.value);
                if (next) ++allowed;
                const bool ended =
                    s.value == BookingStatus::cancelled || s.value == BookingStatus::completed;
                EXPECT_FALSE(ended && next) << s.name << ' ' << e.name << ' ' << a.name;
                if (next == BookingStatus::completed) EXPECT_EQ(s.value, BookingStatus::paid);
                if (next == BookingStatus::paid && s.value != BookingStatus::paid)
                    EXPECT_EQ(e.value, BookingEvent::pay);
                if (!next) EXPECT_THROW(next_or_throw(s.value, e.value, a.value), Refusal);
            });
        });
    });
    EXPECT_EQ(allowed, booking_transitions.size());
}

TEST(TripStates, WalkOfAllSteps) {
    std::size_t allowed = 0;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<TripStatus>>([&](auto s) {
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<TripEvent>>([&](auto e) {
            boost::mp11::mp_for_each<boost::describe::describe_enumerators<Actor>>([&](auto a) {
                const auto next = next_state(s.value, e.value, a.value);
                if (next) ++allowed;
                const bool ended =
                    s.value == TripStatus::cancelled || s.value == TripStatus::completed;
                EXPECT_FALSE(ended && next) << s.name << ' ' << e.name << ' ' << a.name;
                EXPECT_FALSE(a.value == Actor::passenger && next);
            });
        });
    });
    EXPECT_EQ(allowed, trip_transitions.size());
}

}  // namespace
}  // namespace taama::carpool
