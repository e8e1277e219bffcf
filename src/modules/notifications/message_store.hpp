#pragma once

#include <boost/json/value.hpp>

#include "platform/json/codec.hpp"
#include "platform/pg/tx.hpp"

namespace taama::notifications {

using MessageId = Id<struct MessageTag>;

enum class MessageChannel : std::uint8_t { push, sms, email };
BOOST_DESCRIBE_ENUM(MessageChannel, push, sms, email)

enum class MessageStatus : std::uint8_t {
    scheduled,
    queued,
    sending,
    sent,
    delivered,
    undelivered,
    failed,
    expired,
    cancelled,
    skipped
};
BOOST_DESCRIBE_ENUM(MessageStatus, scheduled, queued, sending, sent, delivered, undelivered, failed,
                    expired, cancelled, skipped)

struct NewMessage {
    MessageId id;
    Uuid event_id;
    std::string template_id;
    pg::Bytes destination_sealed;
    std::string destination_masked;
    MessageChannel channel = MessageChannel::sms;
    Language language = Language::fr;
    boost::json::object params;  // codes and links sealed
    std::string title;
    UtcTime expires_at;
    std::string dedupe_key;
};
// False when this message exists already: the event was delivered before.
Task<bool> save_new_message(pg::Tx& tx, const NewMessage& message, UtcTime now);

struct Message {
    MessageId id;
    std::string template_id;
    pg::Bytes destination_sealed;
    MessageChannel channel = MessageChannel::sms;
    Language language = Language::fr;
    boost::json::value params;
    std::string title;
    int attempts = 0;  // the one that begins now included
    UtcTime expires_at;
    std::string priority;
    UtcTime due_at;
};
BOOST_DESCRIBE_STRUCT(Message, (),
                      (id, template_id, destination_sealed, channel, language, params, title,
                       attempts, expires_at, priority, due_at))
// Takes a message that is due, for `lease`; one whose sender died is taken again.
Task<std::optional<Message>> take_message(pg::Db& db, MessageId id, UtcTime now, Seconds lease);

void save_sent(pg::Tx& tx, MessageId id, std::string_view provider, std::string_view provider_ref,
               UtcTime now);
void save_ended(pg::Tx& tx, MessageId id, MessageStatus status, std::string_view error);
void save_deferred(pg::Tx& tx, MessageId id, std::string_view error, UtcTime next_attempt_at);

}  // namespace taama::notifications
