#pragma once

// Conversations between the two sides of a deal. The deal's module says who takes part, when it
// closes, and when what was masked may be read.
//
// Statements of other modules may join the view messaging.unread (subject_kind, subject_id,
// user_id, unread_count).

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <string_view>
#include <vector>

#include "modules/files/files.hpp"
#include "platform/events/events.hpp"
#include "platform/id.hpp"
#include "platform/pg/tx.hpp"
#include "platform/time/time.hpp"

namespace taama::http {
class Operations;
}
namespace taama::ws {
class Endpoints;
class Hub;
}  // namespace taama::ws

namespace taama::messaging {

// A deal that people talk about: {"carpool_booking", id}.
struct Subject {
    std::string_view kind;
    Uuid id;
};

struct Opening {
    Subject subject;
    AccountId passenger;
    AccountId driver;
};
void open(pg::Tx& tx, const Opening& opening, UtcTime now);

// Told to both sides, in each reader's language.
enum class SystemNote : std::uint8_t {
    accepted,
    paid,
    cash_chosen,
    time_changed,
    cancelled,
    completed
};
BOOST_DESCRIBE_ENUM(SystemNote, accepted, paid, cash_chosen, time_changed, cancelled, completed)
void post_note(pg::Tx& tx, const Subject& subject, SystemNote note, UtcTime now);

// Nothing more is written from `at` on; reading stays possible.
void close_at(pg::Tx& tx, const Subject& subject, UtcTime at);
// Phones, e-mail addresses and links are shown from now on, also in earlier messages.
void unmask(pg::Tx& tx, const Subject& subject, UtcTime now);

// One kind of deal whose conversations are served below /<path>/{id}/messages and /ws/<path>/{id}.
struct Deps {
    pg::Db& db;
    const Clock& clock;
    const files::Urls& file_urls;
    ws::Hub& hub;
    std::string subject_kind;  // "carpool_booking"
    std::string path;          // "bookings"
};
void register_routes(http::Operations& operations, const Deps& deps);
void register_sockets(ws::Endpoints& endpoints, const Deps& deps);
// An image is for the two who talk.
void add_readers(files::Readers& readers);
// Hands new messages to the open sockets.
void register_consumers(events::Registry& registry, const Deps& deps);

// The topic that a person's socket of one conversation follows; frames published there reach him
// alone.
std::string topic_of(const Subject& subject, AccountId person);

// Who of these conversations may have a socket open, on whichever node; a frame for anybody else
// need not be made.
struct Listener {
    Uuid subject_id;
    AccountId user_id;
};
BOOST_DESCRIBE_STRUCT(Listener, (), (subject_id, user_id))
Task<std::vector<Listener>> find_listeners(pg::Tx& tx, std::string_view subject_kind,
                                           const std::vector<Uuid>& subjects, UtcTime now);

}  // namespace taama::messaging
