#include "modules/notifications/message_store.hpp"

namespace taama::notifications {

PG_STATEMENT constexpr pg::Sql save_new_message_sql{"notifications.save_new_message", R"sql(
    insert into notifications.messages (id, event_id, template, recipient_kind, destination_sealed,
                                        destination_masked, channel, language, category, priority,
                                        params, title, due_at, expires_at, next_attempt_at,
                                        dedupe_key, created_at)
         values ($1, $2, $3, 'address', $4, $5, $6, $7, 'security', 'critical', $8, $9, $10, $11, $10,
                 $12, $10)
    on conflict (dedupe_key, channel) do nothing)sql"};

Task<bool> save_new_message(pg::Tx& tx, const NewMessage& message, UtcTime now) {
    const pg::Rows rows = co_await tx.query(
        save_new_message_sql, message.id, message.event_id, message.template_id,
        message.destination_sealed, message.destination_masked, message.channel, message.language,
        message.params, message.title, now, message.expires_at, message.dedupe_key);
    co_return rows.affected() == 1;
}

PG_STATEMENT constexpr pg::Sql take_message_sql{"notifications.take_message", R"sql(
    update notifications.messages
       set status = 'sending', attempts = attempts + 1, lease_until = $3
     where id = $1 and next_attempt_at <= $2
       and (status = 'queued' or (status = 'sending' and lease_until <= $2))
 returning id, template as template_id, destination_sealed, channel, language, params, title,
           attempts, expires_at, priority, due_at)sql"};

Task<std::optional<Message>> take_message(pg::Db& db, MessageId id, UtcTime now, Seconds lease) {
    const pg::Rows rows = co_await db.query(take_message_sql, id, now, now + lease);
    co_return rows.at_most_one<Message>();
}

PG_STATEMENT constexpr pg::Sql save_sent_sql{"notifications.save_sent", R"sql(
    update notifications.messages
       set status = 'sent', provider = $2, provider_ref = $3, sent_at = $4, lease_until = null,
           last_error = null
     where id = $1 and status = 'sending')sql"};

void save_sent(pg::Tx& tx, MessageId id, std::string_view provider, std::string_view provider_ref,
               UtcTime now) {
    tx.enqueue(save_sent_sql, id, provider, provider_ref, now);
}

PG_STATEMENT constexpr pg::Sql save_ended_sql{"notifications.save_ended", R"sql(
    update notifications.messages
       set status = $2, last_error = $3, lease_until = null
     where id = $1 and status = 'sending')sql"};

void save_ended(pg::Tx& tx, MessageId id, MessageStatus status, std::string_view error) {
    tx.enqueue(save_ended_sql, id, status, error);
}

PG_STATEMENT constexpr pg::Sql save_deferred_sql{"notifications.save_deferred", R"sql(
    update notifications.messages
       set status = 'queued', last_error = $2, next_attempt_at = $3, lease_until = null
     where id = $1 and status = 'sending')sql"};

void save_deferred(pg::Tx& tx, MessageId id, std::string_view error, UtcTime next_attempt_at) {
    tx.enqueue(save_deferred_sql, id, error, next_attempt_at);
}

}  // namespace taama::notifications
