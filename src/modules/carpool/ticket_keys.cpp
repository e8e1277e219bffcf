#include "modules/carpool/ticket_keys.hpp"

#include <algorithm>

#include "platform/crypto/random.hpp"
#include "platform/crypto/seal.hpp"

namespace taama::carpool {

namespace {

constexpr std::string_view seal_purpose = "carpool.ticket_keys.secret";

crypto::Ed25519Seed to_seed(const auto& bytes) {
    crypto::Ed25519Seed seed{};
    ASSERT(bytes.size() == seed.size());
    std::copy(bytes.begin(), bytes.end(), seed.begin());
    return seed;
}

}  // namespace

PG_STATEMENT constexpr pg::Sql find_ticket_keys_sql{"carpool.find_ticket_keys", R"sql(
    select kid, public_key, secret_sealed, status = 'active' as active, created_at, retired_at
      from carpool.ticket_keys
     order by kid)sql"};

static Task<std::vector<TicketKeyRow>> find_ticket_keys(pg::Db& db) {
    const pg::Rows rows = co_await db.query(find_ticket_keys_sql);
    co_return rows.all<TicketKeyRow>();
}

// Of two nodes that start at once one makes the first key.
PG_STATEMENT constexpr pg::Sql save_first_ticket_key_sql{"carpool.save_first_ticket_key", R"sql(
    insert into carpool.ticket_keys (kid, public_key, secret_sealed, status, created_at)
    values (1, $1, $2, 'active', $3)
    on conflict do nothing)sql"};

static Task<void> save_first_ticket_key(pg::Db& db, const crypto::Sealer& sealer, UtcTime now) {
    const auto secret = crypto::random_bytes(crypto::Ed25519Seed{}.size());
    const crypto::Ed25519Key key{to_seed(secret)};
    const crypto::Bytes public_key(key.public_key().begin(), key.public_key().end());
    const auto sealed = sealer.seal(seal_purpose, crypto::ByteView{secret}.text());
    co_await db.query(save_first_ticket_key_sql, public_key, sealed, now);
}

Task<void> TicketKeys::load(pg::Db& db, const crypto::Sealer& sealer, UtcTime now) {
    auto rows = co_await find_ticket_keys(db);
    if (rows.empty()) {
        co_await save_first_ticket_key(db, sealer, now);
        rows = co_await find_ticket_keys(db);
    }
    all_.clear();
    for (const TicketKeyRow& row : rows) {
        TicketKey key{static_cast<std::uint8_t>(row.kid), {}};
        std::copy_n(row.public_key.begin(), key.public_key.size(), key.public_key.begin());
        all_.push_back(key);
        if (!row.active) continue;
        const auto secret = sealer.open(seal_purpose, row.secret_sealed);
        // The sealing key of this database is not ours: tickets cannot be signed.
        if (!secret) throw std::runtime_error("the ticket key does not open with our sealing keys");
        active_.emplace(to_seed(*secret));
        active_kid_ = key.kid;
    }
    rows_ = std::move(rows);
}

const crypto::Ed25519Key& TicketKeys::active_key() const {
    ASSERT(active_.has_value());
    return *active_;
}

}  // namespace taama::carpool
