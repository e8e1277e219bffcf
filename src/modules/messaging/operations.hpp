#pragma once

// The operations on conversations: requests, answers, handlers.

#include "modules/messaging/message_store.hpp"
#include "platform/http/routes.hpp"
#include "platform/json/fields.hpp"

namespace taama::messaging {

enum class SentType : std::uint8_t { text, image };
BOOST_DESCRIBE_ENUM(SentType, text, image)

struct NewMessage {
    json::Text<1, 2000> content;  // of an image: its file's id
    std::optional<SentType> type;
    std::optional<json::Text<1, 100>> client_id;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(NewMessage, (), (content, type, client_id))

struct MessageFilter {
    std::optional<MessageId> after;
    std::optional<json::Text<1, 20>> cursor;
    std::optional<json::Text<1, 300>> reason;  // why staff read
};
BOOST_DESCRIBE_STRUCT(MessageFilter, (), (after, cursor, reason))

struct ReadUpTo {
    MessageId up_to;
};
BOOST_DESCRIBE_STRUCT(ReadUpTo, (), (up_to))

struct ReadView {
    std::int64_t last_read_seq;
};
BOOST_DESCRIBE_STRUCT(ReadView, (), (last_read_seq))

Task<http::List<MessageView>> list_messages(const Deps&, http::Context&, http::AnyCaller,
                                            http::Path<SubjectId>, http::Query<MessageFilter>,
                                            http::Paging);
// Staff see a conversation as its passenger does, with nothing masked; that they did is recorded.
Task<Seat> take_staff_seat(const Deps& deps, const http::Context& context, const Subject& subject,
                           const std::optional<json::Text<1, 300>>& reason);
Task<http::Made<MessageView>> post_message(const Deps&, pg::Tx&, http::Context&, http::User,
                                           http::Path<SubjectId>, http::Body<NewMessage>);
Task<http::Ok<ReadView>> mark_read(const Deps&, pg::Tx&, http::Context&, http::User,
                                   http::Path<SubjectId>, http::Body<ReadUpTo>);

// What a request and a frame do alike. `sent` is false when the same client_id was there before.
struct Sending {
    Seat seat;
    Message message;
    bool sent;
};
Task<Sending> send_message(const Deps& deps, pg::Tx& tx, AccountId from, Uuid subject_id,
                           const NewMessage& message, UtcTime now);
Task<std::int64_t> read_up_to(const Deps& deps, pg::Tx& tx, AccountId reader, Uuid subject_id,
                              MessageId up_to, UtcTime now);

}  // namespace taama::messaging
