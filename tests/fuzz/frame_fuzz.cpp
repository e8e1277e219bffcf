// Any bytes from the peer of a WebSocket, in any pieces: the same messages, or the same violation.

#include "platform/assert.hpp"
#include "platform/ws/framing.hpp"

namespace {

using namespace taama;

struct Told {
    std::string text;
    bool is_violated = false;
};

void read_into(Told& told, ws::FrameReader& reader) {
    while (!told.is_violated) {
        const auto next = reader.next();
        told.is_violated = !next;
        if (!next) {
            told.text += std::to_string(static_cast<int>(next.error()));
        } else {
            if (!*next) return;
            ASSERT((*next)->payload.size() <= ws::FrameReader::message_bytes_max);
            told.text += static_cast<char>((*next)->opcode);
            told.text += (*next)->payload;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = data[0] + std::size_t{1};
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    ws::FrameReader whole;
    whole.add(bytes);
    Told at_once;
    read_into(at_once, whole);
    ws::FrameReader pieces;
    Told in_pieces;
    for (std::size_t at = 0; at < bytes.size() && !in_pieces.is_violated; at += piece) {
        pieces.add(bytes.substr(at, piece));
        read_into(in_pieces, pieces);
    }
    ASSERT(at_once.text == in_pieces.text);
    return 0;
}
