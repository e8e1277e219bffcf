#include "modules/identity/tier.hpp"

#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/identity_settings.hpp"
#include "modules/identity/kyc_rules.hpp"
#include "platform/events/events.hpp"

namespace taama::identity {

namespace {

PG_STATEMENT constexpr pg::Sql find_approved_documents_sql{"identity.find_approved_documents",
                                                           R"sql(
    select doc_type, expires_on
      from identity.kyc_documents
     where account_id = $1 and status = 'approved')sql"};

Task<std::vector<ApprovedDocument>> find_approved_documents(pg::Tx& tx, AccountId account) {
    const pg::Rows rows = co_await tx.query(find_approved_documents_sql, account);
    std::vector<ApprovedDocument> documents;
    for (int i = 0; i < rows.size(); ++i) {
        ApprovedDocument& document = documents.emplace_back();
        rows[i].read(0, document.type);
        rows[i].read(1, document.expires_on);
    }
    co_return documents;
}

}  // namespace

Task<int> recompute_tier(const Deps& deps, pg::Tx& tx, TierCause cause, UtcTime now) {
    const Account account = or_throw(co_await lock_account(tx, cause.account), errors::not_found);
    const auto documents = co_await find_approved_documents(tx, account.id);
    const auto identity_types = deps.settings.get(identity_doc_types);
    const int tier = tier_of({.phone_verified = account.phone_verified_at.has_value(),
                              .approved = documents,
                              .identity_doc_types = identity_types,
                              .today = deps.zone.local_date(now)});
    if (tier == account.kyc_tier) co_return tier;
    save_tier(tx, account.id, tier, now);
    save_history(tx,
                 {.account = account.id,
                  .field = "kyc_tier",
                  .from = account.kyc_tier,
                  .to = tier,
                  .actor = std::move(cause.actor),
                  .reason = cause.reason},
                 now);
    events::emit(tx, "kyc.tier_changed",
                 {{"user_id", account.id.to_string()},
                  {"tier", tier},
                  {"old_tier", account.kyc_tier},
                  {"reason", cause.reason}},
                 now);
    co_return tier;
}

}  // namespace taama::identity
