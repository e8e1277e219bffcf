#include "modules/payments/webhook_store.hpp"

namespace taama::payments {

PG_STATEMENT constexpr pg::Sql save_seen_sql{"payments.save_seen", R"sql(
    insert into platform.webhooks_seen
           (id, provider, event_key, received_at, signature_ok, status, http_status, attempts)
    values ($1, $2, $3, $4, true, 'processed', 200, 1)
    on conflict (provider, event_key) do update
       set status = 'processed', http_status = 200, attempts = webhooks_seen.attempts + 1,
           error = null, body_sealed = null
     where webhooks_seen.status = 'failed'
    returning id)sql"};

Task<bool> save_seen(pg::Tx& tx, const SeenWebhook& seen) {
    const pg::Rows rows = co_await tx.query(save_seen_sql, Uuid::make(), seen.provider,
                                            seen.event_key, seen.received_at);
    tx.tell("webhook.came",
            {{"provider", seen.provider}, {"status", rows.empty() ? "duplicate" : "processed"}});
    co_return !rows.empty();
}

PG_STATEMENT constexpr pg::Sql save_seen_payment_sql{"payments.save_seen_payment", R"sql(
    update platform.webhooks_seen
       set related_kind = 'payment', related_id = $3
     where provider = $1 and event_key = $2)sql"};

void save_seen_payment(pg::Tx& tx, const SeenWebhook& seen, PaymentId payment_id) {
    tx.enqueue(save_seen_payment_sql, seen.provider, seen.event_key, payment_id);
}

PG_STATEMENT constexpr pg::Sql save_rejected_sql{"payments.save_rejected", R"sql(
    insert into platform.webhooks_seen
           (id, provider, event_key, received_at, signature_ok, status, http_status, attempts, error)
    values ($1, $2, $3, $4, false, 'rejected', 401, 1, $5))sql"};

Task<void> save_rejected(pg::Db& db, const SeenWebhook& seen, std::string_view error) {
    const Uuid id = Uuid::make();
    co_await db.query(save_rejected_sql, id, seen.provider, "rejected:" + id.to_string(),
                      seen.received_at, error);
    db.tell("webhook.came", {{"provider", seen.provider}, {"status", "rejected"}});
}

PG_STATEMENT constexpr pg::Sql save_failed_sql{"payments.save_failed", R"sql(
    insert into platform.webhooks_seen
           (id, provider, event_key, received_at, signature_ok, status, http_status, attempts, error,
            body_sealed)
    values ($1, $2, $3, $4, true, 'failed', 500, 1, $5, $6)
    on conflict (provider, event_key) do update
       set attempts = webhooks_seen.attempts + 1, error = excluded.error
     where webhooks_seen.status = 'failed'
    returning id)sql"};

Task<Uuid> save_failed(pg::Tx& tx, const FailedWebhook& failed) {
    const pg::Rows rows = co_await tx.query(save_failed_sql, Uuid::make(), failed.seen.provider,
                                            failed.seen.event_key, failed.seen.received_at,
                                            failed.error, failed.call_sealed);
    tx.tell("webhook.came", {{"provider", failed.seen.provider}, {"status", "failed"}});
    const auto id = rows.at_most_one<Uuid>();
    co_return id.value_or(Uuid{});
}

PG_STATEMENT constexpr pg::Sql find_kept_sql{"payments.find_kept", R"sql(
    select provider, event_key, received_at, status, body_sealed
      from platform.webhooks_seen where id = $1)sql"};

Task<std::optional<KeptWebhook>> find_kept(pg::Db& db, Uuid seen_id) {
    const pg::Rows rows = co_await db.query(find_kept_sql, seen_id);
    co_return rows.at_most_one<KeptWebhook>();
}

}  // namespace taama::payments
