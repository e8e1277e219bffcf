#pragma once

// A message as stored, and as one reader sees it.

#include <optional>
#include <string>

#include "modules/files/files.hpp"
#include "modules/messaging/messaging.hpp"
#include "platform/json/codec.hpp"

namespace taama::messaging {

using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;
using SubjectId = Id<struct SubjectTag>;

// The holder kind of an image's file.
inline constexpr std::string_view image_holder = "message";

enum class MessageType : std::uint8_t { text, image, system };
BOOST_DESCRIBE_ENUM(MessageType, text, image, system)

enum class FromRole : std::uint8_t { passenger, driver, system };
BOOST_DESCRIBE_ENUM(FromRole, passenger, driver, system)

// One person's place in a conversation.
struct Seat {
    ConversationId conversation_id;
    std::int64_t last_seq = 0;
    std::optional<UtcTime> closes_at;
    std::optional<UtcTime> unmasked_at;
    AccountId user_id;
    FromRole role = FromRole::passenger;
    std::int64_t last_read_seq = 0;
    AccountId peer_id;
    std::int64_t peer_read_seq = 0;
    std::optional<UtcTime> peer_read_at;
    std::optional<UtcTime> peer_connected_until;
    Language language = Language::fr;  // of the account

    bool is_closed(UtcTime now) const { return closes_at && now >= *closes_at; }
    bool is_peer_online(UtcTime now) const {
        return peer_connected_until && now < *peer_connected_until;
    }
};
BOOST_DESCRIBE_STRUCT(Seat, (),
                      (conversation_id, last_seq, closes_at, unmasked_at, user_id, role,
                       last_read_seq, peer_id, peer_read_seq, peer_read_at, peer_connected_until,
                       language))

struct Message {
    MessageId id;
    std::int64_t seq = 0;
    std::optional<AccountId> from_user_id;
    MessageType type = MessageType::text;
    std::string content;
    std::optional<FileId> file_id;
    std::optional<std::string> client_id;
    UtcTime created_at;
};
BOOST_DESCRIBE_STRUCT(Message, (),
                      (id, seq, from_user_id, type, content, file_id, client_id, created_at))

struct MessageView {
    MessageId id;
    Uuid booking_id;
    std::int64_t seq;
    std::optional<AccountId> from_user_id;
    FromRole from_role;
    MessageType type;
    std::string content;
    std::optional<std::string> image_url;
    bool masked;
    std::optional<std::string> client_id;
    UtcTime created_at;
    std::optional<UtcTime> read_at;
};
BOOST_DESCRIBE_STRUCT(MessageView, (),
                      (id, booking_id, seq, from_user_id, from_role, type, content, image_url,
                       masked, client_id, created_at, read_at))

struct Reading {
    const Seat& seat;
    Uuid subject_id;
    const files::Urls& urls;
    Language language;
    UtcTime now;
};
MessageView to_view(const Message& message, const Reading& reading);

}  // namespace taama::messaging
