#pragma once

// When a one-time code may be sent, and what an answer to one is worth.

#include <optional>
#include <span>

#include "platform/time/time.hpp"

namespace taama::identity {

struct SendPolicy {
    int per_10min = 3;
    int per_day = 10;
    int per_ip_hour = 20;
};

// Earlier sends, oldest first: to the destination within a day, from the IP address within an hour.
struct EarlierSends {
    std::span<const UtcTime> to_destination;
    std::span<const UtcTime> from_ip;
};

// How long to wait before the next send, rounded up to seconds; nothing: send now. Windows are (now
// − n, now].
std::optional<Seconds> wait_before_send(const EarlierSends& earlier, const SendPolicy& policy,
                                        UtcTime now);

// Sends that are left in the 10-minute window once this one is counted.
int sends_left(const EarlierSends& earlier, const SendPolicy& policy, UtcTime now);

// From now to the operator's next midnight, rounded up.
Seconds until_midnight(const TimeZone& zone, UtcTime now);

}  // namespace taama::identity
