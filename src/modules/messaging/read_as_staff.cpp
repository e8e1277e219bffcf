#include "modules/audit/audit.hpp"
#include "modules/messaging/operations.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::messaging {

Task<Seat> take_staff_seat(const Deps& deps, const http::Context& context, const Subject& subject,
                           const std::optional<json::Text<1, 300>>& reason) {
    if (!reason) throw http::field_problem("reason", json::said_missing(), context.language);
    pg::Tx tx = co_await deps.db.begin();
    const auto seats = co_await find_seats(tx, subject);
    const auto passenger = std::ranges::find(seats, FromRole::passenger, &Seat::role);
    if (passenger == seats.end()) throw Refusal{errors::not_found};
    audit::record(tx,
                  {.actor = audit::Actor::staff(context.caller.staff()),
                   .action = "READ_MESSAGES",
                   .entity = "Conversation",
                   .entity_id = passenger->conversation_id.uuid,
                   .meta = audit::meta_of(context, reason->value)},
                  context.now);
    co_await tx.commit();
    Seat seat = *passenger;
    seat.unmasked_at = context.now;
    co_return seat;
}

}  // namespace taama::messaging
