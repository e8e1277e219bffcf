#include "modules/messaging/message_store.hpp"

namespace taama::messaging {

// --- seats ---------------------------------------------------------------------------------------

namespace {

// Of one person, or of all who take part.
PG_STATEMENT constexpr pg::Sql find_seats_sql{"messaging.find_seats", R"sql(
    select c.id as conversation_id, c.last_seq, c.closes_at, c.unmasked_at, p.user_id, p.role,
           p.last_read_seq, o.user_id as peer_id, o.last_read_seq as peer_read_seq,
           o.last_read_at as peer_read_at, o.connected_until as peer_connected_until, a.language
      from messaging.conversations c
      join messaging.participants p on p.conversation_id = c.id
      join messaging.participants o on o.conversation_id = c.id and o.user_id <> p.user_id
      join identity.account_facts a on a.id = p.user_id
     where c.subject_kind = $1 and c.subject_id = $2
       and ($3::uuid is null or p.user_id = $3))sql"};

PG_STATEMENT constexpr pg::Sql lock_conversation_sql{"messaging.lock_conversation", R"sql(
    select id from messaging.conversations
     where subject_kind = $1 and subject_id = $2
       for update)sql"};

}  // namespace

Task<std::optional<Seat>> find_seat(pg::Db& db, const Subject& subject, AccountId person) {
    const pg::Rows rows = co_await db.query(find_seats_sql, subject.kind, subject.id, person);
    co_return rows.at_most_one<Seat>();
}

Task<std::optional<Seat>> lock_seat(pg::Tx& tx, const Subject& subject, AccountId person) {
    tx.enqueue(lock_conversation_sql, subject.kind, subject.id);
    const pg::Rows rows = co_await tx.query(find_seats_sql, subject.kind, subject.id, person);
    co_return rows.at_most_one<Seat>();
}

Task<std::vector<Seat>> find_seats(pg::Tx& tx, const Subject& subject) {
    const std::optional<AccountId> everybody;
    const pg::Rows rows = co_await tx.query(find_seats_sql, subject.kind, subject.id, everybody);
    co_return rows.all<Seat>();
}

namespace {

PG_STATEMENT constexpr pg::Sql save_connected_sql{"messaging.save_connected", R"sql(
    update messaging.participants
       set connected_until = $3, listened_until = greatest(listened_until, $3)
     where conversation_id = $1 and user_id = $2)sql"};

}  // namespace

Task<void> save_connected(pg::Db& db, const Seat& seat, UtcTime until) {
    co_await db.query(save_connected_sql, seat.conversation_id, seat.user_id, until);
}

// --- messages ------------------------------------------------------------------------------------

namespace {

PG_STATEMENT constexpr pg::Sql find_messages_sql{"messaging.find_messages", R"sql(
    select id, seq, from_user_id, type, content, file_id, client_id, created_at
      from messaging.messages
     where conversation_id = $1
       and ($2::bigint is null or seq < $2)
     order by seq desc
     limit $3 offset $4)sql"};

PG_STATEMENT constexpr pg::Sql find_messages_after_sql{"messaging.find_messages_after", R"sql(
    select id, seq, from_user_id, type, content, file_id, client_id, created_at
      from messaging.messages
     where conversation_id = $1 and seq > $2
     order by seq
     limit $3)sql"};

}  // namespace

Task<std::vector<Message>> find_messages(pg::Db& db, const MessagePage& page) {
    const pg::Rows rows = page.after_seq
                              ? co_await db.query(find_messages_after_sql, page.conversation,
                                                  *page.after_seq, page.limit)
                              : co_await db.query(find_messages_sql, page.conversation,
                                                  page.before_seq, page.limit, page.offset);
    co_return rows.all<Message>();
}

namespace {

PG_STATEMENT constexpr pg::Sql find_heard_sql{"messaging.find_heard", R"sql(
    select c.subject_id,
           m.id, m.seq, m.from_user_id, m.type, m.content, m.file_id, m.client_id, m.created_at,
           c.id as conversation_id, c.last_seq, c.closes_at, c.unmasked_at, p.user_id, p.role,
           p.last_read_seq, o.user_id as peer_id, o.last_read_seq as peer_read_seq,
           o.last_read_at as peer_read_at, o.connected_until as peer_connected_until, a.language
      from messaging.messages m
      join messaging.conversations c on c.id = m.conversation_id
      join messaging.participants p on p.conversation_id = c.id and p.listened_until > $3
      join messaging.participants o on o.conversation_id = c.id and o.user_id <> p.user_id
      join identity.account_facts a on a.id = p.user_id
     where m.id = any ($1) and c.subject_kind = $2
     order by m.seq)sql"};

}  // namespace

Task<std::vector<Heard>> find_heard(pg::Tx& tx, const std::vector<MessageId>& messages,
                                    std::string_view subject_kind, UtcTime now) {
    co_return (co_await tx.query(find_heard_sql, messages, subject_kind, now)).all<Heard>();
}

namespace {

PG_STATEMENT constexpr pg::Sql is_party_sql{"messaging.is_party_of_message", R"sql(
    select exists (
           select from messaging.messages m
             join messaging.participants p on p.conversation_id = m.conversation_id
            where m.id = $1 and p.user_id = $2))sql"};

}  // namespace

Task<bool> is_party(pg::Tx& tx, MessageId message, AccountId person) {
    const pg::Rows rows = co_await tx.query(is_party_sql, message, person);
    co_return rows.one<bool>();
}

namespace {

PG_STATEMENT constexpr pg::Sql find_seq_sql{"messaging.find_seq", R"sql(
    select seq from messaging.messages where conversation_id = $1 and id = $2)sql"};

}  // namespace

Task<std::optional<std::int64_t>> find_seq(pg::Db& db, ConversationId conversation, MessageId id) {
    const pg::Rows rows = co_await db.query(find_seq_sql, conversation, id);
    co_return rows.at_most_one<std::int64_t>();
}

namespace {

PG_STATEMENT constexpr pg::Sql find_by_client_id_sql{"messaging.find_by_client_id", R"sql(
    select id, seq, from_user_id, type, content, file_id, client_id, created_at
      from messaging.messages
     where conversation_id = $1 and from_user_id = $2 and client_id = $3)sql"};

}  // namespace

Task<std::optional<Message>> find_by_client_id(pg::Tx& tx, const Seat& seat,
                                               std::string_view client_id) {
    const pg::Rows rows =
        co_await tx.query(find_by_client_id_sql, seat.conversation_id, seat.user_id, client_id);
    co_return rows.at_most_one<Message>();
}

namespace {

PG_STATEMENT constexpr pg::Sql save_message_sql{"messaging.save_message", R"sql(
    with counted as (
        update messaging.conversations set last_seq = $3 where id = $2)
    insert into messaging.messages
           (id, conversation_id, seq, from_user_id, type, content, file_id, client_id, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9))sql"};

}  // namespace

void save_message(pg::Tx& tx, ConversationId conversation, const Message& message) {
    tx.enqueue_one(save_message_sql, message.id, conversation, message.seq, message.from_user_id,
                   message.type, message.content, message.file_id, message.client_id,
                   message.created_at);
}

namespace {

PG_STATEMENT constexpr pg::Sql save_read_sql{"messaging.save_read", R"sql(
    update messaging.participants p
       set last_read_seq = greatest(p.last_read_seq, m.seq),
           last_read_at = case when m.seq > p.last_read_seq then $4 else p.last_read_at end
      from messaging.messages m
     where m.id = $3 and m.conversation_id = $1
       and p.conversation_id = $1 and p.user_id = $2
    returning p.last_read_seq)sql"};

}  // namespace

Task<std::optional<std::int64_t>> save_read(pg::Tx& tx, const Seat& seat, MessageId up_to,
                                            UtcTime now) {
    const pg::Rows rows =
        co_await tx.query(save_read_sql, seat.conversation_id, seat.user_id, up_to, now);
    co_return rows.at_most_one<std::int64_t>();
}

}  // namespace taama::messaging
