#include "modules/carpool/ticket.hpp"

#include <algorithm>
#include <cstring>

#include "platform/crypto/hash.hpp"

namespace taama::carpool {

namespace {

constexpr std::string_view prefix = "TK1.";
constexpr std::string_view signing_context = "taama.ticket.v1";
constexpr std::uint8_t version = 1;
constexpr std::uint8_t cash_flag = 1;
constexpr std::size_t body_size = 50;
constexpr std::size_t signature_size = 64;

class ByteWriter {
public:
    explicit ByteWriter(crypto::Bytes& out) : out_(out) {}
    void number(std::uint64_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i)
            out_.push_back(static_cast<std::uint8_t>(value >> (8U * static_cast<unsigned>(i))));
    }
    void uuid(const Uuid& value) {
        out_.insert(out_.end(), value.bytes.begin(), value.bytes.end());
    }

private:
    crypto::Bytes& out_;
};

class ByteReader {
public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    std::uint64_t number(int bytes) {
        std::uint64_t value = 0;
        for (int i = 0; i < bytes; ++i) value = (value << 8U) | bytes_[position_++];
        return value;
    }
    Uuid uuid() {
        Uuid value;
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(position_), value.bytes.size(),
                    value.bytes.begin());
        position_ += value.bytes.size();
        return value;
    }

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t position_ = 0;
};

std::uint32_t unix_seconds(UtcTime time) {
    return static_cast<std::uint32_t>(std::chrono::floor<Seconds>(time).time_since_epoch().count());
}
UtcTime from_unix_seconds(std::uint64_t seconds) {
    return UtcTime{Seconds{static_cast<Seconds::rep>(seconds)}};
}

crypto::Bytes signed_message(std::span<const std::uint8_t> body) {
    crypto::Bytes message(signing_context.begin(), signing_context.end());
    message.insert(message.end(), body.begin(), body.end());
    return message;
}

}  // namespace

std::string encode_ticket(const Ticket& ticket, const crypto::Ed25519Key& key) {
    crypto::Bytes bytes;
    bytes.reserve(body_size + signature_size);
    ByteWriter writer{bytes};
    writer.number(version, 1);
    writer.number(ticket.kid, 1);
    writer.uuid(ticket.booking_id.uuid);
    writer.uuid(ticket.trip_id.uuid);
    writer.number(ticket.seats, 1);
    writer.number(ticket.cash_due > 0 ? cash_flag : 0, 1);
    writer.number(unix_seconds(ticket.not_before), 4);
    writer.number(unix_seconds(ticket.not_after), 4);
    writer.number(ticket.seq, 2);
    writer.number(ticket.cash_due, 4);
    ASSERT(bytes.size() == body_size);
    const crypto::Ed25519Signature signature = key.sign(signed_message(bytes));
    bytes.insert(bytes.end(), signature.begin(), signature.end());
    return std::string{prefix} + crypto::to_base64url(bytes);
}

std::expected<Ticket, TicketProblem> decode_ticket(std::string_view text,
                                                   std::span<const TicketKey> keys) {
    if (!text.starts_with(prefix)) return std::unexpected{TicketProblem::format};
    const auto bytes = crypto::from_base64url(text.substr(prefix.size()));
    if (!bytes || bytes->size() != body_size + signature_size || bytes->front() != version)
        return std::unexpected{TicketProblem::format};

    const std::span body{bytes->data(), body_size};
    const std::span signature{bytes->data() + body_size, signature_size};
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const TicketKey& one) { return one.kid == body[1]; });
    if (key == keys.end() ||
        !crypto::verify_ed25519(key->public_key, signed_message(body), signature))
        return std::unexpected{TicketProblem::signature};

    ByteReader reader{body.subspan(1)};
    Ticket ticket;
    ticket.kid = static_cast<std::uint8_t>(reader.number(1));
    ticket.booking_id = BookingId{reader.uuid()};
    ticket.trip_id = TripId{reader.uuid()};
    ticket.seats = static_cast<std::uint8_t>(reader.number(1));
    reader.number(1);  // the flag repeats what cash_due says
    ticket.not_before = from_unix_seconds(reader.number(4));
    ticket.not_after = from_unix_seconds(reader.number(4));
    ticket.seq = static_cast<std::uint16_t>(reader.number(2));
    ticket.cash_due = static_cast<std::uint32_t>(reader.number(4));
    return ticket;
}

std::optional<TicketProblem> check_ticket(const Ticket& ticket, const ExpectedTicket& expected) {
    using enum TicketProblem;
    if (ticket.trip_id != expected.trip_id) return wrong_trip;
    if (expected.booking_id && ticket.booking_id != *expected.booking_id) return wrong_booking;
    if (expected.seq && ticket.seq != *expected.seq) return superseded;
    if (expected.now < ticket.not_before) return not_yet;
    if (expected.now >= ticket.not_after) return expired;
    return std::nullopt;
}

}  // namespace taama::carpool
