#include "modules/drivers/distance.hpp"
#include "modules/drivers/drivers.hpp"
#include "platform/pg/in_places.hpp"

namespace taama::drivers {

PG_STATEMENT constexpr pg::Sql save_positions_sql{"drivers.save_positions", R"sql(
    with added as (
        insert into drivers.positions
               (device_id, seq, driver_id, at, received_at, point, accuracy_m, speed_mps, bearing,
                mock, uploaded_by)
        select $1, p.seq, $2::uuid, p.at, $3::timestamptz,
               st_setsrid(st_makepoint(p.lon, p.lat), 4326)::geography,
               nullif(p.accuracy_m, -1), nullif(p.speed_mps, -1), nullif(p.bearing, -1), p.mock, $2
          from unnest($4::bigint[], $5::timestamptz[], $6::float8[], $7::float8[], $8::float8[],
                      $9::float8[], $10::float8[], $11::boolean[])
               as p (seq, at, lat, lon, accuracy_m, speed_mps, bearing, mock)
        on conflict do nothing
        returning seq)
    select (select count(*) from added)::integer as added,
           greatest((select max(seq) from added),
                    (select max(seq) from drivers.positions
                      where driver_id = $2 and device_id = $1)) as highest_seq)sql"};

Task<Stored> save_positions(pg::Tx& tx, const Track& track, UtcTime now) {
    std::vector<std::int64_t> seq;
    std::vector<UtcTime> at;
    std::vector<double> lat;
    std::vector<double> lon;
    std::vector<double> accuracy;
    std::vector<double> speed;
    std::vector<double> bearing;
    std::vector<bool> mock;
    for (const Position& position : track.positions) {
        seq.push_back(position.seq);
        at.push_back(position.at);
        lat.push_back(position.point.lat);
        lon.push_back(position.point.lon);
        accuracy.push_back(position.accuracy_m.value_or(-1));
        speed.push_back(position.speed_mps.value_or(-1));
        bearing.push_back(position.bearing.value_or(-1));
        mock.push_back(position.mock);
    }
    const pg::Rows rows = co_await tx.query(save_positions_sql, track.device_id, track.driver, now,
                                            seq, at, lat, lon, accuracy, speed, bearing, mock);
    co_return rows.one<Stored>();
}

namespace {

struct PlacedPosition : LastPosition {
    std::size_t place = 0;  // of whom it is, from 1
};
BOOST_DESCRIBE_STRUCT(PlacedPosition, (LastPosition), (place))

PG_STATEMENT constexpr pg::Sql find_last_positions_sql{"drivers.find_last_positions", R"sql(
    select distinct on (w.place)
           p.at, p.received_at, p.point, p.accuracy_m::float8, p.speed_mps::float8,
           p.bearing::float8, w.place
      from unnest($1::int[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
           as w (place, driver_id, opens_at, closes_at)
     cross join lateral (
           select at, seq, received_at, point, accuracy_m, speed_mps, bearing
             from drivers.positions
            where driver_id = w.driver_id and at between w.opens_at and w.closes_at and not mock
            order by at desc, seq desc
            limit 1) p
     order by w.place, p.at desc, p.seq desc)sql"};

template <class Database>
Task<std::vector<std::optional<LastPosition>>> find_last(Database& db,
                                                         std::span<const DriverPeriods> of) {
    std::vector<std::int32_t> places;
    std::vector<AccountId> drivers;
    std::vector<UtcTime> from;
    std::vector<UtcTime> until;
    for (std::size_t i = 0; i < of.size(); ++i)
        for (const Period& period : of[i].periods) {
            places.push_back(static_cast<std::int32_t>(i + 1));
            drivers.push_back(of[i].driver);
            from.push_back(period.from);
            until.push_back(period.until);
        }
    const pg::Rows rows = co_await db.query(find_last_positions_sql, places, drivers, from, until);
    co_return pg::in_places<LastPosition>(rows.all<PlacedPosition>(), of.size());
}

}  // namespace

Task<std::optional<LastPosition>> find_last_position(pg::Tx& tx, const DriverPeriods& of) {
    co_return (co_await find_last(tx, {&of, 1})).front();
}

Task<std::vector<std::optional<LastPosition>>> find_last_positions(
    pg::Db& db, std::span<const DriverPeriods> of) {
    co_return co_await find_last(db, of);
}

// A day at one point a second.
PG_STATEMENT constexpr pg::Sql find_track_sql{"drivers.find_track", R"sql(
    select at, point
      from drivers.positions
     where driver_id = $1 and at between $2 and $3 and not mock and coalesce(accuracy_m, 0) <= 100
     order by at, seq, device_id
     limit 86400)sql"};

Task<std::optional<std::int32_t>> find_distance_m(pg::Tx& tx, AccountId driver, Period period) {
    const pg::Rows rows = co_await tx.query(find_track_sql, driver, period.from, period.until);
    if (rows.empty()) co_return std::nullopt;
    co_return distance_along_m(rows.all<TrackPoint>());
}

}  // namespace taama::drivers
