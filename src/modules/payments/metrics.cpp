#include "modules/payments/metrics.hpp"

#include <limits>

#include "modules/payments/payment.hpp"
#include "platform/telemetry/instruments.hpp"

namespace taama::payments {

namespace {

using telemetry::label_of;

constexpr Seconds often{5};
constexpr Seconds seldom{60};  // reads a day's payments
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double pay_buckets[] = {1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900, 1800, 3600, 86400};

PG_STATEMENT constexpr pg::Sql read_open_payments_sql{"payments.read_open_payments", R"sql(
    select 'payments_pending' as gauge, '' as word, count(*)::float8 as value
      from payments.payment
     where status in ('init', 'authorized') and created_at <= $1
    union all
    select 'recon_exceptions_open', kind, count(*)::float8
      from payments.exception
     where status = 'open'
     group by kind)sql"};

PG_STATEMENT constexpr pg::Sql read_payment_success_sql{"payments.read_payment_success", R"sql(
    select 'payment_success_ratio' as gauge, method as word,
           count(*) filter (where status in ('paid', 'refunded'))::float8 / count(*) as value
      from payments.payment
     where status in ('paid', 'refunded', 'failed')
       and created_at between $1::timestamptz - interval '24 hours' and $1
     group by method)sql"};

void add_payments(telemetry::Instruments& instruments, const telemetry::Label& method,
                  const telemetry::Label& provider) {
    const auto payments =
        instruments.counters("payments_total", "Payments that came to a status",
                             {method, provider, label_of<PaymentStatus>("status")});
    instruments.count("payment.initiated", payments, {.words = {{"status", "init"}}});
    instruments.count("payment.authorized", payments, {.words = {{"status", "authorized"}}});
    instruments.count("payment.paid", payments, {.words = {{"status", "paid"}}});
    instruments.count("payment.failed", payments, {.words = {{"status", "failed"}}});
    instruments.count("payment.refunded", payments, {.words = {{"status", "refunded"}}});
    instruments.observe("payment.took",
                        instruments.histograms("payment_seconds", "From a payment's start to paid",
                                               {provider}, pay_buckets),
                        "seconds");
    instruments.count(
        "payment.came_late",
        instruments.counters("payments_late_total", "Payments paid after they had failed",
                             {{"outcome", {"taken", "returned"}}}));
}

void add_refunds(telemetry::Instruments& instruments) {
    const auto refunds = instruments.counters(
        "refunds_total", "Refunds that came to a status",
        {label_of<RefundTarget>("target"), {"status", {"requested", "done", "failed"}}});
    instruments.count("refund.requested", refunds, {.words = {{"status", "requested"}}});
    instruments.count("refund.completed", refunds, {.words = {{"status", "done"}}});
    instruments.count("refund.failed", refunds, {.words = {{"status", "failed"}}});
}

void add_providers(telemetry::Instruments& instruments, const telemetry::Label& provider) {
    instruments.observe("webhook.acknowledged",
                        instruments.histograms("webhook_ack_seconds",
                                               "From a provider's call to our 200", {provider}),
                        "seconds");
    instruments.count(
        "webhook.came",
        instruments.counters(
            "webhooks_total", "Calls of providers",
            {provider, {"status", {"processed", "duplicate", "rejected", "failed"}}}));
    telemetry::Label result = label_of<ProviderState>("result");
    result.words.insert(result.words.end(), {"not_found", "unknown"});
    instruments.count(
        "provider.asked",
        instruments.counters("provider_polls_total", "What providers answered when they were asked",
                             {provider, std::move(result)}));
}

}  // namespace

void add_metrics(telemetry::Instruments& instruments, const MoneyWays& ways) {
    const telemetry::Label method{"method", ways.methods};
    const telemetry::Label provider{"provider", ways.providers};
    add_payments(instruments, method, provider);
    add_refunds(instruments);
    add_providers(instruments, provider);
    instruments.read(read_open_payments_sql, often,
                     {{"payments_pending", "Payments that are neither paid nor failed"},
                      {"recon_exceptions_open",
                       "What finance has to look at",
                       {{"kind",
                         {"duplicate_payment", "unknown_at_us", "amount_mismatch",
                          "currency_mismatch", "status_regression"}}}}});
    instruments.read(read_payment_success_sql, seldom,
                     {{"payment_success_ratio",
                       "Paid ones of the payments of 24 hours that ended; NaN without any",
                       {method},
                       unknown}});
}

}  // namespace taama::payments
