#pragma once

// The frames of RFC 6455 as a server sees them, without extensions: masked ones come in pieces of
// any size, plain ones go.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace taama::ws {

enum class Opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10
};

// Why a peer's bytes end the conversation, as close codes.
enum class Violation : std::uint16_t { protocol = 1002, not_text = 1007, too_large = 1009 };

std::string to_frame(Opcode opcode, std::string_view payload);
// What a close frame carries; a reason is cut to what fits.
std::string to_close_payload(std::uint16_t code, std::string_view reason);

// Puts messages together. Holds no memory while nothing is unfinished.
class FrameReader {
public:
    static constexpr std::size_t message_bytes_max = 64 * 1024;

    // A whole text or binary message, or a control frame.
    struct Incoming {
        Opcode opcode;
        std::string payload;
    };

    void add(std::string_view bytes) { bytes_ += bytes; }
    // Nullopt: more has to come. Nothing is to be asked after a violation.
    std::expected<std::optional<Incoming>, Violation> next();

private:
    struct Head;
    std::expected<std::optional<Head>, Violation> read_head() const;
    std::optional<Violation> check(const Head& head) const;
    std::string take_payload(const Head& head);
    void tidy();

    std::string bytes_;
    std::string message_;  // the fragments so far
    std::uint32_t consumed_ = 0;
    Opcode message_opcode_ = Opcode::continuation;  // of the message in fragments; else none
};

}  // namespace taama::ws
