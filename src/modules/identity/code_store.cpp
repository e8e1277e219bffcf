#include "modules/identity/code_store.hpp"

namespace taama::identity {

PG_STATEMENT constexpr pg::Sql lock_destination_sql{"identity.lock_destination", R"sql(
    select pg_advisory_xact_lock(hashtextextended('identity.code ' || $1, 0)))sql"};

PG_STATEMENT constexpr pg::Sql find_sends_sql{"identity.find_sends", R"sql(
    select true as to_destination, created_at
      from identity.verification_codes
     where destination = $1 and created_at > $3::timestamptz - interval '24 hours'
    union all
    select false, created_at
      from (select created_at from identity.verification_codes
             where ip = $2::text::inet and created_at > $3::timestamptz - interval '1 hour'
             order by created_at desc
             limit 1000) latest
     order by 2)sql"};

Task<EarlierSendTimes> lock_sends(pg::Tx& tx, const Destination& to, std::string_view ip,
                                  UtcTime now) {
    tx.enqueue(lock_destination_sql, to.address);
    const pg::Rows rows =
        co_await tx.query(find_sends_sql, to.address,
                          ip.empty() ? std::nullopt : std::optional{std::string{ip}}, now);
    EarlierSendTimes times;
    for (int i = 0; i < rows.size(); ++i)
        (rows[i].get<bool>(0) ? times.to_destination : times.from_ip)
            .push_back(rows[i].get<UtcTime>(1));
    co_return times;
}

PG_STATEMENT constexpr pg::Sql save_new_code_sql{"identity.save_new_code", R"sql(
    insert into identity.verification_codes (id, destination, channel, purpose, code_hash, link_hash,
                                             account_id, registration_id, expires_at, ip, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::inet, $11))sql"};

void save_new_code(pg::Tx& tx, const NewCode& code, UtcTime now) {
    tx.enqueue(save_new_code_sql, code.id, code.to.address, code.to.channel, code.purpose,
               code.code_hash, code.link_hash, code.account, code.registration, code.expires_at,
               code.ip.empty() ? std::nullopt : std::optional{code.ip}, now);
}

// One statement counts and picks, so that parallel guesses are evaluated three times at most. Rows
// are locked in one order; who waited sees the counters as they are then.
PG_STATEMENT constexpr pg::Sql count_code_attempt_sql{"identity.count_code_attempt", R"sql(
    with live as (
        select id from identity.verification_codes
         where destination = $1 and purpose = $2 and used_at is null and expires_at > $3
           and attempts < $4
         order by created_at, id
           for update
    )
    update identity.verification_codes c
       set attempts = c.attempts + 1
      from live
     where c.id = live.id
 returning c.id, c.code_hash, c.account_id, c.registration_id, c.attempts)sql"};

Task<std::vector<LiveCode>> count_code_attempt(pg::Tx& tx, const CodeKey& key, int attempts_max,
                                               UtcTime now) {
    const pg::Rows rows = co_await tx.query(count_code_attempt_sql, key.destination.address,
                                            key.purpose, now, attempts_max);
    co_return rows.all<LiveCode>();
}

PG_STATEMENT constexpr pg::Sql save_codes_used_sql{"identity.save_codes_used", R"sql(
    update identity.verification_codes
       set used_at = $3
     where destination = $1 and purpose = $2 and used_at is null and expires_at > $3)sql"};

void save_codes_used(pg::Tx& tx, const CodeKey& key, UtcTime now) {
    tx.enqueue(save_codes_used_sql, key.destination.address, key.purpose, now);
}

PG_STATEMENT constexpr pg::Sql find_wrong_answers_sql{"identity.find_wrong_answers", R"sql(
    select count from identity.otp_failures where destination = $1 and day = $2)sql"};

Task<int> find_wrong_answers(pg::Tx& tx, const Destination& destination, Date day) {
    const pg::Rows rows = co_await tx.query(find_wrong_answers_sql, destination.address, day);
    co_return rows.at_most_one<int>().value_or(0);
}

PG_STATEMENT constexpr pg::Sql save_wrong_answer_sql{"identity.save_wrong_answer", R"sql(
    insert into identity.otp_failures (destination, day, count)
         values ($1, $2, 1)
    on conflict (destination, day) do update set count = otp_failures.count + 1)sql"};

void save_wrong_answer(pg::Tx& tx, const Destination& destination, Date day) {
    tx.enqueue(save_wrong_answer_sql, destination.address, day);
}

PG_STATEMENT constexpr pg::Sql find_code_sql{"identity.find_code", R"sql(
    select id, channel, destination, purpose, account_id, registration_id
      from identity.verification_codes
     where id = $1)sql"};

Task<std::optional<CodeRow>> find_code(pg::Tx& tx, VerificationId id) {
    const pg::Rows rows = co_await tx.query(find_code_sql, id);
    co_return rows.at_most_one<CodeRow>();
}

PG_STATEMENT constexpr pg::Sql use_link_sql{"identity.use_link", R"sql(
    update identity.verification_codes
       set used_at = $2
     where link_hash = $1 and used_at is null and expires_at > $2 and attempts < $3
 returning id, channel, destination, purpose, account_id, registration_id)sql"};

Task<std::optional<CodeRow>> use_link(pg::Tx& tx, const pg::Bytes& link_hash, int attempts_max,
                                      UtcTime now) {
    const pg::Rows rows = co_await tx.query(use_link_sql, link_hash, now, attempts_max);
    co_return rows.at_most_one<CodeRow>();
}

}  // namespace taama::identity
