#include "modules/messaging/operations.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::messaging {

void NewMessage::check(json::Reader& reader) const {
    if (type == SentType::image && !FileId::parse(content.value))
        reader.problem_at("content",
                          {"doit être l'identifiant d'un fichier", "must be a file's id"});
}

namespace {

Task<void> attach_image(pg::Tx& tx, AccountId from, Message& message, UtcTime now) {
    message.file_id = FileId::parse(message.content);
    const auto attached =
        co_await files::attach(tx, *message.file_id, files::Owner::user(from),
                               files::Purpose::message_image, {image_holder, message.id.uuid}, now);
    if (attached != files::Attaching::attached)
        throw http::field_problem("content", {"fichier inconnu", "unknown file"}, Language::en);
}

}  // namespace

Task<Sending> send_message(const Deps& deps, pg::Tx& tx, AccountId from, Uuid subject_id,
                           const NewMessage& sent, UtcTime now) {
    const Subject subject{deps.subject_kind, subject_id};
    Seat seat = or_throw(co_await lock_seat(tx, subject, from), errors::not_found);
    if (sent.client_id)
        if (auto earlier = co_await find_by_client_id(tx, seat, *sent.client_id))
            co_return Sending{std::move(seat), std::move(*earlier), false};
    if (seat.is_closed(now)) throw Refusal{errors::invalid_state, {{"reason", "closed"}}};

    Message message{.id = MessageId::make(),
                    .seq = seat.last_seq + 1,
                    .from_user_id = from,
                    .type = MessageType::text,
                    .content = sent.content.value,
                    .file_id = std::nullopt,
                    .client_id = std::nullopt,
                    .created_at = now};
    if (sent.client_id) message.client_id = sent.client_id->value;
    if (sent.type == SentType::image) {
        message.type = MessageType::image;
        co_await attach_image(tx, from, message, now);
    }
    save_message(tx, seat.conversation_id, message);
    events::emit(tx, "message.created",
                 {{"subject_kind", deps.subject_kind},
                  {"subject_id", subject_id.to_string()},
                  {"message_id", message.id.to_string()},
                  {"from_user_id", from.to_string()},
                  {"type", boost::describe::enum_to_string(message.type, "")}},
                 now);
    co_return Sending{std::move(seat), std::move(message), true};
}

Task<http::Made<MessageView>> post_message(const Deps& deps, pg::Tx& tx, http::Context& context,
                                           http::User user, http::Path<SubjectId> id,
                                           http::Body<NewMessage> body) {
    const auto sending = co_await send_message(deps, tx, user.id, (*id).uuid, *body, context.now);
    const Reading reading{sending.seat, (*id).uuid, deps.file_urls, context.language, context.now};
    co_return http::Made<MessageView>{to_view(sending.message, reading), sending.sent,
                                      fmt::format("/{}/{}/messages", deps.path, (*id).to_string())};
}

}  // namespace taama::messaging
