#include <fmt/format.h>

#include "modules/messaging/message.hpp"
#include "modules/messaging/messaging.hpp"

namespace taama::messaging {

namespace {

PG_STATEMENT constexpr pg::Sql open_sql{"messaging.open", R"sql(
    with wanted as (
        select *
          from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[])
               as w (id, subject_kind, subject_id, passenger_id, driver_id, created_at)),
    opened as (
        insert into messaging.conversations (id, subject_kind, subject_id, created_at)
        select id, subject_kind, subject_id, created_at from wanted
            on conflict (subject_kind, subject_id) do nothing
        returning id)
    insert into messaging.participants (conversation_id, user_id, role)
    select w.id, p.user_id, p.role
      from wanted w
      join opened o on o.id = w.id
     cross join lateral (values (w.passenger_id, 'passenger'), (w.driver_id, 'driver'))
           as p (user_id, role))sql"};

// Several notes of one conversation are numbered in their order.
PG_STATEMENT constexpr pg::Sql post_note_sql{"messaging.post_note", R"sql(
    with wanted as (
        select *, row_number() over (partition by subject_kind, subject_id order by place) as nth
          from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[])
               with ordinality as w (subject_kind, subject_id, id, content, created_at, place)),
    counted as (
        update messaging.conversations c set last_seq = c.last_seq + n.notes
          from (select subject_kind, subject_id, count(*) as notes
                  from wanted
                 group by subject_kind, subject_id) n
         where c.subject_kind = n.subject_kind and c.subject_id = n.subject_id
        returning c.id, c.subject_kind, c.subject_id, c.last_seq - n.notes as seq_before)
    insert into messaging.messages (id, conversation_id, seq, type, content, created_at)
    select w.id, c.id, c.seq_before + w.nth, 'system', w.content, w.created_at
      from wanted w
      join counted c on c.subject_kind = w.subject_kind and c.subject_id = w.subject_id)sql"};

PG_STATEMENT constexpr pg::Sql close_at_sql{"messaging.close_at", R"sql(
    update messaging.conversations set closes_at = $3
     where subject_kind = $1 and subject_id = $2)sql"};

PG_STATEMENT constexpr pg::Sql unmask_sql{"messaging.unmask", R"sql(
    update messaging.conversations set unmasked_at = coalesce(unmasked_at, $3)
     where subject_kind = $1 and subject_id = $2)sql"};

PG_STATEMENT constexpr pg::Sql find_listeners_sql{"messaging.find_listeners", R"sql(
    select c.subject_id, p.user_id
      from messaging.conversations c
      join messaging.participants p on p.conversation_id = c.id and p.listened_until > $3
     where c.subject_kind = $1 and c.subject_id = any ($2))sql"};

}  // namespace

void open(pg::Tx& tx, const Opening& opening, UtcTime now) {
    tx.enqueue_row(open_sql, ConversationId::make(), opening.subject.kind, opening.subject.id,
                   opening.passenger, opening.driver, now);
}

void post_note(pg::Tx& tx, const Subject& subject, SystemNote note, UtcTime now) {
    const auto id = MessageId::make();
    tx.enqueue_row(post_note_sql, subject.kind, subject.id, id,
                   boost::describe::enum_to_string(note, ""), now);
    events::emit(tx, "message.created",
                 {{"subject_kind", subject.kind},
                  {"subject_id", subject.id.to_string()},
                  {"message_id", id.to_string()},
                  {"from_user_id", nullptr},
                  {"type", boost::describe::enum_to_string(MessageType::system, "")}},
                 now);
}

void close_at(pg::Tx& tx, const Subject& subject, UtcTime at) {
    tx.enqueue(close_at_sql, subject.kind, subject.id, at);
}

void unmask(pg::Tx& tx, const Subject& subject, UtcTime now) {
    tx.enqueue(unmask_sql, subject.kind, subject.id, now);
}

std::string topic_of(const Subject& subject, AccountId person) {
    return fmt::format("{}:{}:{}", subject.kind, subject.id.to_string(), person.to_string());
}

Task<std::vector<Listener>> find_listeners(pg::Tx& tx, std::string_view subject_kind,
                                           const std::vector<Uuid>& subjects, UtcTime now) {
    co_return (co_await tx.query(find_listeners_sql, subject_kind, subjects, now)).all<Listener>();
}

}  // namespace taama::messaging
