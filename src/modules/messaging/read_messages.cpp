#include <charconv>

#include "modules/messaging/operations.hpp"
#include "platform/http/field_problem.hpp"
#include "platform/ws/relay.hpp"

namespace taama::messaging {

namespace {

std::int64_t seq_of_cursor(const std::string& cursor, Language language) {
    std::int64_t seq = 0;
    const auto end = cursor.data() + cursor.size();
    const auto result = std::from_chars(cursor.data(), end, seq);
    if (result.ec != std::errc{} || result.ptr != end)
        throw http::field_problem("cursor", {"curseur inconnu", "unknown cursor"}, language);
    return seq;
}

}  // namespace

Task<http::List<MessageView>> list_messages(const Deps& deps, http::Context& context,
                                            http::AnyCaller any, http::Path<SubjectId> id,
                                            http::Query<MessageFilter> filter,
                                            http::Paging paging) {
    const Subject subject{deps.subject_kind, (*id).uuid};
    const http::Caller& caller = any.caller;
    const Seat seat =
        caller.kind == http::Caller::Kind::staff
            ? co_await take_staff_seat(deps, context, subject, filter->reason)
            : or_throw(co_await find_seat(deps.db, subject, caller.account()), errors::not_found);
    MessagePage page{.conversation = seat.conversation_id,
                     .before_seq = std::nullopt,
                     .after_seq = std::nullopt,
                     .limit = paging.page_size,
                     .offset = paging.offset()};
    if (filter->after) {
        page.after_seq = co_await find_seq(deps.db, seat.conversation_id, *filter->after);
        if (!page.after_seq)
            throw http::field_problem("after", {"message inconnu", "unknown message"},
                                      context.language);
    } else if (filter->cursor) {
        page.before_seq = seq_of_cursor(filter->cursor->value, context.language);
        page.offset = 0;
    }
    const auto messages = co_await find_messages(deps.db, page);
    const Reading reading{seat, subject.id, deps.file_urls, context.language, context.now};
    http::List<MessageView> list;
    for (const Message& message : messages) list.items.push_back(to_view(message, reading));
    list.pagination = paging.of(seat.last_seq);
    const bool more = static_cast<std::int64_t>(messages.size()) == page.limit;
    list.next_cursor = more ? std::to_string(messages.back().seq) : std::string{};
    co_return list;
}

Task<std::int64_t> read_up_to(const Deps& deps, pg::Tx& tx, AccountId reader, Uuid subject_id,
                              MessageId up_to, UtcTime now) {
    const Subject subject{deps.subject_kind, subject_id};
    const auto seat = or_throw(co_await lock_seat(tx, subject, reader), errors::not_found);
    const auto seq = co_await save_read(tx, seat, up_to, now);
    if (!seq)
        throw http::field_problem("up_to", {"message inconnu", "unknown message"}, Language::en);
    ws::publish(tx, topic_of(subject, seat.peer_id),
                {"read",
                 {},
                 now,
                 fmt::format(R"({{"user_id":"{}","up_to_seq":{}}})", reader.to_string(), *seq)});
    co_return *seq;
}

Task<http::Ok<ReadView>> mark_read(const Deps& deps, pg::Tx& tx, http::Context& context,
                                   http::User user, http::Path<SubjectId> id,
                                   http::Body<ReadUpTo> body) {
    const auto seq = co_await read_up_to(deps, tx, user.id, (*id).uuid, body->up_to, context.now);
    co_return http::Ok<ReadView>{{seq}};
}

namespace {

Task<bool> may_read_image(pg::Tx& tx, const files::ReadRequest& request) {
    const http::Caller& caller = request.context.caller;
    if (caller.kind != http::Caller::Kind::user) co_return false;
    co_return co_await is_party(tx, MessageId{request.holder_id}, caller.account());
}

}  // namespace

void add_readers(files::Readers& readers) { readers.on(std::string{image_holder}, may_read_image); }

}  // namespace taama::messaging
