#include "modules/ledger/deps.hpp"
#include "modules/ledger/ledger.hpp"
#include "platform/errors.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::ledger {

namespace {

constexpr Seconds interval{10};

struct OverdueHold {
    TransferId id;
    std::string act_key;
    std::int16_t leg = 0;
    std::string kind;
    Currency currency = Currency::XOF;
    std::optional<OwnerType> subject_type;
    std::optional<std::string> subject_id;
    std::string debit_kind;
    OwnerType debit_owner_type = OwnerType::platform;
    std::string debit_owner_id;
    std::string debit_sub;
    std::string credit_kind;
    OwnerType credit_owner_type = OwnerType::platform;
    std::string credit_owner_id;
    std::string credit_sub;
};
BOOST_DESCRIBE_STRUCT(OverdueHold, (),
                      (id, act_key, leg, kind, currency, subject_type, subject_id, debit_kind,
                       debit_owner_type, debit_owner_id, debit_sub, credit_kind, credit_owner_type,
                       credit_owner_id, credit_sub))

PG_STATEMENT constexpr pg::Sql find_overdue_holds_sql{"ledger.find_overdue_holds", R"sql(
    select t.id, a.key as act_key, t.leg, t.kind, t.currency, a.subject_type, a.subject_id,
           d.kind as debit_kind, d.owner_type as debit_owner_type, d.owner_id as debit_owner_id,
           d.sub as debit_sub, c.kind as credit_kind, c.owner_type as credit_owner_type,
           c.owner_id as credit_owner_id, c.sub as credit_sub
      from ledger.transfer t
      join ledger.act a on a.id = t.act_id
      join ledger.account d on d.id = t.debit_account_id
      join ledger.account c on c.id = t.credit_account_id
     where t.phase = 'pending' and t.timeout_at <= $1
       and not exists (select from ledger.transfer r
                        where r.pending_id = t.id and r.phase in ('post', 'void'))
     order by t.timeout_at
     limit 100)sql"};

Task<std::vector<OverdueHold>> find_overdue_holds(pg::Db& db, UtcTime now) {
    const pg::Rows rows = co_await db.query(find_overdue_holds_sql, now);
    co_return rows.all<OverdueHold>();
}

Act to_expiry(const OverdueHold& hold) {
    Act act{.key = "hold:" + hold.id.to_string() + ":expired",
            .kind = "hold_release",
            .basis = {{"rule", "ledger.expired"}},
            .currency = hold.currency};
    if (hold.subject_type)
        if (const auto id = Uuid::parse(hold.subject_id.value_or("")))
            act.subject = Subject{*hold.subject_type, *id};
    act.legs.push_back({.debit = {parse_account_kind(hold.debit_kind).value(),
                                  hold.debit_owner_type, hold.debit_owner_id, hold.debit_sub},
                        .credit = {parse_account_kind(hold.credit_kind).value(),
                                   hold.credit_owner_type, hold.credit_owner_id, hold.credit_sub},
                        .amount = {},
                        .kind = hold.kind,
                        .phase = Phase::void_,
                        .hold = HoldRef::of_leg(hold.act_key, hold.leg)});
    return act;
}

Task<void> expire_holds(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    for (const OverdueHold& hold : co_await find_overdue_holds(deps.db, now)) {
        pg::Tx tx = co_await deps.db.begin();
        try {
            co_await post(tx, to_expiry(hold), now);
            co_await tx.commit();
        } catch (const Refusal&) {
            // Its owner resolved it meanwhile.
        }
    }
}

}  // namespace

void register_jobs(jobs::Registry& registry, const Deps& deps) {
    registry.schedule("ledger.expire_holds", jobs::Every{interval},
                      [&deps] { return expire_holds(deps); });
}

}  // namespace taama::ledger
