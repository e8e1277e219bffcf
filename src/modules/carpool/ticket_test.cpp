#include "modules/carpool/ticket.hpp"

#include <gtest/gtest.h>

#include "modules/carpool/qr_image.hpp"
#include "platform/crypto/hash.hpp"

namespace taama::carpool {
namespace {

constexpr std::string_view vector_text =
    "TK1.AQEcKrjyTjpP0KPSCgfsbvCifZ8MUipBS36bUmoPPB2ORAIAar9PaGrAVasAAQAAAABwLddUNK7tA8Ck54FMSzc7q8"
    "ITHslWtfhMTWxyoA7zmc-kM-LhJ4GICR_07O3N7cTW_a7rMS8PSDWtKHQ2Ay8C";

crypto::Ed25519Key vector_key() {
    crypto::Ed25519Seed seed;
    for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
    return crypto::Ed25519Key{seed};
}

Ticket vector_ticket() {
    return {.kid = 1,
            .booking_id = *BookingId::parse("1c2ab8f2-4e3a-4fd0-a3d2-0a07ec6ef0a2"),
            .trip_id = *TripId::parse("7d9f0c52-2a41-4b7e-9b52-6a0f3c1d8e44"),
            .seats = 2,
            .not_before = *parse_utc_time("2026-10-02T06:30:00Z"),
            .not_after = *parse_utc_time("2026-10-03T01:08:59Z"),
            .seq = 1,
            .cash_due = 0};
}

std::vector<TicketKey> vector_keys() { return {{1, vector_key().public_key()}}; }

TEST(Ticket, VectorOfTheContract_S1_052) {
    EXPECT_EQ(crypto::to_base64url(vector_key().public_key()),
              "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg");
    EXPECT_EQ(encode_ticket(vector_ticket(), vector_key()), vector_text);
    const auto ticket = decode_ticket(vector_text, vector_keys());
    ASSERT_TRUE(ticket.has_value());
    EXPECT_EQ(*ticket, vector_ticket());
}

TEST(Ticket, EverySingleBitFlipFails_F11) {
    const auto bytes = crypto::from_base64url(vector_text.substr(4)).value();
    ASSERT_EQ(bytes.size() * 8, 912U);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        auto flipped = bytes;
        flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(decode_ticket("TK1." + crypto::to_base64url(flipped), vector_keys())) << bit;
    }
}

TEST(Ticket, WhatIsWrongWithIt) {
    using enum TicketProblem;
    const auto form = [](std::string_view text) { return decode_ticket(text, vector_keys()); };
    EXPECT_EQ(form("").error(), format);
    EXPECT_EQ(form("TK2." + std::string{vector_text.substr(4)}).error(), format);
    EXPECT_EQ(form(vector_text.substr(0, 150)).error(), format);
    EXPECT_EQ(form(std::string{vector_text} + "=").error(), format);
    EXPECT_EQ(decode_ticket(vector_text, {}).error(), signature);

    const Ticket ticket = vector_ticket();
    const ExpectedTicket right{ticket.trip_id, ticket.booking_id, ticket.seq, ticket.not_before};
    struct Case {
        const char* name;
        ExpectedTicket expected;
        std::optional<TicketProblem> problem;
    };
    const Case cases[] = {
        {"right", right, {}},
        {"unknown booking", {right.trip_id, {}, {}, right.now}, {}},
        {"other trip", {TripId::make(), right.booking_id, right.seq, right.now}, wrong_trip},
        {"other booking", {right.trip_id, BookingId::make(), right.seq, right.now}, wrong_booking},
        {"newer issued", {right.trip_id, right.booking_id, 2, right.now}, superseded},
        {"a second early", {right.trip_id, right.booking_id, 1, right.now - 1s}, not_yet},
        {"at its end", {right.trip_id, right.booking_id, 1, ticket.not_after}, expired},
        {"wrong twice", {TripId::make(), BookingId::make(), 2, ticket.not_after}, wrong_trip},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(check_ticket(ticket, c.expected), c.problem);
    }
}

TEST(Ticket, AsImage_S1_036) {
    const QrImage image{vector_text};
    EXPECT_FALSE(image.is_dark(0, 0));  // quiet zone
    EXPECT_TRUE(image.is_dark(4, 4));   // corner of the finder
    const std::string png = image.to_png();
    EXPECT_TRUE(png.starts_with("\x89PNG\r\n\x1a\n"));
    EXPECT_TRUE(png.ends_with(std::string_view{"IEND\xae\x42\x60\x82", 8}));
    EXPECT_TRUE(image.to_svg().starts_with("<svg "));
}

}  // namespace
}  // namespace taama::carpool
