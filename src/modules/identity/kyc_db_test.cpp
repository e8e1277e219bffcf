#include "modules/identity/kyc.hpp"

#include "modules/identity/account_store.hpp"
#include "modules/identity/identity.hpp"
#include "modules/identity/kyc_review.hpp"
#include "modules/identity/profile.hpp"
#include "modules/identity/staff_accounts.hpp"
#include "modules/identity/upkeep.hpp"
#include "tests/support/identity_bench.hpp"

namespace taama::identity {
namespace {

using test::bench_start;
using test::body;
using test::IdentityBench;

constexpr pg::Sql insert_person_sql{"test.person", R"sql(
    insert into identity.accounts (id, phone, phone_verified_at, first_name, last_name, kyc_tier,
                                   referral_code)
         values ($1, $2, $3, 'Awa', 'Koné', 1, substr(md5(random()::text), 1, 8)))sql"};
constexpr pg::Sql insert_file_sql{"test.file", R"sql(
    insert into files.files (id, owner_kind, owner_id, purpose, visibility, status, content_type,
                             declared_size, storage_key, variants, upload_expires_at, ready_at,
                             created_at, updated_at)
         values ($1, 'user', $2, $3, 'private', $4, 'image/jpeg', 10, gen_random_uuid()::text, '{"large": {}}', $5, $5,
                 $5, $5))sql"};

struct People {
    explicit People(pg::Db& db) : bench(db) {}
    IdentityBench bench;
    StaffId reviewer;
    AccountId awa;
    AccountId yao;
};

Task<AccountId> person(pg::Db& db, std::string phone) {
    const auto id = AccountId::make();
    co_await db.query(insert_person_sql, id, phone, bench_start);
    co_return id;
}

Task<FileId> file(pg::Db& db, AccountId owner, std::string purpose = "kyc",
                  std::string status = "ready") {
    const auto id = FileId::make();
    co_await db.query(insert_file_sql, id, owner, purpose, status, bench_start);
    co_return id;
}

void run(Task<void> (*flow)(People&)) {
    const test::TestDatabase database;
    database.run([flow](pg::Db& db) -> Task<void> {
        return [](pg::Db& on, Task<void> (*body)(People&)) -> Task<void> {
            People people{on};
            people.bench.clock.set(bench_start);
            people.reviewer = co_await create_staff(on, people.bench.work_pool,
                                                    {.username = "adjoua.c",
                                                     .full_name = "Adjoua Compliance",
                                                     .role = http::Role::compliance,
                                                     .password = "vert-calebasse-77"},
                                                    bench_start);
            people.awa = co_await person(on, "+2250700000001");
            people.yao = co_await person(on, "+2250700000002");
            co_await body(people);
        }(db, flow);
    });
}

struct Papers {
    std::string type = "cni";
    std::string number = "CI 003 456 789";
    std::string expires_on = "2031-05-30";
    std::string extra = "";
};

// Answers the document's id, or the code of the refusal.
Task<std::string> submit(People& people, AccountId who, Papers papers, FileId front, FileId back) {
    const std::string text = fmt::format(
        R"({{"doc_type":"{}","doc_number":"{}","front_file_id":"{}","back_file_id":"{}","expires_on":"{}"{}}})",
        papers.type, papers.number, front.to_string(), back.to_string(), papers.expires_on,
        papers.extra);
    http::Context context = people.bench.context;
    pg::Tx tx = co_await people.bench.db.begin();
    try {
        auto created =
            co_await submit_document(people.bench.deps, tx, context, {who, {}}, body<KycIn>(text));
        co_await tx.commit();
        co_return created.value.id.to_string();
    } catch (const Refusal& refusal) {
        co_return std::string{refusal.code().code};
    }
}

Task<std::string> submit_fresh(People& people, AccountId who, Papers papers = {}) {
    const FileId front = co_await file(people.bench.db, who);
    const FileId back = co_await file(people.bench.db, who);
    co_return co_await submit(people, who, std::move(papers), front, back);
}

using Decide = Task<void> (*)(People&, pg::Tx&, KycDocumentId);

Task<std::string> decide(People& people, std::string id, Decide decision) {
    pg::Tx tx = co_await people.bench.db.begin();
    try {
        co_await decision(people, tx, *KycDocumentId::parse(id));
        co_await tx.commit();
        co_return "";
    } catch (const Refusal& refusal) {
        co_return std::string{refusal.code().code};
    }
}

http::Staff reviewer(const People& people) { return {people.reviewer, {}, http::Role::compliance}; }

Task<void> approve(People& people, pg::Tx& tx, KycDocumentId id) {
    co_await approve_document(people.bench.deps, tx, people.bench.context, reviewer(people), {id},
                              body<ApproveIn>(R"({"first_name":"Aya","last_name":"KONÉ"})"));
}
Task<void> reject(People& people, pg::Tx& tx, KycDocumentId id) {
    co_await reject_document(people.bench.deps, tx, people.bench.context, reviewer(people), {id},
                             body<RejectIn>(R"({"reason":"unreadable","notes":"Photo floue"})"));
}
Task<void> revoke(People& people, pg::Tx& tx, KycDocumentId id) {
    co_await revoke_document(people.bench.deps, tx, people.bench.context, reviewer(people), {id},
                             body<RejectIn>(R"({"reason":"suspected_fraud","notes":"Faux"})"));
}

Task<int> tier(People& people, AccountId who) {
    pg::Tx tx = co_await people.bench.db.begin();
    const auto facts = co_await find_account_facts(tx, who);
    co_return facts->kyc_tier;
}

// identity.md §5.3, case 8, with the clock and the job.
TEST(Kyc, TierRisesAndFalls_S1_152) {
    run(+[](People& people) -> Task<void> {
        const auto cni = co_await submit_fresh(people, people.awa);
        EXPECT_EQ(co_await tier(people, people.awa), 1);
        EXPECT_EQ(co_await decide(people, cni, approve), "");
        EXPECT_EQ(co_await tier(people, people.awa), 2);
        const auto licence = co_await submit_fresh(
            people, people.awa,
            {.type = "permis", .number = "P-778812", .expires_on = "2033-01-01"});
        EXPECT_EQ(co_await decide(people, licence, approve), "");
        EXPECT_EQ(co_await tier(people, people.awa), 3);

        people.bench.clock.set(*parse_utc_time("2031-05-30T12:00:00Z"));
        co_await expire_documents(people.bench.deps);
        EXPECT_EQ(co_await tier(people, people.awa), 3);
        people.bench.clock.set(*parse_utc_time("2031-05-31T03:00:00Z"));
        co_await expire_documents(people.bench.deps);
        EXPECT_EQ(co_await tier(people, people.awa), 1);

        constexpr pg::Sql changes{"test.tier_changes", R"sql(
            select count(*) from identity.account_history where field = 'kyc_tier')sql"};
        EXPECT_EQ(co_await test::scalar(people.bench.db, changes), 3);
        constexpr pg::Sql events{"test.tier_events", R"sql(
            select count(*) from platform.outbox where name = 'kyc.tier_changed')sql"};
        EXPECT_EQ(co_await test::scalar(people.bench.db, events), 3);
    });
}

TEST(Kyc, ExpiringIsToldOncePerMark) {
    run(+[](People& people) -> Task<void> {
        co_await decide(people, co_await submit_fresh(people, people.awa), approve);
        constexpr pg::Sql told{"test.told", R"sql(
            select count(*) from platform.outbox where name = 'kyc.expiring')sql"};
        const struct {
            const char* at;
            int told;
        } steps[] = {{"2031-04-29T03:00:00Z", 0},
                     {"2031-04-30T03:00:00Z", 1},
                     {"2031-05-01T03:00:00Z", 1},
                     {"2031-05-23T03:00:00Z", 2},
                     {"2031-05-24T03:00:00Z", 2}};
        for (const auto& step : steps) {
            SCOPED_TRACE(step.at);
            people.bench.clock.set(*parse_utc_time(step.at));
            co_await expire_documents(people.bench.deps);
            EXPECT_EQ(co_await test::scalar(people.bench.db, told), step.told);
        }
    });
}

TEST(Kyc, NamesOfTheDocumentAreLocked_S1_069) {
    run(+[](People& people) -> Task<void> {
        co_await decide(people, co_await submit_fresh(people, people.awa), approve);
        const auto me = co_await find_me(people.bench.deps, people.bench.db, people.awa, {});
        EXPECT_EQ(me->full_name, "Aya KONÉ");
        EXPECT_TRUE(me->names_locked);
        EXPECT_EQ(me->kyc.status, KycState::approved);

        pg::Tx tx = co_await people.bench.db.begin();
        try {
            co_await patch_me(people.bench.deps, tx, people.bench.context, {people.awa, {}}, {},
                              body<ProfilePatch>(R"({"first_name":"Awa"})"));
            ADD_FAILURE() << "locked names were changed";
        } catch (const Refusal& refusal) {
            EXPECT_EQ(refusal.code().code, "invalid_state");
            EXPECT_EQ(refusal.details().at("reason").as_string(), "locked_by_kyc");
        }
    });
}

TEST(Kyc, RefusedSubmissions_S1_068) {
    run(+[](People& people) -> Task<void> {
        pg::Db& db = people.bench.db;
        const FileId good = co_await file(db, people.awa);
        const FileId foreign = co_await file(db, people.yao);
        const FileId avatar = co_await file(db, people.awa, "avatar");
        const FileId late = co_await file(db, people.awa, "kyc", "processing");
        EXPECT_EQ(co_await submit(people, people.awa, {}, foreign, good), "validation_error");
        EXPECT_EQ(co_await submit(people, people.awa, {}, avatar, good), "validation_error");
        EXPECT_EQ(co_await submit(people, people.awa, {}, FileId::make(), good),
                  "validation_error");
        EXPECT_EQ(co_await submit(people, people.awa, {}, good, late), "invalid_state");
        EXPECT_EQ(co_await submit(people, people.awa, {.expires_on = "2026-10-02"}, good, good),
                  "validation_error");
        EXPECT_EQ(co_await submit(people, people.awa, {.number = "<?>"}, good, good),
                  "validation_error");

        const auto first = co_await submit_fresh(people, people.awa);
        EXPECT_EQ(co_await submit_fresh(people, people.awa), "invalid_state");  // one waits
        for (int i = 0; i < 4; ++i) {
            co_await decide(people, i == 0 ? first : co_await submit_fresh(people, people.awa),
                            reject);
        }
        const auto fifth = co_await submit_fresh(people, people.awa);
        co_await decide(people, fifth, reject);
        EXPECT_EQ(co_await submit_fresh(people, people.awa), "limit_exceeded");
    });
}

// One document, two accounts: compliance alone is told.
TEST(Kyc, NumberOfAnotherAccount) {
    run(+[](People& people) -> Task<void> {
        co_await decide(people, co_await submit_fresh(people, people.awa), approve);
        const auto second = co_await submit_fresh(people, people.yao, {.number = "ci-003456789"});
        pg::Tx tx = co_await people.bench.db.begin();
        const auto detail =
            co_await get_document(people.bench.deps, tx, people.bench.context, reviewer(people),
                                  {*KycDocumentId::parse(second)});
        co_await tx.commit();
        EXPECT_TRUE(detail.value.duplicate_of.has_value());
        EXPECT_EQ(detail.value.doc_number, "ci-003456789");
        EXPECT_EQ(detail.value.accounts_with_same_number, std::vector<AccountId>{people.awa});
        EXPECT_EQ(co_await decide(people, second, approve), "already_exists");

        const auto own = co_await get_kyc(people.bench.deps, {people.yao, {}});
        EXPECT_EQ(own.value.status, KycState::pending);
        constexpr pg::Sql reads{"test.reads", R"sql(
            select count(*) from audit.entries where action = 'READ_KYC_FILE')sql"};
        EXPECT_EQ(co_await test::scalar(people.bench.db, reads), 1);
    });
}

TEST(Kyc, TwoReviewersOneDecision) {
    run(+[](People& people) -> Task<void> {
        const auto id = co_await submit_fresh(people, people.awa);
        std::vector<Task<std::string>> both;
        both.push_back(decide(people, id, approve));
        both.push_back(decide(people, id, reject));
        auto answers = co_await test::together(std::move(both));
        EXPECT_EQ(answers[""], 1);
        EXPECT_EQ(answers["invalid_state"], 1);
    });
}

TEST(Kyc, RenewalAndRevocation) {
    run(+[](People& people) -> Task<void> {
        const auto old = co_await submit_fresh(people, people.awa);
        co_await decide(people, old, approve);
        const auto renewed =
            co_await submit_fresh(people, people.awa, {.expires_on = "2036-05-30"});
        EXPECT_EQ(co_await decide(people, renewed, approve), "");
        EXPECT_EQ(co_await tier(people, people.awa), 2);
        EXPECT_EQ(co_await decide(people, old, revoke), "invalid_state");  // superseded
        EXPECT_EQ(co_await decide(people, renewed, revoke), "");
        EXPECT_EQ(co_await tier(people, people.awa), 1);
    });
}

TEST(Kyc, GuardOfOtherModules) {
    run(+[](People& people) -> Task<void> {
        pg::Tx tx = co_await people.bench.db.begin();
        co_await require_tier(tx, people.awa, 1);
        try {
            co_await require_tier(tx, people.awa, 3);
            ADD_FAILURE();
        } catch (const Refusal& refusal) {
            EXPECT_EQ(refusal.code().code, "kyc_required");
            EXPECT_EQ(refusal.details().at("required_tier").as_int64(), 3);
            EXPECT_EQ(refusal.details().at("current_tier").as_int64(), 1);
            EXPECT_EQ(refusal.details().at("missing").as_array().size(), 3U);
        }
    });
}

}  // namespace
}  // namespace taama::identity
