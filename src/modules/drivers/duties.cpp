#include "modules/drivers/drivers.hpp"
#include "modules/drivers/errors.hpp"

namespace taama::drivers {

// Two that begin at once are told apart by the index duties_one_at_a_time.
PG_STATEMENT constexpr pg::Sql begin_duty_sql{"drivers.begin_duty", R"sql(
    with running as (
        select ref_id from drivers.duties where user_id = $2 and ended_at is null
    ), begun as (
        insert into drivers.duties (id, user_id, kind, ref_id, started_at)
        select $1, $2, $3, $4, $5 where not exists (select 1 from running)
        on conflict do nothing
        returning ref_id
    )
    select ref_id from running union all select ref_id from begun)sql"};

Task<void> begin_duty(pg::Tx& tx, const Duty& duty, UtcTime now) {
    const pg::Rows rows =
        co_await tx.query(begin_duty_sql, Uuid::make(), duty.driver, duty.kind, duty.ref_id, now);
    const auto running = rows.at_most_one<Uuid>();
    if (running != duty.ref_id) throw Refusal{errors::driver_busy};
}

PG_STATEMENT constexpr pg::Sql end_duty_sql{"drivers.end_duty", R"sql(
    update drivers.duties set ended_at = greatest($3, started_at)
     where kind = $1 and ref_id = $2 and ended_at is null)sql"};

void end_duty(pg::Tx& tx, DutyKind kind, Uuid ref_id, UtcTime now) {
    tx.enqueue(end_duty_sql, kind, ref_id, now);
}

}  // namespace taama::drivers
