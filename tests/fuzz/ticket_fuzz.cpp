// Any text as a ticket: without the secret nobody makes one that verifies.

#include "modules/carpool/ticket.hpp"
#include "platform/assert.hpp"

using namespace taama;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const crypto::Ed25519Key key{crypto::Ed25519Seed{1, 2, 3}};
    static const carpool::TicketKey keys[] = {{.kid = 1, .public_key = key.public_key()}};
    static const std::string real = [] {
        carpool::Ticket ticket;
        ticket.kid = 1;
        return carpool::encode_ticket(ticket, key);
    }();
    ASSERT(carpool::decode_ticket(real, keys).has_value());

    const std::string text{reinterpret_cast<const char*>(data), size};
    for (const std::string& candidate : {text, "TK1." + text})
        ASSERT(!carpool::decode_ticket(candidate, keys) || candidate == real);
    // Single bytes of a real ticket changed.
    std::string changed = real;
    for (std::size_t i = 0; i + 1 < size; i += 2)
        changed[data[i] % changed.size()] = static_cast<char>(data[i + 1]);
    if (changed != real) ASSERT(!carpool::decode_ticket(changed, keys));
    return 0;
}
