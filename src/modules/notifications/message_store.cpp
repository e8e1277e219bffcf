#include "modules/notifications/message_store.hpp"

namespace taama::notifications {

namespace {

constexpr Seconds lease{60};

PG_STATEMENT constexpr pg::Sql save_message_sql{"notifications.save_message", R"sql(
    insert into notifications.messages
           (id, event_id, template, recipient_kind, destination_sealed, destination_masked, channel,
            language, category, priority, params, title, due_at, expires_at, next_attempt_at,
            dedupe_key, created_at)
    values ($1, $2, $3, 'address', $4, $5, $6, $7, 'security', 'critical', $8, $9, $10, $11, $10,
            $12, $10)
        on conflict (dedupe_key, channel) do nothing)sql"};

}  // namespace

Task<bool> save_message(pg::Tx& tx, const Message& message, Uuid event_id, UtcTime now) {
    const pg::Rows rows = co_await tx.query(
        save_message_sql, message.id, event_id, message.template_name, message.destination_sealed,
        message.destination_masked, message.channel, message.language, message.params,
        message.title, now, message.expires_at, message.dedupe_key);
    co_return rows.affected() == 1;
}

namespace {

// A lost lease means that the worker died; whoever comes next sends again. Codes may come twice, never not.
PG_STATEMENT constexpr pg::Sql take_message_sql{"notifications.take_message", R"sql(
    update notifications.messages
       set status = case when expires_at <= $2 then 'expired' else 'sending' end,
           attempts = attempts + 1, lease_until = $3
     where id = $1
       and (status in ('queued', 'scheduled') or (status = 'sending' and lease_until < $2))
    returning id, template as template_name, channel, language, destination_sealed,
              destination_masked, params, title, expires_at, dedupe_key)sql"};

}  // namespace

Task<std::optional<Message>> take_message(pg::Db& db, MessageId id, UtcTime now) {
    const pg::Rows rows = co_await db.query(take_message_sql, id, now, now + lease);
    auto message = rows.at_most_one<Message>();
    if (message && message->expires_at <= now) message.reset();
    co_return message;
}

namespace {

PG_STATEMENT constexpr pg::Sql save_sent_sql{"notifications.save_sent", R"sql(
    update notifications.messages
       set status = 'sent', provider = $2, provider_ref = $3, sent_at = $4, lease_until = null,
           last_error = null
     where id = $1 and status = 'sending')sql"};

}  // namespace

Task<void> save_sent(pg::Db& db, MessageId id, std::string_view provider, std::string_view ref,
                     UtcTime now) {
    co_await db.query(save_sent_sql, id, provider, ref, now);
}

namespace {

PG_STATEMENT constexpr pg::Sql save_failed_sql{"notifications.save_failed", R"sql(
    update notifications.messages
       set status = 'failed', last_error = $2, lease_until = null, next_attempt_at = $3
     where id = $1 and status = 'sending')sql"};

}  // namespace

Task<void> save_failed(pg::Db& db, MessageId id, std::string_view error, UtcTime now) {
    co_await db.query(save_failed_sql, id, error, now);
}

namespace {

PG_STATEMENT constexpr pg::Sql save_deferred_sql{"notifications.save_deferred", R"sql(
    update notifications.messages
       set status = 'queued', last_error = $2, lease_until = null, next_attempt_at = $3
     where id = $1 and status = 'sending')sql"};

}  // namespace

Task<void> save_deferred(pg::Db& db, MessageId id, std::string_view error, UtcTime now) {
    co_await db.query(save_deferred_sql, id, error, now);
}

}  // namespace taama::notifications
