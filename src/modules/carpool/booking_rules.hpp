#pragma once

// Pure decisions about bookings: how long a hold lasts, when there are too many unpaid ones, when a
// ride may be checked in, started and given up.

#include <expected>
#include <optional>
#include <vector>

#include "modules/carpool/booking.hpp"
#include "modules/carpool/trip_state.hpp"
#include "platform/errors.hpp"
#include "platform/json/codec.hpp"

namespace taama::carpool {

// --- holds ---------------------------------------------------------------------------------------

struct HoldTerms {
    std::chrono::minutes first{30};
    std::chrono::minutes most{60};  // after the acceptance
};
// While a payment is under way the seats are kept at least this long.
inline constexpr std::chrono::minutes payment_hold{15};

UtcTime request_expiry(UtcTime created_at, std::chrono::hours ttl, UtcTime pickup_at);
UtcTime first_hold(UtcTime accepted_at, const HoldTerms& terms, UtcTime pickup_at);
// max(hold, min(now + 15 min, accepted_at + most, pickup_at)); refuses hold_exhausted from
// accepted_at + most on.
std::expected<UtcTime, Refusal> renewed_hold(const Booking& booking, const HoldTerms& terms,
                                             UtcTime now);

// --- the unpaid limit ----------------------------------------------------------------------------

struct UnpaidTerms {
    std::size_t max = 5;
    std::chrono::hours window{24};
};
// `counted` holds the creations inside (now − window, now], oldest first. Refuses limit_exceeded.
std::expected<void, Refusal> check_unpaid(const std::vector<UtcTime>& counted,
                                          const UnpaidTerms& terms);

// --- the ride ------------------------------------------------------------------------------------

// A time that a phone tells: not before `after`, not in the future, not older than a day.
struct Telling {
    std::optional<UtcTime> told;
    UtcTime after;
    UtcTime now;
    Language language = Language::fr;
};
std::expected<UtcTime, Refusal> happened_at(const Telling& telling);

std::expected<void, Refusal> check_boarding_window(const Booking& booking,
                                                   std::chrono::minutes opens_before,
                                                   UtcTime trip_ends, UtcTime at);
std::expected<void, Refusal> check_start(const Booking& booking, UtcTime at);
std::expected<void, Refusal> check_no_show(const Booking& booking, std::chrono::minutes wait,
                                           UtcTime at);

// A passenger may say that his driver did not come: of a trip that has not started, half an hour
// after the pick-up and for a day; later, or of a trip under way, a dispute is the way.
std::expected<void, Refusal> check_absence(const Booking& booking, TripStatus trip, UtcTime now);

// A ride that ended long before it could: worth a look by staff, not a refusal.
bool is_implausible(const Booking& booking, UtcTime ended_at);

}  // namespace taama::carpool
