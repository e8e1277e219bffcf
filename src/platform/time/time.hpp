#pragma once

// Instants, dates and the clock seam. Instants are UTC with the resolution of timestamptz.

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taama {

using namespace std::chrono_literals;

using Microseconds = std::chrono::microseconds;
using Seconds = std::chrono::seconds;
using UtcTime = std::chrono::sys_time<Microseconds>;
using Date = std::chrono::year_month_day;

// RFC 3339: seconds always, `Z` or an offset `+hh:mm`, letters in either case, years 0001 to 9999
// (in UTC too). Beyond it, what timestamptz cannot keep is refused as well: leap seconds and more
// than 6 fractional digits.
std::optional<UtcTime> parse_utc_time(std::string_view text);
// `2026-10-02T08:30:00Z`; microseconds are written only when they are not 0, without trailing
// zeros.
std::string to_string(UtcTime time);
void append_utc_time(std::string& out, UtcTime time);

// YYYY-MM-DD, real days of the years 0001 to 9999.
std::optional<Date> parse_date(std::string_view text);
std::string to_string(Date date);

// The operator's zone as a fixed rule: Africa/Abidjan and its neighbours have no daylight saving,
// so an IANA name is resolved once at start through the C library's zone files.
class TimeZone {
public:
    static std::optional<TimeZone> find(std::string_view iana_name);
    static TimeZone utc() { return {}; }

    Seconds offset_at(UtcTime time) const;
    Date local_date(UtcTime time) const;
    std::chrono::minutes local_minute_of_day(UtcTime time) const;
    UtcTime start_of(Date date) const;  // local midnight
    const std::string& name() const { return name_; }

private:
    struct Change {
        Seconds from;
        Seconds offset;
    };
    std::string name_{"UTC"};
    std::vector<Change> changes_;  // ascending by `from`; empty: UTC
};

// Read once per operation and passed down. In dev mode the sandbox moves it (PUT /sandbox/clock);
// shared between threads.
class Clock {
public:
    UtcTime now() const {
        return std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now()) +
               Microseconds{shift_us_.load(std::memory_order_relaxed)};
    }
    // Makes now() answer `now` at this instant and run on from there.
    void set(UtcTime now);
    void advance(Microseconds by) { shift_us_.fetch_add(by.count(), std::memory_order_relaxed); }
    void reset() { shift_us_.store(0, std::memory_order_relaxed); }

private:
    std::atomic<Microseconds::rep> shift_us_{0};
};

}  // namespace taama
