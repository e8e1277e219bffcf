// GET /bookings, one of them, and its history.

#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"

namespace taama::carpool {

namespace {

void check_party(const Booking& booking, const http::Caller& caller) {
    if (caller.kind == http::Caller::Kind::staff) return;
    if (booking.passenger_id != caller.account() && booking.driver_id != caller.account())
        throw Refusal{errors::not_found};
}

BookingOrder order_of(const BookingQuery& query) {
    if (!query.sort || query.sort->by.empty()) return BookingOrder::newest;
    const json::SortField& by = query.sort->by.front();
    if (by.field == "pickup_at")
        return by.descending ? BookingOrder::pickup_last : BookingOrder::pickup;
    return by.descending ? BookingOrder::newest : BookingOrder::oldest;
}

}  // namespace

Task<http::Ok<BookingView>> show_booking(const Deps& deps, http::Context& context,
                                         http::AnyCaller caller, http::Path<BookingId> id) {
    const auto booking = or_throw(co_await find_booking(deps.db, *id), errors::not_found);
    check_party(booking, caller.caller);
    co_return http::Ok<BookingView>{to_view(booking, {caller.caller.account(), context.now}, deps)};
}

Task<http::List<BookingView>> list_bookings(const Deps& deps, pg::Tx& tx, http::Context& context,
                                            http::User user, http::Query<BookingQuery> query,
                                            http::Paging paging) {
    const BookingQuery& wanted = *query;
    const FoundPage page = co_await find_booking_page(
        tx, {.person = user.id,
             .role = wanted.role.value_or(PartyRole::passenger),
             .statuses = wanted.status ? wanted.status->values : std::vector<BookingStatus>{},
             .trip_id = wanted.trip_id,
             .pickup_from = wanted.pickup_at_gte,
             .pickup_until = wanted.pickup_at_lte,
             .order = order_of(wanted),
             .limit = paging.page_size,
             .offset = paging.offset()});
    http::List<BookingView> list;
    list.pagination = paging.of(page.total);
    if (page.ids.empty()) co_return list;
    const auto bookings = co_await find_bookings(tx, page.ids);
    for (const BookingId id : page.ids)
        for (const BookingRecord& booking : bookings)
            if (booking.id == id)
                list.items.push_back(to_view(booking, {user.id, context.now}, deps));
    co_return list;
}

Task<http::List<BookingHistoryView>> list_booking_events(const Deps&, pg::Tx& tx,
                                                         http::AnyCaller caller,
                                                         http::Path<BookingId> id) {
    const auto booking = or_throw(co_await find_booking(tx, *id), errors::not_found);
    check_party(booking, caller.caller);
    co_return http::List<BookingHistoryView>{.items = co_await find_booking_history(tx, *id)};
}

}  // namespace taama::carpool
