#include "modules/ledger/metrics.hpp"

#include "platform/telemetry/instruments.hpp"

namespace taama::ledger {

namespace {

constexpr Seconds often{5};
constexpr Seconds rarely{600};  // reads all holds there ever were

PG_STATEMENT constexpr pg::Sql read_last_check_sql{"ledger.read_last_check", R"sql(
    with last as (
        select ok, findings
          from ledger.check_run
         where started_at <= $1
         order by started_at desc
         limit 1)
    select 'ledger_check_ok' as gauge, '' as word, ok::int::float8 as value from last
    union all
    select 'ledger_imbalance', '', jsonb_array_length(findings)::float8 from last)sql"};

PG_STATEMENT constexpr pg::Sql read_open_holds_sql{"ledger.read_open_holds", R"sql(
    select 'ledger_holds_open' as gauge, t.kind as word, count(*)::float8 as value
      from ledger.transfer t
     where t.phase = 'pending' and t.at <= $1
       and not exists (select from ledger.transfer r
                        where r.pending_id = t.id and r.phase in ('post', 'void'))
     group by t.kind)sql"};

}  // namespace

void add_metrics(telemetry::Instruments& instruments) {
    instruments.count("ledger.posted",
                      instruments.counters("ledger_acts_total", "Acts that moved money or held it",
                                           {{"kind",
                                             {"capture", "settle", "cancel", "refund",
                                              "unmatched_in", "provider_fee", "hold_release"}}}));
    instruments.observe("ledger.posted",
                        instruments.histograms("ledger_post_seconds", "Posting one act"),
                        "seconds");
    instruments.read(
        read_last_check_sql, often,
        {{"ledger_check_ok", "1 while the last check of the books found nothing", {}, 1},
         {"ledger_imbalance", "Violations found by the last check of the books"}});
    instruments.read(read_open_holds_sql, rarely,
                     {{"ledger_holds_open",
                       "Amounts held back that nobody has resolved yet",
                       {{"kind", {"commission", "service_fee", "refund"}}}}});
}

}  // namespace taama::ledger
