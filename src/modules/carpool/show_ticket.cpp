// GET /tickets/keys, /bookings/{id}/ticket, /trips/{id}/manifest: what travels offline.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/carpool/qr_image.hpp"
#include "modules/carpool/ticket_keys.hpp"
#include "platform/crypto/hash.hpp"

namespace taama::carpool {

namespace {

constexpr auto retired_keys_shown = std::chrono::days{90};

std::vector<TicketKeyView> key_views(const TicketKeys& keys, UtcTime now) {
    std::vector<TicketKeyView> views;
    for (const TicketKeyRow& row : keys.rows()) {
        if (row.retired_at && *row.retired_at + retired_keys_shown < now) continue;
        views.push_back({.kid = row.kid,
                         .public_key = crypto::to_base64url(row.public_key),
                         .status = row.active ? "active" : "retired",
                         .created_at = row.created_at,
                         .retired_at = row.retired_at});
    }
    return views;
}

}  // namespace

Task<http::List<TicketKeyView>> list_ticket_keys(const Deps& deps, http::Context& context,
                                                 http::Public) {
    context.response_headers.emplace_back("Cache-Control", "public, max-age=3600");
    co_return http::List<TicketKeyView>{.items = key_views(deps.ticket_keys, context.now)};
}

Task<std::variant<http::Ok<TicketView>, http::Raw>> show_ticket(const Deps& deps,
                                                                http::Context& context,
                                                                http::User user,
                                                                http::Path<BookingId> id,
                                                                http::Query<TicketQuery> query) {
    const auto booking = or_throw(co_await find_booking(deps.db, *id), errors::not_found);
    if (booking.passenger_id != user.id) throw Refusal{errors::not_found};
    if (!has_ticket(booking))
        throw Refusal{errors::invalid_state, {{"state", name_of(booking.status)}}};
    const UtcTime arrival = booking.trip.arrival_eta;
    const std::string text = ticket_text(booking, arrival, deps.ticket_keys);
    const TicketFormat format = query->format.value_or(TicketFormat::json);
    if (format == TicketFormat::json) {
        const TicketWindow window = ticket_window(booking, arrival);
        co_return http::Ok<TicketView>{{text, open_code(booking, deps.sealer), booking.ticket_seq,
                                        window.not_before, window.not_after}};
    }
    const QrImage image{text};
    http::Raw raw;
    raw.headers.emplace_back("Cache-Control", "private, no-store");
    raw.content_type = format == TicketFormat::png ? "image/png" : "image/svg+xml";
    raw.body = format == TicketFormat::png ? image.to_png() : image.to_svg();
    co_return raw;
}

Task<http::Ok<ManifestView>> show_manifest(const Deps& deps, pg::Tx& tx, http::Context& context,
                                           http::Driver driver, http::Path<TripId> id) {
    const auto trip = or_throw(co_await find_trip(tx, *id, driver.id), errors::not_found);
    if (trip.driver_id != driver.id) throw Refusal{errors::not_found};
    ManifestView manifest{.bookings = {}, .ticket_keys = key_views(deps.ticket_keys, context.now)};
    const std::vector expected{BookingStatus::accepted, BookingStatus::paid};
    for (const BookingRecord& booking : co_await find_trip_bookings(tx, *id, expected)) {
        if (!has_ticket(booking)) continue;
        const BookingView view = to_view(booking, {driver.id, context.now}, deps);
        manifest.bookings.push_back({view.id, view.reference, view.passenger, view.seats, view.leg,
                                     view.cash_due, booking.ticket_seq, view.checked_in_at});
    }
    co_return http::Ok<ManifestView>{std::move(manifest)};
}

}  // namespace taama::carpool
