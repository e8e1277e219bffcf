#include "modules/drivers/drivers.hpp"

namespace taama::drivers {

PG_STATEMENT constexpr pg::Sql save_positions_sql{"drivers.save_positions", R"sql(
    insert into drivers.positions
           (device_id, seq, driver_id, at, received_at, point, accuracy_m, speed_mps, bearing, mock,
            uploaded_by)
    select $1, p.seq, $2::uuid, p.at, $3::timestamptz,
           st_setsrid(st_makepoint(p.lon, p.lat), 4326)::geography,
           nullif(p.accuracy_m, -1), nullif(p.speed_mps, -1), nullif(p.bearing, -1), p.mock, $2
      from unnest($4::bigint[], $5::timestamptz[], $6::float8[], $7::float8[], $8::float8[],
                  $9::float8[], $10::float8[], $11::boolean[])
           as p (seq, at, lat, lon, accuracy_m, speed_mps, bearing, mock)
    on conflict do nothing
    returning seq)sql"};

Task<std::vector<std::int64_t>> save_positions(pg::Tx& tx, const Track& track, UtcTime now) {
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
    co_return rows.all<std::int64_t>();
}

PG_STATEMENT constexpr pg::Sql find_last_position_sql{"drivers.find_last_position", R"sql(
    select at, received_at, point, accuracy_m::float8, speed_mps::float8, bearing::float8
      from drivers.positions
     where driver_id = $1 and at between $2 and $3
     order by at desc, seq desc
     limit 1)sql"};

Task<std::optional<LastPosition>> find_last_position(pg::Tx& tx, AccountId driver, Period period) {
    const pg::Rows rows =
        co_await tx.query(find_last_position_sql, driver, period.from, period.until);
    co_return rows.at_most_one<LastPosition>();
}

}  // namespace taama::drivers
