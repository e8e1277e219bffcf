#include "modules/ledger/ledger.hpp"

#include "platform/crypto/random.hpp"
#include "platform/events/events.hpp"

namespace taama::ledger {

PG_STATEMENT constexpr pg::Sql insert_wallet_credit_sql{"ledger.insert_wallet_credit", R"sql(
    with opened as (
        insert into ledger.wallet (user_id, currency, created_at, updated_at)
        values ($1, $3, $4, $4)
        on conflict (user_id) do update set updated_at = $4
        returning id)
    insert into ledger.wallet_txn
           (wallet_id, reference, direction, amount, currency, kind, status, description,
            related_type, related_id, payment_id, transfer_ids, balance_after, created_at, updated_at)
    select opened.id, $5, 'credit', $2, $3, $6, 'completed', $7, $8, $9, $10, array[$11::uuid],
           (select coalesce(sum(b.balance), 0) from ledger.account_balance b
             where b.kind in ('wallet', 'bonus') and b.owner_type = 'user' and b.owner_id = $1::text
               and b.currency = $3),
           $4, $4
      from opened
    returning id, wallet_id)sql"};

Task<void> record_wallet_credit(pg::Tx& tx, const WalletCredit& credit, UtcTime now) {
    const pg::Rows rows = co_await tx.query(
        insert_wallet_credit_sql, credit.user, credit.amount.minor, credit.amount.currency, now,
        "TXN-" + crypto::random_code(8), credit.kind, credit.description, credit.related.type,
        credit.related.id.to_string(), credit.payment_id, credit.transfer);
    events::emit(tx, "wallet.posted",
                 {{"txn_id", rows[0].get<Uuid>(0).to_string()},
                  {"wallet_id", rows[0].get<Uuid>(1).to_string()},
                  {"user_id", credit.user.to_string()},
                  {"kind", credit.kind},
                  {"direction", "credit"},
                  {"amount", credit.amount.minor},
                  {"currency", to_string(credit.amount.currency)}},
                 now);
}

}  // namespace taama::ledger
