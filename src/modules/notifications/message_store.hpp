#pragma once

#include <optional>
#include <string>

#include "platform/json/codec.hpp"
#include "platform/pg/tx.hpp"
#include "platform/time/time.hpp"

namespace taama::notifications {

using MessageId = Id<struct MessageTag>;

enum class Channel : std::uint8_t { push, sms, email };
BOOST_DESCRIBE_ENUM(Channel, push, sms, email)

struct Message {
    MessageId id;
    std::string template_name;
    Channel channel = Channel::sms;
    Language language = Language::fr;
    pg::Bytes destination_sealed;
    std::string destination_masked;
    boost::json::value params;  // codes and links sealed
    std::string title;
    UtcTime expires_at;
    std::string dedupe_key;
};
BOOST_DESCRIBE_STRUCT(Message, (),
                      (id, template_name, channel, language, destination_sealed,
                       destination_masked, params, title, expires_at, dedupe_key))

// False when a message of this key and channel exists already.
Task<bool> save_message(pg::Tx& tx, const Message& message, Uuid event_id, UtcTime now);

// Takes the message for one attempt; empty when it was sent, has expired, or another worker holds it.
Task<std::optional<Message>> take_message(pg::Db& db, MessageId id, UtcTime now);

Task<void> save_sent(pg::Db& db, MessageId id, std::string_view provider, std::string_view ref,
                     UtcTime now);
Task<void> save_failed(pg::Db& db, MessageId id, std::string_view error, UtcTime now);
Task<void> save_deferred(pg::Db& db, MessageId id, std::string_view error, UtcTime now);

}  // namespace taama::notifications
