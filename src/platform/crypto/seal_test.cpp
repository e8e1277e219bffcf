#include "platform/crypto/seal.hpp"

#include <gtest/gtest.h>

#include "platform/crypto/ed25519.hpp"
#include "platform/crypto/hash.hpp"

namespace taama::crypto {
namespace {

Key key_of(std::uint8_t byte) {
    Key key;
    key.fill(byte);
    return key;
}

const Sealer before{{.current = {1, key_of(1)}, .root = key_of(9)}};
const Sealer rotated{{.current = {2, key_of(2)}, .older = {{1, key_of(1)}}, .root = key_of(9)}};

TEST(Sealer, OpensWhatItSealed) {
    for (const std::string& plain : {std::string{}, std::string{"CI001234567"},
                                     std::string("a\0b", 3), std::string(100'000, 'x')}) {
        const Bytes box = before.seal("kyc.number", plain);
        EXPECT_EQ(box.size(), plain.size() + 30);
        EXPECT_EQ(before.open("kyc.number", box), plain);
        EXPECT_FALSE(before.open("kyc.other", box));
        EXPECT_NE(before.seal("kyc.number", plain), box);
    }
}

TEST(Sealer, EveryFlippedBitIsNoticed) {
    const Bytes box = before.seal("p", "secret");
    for (std::size_t bit = 0; bit < box.size() * 8; ++bit) {
        Bytes damaged = box;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        EXPECT_FALSE(before.open("p", damaged)) << bit;
    }
    for (std::size_t size = 0; size < box.size(); ++size)
        EXPECT_FALSE(before.open("p", Bytes(box.begin(), box.begin() + size)));
}

TEST(Sealer, KeysRotate) {
    const Bytes old = before.seal("p", "secret");
    EXPECT_EQ(rotated.open("p", old), "secret");
    EXPECT_TRUE(rotated.is_stale(old));
    const Bytes fresh = rotated.seal("p", "secret");
    EXPECT_FALSE(rotated.is_stale(fresh));
    EXPECT_FALSE(before.open("p", fresh));
    EXPECT_EQ(before.blind_index("p", "CI1"), rotated.blind_index("p", "CI1"));
    EXPECT_EQ(before.derive("csrf"), rotated.derive("csrf"));
}

TEST(Sealer, UnderASecretOnlyThatSecretOpens) {
    const Bytes box = before.seal_under("idempotency", "key-1", "answer");
    EXPECT_EQ(before.open_under("idempotency", "key-1", box), "answer");
    EXPECT_EQ(rotated.open_under("idempotency", "key-1", box), "answer");
    EXPECT_FALSE(before.open_under("idempotency", "key-2", box));
    EXPECT_FALSE(before.open_under("other", "key-1", box));
    EXPECT_FALSE(before.open("idempotency", box));
}

TEST(Sealer, PurposesAreApart) {
    EXPECT_EQ(before.blind_index("a", "x"), before.blind_index("a", "x"));
    EXPECT_NE(before.blind_index("a", "x"), before.blind_index("b", "x"));
    EXPECT_NE(before.blind_index("a", "x"), before.blind_index("a", "y"));
    EXPECT_NE(before.derive("a"), before.derive("b"));
}

TEST(Ed25519, VectorsOfRfc8032) {
    struct Case {
        std::string_view seed, public_key, message, signature;
    };
    const Case cases[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "c"
         "f9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0"
         "f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    };
    for (const Case& c : cases) {
        Ed25519Seed seed;
        std::ranges::copy(from_hex(c.seed).value(), seed.begin());
        const Ed25519Key key{seed};
        const Bytes message = from_hex(c.message).value();
        EXPECT_EQ(to_hex(key.public_key()), c.public_key);
        EXPECT_EQ(to_hex(key.sign(message)), c.signature);
        EXPECT_TRUE(verify_ed25519(key.public_key(), message, from_hex(c.signature).value()));
    }
}

TEST(Ed25519, TicketKeyVector) {
    Ed25519Seed seed;
    for (std::uint8_t i = 0; i < seed.size(); ++i) seed[i] = i;
    const Ed25519Key key{seed};
    EXPECT_EQ(to_base64url(key.public_key()), "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg");
    const Ed25519Signature signature = key.sign("ticket");
    EXPECT_TRUE(verify_ed25519(key.public_key(), "ticket", signature));
    EXPECT_FALSE(verify_ed25519(key.public_key(), "tickets", signature));
    EXPECT_FALSE(verify_ed25519(key.public_key(), "ticket", Bytes(63)));
    for (std::size_t bit = 0; bit < 512; ++bit) {
        Ed25519Signature damaged = signature;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        EXPECT_FALSE(verify_ed25519(key.public_key(), "ticket", damaged)) << bit;
    }
}

}  // namespace
}  // namespace taama::crypto
