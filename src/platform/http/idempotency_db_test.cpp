#include "platform/http/idempotency.hpp"

#include <gtest/gtest.h>

#include "platform/crypto/seal.hpp"
#include "tests/support/database.hpp"

namespace taama::http {
namespace {

constexpr pg::Sql answers_sql{"test.stored_answers", R"sql(
    select encode(answer, 'escape') from platform.idempotency_keys)sql"};
constexpr pg::Sql count_sql{"test.count_keys", "select count(*) from platform.idempotency_keys"};

const UtcTime start = parse_utc_time("2026-10-02T08:30:00Z").value();

IdempotencyScope scope_of(std::string key, std::uint8_t body = 1, Microseconds after = 0s) {
    IdempotencyScope scope;
    scope.caller = "user:1";
    scope.key = std::move(key);
    scope.fingerprint.assign(32, body);
    scope.now = start + after;
    return scope;
}

Reply reply_of(std::string data) {
    Reply reply;
    reply.status = 201;
    reply.data = std::move(data);
    reply.location = "/things/1";
    reply.headers = {{"Set-Cookie", "a=b"}};
    reply.meta = {{"n", 1}};
    return reply;
}

struct World {
    explicit World(pg::Db& database, crypto::SealerKeys sealer_keys = {})
        : db(database), sealer(std::move(sealer_keys)) {}

    pg::Db& db;
    crypto::Sealer sealer;
    Idempotency keys{db, sealer};

    // "runs", the replayed data, or the refusal's code.
    Task<std::string> claim_in(pg::Tx& tx, IdempotencyScope scope) {
        try {
            const auto reply = co_await keys.claim(tx, scope);
            co_return reply ? reply->data : "runs";
        } catch (const Refusal& refusal) {
            co_return std::string{refusal.code().code};
        }
    }
    Task<std::string> claim(IdempotencyScope scope) {
        pg::Tx tx = co_await db.begin();
        co_return co_await claim_in(tx, std::move(scope));
    }
    Task<std::string> lease(IdempotencyScope scope) {
        try {
            const auto reply = co_await keys.claim_lease(scope);
            co_return reply ? reply->data : "runs";
        } catch (const Refusal& refusal) {
            co_return std::string{refusal.code().code};
        }
    }
    Task<void> finish(IdempotencyScope scope, std::string data) {
        pg::Tx tx = co_await db.begin();
        EXPECT_EQ(co_await claim_in(tx, scope), "runs");
        keys.store(tx, scope, reply_of(std::move(data)));
        co_await tx.commit();
    }
};

Task<void> replays(pg::Db& db) {
    World world{db};
    co_await world.finish(scope_of("k"), "[1]");
    {
        pg::Tx tx = co_await db.begin();
        const auto reply = co_await world.keys.claim(tx, scope_of("k"));
        const Reply want = reply_of("[1]");
        EXPECT_TRUE(reply && reply->replayed);
        EXPECT_EQ(reply->status, want.status);
        EXPECT_EQ(reply->data, want.data);
        EXPECT_EQ(reply->location, want.location);
        EXPECT_EQ(reply->headers, want.headers);
        EXPECT_EQ(reply->meta, want.meta);
    }
    EXPECT_EQ(co_await world.claim(scope_of("k", 2)), "idempotency_mismatch");
    EXPECT_EQ(co_await world.claim(scope_of("other", 2)), "runs");
    auto stranger = scope_of("k");
    stranger.caller = "user:2";
    EXPECT_EQ(co_await world.claim(stranger), "runs");
    // A key of one kind of operation is no free key of the other.
    EXPECT_EQ(co_await world.lease(scope_of("k", 2)), "idempotency_mismatch");
    EXPECT_EQ(co_await world.lease(scope_of("k")), "[1]");
}

Task<void> in_progress(pg::Db& db) {
    World world{db};
    {
        pg::Tx first = co_await db.begin();
        EXPECT_EQ(co_await world.claim_in(first, scope_of("k")), "runs");
        EXPECT_EQ(co_await world.claim(scope_of("k")), "idempotency_in_progress");
        EXPECT_EQ(co_await world.claim(scope_of("free")), "runs");
        co_await first.commit();
    }
    // It ended without an answer, as a lost one does: the key is free.
    EXPECT_EQ(co_await world.claim(scope_of("k")), "runs");
}

Task<void> expires(pg::Db& db) {
    World world{db};
    co_await world.finish(scope_of("k"), "[1]");
    EXPECT_EQ(co_await world.claim(scope_of("k", 1, 24h - 1s)), "[1]");
    co_await world.finish(scope_of("k", 2, 24h), "[2]");
    EXPECT_EQ(co_await world.claim(scope_of("k", 2, 24h)), "[2]");
    EXPECT_EQ(co_await prune_idempotency_keys(db, start + 47h), 0);
    EXPECT_EQ(co_await prune_idempotency_keys(db, start + 48h), 1);
    EXPECT_EQ((co_await db.query(count_sql)).one<int>(), 0);
}

Task<void> refusals(pg::Db& db) {
    World world{db};
    co_await world.keys.store_alone(scope_of("k"), reply_of("\"no\""));
    EXPECT_EQ(co_await world.claim(scope_of("k")), "\"no\"");
    // The first answer stays …
    co_await world.keys.store_alone(scope_of("k"), reply_of("\"later\""));
    EXPECT_EQ(co_await world.claim(scope_of("k")), "\"no\"");
    // … until it has expired.
    co_await world.keys.store_alone(scope_of("k", 2, 24h), reply_of("\"again\""));
    EXPECT_EQ(co_await world.claim(scope_of("k", 2, 24h)), "\"again\"");
}

Task<void> leases(pg::Db& db) {
    World world{db};
    EXPECT_EQ(co_await world.lease(scope_of("k")), "runs");
    EXPECT_EQ(co_await world.lease(scope_of("k", 1, 59s)), "idempotency_in_progress");
    EXPECT_EQ(co_await world.lease(scope_of("k", 2, 59s)), "idempotency_mismatch");
    EXPECT_EQ(co_await world.lease(scope_of("k", 2, 61s)), "idempotency_mismatch");
    EXPECT_EQ(co_await world.claim(scope_of("k")), "idempotency_in_progress");
    // Its holder died: the same request takes over, and only once.
    EXPECT_EQ(co_await world.lease(scope_of("k", 1, 60s)), "runs");
    EXPECT_EQ(co_await world.lease(scope_of("k", 1, 61s)), "idempotency_in_progress");
    co_await world.keys.store_lease(scope_of("k"), reply_of("[1]"));
    EXPECT_EQ(co_await world.lease(scope_of("k", 1, 300s)), "[1]");
    // A late second holder changes nothing, neither by its answer nor by giving up.
    co_await world.keys.store_lease(scope_of("k"), reply_of("[2]"));
    co_await world.keys.give_up_lease(scope_of("k"));
    EXPECT_EQ(co_await world.lease(scope_of("k")), "[1]");
    EXPECT_EQ(co_await world.lease(scope_of("k", 2, 24h + 60s)), "runs");
    co_await world.keys.give_up_lease(scope_of("k", 2));
    EXPECT_EQ(co_await world.lease(scope_of("k", 3)), "runs");
}

Task<void> seals(pg::Db& db) {
    World world{db};
    auto scope = scope_of("secret-key");
    scope.sealed = true;
    co_await world.finish(scope, "\"refresh-token\"");
    EXPECT_EQ(co_await world.claim(scope), "\"refresh-token\"");
    const auto stored = (co_await db.query(answers_sql)).one<std::string>();
    EXPECT_EQ(stored.find("refresh-token"), std::string::npos);
    scope.now += 10min;
    EXPECT_EQ(co_await world.claim(scope), "runs");
}

// The sealing key was replaced and not kept: nobody can read the stored answer any more.
Task<void> loses_its_key(pg::Db& db) {
    World before{db};
    auto scope = scope_of("k");
    scope.sealed = true;
    co_await before.finish(scope, "\"token\"");
    World after{db, {.current = {.id = 2}}};
    EXPECT_EQ(co_await after.lease(scope_of("k", 2)), "idempotency_mismatch");
    co_await after.finish(scope, "\"new token\"");
    EXPECT_EQ(co_await after.claim(scope), "\"new token\"");

    EXPECT_EQ(co_await before.lease(scope), "runs");
    co_await before.keys.store_lease(scope, reply_of("\"leased\""));
    EXPECT_EQ(co_await before.lease(scope), "\"leased\"");
    // One that runs again holds the key like a first one.
    EXPECT_EQ(co_await after.lease(scope), "runs");
    EXPECT_EQ(co_await after.lease(scope), "idempotency_in_progress");
}

// The advisory lock is only a courtesy; the primary key makes the effect single.
Task<void> clashes(pg::Db& db) {
    World world{db};
    pg::Tx tx = co_await db.begin();
    EXPECT_EQ(co_await world.claim_in(tx, scope_of("k")), "runs");
    co_await world.keys.store_alone(scope_of("k"), reply_of("[1]"));
    world.keys.store(tx, scope_of("k"), reply_of("[2]"));
    try {
        co_await tx.commit();
        ADD_FAILURE() << "stored twice";
    } catch (const pg::Error& error) {
        EXPECT_TRUE(Idempotency::is_key_clash(error));
    }
    EXPECT_EQ(co_await world.claim(scope_of("k")), "[1]");
}

TEST(Idempotency, ReplaysTheFirstAnswer) { test::TestDatabase{}.run(replays); }
TEST(Idempotency, RefusesWhileTheFirstRuns) { test::TestDatabase{}.run(in_progress); }
TEST(Idempotency, KeysExpire) { test::TestDatabase{}.run(expires); }
TEST(Idempotency, KeepsRefusals) { test::TestDatabase{}.run(refusals); }
TEST(Idempotency, LeasesAreTakenOver) { test::TestDatabase{}.run(leases); }
TEST(Idempotency, SealsCredentials) { test::TestDatabase{}.run(seals); }
TEST(Idempotency, AnswerWithoutItsKeyHasExpired) { test::TestDatabase{}.run(loses_its_key); }
TEST(Idempotency, KeyClashIsSeen) { test::TestDatabase{}.run(clashes); }

}  // namespace
}  // namespace taama::http
