#include "platform/pg/batched.hpp"

#include <gtest/gtest.h>

#include "platform/pg/tx.hpp"
#include "platform/task_group.hpp"
#include "tests/support/database.hpp"

namespace taama::pg {
namespace {

constexpr Sql divide_sql{"test.divide_all", R"sql(
    select 100 / n from unnest($1::int[]) with ordinality q(n, place) order by place)sql"};
constexpr Sql make_box_sql{"test.make_box", "create table box as select 1 as value"};
constexpr Sql change_box_sql{"test.change_box", "update box set value = 2"};
constexpr Sql look_sql{"test.look_into_box", "select value, pg_sleep($1) from box"};

struct Question {
    int number;
    std::vector<std::size_t>* batches;  // how many were asked together
};
using Numbers = Batched<Question, int>;

Task<std::vector<int>> divide(Db& db, std::vector<Question> questions) {
    questions.front().batches->push_back(questions.size());
    std::vector<int> numbers;
    for (const Question& question : questions) numbers.push_back(question.number);
    const Rows rows = co_await db.query(divide_sql, numbers);
    co_return rows.all<int>();
}

// The number is for how many tenths of a second it takes.
Task<std::vector<int>> look_into_box(Db& db, std::vector<Question> questions) {
    questions.front().batches->push_back(questions.size());
    const Rows rows = co_await db.query(look_sql, questions.front().number / 10.0);
    co_return std::vector<int>(questions.size(), rows[0].get<int>(0));
}

Task<void> ask(const Numbers& numbers, Question question, std::vector<int>& answers) {
    answers.push_back(co_await numbers.ask(question));
}

Task<void> count_failure(const Numbers& numbers, Question question, int& failures) {
    try {
        co_await numbers.ask(question);
    } catch (const Error&) {
        ++failures;
    } catch (const Unavailable&) {
        ++failures;
    }
}

// As when PostgreSQL is away.
Task<std::vector<int>> ask_nobody(Db&, std::vector<Question> questions) {
    questions.front().batches->push_back(questions.size());
    throw Unavailable("away");
    co_return std::vector<int>{};
}

Task<void> until_under_way(asio::io_context& io) {
    for (int turn = 0; turn < 3; ++turn) co_await asio::post(io, use_task);
}

Task<void> together(asio::io_context& io, Db& db) {
    co_await db.connect();
    const Numbers numbers{db, divide, 8};
    std::vector<std::size_t> batches;
    std::vector<int> answers;
    std::vector<int> expected;
    TaskGroup group{io};
    for (int i = 1; i <= 20; ++i) {
        group.spawn("ask", ask(numbers, {i, &batches}, answers));
        expected.push_back(100 / i);
    }
    co_await group.wait();
    EXPECT_EQ(answers, expected);
    EXPECT_EQ(batches, (std::vector<std::size_t>{8, 8, 4}));
    EXPECT_EQ(co_await numbers.ask({7, &batches}), 14);
    EXPECT_EQ(batches.back(), 1U);
}

TEST(Batched, WhoComesAtOnceSharesAStatement) { test::TestDatabase{}.run(together); }

Task<void> later_question(asio::io_context& io, Db& db) {
    co_await db.connect();
    co_await db.query(make_box_sql);
    const Numbers box{db, look_into_box, 8};
    std::vector<std::size_t> batches;
    std::vector<int> answers;
    TaskGroup group{io};
    group.spawn("first", ask(box, {3, &batches}, answers));
    co_await until_under_way(io);
    Tx tx = co_await db.begin();
    tx.enqueue(change_box_sql);
    co_await tx.commit();
    EXPECT_EQ(co_await box.ask({0, &batches}), 2);
    co_await group.wait();
}

TEST(Batched, AnAnswerIsNotOlderThanItsQuestion) { test::TestDatabase{}.run(later_question); }

Task<void> failing(asio::io_context& io, Db& db) {
    co_await db.connect();
    const Numbers numbers{db, divide, 4};
    std::vector<std::size_t> batches;
    std::vector<int> answers;
    int failures = 0;
    TaskGroup group{io};
    for (const int number : {1, 2, 0, 3})
        group.spawn("fail", count_failure(numbers, {number, &batches}, failures));
    for (const int number : {4, 5}) group.spawn("ask", ask(numbers, {number, &batches}, answers));
    co_await group.wait();
    EXPECT_EQ(failures, 4);
    EXPECT_EQ(answers, (std::vector{25, 20}));
}

TEST(Batched, AFailureIsThatOfItsStatementOnly) { test::TestDatabase{}.run(failing); }

Task<void> away(asio::io_context& io, Db& db) {
    const Numbers numbers{db, ask_nobody, 4};
    std::vector<std::size_t> batches;
    int failures = 0;
    TaskGroup group{io};
    for (std::size_t i = 0; i < questions_max + 10; ++i)
        group.spawn("fail", count_failure(numbers, {1, &batches}, failures));
    co_await group.wait();
    EXPECT_EQ(failures, static_cast<int>(questions_max) + 10);
    EXPECT_EQ(batches.size(), 1U);
}

TEST(Batched, WhenPostgreSqlIsAwayNobodyWaitsInLine) { test::TestDatabase{}.run(away); }

Task<void> ending(asio::io_context& io, Db& db) {
    co_await db.connect();
    co_await db.query(make_box_sql);
    std::vector<std::size_t> batches;
    std::vector<int> answers;
    TaskGroup group{io};
    {
        const Numbers box{db, look_into_box, 1};
        for (int i = 1; i <= 3; ++i) group.spawn("ask", ask(box, {i, &batches}, answers));
        co_await until_under_way(io);
    }
    co_await db.query(look_sql, 0.2);
    EXPECT_EQ(batches.size(), 1U);
    EXPECT_EQ(answers.size(), 1U);
}

TEST(Batched, NobodyIsAskedForBehindItsEnd) { test::TestDatabase{}.run(ending); }

}  // namespace
}  // namespace taama::pg
