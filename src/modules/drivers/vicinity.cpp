#include "modules/drivers/drivers.hpp"

namespace taama::drivers {

PG_STATEMENT constexpr pg::Sql was_near_sql{"drivers.was_near", R"sql(
    select exists (
        select 1 from drivers.positions
         where driver_id = $1 and at between $2 and $3 and not mock
           and st_dwithin(point, $4::geography, $5::float8, false)))sql"};

Task<bool> was_near(pg::Tx& tx, AccountId driver, const Vicinity& vicinity, const Period& period) {
    const pg::Rows rows = co_await tx.query(was_near_sql, driver, period.from, period.until,
                                            vicinity.point, vicinity.metres);
    co_return rows.one<bool>();
}

PG_STATEMENT constexpr pg::Sql find_distance_sql{"drivers.find_distance", R"sql(
    select st_distance(point, $4::geography, false)
      from drivers.positions
     where driver_id = $1 and at between $2 and $3 and not mock
     order by at desc, seq desc
     limit 1)sql"};

Task<std::optional<double>> find_distance(pg::Tx& tx, AccountId driver, LatLon point,
                                          const Period& period) {
    const pg::Rows rows =
        co_await tx.query(find_distance_sql, driver, period.from, period.until, point);
    co_return rows.at_most_one<double>();
}

}  // namespace taama::drivers
