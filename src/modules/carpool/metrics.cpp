#include "modules/carpool/metrics.hpp"

#include <limits>

#include "modules/carpool/booking_state.hpp"
#include "modules/carpool/driver_location.hpp"
#include "modules/carpool/search.hpp"
#include "platform/telemetry/instruments.hpp"

namespace taama::carpool {

namespace {

using telemetry::label_of;

constexpr Seconds seldom{60};  // reads a day's bookings
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

PG_STATEMENT constexpr pg::Sql read_conversion_sql{"carpool.read_conversion", R"sql(
    select 'booking_conversion_ratio' as gauge, '' as word,
           count(paid_at)::float8 / count(*) as value
      from carpool.bookings
     where created_at > $1::timestamptz - interval '24 hours'
    having count(*) > 0)sql"};

void add_searches(telemetry::Instruments& instruments) {
    instruments.count("trips.searched",
                      instruments.counters("carpool_searches_total", "Searches for a leg",
                                           {{"empty", {"true", "false"}}}));
    instruments.observe(
        "trips.searched",
        instruments.histograms("carpool_search_seconds", "Finding the legs of a search",
                               {label_of<SearchEngine>("engine")}),
        "seconds");
}

void add_bookings(telemetry::Instruments& instruments) {
    instruments.count("booking.stepped",
                      instruments.counters("carpool_bookings_total", "Steps of bookings",
                                           {label_of<BookingEvent>("event")}));
    instruments.count("booking.cancelled",
                      instruments.counters("carpool_cancellations_total",
                                           "Bookings cancelled: by whom, and from which status",
                                           {{"by", {"passenger", "driver", "staff", "system"}},
                                            {"step", {"pending", "accepted", "paid"}}}));
    instruments.count("booking.seats_gone",
                      instruments.counters("carpool_seat_conflicts_total",
                                           "Seats that somebody else was faster to take"));
    instruments.count("booking.paid_late",
                      instruments.counters("carpool_late_payments_total",
                                           "Payments that came when the seats were no longer held",
                                           {{"outcome", {"seated", "sold_out", "closed"}}}));
    instruments.read(read_conversion_sql, seldom,
                     {{"booking_conversion_ratio",
                       "Paid ones of the bookings of 24 hours; NaN without any",
                       {},
                       unknown}});
}

void add_positions(telemetry::Instruments& instruments) {
    telemetry::Label result = label_of<DropReason>("result");
    result.words.insert(result.words.begin(), {"accepted", "duplicate"});
    instruments.count("positions.received",
                      instruments.counters("carpool_positions_total", "Positions that drivers sent",
                                           {std::move(result)}),
                      {}, "points");
}

}  // namespace

void add_metrics(telemetry::Instruments& instruments) {
    add_searches(instruments);
    add_bookings(instruments);
    add_positions(instruments);
}

}  // namespace taama::carpool
