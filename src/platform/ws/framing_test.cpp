#include "platform/ws/framing.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace taama::ws {
namespace {

// As a client sends it: the first byte, the length as written, the payload masked.
std::string masked(unsigned first, std::string_view payload, std::string_view length = {}) {
    constexpr std::string_view mask = "\x37\xfa\x21\x3d";
    std::string frame{static_cast<char>(first)};
    if (length.empty())
        frame += to_frame(Opcode::text, payload)
                     .substr(1, payload.size() < 126       ? 1
                                : payload.size() <= 0xffff ? 3
                                                           : 9);
    else
        frame += length;
    frame[1] = static_cast<char>(frame[1] | 0x80);
    frame += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame += static_cast<char>(payload[i] ^ mask[i % 4]);
    return frame;
}

std::string_view name_of(Opcode opcode) {
    switch (opcode) {
        case Opcode::text: return "text";
        case Opcode::binary: return "binary";
        case Opcode::close: return "close";
        case Opcode::ping: return "ping";
        case Opcode::pong: return "pong";
        case Opcode::continuation: return "continuation";
    }
    return "?";
}

// "text Hello;ping ;…" until nothing more is complete; a violation as its number.
std::string read_all(FrameReader& reader) {
    std::string all;
    while (true) {
        const auto next = reader.next();
        if (!next) return all + std::to_string(static_cast<int>(next.error()));
        if (!*next) return all;
        all += fmt::format("{} {};", name_of((*next)->opcode), (*next)->payload);
    }
}
std::string read_all(std::string_view bytes) {
    FrameReader reader;
    reader.add(bytes);
    return read_all(reader);
}

TEST(Framing, WhatThePeerSends) {
    using namespace std::string_literals;
    const std::string two_byte_length{"\x7e\x00\x05", 3};
    const std::string eight_byte_length{"\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 9};
    const std::string endless_length{"\x7f\x80\x00\x00\x00\x00\x01\x00\x00", 9};
    const std::string huge_length{"\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 9};
    struct Case {
        std::string sent;
        std::string want;
    };
    const Case cases[] = {
        // the RFC's own examples (5.7)
        {"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "text Hello;"},
        {"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "pong Hello;"},
        {masked(0x82, "\xff"), "binary \xff;"},
        {masked(0x81, ""), "text ;"},
        // in fragments, with control frames between
        {masked(0x01, "Hel") + masked(0x80, "lo"), "text Hello;"},
        {masked(0x01, "Hel") + masked(0x89, "?") + masked(0x00, "l") + masked(0x80, "o") +
             masked(0x81, "!"),
         "ping ?;text Hello;text !;"},
        {masked(0x01, "\xc3") + masked(0x80, "\xa9"), "text \xc3\xa9;"},
        {masked(0x01, "") + masked(0x80, ""), "text ;"},
        {masked(0x80, "lo"), "1002"},
        {masked(0x01, "Hel") + masked(0x81, "lo"), "1002"},
        {masked(0x01, "Hel") + masked(0x02, "lo"), "1002"},
        // not as a client may
        {to_frame(Opcode::text, "Hello"), "1002"},
        {masked(0xc1, "Hello"), "1002"},
        {masked(0xa1, "Hello"), "1002"},
        {masked(0x91, "Hello"), "1002"},
        {masked(0x83, "Hello"), "1002"},
        {masked(0x8b, "Hello"), "1002"},
        {masked(0x09, "in two"), "1002"},
        {masked(0x89, std::string(126, 'x')), "1002"},
        {masked(0x89, std::string(125, 'x')), "ping " + std::string(125, 'x') + ";"},
        {masked(0x81, "Hello", two_byte_length), "1002"},
        {masked(0x81, "Hello", eight_byte_length), "1002"},
        {masked(0x81, "Hello", endless_length), "1002"},
        {masked(0x81, "Hello", huge_length), "1009"},
        // text
        {masked(0x81, "\xff"), "1007"},
        {masked(0x81, "\xed\xa0\x80"), "1007"},
        {masked(0x81, "\xc3"), "1007"},
        // closes
        {masked(0x88, ""), "close ;"},
        {masked(0x88, "\x03\xe8"), "close \x03\xe8;"},
        {masked(0x88,
                "\x0f\xa0"
                "bye"),
         "close \x0f\xa0"
         "bye;"},
        {masked(0x88, "\x03"), "1002"},
        {masked(0x88, "\x03\xe7"), "1002"},
        {masked(0x88, "\x03\xed"), "1002"},
        {masked(0x88, "\x0b\xb7"), "1002"},
        {masked(0x88, "\x13\x88"), "1002"},
        {masked(0x88, "\x03\xe8\xff"), "1007"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(read_all(c.sent), c.want) << testing::PrintToString(c.sent);
        // A byte at a time says the same.
        FrameReader reader;
        std::string told;
        for (const char byte : c.sent) {
            reader.add({&byte, 1});
            told += read_all(reader);
            if (told.ends_with("1002") || told.ends_with("1007") || told.ends_with("1009")) break;
        }
        EXPECT_EQ(told, c.want) << testing::PrintToString(c.sent);
    }
}

TEST(Framing, LargeMessages) {
    constexpr std::size_t most = FrameReader::message_bytes_max;
    for (const std::size_t size : {125UL, 126UL, 65'535UL, most})
        EXPECT_EQ(read_all(masked(0x81, std::string(size, 'x'))).size(), size + 6) << size;
    const std::string half(most / 2, 'x');
    EXPECT_EQ(read_all(masked(0x01, half) + masked(0x80, half)).size(), most + 6);
    EXPECT_EQ(read_all(masked(0x01, half) + masked(0x80, half + "x")), "1009");
    // Before any of it has come.
    EXPECT_EQ(read_all(masked(0x81, std::string(most + 1, 'x')).substr(0, 14)), "1009");
}

TEST(Framing, WhatWeSend) {
    struct Case {
        std::size_t size;
        std::string head;
    };
    const Case cases[] = {
        {0, std::string{"\x81\x00", 2}},
        {5, "\x81\x05"},
        {125, "\x81\x7d"},
        {126, std::string{"\x81\x7e\x00\x7e", 4}},
        {0xffff, "\x81\x7e\xff\xff"},
        {0x10000, std::string{"\x81\x7f\0\0\0\0\0\x01\0\0", 10}},
    };
    for (const Case& c : cases)
        EXPECT_EQ(to_frame(Opcode::text, std::string(c.size, 'x')),
                  c.head + std::string(c.size, 'x'));
    EXPECT_EQ(to_close_payload(4408, "too slow"), "\x11\x38too slow");
    // A reason is cut, but never through a character.
    EXPECT_EQ(to_close_payload(1000, std::string(200, 'x')).size(), 125U);
    EXPECT_EQ(to_close_payload(1000, std::string(122, 'x') + "\xc3\xa9").size(), 124U);
}

}  // namespace
}  // namespace taama::ws
