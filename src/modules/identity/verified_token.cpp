#include "modules/identity/verified_token.hpp"

#include "modules/identity/errors.hpp"
#include "modules/identity/identity.hpp"
#include "platform/crypto/random.hpp"

namespace taama::identity {

namespace {

constexpr std::chrono::minutes token_life{15};

PG_STATEMENT constexpr pg::Sql save_verified_token_sql{"identity.save_verified_token", R"sql(
    insert into identity.verified_tokens (token_hash, destination, channel, purpose, account_id,
                                          expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7))sql"};

PG_STATEMENT constexpr pg::Sql use_verified_token_sql{"identity.use_verified_token", R"sql(
    update identity.verified_tokens
       set used_at = $3
     where token_hash = $1 and used_at is null and expires_at > $3 and purpose = any ($2::text[])
 returning channel, destination, purpose, account_id)sql"};

}  // namespace

IssuedToken issue_verified_token(const Deps& deps, pg::Tx& tx, const NewVerifiedToken& earned,
                                 UtcTime now) {
    IssuedToken issued{"vt_" + crypto::random_token(32), now + token_life};
    tx.enqueue(save_verified_token_sql, deps.secrets.hash("verified", issued.token),
               earned.destination.address, earned.destination.channel, earned.purpose,
               earned.account, issued.expires_at, now);
    return issued;
}

Task<std::optional<VerifiedTokenRow>> use_verified_token(const Secrets& secrets, pg::Tx& tx,
                                                         std::string_view token,
                                                         std::vector<std::string> purposes,
                                                         UtcTime now) {
    const pg::Rows rows =
        co_await tx.query(use_verified_token_sql, secrets.hash("verified", token), purposes, now);
    co_return rows.at_most_one<VerifiedTokenRow>();
}

Task<AccountId> consume_verified_token(const Secrets& secrets, pg::Tx& tx, EarnedToken earned,
                                       UtcTime now) {
    const auto row =
        co_await use_verified_token(secrets, tx, earned.token, {std::string{earned.purpose}}, now);
    if (!row || !row->account_id) throw Refusal{errors::otp_expired};
    co_return *row->account_id;
}

}  // namespace taama::identity
