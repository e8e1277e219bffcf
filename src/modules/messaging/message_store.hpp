#pragma once

#include <optional>
#include <vector>

#include "modules/messaging/message.hpp"
#include "platform/pg/tx.hpp"

namespace taama::messaging {

// Empty for strangers.
Task<std::optional<Seat>> find_seat(pg::Db& db, const Subject& subject, AccountId person);
// Also locks the conversation: messages get their numbers one after another.
Task<std::optional<Seat>> lock_seat(pg::Tx& tx, const Subject& subject, AccountId person);
Task<std::vector<Seat>> find_seats(pg::Tx& tx, const Subject& subject);
// He counts as connected until then, and as one who may be listening no shorter than before.
Task<void> save_connected(pg::Db& db, const Seat& seat, UtcTime until);

struct MessagePage {
    ConversationId conversation;
    std::optional<std::int64_t> before_seq;
    std::optional<std::int64_t> after_seq;  // then ascending
    std::int64_t limit;
    std::int64_t offset = 0;
};
Task<std::vector<Message>> find_messages(pg::Db& db, const MessagePage& page);

// A message, and one of those who take part and may have a socket open.
struct Heard {
    Uuid subject_id;
    Message message;
    Seat seat;
};
BOOST_DESCRIBE_STRUCT(Heard, (), (subject_id, message, seat))
// Of each conversation in its order.
Task<std::vector<Heard>> find_heard(pg::Tx& tx, const std::vector<MessageId>& messages,
                                    std::string_view subject_kind, UtcTime now);

// Whether the person takes part in the conversation of the message.
Task<bool> is_party(pg::Tx& tx, MessageId message, AccountId person);
Task<std::optional<std::int64_t>> find_seq(pg::Db& db, ConversationId conversation, MessageId id);
Task<std::optional<Message>> find_by_client_id(pg::Tx& tx, const Seat& seat,
                                               std::string_view client_id);

void save_message(pg::Tx& tx, ConversationId conversation, const Message& message);
// Never back. Answers where it stands now; empty when no such message is in this conversation.
Task<std::optional<std::int64_t>> save_read(pg::Tx& tx, const Seat& seat, MessageId up_to,
                                            UtcTime now);

}  // namespace taama::messaging
