#include "modules/identity/code_rules.hpp"

#include <algorithm>

namespace taama::identity {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::span<const UtcTime> within(std::span<const UtcTime> times, Microseconds window, UtcTime now) {
    const auto first = std::ranges::upper_bound(times, now - window);
    return times.subspan(static_cast<std::size_t>(first - times.begin()));
}

std::optional<Seconds> wait_in(std::span<const UtcTime> times, Microseconds window, int limit,
                               UtcTime now) {
    const auto inside = within(times, window, now);
    const auto count = static_cast<int>(inside.size());
    if (count < limit) return std::nullopt;
    // Enough of the oldest must leave for one more to fit.
    const UtcTime leaves = inside[static_cast<std::size_t>(count - limit)] + window;
    return std::max(std::chrono::ceil<Seconds>(leaves - now), Seconds{1});
}

}  // namespace

std::optional<Seconds> wait_before_send(const EarlierSends& earlier, const SendPolicy& policy,
                                        UtcTime now) {
    return std::max({wait_in(earlier.to_destination, minutes{10}, policy.per_10min, now),
                     wait_in(earlier.to_destination, hours{24}, policy.per_day, now),
                     wait_in(earlier.from_ip, hours{1}, policy.per_ip_hour, now)});
}

int sends_left(const EarlierSends& earlier, const SendPolicy& policy, UtcTime now) {
    const auto used = [&](Microseconds window) {
        return static_cast<int>(within(earlier.to_destination, window, now).size()) + 1;
    };
    return std::max(
        0, std::min(policy.per_10min - used(minutes{10}), policy.per_day - used(hours{24})));
}

Seconds until_midnight(const TimeZone& zone, UtcTime now) {
    const Date today = zone.local_date(now);
    const Date tomorrow{std::chrono::sys_days{today} + std::chrono::days{1}};
    return std::chrono::ceil<Seconds>(zone.start_of(tomorrow) - now);
}

}  // namespace taama::identity
