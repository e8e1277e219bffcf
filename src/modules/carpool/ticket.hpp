#pragma once

// The ticket of a booking: 114 bytes that a phone without network can check. In a QR code it is the
// text `TK1.` and the bytes in base64url.

#include <boost/describe/enum.hpp>

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "modules/carpool/ids.hpp"
#include "platform/crypto/ed25519.hpp"
#include "platform/time/time.hpp"

namespace taama::carpool {

struct Ticket {
    std::uint8_t kid = 0;
    BookingId booking_id;
    TripId trip_id;
    std::uint8_t seats = 1;
    UtcTime not_before;
    UtcTime not_after;
    std::uint16_t seq = 1;       // a newer ticket supersedes an older one
    std::uint32_t cash_due = 0;  // minor units; 0: paid

    bool operator==(const Ticket&) const = default;
};

std::string encode_ticket(const Ticket& ticket, const crypto::Ed25519Key& key);

struct TicketKey {
    std::uint8_t kid = 0;
    crypto::Ed25519PublicKey public_key{};
};

enum class TicketProblem : std::uint8_t {
    format,
    signature,
    wrong_trip,
    wrong_booking,
    superseded,
    not_yet,
    expired
};
BOOST_DESCRIBE_ENUM(TicketProblem, format, signature, wrong_trip, wrong_booking, superseded,
                    not_yet, expired)

// Form and signature only.
std::expected<Ticket, TicketProblem> decode_ticket(std::string_view text,
                                                   std::span<const TicketKey> keys);

// What the ticket must be for now.
struct ExpectedTicket {
    TripId trip_id;
    std::optional<BookingId> booking_id;  // unknown when a ticket is to find its booking
    std::optional<std::uint16_t> seq;
    UtcTime now;
};
std::optional<TicketProblem> check_ticket(const Ticket& ticket, const ExpectedTicket& expected);

}  // namespace taama::carpool
