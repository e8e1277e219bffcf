#include "modules/identity/login_guard_store.hpp"

namespace taama::identity {

PG_STATEMENT constexpr pg::Sql make_login_guard_sql{"identity.make_login_guard", R"sql(
    insert into identity.login_guards (identifier_hash, last_failure_at)
         values ($1, $2)
    on conflict do nothing)sql"};

PG_STATEMENT constexpr pg::Sql lock_login_guard_sql{"identity.lock_login_guard", R"sql(
    select failures, level, locked_until, last_failure_at
      from identity.login_guards
     where identifier_hash = $1
       for update)sql"};

Task<LoginGuard> lock_login_guard(pg::Tx& tx, const pg::Bytes& identifier_hash, UtcTime now) {
    tx.enqueue(make_login_guard_sql, identifier_hash, now);
    const pg::Rows rows = co_await tx.query(lock_login_guard_sql, identifier_hash);
    LoginGuard guard;
    if (rows.empty()) co_return guard;  // cleared in between
    rows[0].read(0, guard.failures);
    rows[0].read(1, guard.level);
    rows[0].read(2, guard.locked_until);
    rows[0].read(3, guard.last_failure_at);
    co_return guard;
}

PG_STATEMENT constexpr pg::Sql save_login_guard_sql{"identity.save_login_guard", R"sql(
    insert into identity.login_guards (identifier_hash, failures, level, locked_until, last_failure_at)
         values ($1, $2, $3, $4, $5)
    on conflict (identifier_hash) do update
         set failures = excluded.failures, level = excluded.level,
             locked_until = excluded.locked_until, last_failure_at = excluded.last_failure_at)sql"};

void save_login_guard(pg::Tx& tx, const pg::Bytes& identifier_hash, const LoginGuard& guard) {
    tx.enqueue(save_login_guard_sql, identifier_hash, guard.failures, guard.level,
               guard.locked_until, guard.last_failure_at);
}

PG_STATEMENT constexpr pg::Sql clear_login_guards_sql{"identity.clear_login_guards", R"sql(
    delete from identity.login_guards where identifier_hash = any ($1::bytea[]))sql"};

void clear_login_guards(pg::Tx& tx, const std::vector<pg::Bytes>& identifier_hashes) {
    tx.enqueue(clear_login_guards_sql, identifier_hashes);
}

}  // namespace taama::identity
