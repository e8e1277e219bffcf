#include "platform/ws/framing.hpp"

#include "platform/text/utf8.hpp"

namespace taama::ws {

namespace {

constexpr unsigned final_bit = 0x80;
constexpr unsigned reserved_bits = 0x70;
constexpr unsigned mask_bit = 0x80;
constexpr std::size_t mask_size = 4;
constexpr std::size_t control_payload_max = 125;
constexpr unsigned length_of_16_bits = 126;
constexpr unsigned length_of_64_bits = 127;

bool is_control(Opcode opcode) { return static_cast<unsigned>(opcode) >= 8; }

bool is_known(unsigned opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift & 0xff);
}

std::uint64_t read_big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

bool is_close_code(std::uint64_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

std::optional<Violation> check_close(std::string_view payload) {
    if (payload.empty()) return std::nullopt;
    if (payload.size() == 1 || !is_close_code(read_big_endian(payload.substr(0, 2))))
        return Violation::protocol;
    if (!text::is_valid_utf8(payload.substr(2))) return Violation::not_text;
    return std::nullopt;
}

}  // namespace

struct FrameReader::Head {
    bool is_final;
    Opcode opcode;
    std::size_t size;
    std::uint64_t payload_size;
};

std::string to_frame(Opcode opcode, std::string_view payload) {
    std::string frame;
    frame.reserve(payload.size() + 10);
    frame += static_cast<char>(final_bit | static_cast<unsigned>(opcode));
    if (payload.size() < length_of_16_bits) {
        frame += static_cast<char>(payload.size());
    } else if (payload.size() <= 0xffff) {
        frame += static_cast<char>(length_of_16_bits);
        append_big_endian(frame, payload.size(), 2);
    } else {
        frame += static_cast<char>(length_of_64_bits);
        append_big_endian(frame, payload.size(), 8);
    }
    frame += payload;
    return frame;
}

std::string to_close_payload(std::uint16_t code, std::string_view reason) {
    std::string payload;
    append_big_endian(payload, code, 2);
    std::size_t size = std::min(reason.size(), control_payload_max - 2);
    while (size < reason.size() && (static_cast<unsigned char>(reason[size]) & 0xc0) == 0x80)
        --size;
    payload += reason.substr(0, size);
    return payload;
}

std::expected<std::optional<FrameReader::Head>, Violation> FrameReader::read_head() const {
    const std::string_view bytes = std::string_view{bytes_}.substr(consumed_);
    if (bytes.size() < 2) return std::nullopt;
    const auto first = static_cast<unsigned char>(bytes[0]);
    const auto second = static_cast<unsigned char>(bytes[1]);
    const unsigned opcode = first & 0x0f;
    if ((first & reserved_bits) != 0 || !is_known(opcode) || (second & mask_bit) == 0)
        return std::unexpected{Violation::protocol};
    Head head{(first & final_bit) != 0, static_cast<Opcode>(opcode), 2, second & ~mask_bit};
    if (const std::uint64_t written = head.payload_size; written >= length_of_16_bits) {
        const std::size_t width = written == length_of_16_bits ? 2 : 8;
        if (bytes.size() < 2 + width) return std::nullopt;
        head.payload_size = read_big_endian(bytes.substr(2, width));
        head.size += width;
        const bool fits_in_less =
            head.payload_size < length_of_16_bits || (width == 8 && head.payload_size <= 0xffff);
        if (fits_in_less || head.payload_size >> 63 != 0)
            return std::unexpected{Violation::protocol};
    }
    head.size += mask_size;
    if (const auto violation = check(head)) return std::unexpected{*violation};
    if (bytes.size() < head.size + head.payload_size) return std::nullopt;
    return head;
}

// Known before the payload has come.
std::optional<Violation> FrameReader::check(const Head& head) const {
    if (is_control(head.opcode)) {
        if (!head.is_final || head.payload_size > control_payload_max) return Violation::protocol;
        return std::nullopt;
    }
    const bool in_message = message_opcode_ != Opcode::continuation;
    if (in_message != (head.opcode == Opcode::continuation)) return Violation::protocol;
    if (head.payload_size > message_bytes_max - message_.size()) return Violation::too_large;
    return std::nullopt;
}

std::string FrameReader::take_payload(const Head& head) {
    const char* mask = bytes_.data() + consumed_ + head.size - mask_size;
    std::string payload{mask + mask_size, static_cast<std::size_t>(head.payload_size)};
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ mask[i % mask_size]);
    consumed_ += static_cast<std::uint32_t>(head.size + head.payload_size);
    return payload;
}

// What was consumed goes, and the memory with it when nothing is left.
void FrameReader::tidy() {
    if (consumed_ < bytes_.size())
        bytes_.erase(0, consumed_);
    else
        std::string{}.swap(bytes_);
    consumed_ = 0;
}

std::expected<std::optional<FrameReader::Incoming>, Violation> FrameReader::next() {
    while (true) {
        const auto head = read_head();
        if (!head) return std::unexpected{head.error()};
        if (!*head) {
            tidy();
            return std::nullopt;
        }
        const Head& frame = **head;
        std::string payload = take_payload(frame);
        if (is_control(frame.opcode)) {
            if (frame.opcode == Opcode::close)
                if (const auto violation = check_close(payload)) return std::unexpected{*violation};
            return Incoming{frame.opcode, std::move(payload)};
        }
        if (frame.opcode != Opcode::continuation) message_opcode_ = frame.opcode;
        message_ += payload;
        if (!frame.is_final) continue;
        Incoming message{std::exchange(message_opcode_, Opcode::continuation), {}};
        message.payload.swap(message_);
        if (message.opcode == Opcode::text && !text::is_valid_utf8(message.payload))
            return std::unexpected{Violation::not_text};
        return message;
    }
}

}  // namespace taama::ws
