#include <gtest/gtest.h>

#include "modules/messaging/messaging.hpp"
#include "tests/support/database.hpp"

namespace taama::messaging {
namespace {

constexpr pg::Sql notes_sql{"test.notes", R"sql(
    select array_agg(m.seq || ' ' || m.content order by m.seq)
      from messaging.messages m
      join messaging.conversations c on c.id = m.conversation_id
     where c.subject_id = $1 and c.last_seq = (
           select count(*) from messaging.messages n where n.conversation_id = c.id))sql"};

// Notes that follow one another are one statement: each has its number all the same.
Task<void> notes_at_once(pg::Db& db) {
    const UtcTime now = std::chrono::floor<Microseconds>(std::chrono::system_clock::now());
    const Subject first{"carpool_booking", Uuid::make()};
    const Subject second{"carpool_booking", Uuid::make()};
    pg::Tx tx = co_await db.begin();
    for (const Subject& subject : {first, second})
        open(tx, {subject, AccountId::make(), AccountId::make()}, now);
    post_note(tx, first, SystemNote::accepted, now);
    post_note(tx, second, SystemNote::accepted, now);
    post_note(tx, first, SystemNote::paid, now);
    co_await tx.query(notes_sql, first.id);
    post_note(tx, first, SystemNote::completed, now);
    co_await tx.commit();
    using Notes = std::vector<std::string>;
    EXPECT_EQ((co_await db.query(notes_sql, first.id)).one<Notes>(),
              (Notes{"1 accepted", "2 paid", "3 completed"}));
    EXPECT_EQ((co_await db.query(notes_sql, second.id)).one<Notes>(), (Notes{"1 accepted"}));
}

TEST(Conversation, NotesAreNumberedInTheirOrder) { test::TestDatabase{}.run(notes_at_once); }

}  // namespace
}  // namespace taama::messaging
