#include "modules/notifications/metrics.hpp"

#include "modules/notifications/templates.hpp"
#include "platform/telemetry/instruments.hpp"

namespace taama::notifications {

namespace {

constexpr Seconds often{5};
constexpr double latency_buckets[] = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600};

PG_STATEMENT constexpr pg::Sql read_queued_messages_sql{"notifications.read_queued_messages",
                                                        R"sql(
    select 'notifications_queued' as gauge, channel as word, count(*)::float8 as value
      from notifications.messages
     where status in ('queued', 'scheduled', 'sending') and created_at <= $1
     group by channel)sql"};

telemetry::Label template_label() {
    telemetry::Label label{"template", {}};
    for (const Template& each : templates) label.words.emplace_back(each.id);
    return label;
}

}  // namespace

void add_metrics(telemetry::Instruments& instruments) {
    const telemetry::Label channel{"channel", {"sms", "email"}};
    instruments.count("message.ended",
                      instruments.counters(
                          "notifications_total", "Messages that were sent or given up",
                          {template_label(), channel, {"status", {"sent", "failed", "expired"}}}));
    instruments.observe(
        "message.sent",
        instruments.histograms("notification_latency_seconds",
                               "From the time a message is due to its provider's yes",
                               {channel, {"priority", {"critical"}}}, latency_buckets),
        "seconds");
    instruments.read(read_queued_messages_sql, often,
                     {{"notifications_queued", "Messages that wait", {channel}}});
}

}  // namespace taama::notifications
