#include "modules/drivers/distance.hpp"
#include "modules/drivers/drivers.hpp"

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

PG_STATEMENT constexpr pg::Sql find_last_position_sql{"drivers.find_last_position", R"sql(
    select p.at, p.received_at, p.point, p.accuracy_m::float8, p.speed_mps::float8,
           p.bearing::float8
      from unnest($2::timestamptz[], $3::timestamptz[]) as w (opens_at, closes_at)
     cross join lateral (
           select at, seq, received_at, point, accuracy_m, speed_mps, bearing
             from drivers.positions
            where driver_id = $1 and at between w.opens_at and w.closes_at and not mock
            order by at desc, seq desc
            limit 1) p
     order by p.at desc, p.seq desc
     limit 1)sql"};

Task<std::optional<LastPosition>> find_last_position(pg::Tx& tx, AccountId driver,
                                                     const std::vector<Period>& periods) {
    std::vector<UtcTime> from;
    std::vector<UtcTime> until;
    for (const Period& period : periods) {
        from.push_back(period.from);
        until.push_back(period.until);
    }
    const pg::Rows rows = co_await tx.query(find_last_position_sql, driver, from, until);
    co_return rows.at_most_one<LastPosition>();
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
