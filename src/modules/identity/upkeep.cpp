#include "modules/identity/upkeep.hpp"

#include "modules/audit/audit.hpp"
#include "modules/identity/account_store.hpp"
#include "modules/identity/kyc_store.hpp"
#include "modules/identity/tier.hpp"
#include "platform/events/events.hpp"

namespace taama::identity {

namespace {

constexpr int expiry_batch = 200;
constexpr int expiring_marks[] = {30, 7};

PG_STATEMENT constexpr pg::Sql forget_codes_sql{"identity.forget_codes", R"sql(
    delete from identity.verification_codes
     where expires_at < $1::timestamptz - interval '24 hours')sql"};

PG_STATEMENT constexpr pg::Sql forget_failures_sql{"identity.forget_failures", R"sql(
    delete from identity.otp_failures where day < ($1::timestamptz - interval '48 hours')::date)sql"};

PG_STATEMENT constexpr pg::Sql forget_verified_tokens_sql{"identity.forget_verified_tokens", R"sql(
    delete from identity.verified_tokens
     where expires_at < $1::timestamptz - interval '24 hours')sql"};

PG_STATEMENT constexpr pg::Sql forget_registrations_sql{"identity.forget_registrations", R"sql(
    delete from identity.registrations
     where expires_at < $1::timestamptz - interval '24 hours')sql"};

PG_STATEMENT constexpr pg::Sql forget_guards_sql{"identity.forget_guards", R"sql(
    delete from identity.login_guards
     where last_failure_at < $1::timestamptz - interval '24 hours'
       and (locked_until is null or locked_until < $1))sql"};

PG_STATEMENT constexpr pg::Sql forget_refresh_tokens_sql{"identity.forget_refresh_tokens", R"sql(
    delete from identity.refresh_tokens
     where expires_at < $1::timestamptz - interval '30 days')sql"};

PG_STATEMENT constexpr pg::Sql forget_sessions_sql{"identity.forget_sessions", R"sql(
    delete from identity.sessions
     where ctid = any (array(
           (select ctid from identity.sessions
             where revoked_at < $1::timestamptz - interval '90 days'
             order by revoked_at limit 10000)
           union
           (select ctid from identity.sessions
             where expires_at < $1::timestamptz - interval '90 days'
             order by expires_at limit 10000))))sql"};

PG_STATEMENT constexpr pg::Sql reactivate_accounts_sql{"identity.reactivate_accounts", R"sql(
    update identity.accounts
       set status = 'active', suspended_reason = null, suspended_until = null, updated_at = $1
     where status = 'suspended' and suspended_until <= $1
 returning id)sql"};

}  // namespace

Task<void> clean_up(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    // Codes before the registrations that they belong to.
    co_await deps.db.query_slow(forget_codes_sql, now);
    co_await deps.db.query_slow(forget_registrations_sql, now);
    co_await deps.db.query_slow(forget_failures_sql, now);
    co_await deps.db.query_slow(forget_verified_tokens_sql, now);
    co_await deps.db.query_slow(forget_guards_sql, now);
    co_await deps.db.query_slow(forget_refresh_tokens_sql, now);
    co_await deps.db.query_slow(forget_sessions_sql, now);
}

namespace {

boost::json::object news_of(const ExpiringDocument& document) {
    return {{"user_id", document.account_id.to_string()},
            {"document_id", document.id.to_string()},
            {"doc_type", boost::describe::enum_to_string(document.doc_type, "")},
            {"expires_on", to_string(document.expires_on)}};
}

Task<void> tell_expiring(const Deps& deps, Date today, int days, UtcTime now) {
    pg::Tx tx = co_await deps.db.begin();
    for (const ExpiringDocument& document : co_await mark_expiring(tx, today, days, now)) {
        boost::json::object news = news_of(document);
        news["days"] = days;
        events::emit(tx, "kyc.expiring", std::move(news), now);
    }
    co_await tx.commit();
}

Task<bool> expire_batch(const Deps& deps, Date today, UtcTime now) {
    pg::Tx tx = co_await deps.db.begin();
    const auto expired = co_await lock_expired(tx, today, expiry_batch);
    for (const ExpiringDocument& document : expired) {
        save_review(tx,
                    {.id = document.id,
                     .status = or_throw(next_status(KycStatus::approved, KycEvent::expire)),
                     .reject_reason = std::nullopt,
                     .notes = std::nullopt,
                     .expires_on = std::nullopt,
                     .reviewer = std::nullopt},
                    now);
        audit::record(tx,
                      {.actor = audit::Actor::system("identity.kyc_expiry"),
                       .action = "EXPIRE_KYC",
                       .entity = "KycDocument",
                       .entity_id = document.id.uuid,
                       .before = boost::json::object{{"status", "approved"}},
                       .after = boost::json::object{{"status", "expired"}}},
                      now);
        events::emit(tx, "kyc.expired", news_of(document), now);
        co_await recompute_tier(deps, tx,
                                {.account = document.account_id,
                                 .actor = audit::Actor::system("identity.kyc_expiry"),
                                 .reason = "kyc_expired"},
                                now);
    }
    co_await tx.commit();
    co_return expired.size() == expiry_batch;
}

}  // namespace

Task<void> expire_documents(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    const Date today = deps.zone.local_date(now);
    while (co_await expire_batch(deps, today, now)) {
    }
    for (const int days : expiring_marks) co_await tell_expiring(deps, today, days, now);
}

Task<void> reactivate_accounts(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    pg::Tx tx = co_await deps.db.begin();
    const pg::Rows rows = co_await tx.query(reactivate_accounts_sql, now);
    for (const AccountId id : rows.all<AccountId>()) {
        save_history(tx,
                     {.account = id,
                      .field = "status",
                      .from = "suspended",
                      .to = "active",
                      .actor = audit::Actor::system("identity.reactivate"),
                      .reason = "suspended_until"},
                     now);
        events::emit(tx, "account.reactivated",
                     {{"user_id", id.to_string()}, {"reason", "suspended_until"}}, now);
    }
    co_await tx.commit();
}

}  // namespace taama::identity
