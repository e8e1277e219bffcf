#include "platform/http/idempotency.hpp"

#include <fmt/ranges.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "platform/crypto/hash.hpp"
#include "platform/crypto/seal.hpp"

namespace taama::http {

namespace {

constexpr auto answer_life = std::chrono::hours{24};
constexpr auto sealed_answer_life = 10min;
constexpr auto lease_life = 60s;

struct StoredKey {
    bool locked;
    bool expired;
    std::optional<pg::Bytes> fingerprint;
    std::optional<std::int16_t> status;
    std::optional<pg::Bytes> answer;
    std::optional<std::string> location;
};
BOOST_DESCRIBE_STRUCT(StoredKey, (), (locked, expired, fingerprint, status, answer, location))

pg::Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

UtcTime expiry(const IdempotencyScope& scope) {
    return scope.sealed ? scope.now + sealed_answer_life : scope.now + answer_life;
}

// The advisory lock says that the first request is still running; the primary key, at the insert,
// is what makes the effect single.
PG_STATEMENT constexpr pg::Sql claim_key_sql{"platform.claim_idempotency_key", R"sql(
    select pg_try_advisory_xact_lock(hashtextextended(w.caller || ' ' || w.key, 0)) as locked,
           coalesce(k.expires_at <= w.now, false) as expired,
           k.fingerprint, k.status, k.answer, k.location, w.place
      from unnest($1::text[], $2::text[], $3::timestamptz[])
           with ordinality as w (caller, key, now, place)
      left join platform.idempotency_keys k on k.caller = w.caller and k.key = w.key
     order by w.place)sql"};

PG_STATEMENT constexpr pg::Sql drop_expired_sql{"platform.drop_expired_idempotency_key", R"sql(
    delete from platform.idempotency_keys
     where caller = $1 and key = $2 and expires_at <= $3)sql"};

// Names the answer: one that another request stored meanwhile stays.
PG_STATEMENT constexpr pg::Sql drop_unreadable_sql{"platform.drop_unreadable_answer", R"sql(
    delete from platform.idempotency_keys
     where caller = $1 and key = $2 and answer = $3)sql"};

PG_STATEMENT constexpr pg::Sql store_key_sql{"platform.store_idempotency_key", R"sql(
    insert into platform.idempotency_keys
           (caller, key, fingerprint, status, answer, location, created_at, expires_at)
    select *
      from unnest($1::text[], $2::text[], $3::bytea[], $4::smallint[], $5::bytea[], $6::text[],
                  $7::timestamptz[], $8::timestamptz[]))sql"};

PG_STATEMENT constexpr pg::Sql store_refusal_sql{"platform.store_idempotent_refusal", R"sql(
    insert into platform.idempotency_keys as k
           (caller, key, fingerprint, status, answer, location, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (caller, key) do update
       set fingerprint = excluded.fingerprint, status = excluded.status, answer = excluded.answer,
           location = excluded.location, lease_until = null, created_at = excluded.created_at,
           expires_at = excluded.expires_at
     where k.expires_at <= excluded.created_at)sql"};

PG_STATEMENT constexpr pg::Sql lease_key_sql{"platform.lease_idempotency_key", R"sql(
    insert into platform.idempotency_keys as k
           (caller, key, fingerprint, lease_until, created_at, expires_at)
    values ($1, $2, $3, $5, $4, $6)
        on conflict (caller, key) do update
       set fingerprint = excluded.fingerprint, status = null, answer = null, location = null,
           lease_until = excluded.lease_until, created_at = excluded.created_at,
           expires_at = excluded.expires_at
     where k.expires_at <= $4
        or (k.status is null and k.lease_until <= $4 and k.fingerprint = excluded.fingerprint)
    returning true)sql"};

PG_STATEMENT constexpr pg::Sql read_key_sql{"platform.read_idempotency_key", R"sql(
    select false as locked, false as expired, fingerprint, status, answer, location
      from platform.idempotency_keys
     where caller = $1 and key = $2)sql"};

PG_STATEMENT constexpr pg::Sql finish_lease_sql{"platform.finish_idempotency_lease", R"sql(
    update platform.idempotency_keys
       set status = $4, answer = $5, location = $6, lease_until = null
     where caller = $1 and key = $2 and fingerprint = $3 and status is null)sql"};

PG_STATEMENT constexpr pg::Sql drop_lease_sql{"platform.drop_idempotency_lease", R"sql(
    delete from platform.idempotency_keys
     where caller = $1 and key = $2 and fingerprint = $3 and status is null)sql"};

PG_STATEMENT constexpr pg::Sql prune_keys_sql{"platform.prune_idempotency_keys", R"sql(
    delete from platform.idempotency_keys where expires_at <= $1)sql"};

}  // namespace

IdempotencyScope idempotency_scope(const Context& context, const Operation& operation) {
    IdempotencyScope scope;
    switch (context.caller.kind) {
        case Caller::Kind::anonymous: scope.caller = "anonymous"; break;
        case Caller::Kind::user: scope.caller = "user:" + context.caller.id.to_string(); break;
        case Caller::Kind::staff: scope.caller = "staff:" + context.caller.id.to_string(); break;
    }
    scope.key = context.idempotency_key;
    // Where nobody has to sign in, a session's cookie still says who asks: two refreshes with empty
    // bodies differ by nothing else.
    const std::string_view cookie = context.caller.kind == Caller::Kind::anonymous
                                        ? context.request.header("Cookie")
                                        : std::string_view{};
    // By the values in the path, not its spelling: an alias is the same operation.
    const auto hash = crypto::sha256(fmt::format("{}\n{}\n{}\n{}\n{}", operation.name(),
                                                 fmt::join(context.path_values, "/"), scope.caller,
                                                 cookie, context.request.body));
    scope.fingerprint.assign(hash.begin(), hash.end());
    scope.sealed = operation.sealed_replay;
    scope.now = context.now;
    return scope;
}

std::string Idempotency::pack(const IdempotencyScope& scope, const Reply& reply) const {
    boost::json::array headers;
    for (const auto& [name, value] : reply.headers) headers.push_back({name, value});
    std::string packed = boost::json::serialize(boost::json::value{
        {"data", reply.data}, {"meta", reply.meta}, {"headers", std::move(headers)}});
    if (!scope.sealed) return packed;
    const auto box = sealer_.seal_under("idempotency", scope.key, packed);
    return {box.begin(), box.end()};
}

std::optional<Reply> Idempotency::unpack(const IdempotencyScope& scope, std::int16_t status,
                                         const pg::Bytes& answer,
                                         const std::string& location) const {
    std::string packed{answer.begin(), answer.end()};
    if (scope.sealed) {
        auto opened = sealer_.open_under("idempotency", scope.key, answer);
        if (!opened) return std::nullopt;
        packed = std::move(*opened);
    }
    const auto value = boost::json::parse(packed);
    Reply reply;
    reply.status = status;
    reply.data = value.at("data").as_string();
    reply.meta = value.at("meta").as_object();
    for (const auto& header : value.at("headers").as_array())
        reply.headers.emplace_back(header.at(0).as_string(), header.at(1).as_string());
    reply.location = location;
    reply.replayed = true;
    return reply;
}

Task<std::optional<Reply>> Idempotency::claim(pg::Tx& tx, const IdempotencyScope& scope) {
    tx.keep_apart(fmt::format("idempotency key {} {}", scope.caller, scope.key));
    const pg::Rows rows = co_await tx.query_row(claim_key_sql, scope.caller, scope.key, scope.now);
    const auto stored = rows.one<StoredKey>();
    if (stored.expired) {
        if (!stored.locked) throw Refusal{errors::idempotency_in_progress};
        tx.enqueue(drop_expired_sql, scope.caller, scope.key, scope.now);
        co_return std::nullopt;
    }
    if (stored.fingerprint && *stored.fingerprint != scope.fingerprint)
        throw Refusal{errors::idempotency_mismatch};
    if (stored.status) {
        auto reply =
            unpack(scope, *stored.status, stored.answer.value(), stored.location.value_or(""));
        if (!reply && !stored.locked) throw Refusal{errors::idempotency_in_progress};
        if (!reply) tx.enqueue(drop_unreadable_sql, scope.caller, scope.key, *stored.answer);
        co_return reply;
    }
    if (!stored.locked || stored.fingerprint) throw Refusal{errors::idempotency_in_progress};
    co_return std::nullopt;
}

void Idempotency::store(pg::Tx& tx, const IdempotencyScope& scope, const Reply& reply) {
    tx.enqueue_row(store_key_sql, scope.caller, scope.key, scope.fingerprint, reply.status,
                   to_bytes(pack(scope, reply)), reply.location, scope.now, expiry(scope));
}

Task<bool> Idempotency::store_alone(const IdempotencyScope& scope, const Reply& reply) {
    const pg::Rows rows = co_await db_.query(
        store_refusal_sql, scope.caller, scope.key, scope.fingerprint, reply.status,
        to_bytes(pack(scope, reply)), reply.location, scope.now, expiry(scope));
    co_return rows.affected() == 1;
}

Task<bool> Idempotency::lease(const IdempotencyScope& scope) {
    const pg::Rows leased =
        co_await db_.query(lease_key_sql, scope.caller, scope.key, scope.fingerprint, scope.now,
                           scope.now + lease_life, expiry(scope));
    co_return !leased.empty();
}

Task<std::optional<Reply>> Idempotency::claim_lease(const IdempotencyScope& scope) {
    if (co_await lease(scope)) co_return std::nullopt;
    const pg::Rows rows = co_await db_.query(read_key_sql, scope.caller, scope.key);
    const auto stored = rows.at_most_one<StoredKey>();
    // Gone again: its request failed between the two statements.
    if (!stored) throw Refusal{errors::idempotency_in_progress};
    if (*stored->fingerprint != scope.fingerprint) throw Refusal{errors::idempotency_mismatch};
    if (!stored->status) throw Refusal{errors::idempotency_in_progress};
    auto reply =
        unpack(scope, *stored->status, stored->answer.value(), stored->location.value_or(""));
    if (reply) co_return reply;
    co_await db_.query(drop_unreadable_sql, scope.caller, scope.key, *stored->answer);
    if (!co_await lease(scope)) throw Refusal{errors::idempotency_in_progress};
    co_return std::nullopt;
}

Task<void> Idempotency::store_lease(const IdempotencyScope& scope, const Reply& reply) {
    co_await db_.query(finish_lease_sql, scope.caller, scope.key, scope.fingerprint, reply.status,
                       to_bytes(pack(scope, reply)), reply.location);
}

Task<void> Idempotency::give_up_lease(const IdempotencyScope& scope) {
    co_await db_.query(drop_lease_sql, scope.caller, scope.key, scope.fingerprint);
}

Task<std::int64_t> prune_idempotency_keys(pg::Db& db, UtcTime now) {
    const pg::Rows rows = co_await db.query_slow(prune_keys_sql, now);
    co_return rows.affected();
}

}  // namespace taama::http
