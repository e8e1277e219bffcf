#include "modules/carpool/booking_store.hpp"

#include "modules/carpool/card_columns.hpp"

namespace taama::carpool {

// --- locks ---------------------------------------------------------------------------------------

PG_STATEMENT constexpr pg::Sql lock_passenger_of_sql{"carpool.lock_passenger_of", R"sql(
    insert into carpool.person_guards (user_id)
    select passenger_id from carpool.bookings where id = $1
    on conflict (user_id) do update set user_id = excluded.user_id where false)sql"};

PG_STATEMENT constexpr pg::Sql lock_trip_of_sql{"carpool.lock_trip_of", R"sql(
    select t.id from carpool.trips t
     where t.id = (select b.trip_id from carpool.bookings b where b.id = $1)
       for no key update)sql"};

PG_STATEMENT constexpr pg::Sql lock_booking_sql{"carpool.lock_booking", R"sql(
    select id from carpool.bookings where id = $1 for no key update)sql"};

void lock_booking(pg::Tx& tx, BookingId id) {
    tx.enqueue(lock_passenger_of_sql, id);
    tx.enqueue(lock_trip_of_sql, id);
    tx.enqueue(lock_booking_sql, id);
}

// --- reading -------------------------------------------------------------------------------------

PG_STATEMENT constexpr pg::Sql find_bookings_sql{
    "carpool.find_bookings",
    R"sql(
    select b.id, b.reference, b.trip_id, b.passenger_id, b.driver_id, b.seats, b.from_mode,
           b.to_mode, b.from_stop_id, b.to_stop_id, b.from_order, b.to_order, b.pickup_point,
           b.pickup_text, b.dropoff_point, b.dropoff_text, b.from_m, b.to_m, b.access_from_m,
           b.access_to_m, b.whole_trip, b.pickup_at, b.dropoff_at, b.booked_pickup_at, b.distance_m,
           b.duration_s, b.detour_s, b.price_per_seat, b.subtotal, b.discount, b.amount_total,
           b.currency, b.fee_schedule_id, b.status, b.request_expires_at, b.hold_expires_at,
           b.seats_held, b.payment_method, b.payment_id, b.cash_due, b.note, b.accepted_at,
           b.paid_at, b.checked_in_at, b.started_at, b.ended_at, b.cancelled_at, b.cancelled_by,
           b.cancel_reason, b.fee_amount, b.refunded_amount, b.free_cancel_until, b.ticket_seq,
           b.code_sealed, b.code_failures, b.code_blocked_until, b.version, b.created_at,
           b.updated_at,
           t.departure_time, t.arrival_eta, t.status, t.origin_point, t.origin_text,
           t.destination_point, t.destination_text, t.allow_auto_accept, t.cash_allowed,
           array(select row(g.from_m, g.to_m, g.seats_free)
                   from carpool.trip_segments g where g.trip_id = b.trip_id order by g.from_m)
           as segments,
           array(select row(h.id, h.seats, h.from_m, h.to_m, h.hold_expires_at)
                   from carpool.bookings h
                  where h.trip_id = b.trip_id and h.status = 'accepted' and h.seats_held
                    and h.hold_expires_at is not null) as holds,
)sql" PERSON_COLUMNS("p", "passenger", "pc.ridden", "pa.phone") ", " PERSON_COLUMNS(
        "d", "driver", "dc.driven", "da.phone") ", " VEHICLE_COLUMNS("v") R"sql(,
           coalesce((select u.unread_count from messaging.unread u
                      where u.subject_kind = 'carpool_booking' and u.subject_id = b.id
                        and u.user_id = b.passenger_id), 0) as unread_passenger,
           coalesce((select u.unread_count from messaging.unread u
                      where u.subject_kind = 'carpool_booking' and u.subject_id = b.id
                        and u.user_id = b.driver_id), 0) as unread_driver
      from carpool.bookings b
      join carpool.trips t on t.id = b.trip_id
      join identity.person_cards p on p.id = b.passenger_id
      join identity.account_facts pa on pa.id = b.passenger_id
      left join carpool.person_counts pc on pc.user_id = b.passenger_id
      join identity.person_cards d on d.id = b.driver_id
      join identity.account_facts da on da.id = b.driver_id
      left join carpool.person_counts dc on dc.user_id = b.driver_id
      left join vehicles.cards v on v.id = t.vehicle_id
     where b.id = any ($1)
     order by b.pickup_at, b.id)sql"};

Task<std::vector<BookingRecord>> find_bookings(pg::Tx& tx, const std::vector<BookingId>& ids) {
    const pg::Rows rows = co_await tx.query(find_bookings_sql, ids);
    co_return rows.all<BookingRecord>();
}

Task<std::optional<BookingRecord>> find_booking(pg::Tx& tx, BookingId id) {
    const pg::Rows rows = co_await tx.query(find_bookings_sql, std::vector{id});
    co_return rows.at_most_one<BookingRecord>();
}

Task<std::optional<BookingRecord>> find_booking(pg::Db& db, BookingId id) {
    const pg::Rows rows = co_await db.query(find_bookings_sql, std::vector{id});
    co_return rows.at_most_one<BookingRecord>();
}

Task<BookingRecord> lock_booking_of(pg::Tx& tx, BookingId id, AccountId party) {
    lock_booking(tx, id);
    auto booking = or_throw(co_await find_booking(tx, id), errors::not_found);
    if (booking.passenger_id != party && booking.driver_id != party)
        throw Refusal{errors::not_found};
    co_return booking;
}

Task<BookingRecord> lock_booking_of_driver(pg::Tx& tx, BookingId id, AccountId driver) {
    auto booking = co_await lock_booking_of(tx, id, driver);
    if (booking.driver_id != driver) throw Refusal{errors::not_found};
    co_return booking;
}

PG_STATEMENT constexpr pg::Sql find_trip_booking_ids_sql{"carpool.find_trip_booking_ids", R"sql(
    select id from carpool.bookings where trip_id = $1 and status = any ($2) order by id)sql"};

Task<std::vector<BookingRecord>> find_trip_bookings(pg::Tx& tx, TripId trip,
                                                    const std::vector<BookingStatus>& statuses) {
    const pg::Rows rows = co_await tx.query(find_trip_booking_ids_sql, trip, statuses);
    const auto ids = rows.all<BookingId>();
    if (ids.empty()) co_return std::vector<BookingRecord>{};
    co_return co_await find_bookings(tx, ids);
}

// The id breaks ties; `total` counts all that match.
PG_STATEMENT constexpr pg::Sql find_booking_page_sql{"carpool.find_booking_page", R"sql(
    select id, count(*) over () as total
      from carpool.bookings
     where case when $2 then driver_id = $1 else passenger_id = $1 end
       and (passenger_id = $1 or driver_id = $1)
       and (cardinality($3::text[]) = 0 or status = any ($3))
       and ($4::uuid is null or trip_id = $4)
       and ($5::timestamptz is null or pickup_at >= $5)
       and ($6::timestamptz is null or pickup_at <= $6)
     order by case when $7 = 'newest' then created_at end desc,
              case when $7 = 'oldest' then created_at end,
              case when $7 = 'pickup' then pickup_at end,
              case when $7 = 'pickup_last' then pickup_at end desc, id
     limit $8 offset $9)sql"};

Task<FoundPage> find_booking_page(pg::Tx& tx, const BookingPage& page) {
    constexpr std::array<std::string_view, 4> orders{"newest", "oldest", "pickup", "pickup_last"};
    const pg::Rows rows =
        co_await tx.query(find_booking_page_sql, page.person, page.role == PartyRole::driver,
                          page.statuses, page.trip_id, page.pickup_from, page.pickup_until,
                          orders[static_cast<std::size_t>(page.order)], page.limit, page.offset);
    FoundPage found;
    for (int i = 0; i < rows.size(); ++i) {
        found.ids.push_back(rows[i].get<BookingId>(0));
        found.total = rows[i].get<std::int64_t>(1);
    }
    co_return found;
}

PG_STATEMENT constexpr pg::Sql find_booking_history_sql{"carpool.find_booking_history", R"sql(
    select event, from_status, to_status, by_type, meta, occurred_at, created_at
      from carpool.booking_events
     where booking_id = $1
     order by created_at, occurred_at)sql"};

Task<std::vector<BookingHistoryView>> find_booking_history(pg::Tx& tx, BookingId id) {
    const pg::Rows rows = co_await tx.query(find_booking_history_sql, id);
    co_return rows.all<BookingHistoryView>();
}

PG_STATEMENT constexpr pg::Sql find_passenger_busy_sql{"carpool.find_passenger_busy", R"sql(
    select b.id as booking_id, null::uuid as trip_id, b.pickup_at as "from", b.dropoff_at as until
      from carpool.bookings b
     where b.passenger_id = $1 and b.id <> $2 and b.status in ('accepted', 'paid')
       and tstzrange(b.pickup_at, b.dropoff_at) && tstzrange($3, $4)
    union all
    select null, t.id, t.departure_time, t.arrival_eta
      from carpool.trips t
     where t.driver_id = $1 and t.status in ('published', 'ongoing') and t.deleted_at is null
       and tstzrange(t.departure_time, t.arrival_eta) && tstzrange($3, $4)
     order by "from"
     limit 1)sql"};

Task<std::optional<BusyTime>> find_passenger_busy(pg::Tx& tx, const PassengerTime& time) {
    const pg::Rows rows =
        co_await tx.query(find_passenger_busy_sql, time.passenger, time.but, time.from, time.until);
    co_return rows.at_most_one<BusyTime>();
}

PG_STATEMENT constexpr pg::Sql find_overlapping_sql{"carpool.find_overlapping_requests", R"sql(
    select id from carpool.bookings
     where passenger_id = $1 and id <> $2 and status = 'pending'
       and tstzrange(pickup_at, dropoff_at) && tstzrange($3, $4)
     order by id
       for no key update)sql"};

Task<std::vector<BookingId>> find_overlapping_requests(pg::Tx& tx, const PassengerTime& time) {
    const pg::Rows rows =
        co_await tx.query(find_overlapping_sql, time.passenger, time.but, time.from, time.until);
    co_return rows.all<BookingId>();
}

PG_STATEMENT constexpr pg::Sql find_live_codes_sql{"carpool.find_live_codes", R"sql(
    select code_sealed from carpool.bookings
     where trip_id = $1 and status in ('accepted', 'paid') and code_sealed is not null)sql"};

Task<std::vector<std::vector<std::uint8_t>>> find_live_codes(pg::Tx& tx, TripId trip) {
    const pg::Rows rows = co_await tx.query(find_live_codes_sql, trip);
    std::vector<std::vector<std::uint8_t>> codes;
    for (int i = 0; i < rows.size(); ++i)
        codes.push_back(rows[i].get<std::vector<std::uint8_t>>(0));
    co_return codes;
}

}  // namespace taama::carpool
