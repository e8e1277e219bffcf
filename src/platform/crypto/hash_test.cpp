#include "platform/crypto/hash.hpp"

#include <gtest/gtest.h>

#include <set>

#include "platform/crypto/random.hpp"

namespace taama::crypto {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

TEST(Hash, Sha256) {
    EXPECT_EQ(to_hex(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256Stream stream;
    stream.update("a");
    stream.update("");
    stream.update("bc");
    EXPECT_EQ(stream.finish(), sha256("abc"));
}

TEST(Hash, HmacVectorsOfRfc4231) {
    struct Case {
        Bytes key;
        Bytes data;
        std::string_view want;
    };
    const Case cases[] = {
        {Bytes(20, 0x0b), hex("4869205468657265"),
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {hex("4a656665"), hex("7768617420646f2079612077616e7420666f72206e6f7468696e673f"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {Bytes(20, 0xaa), Bytes(50, 0xdd),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {hex("0102030405060708090a0b0c0d0e0f10111213141516171819"), Bytes(50, 0xcd),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {Bytes(131, 0xaa),
         hex("54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d20"
             "48617368204b6579204669727374"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(to_hex(hmac_sha256(c.key, c.data)), c.want);
        EXPECT_EQ(to_hex(HmacKey{c.key}.sign(c.data)), c.want);
    }
}

TEST(Hash, HkdfVectorOfRfc5869) {
    // The first 32 of the 42 bytes of test case 1.
    EXPECT_EQ(to_hex(hkdf_sha256(Bytes(22, 0x0b), hex("000102030405060708090a0b0c"),
                                 hex("f0f1f2f3f4f5f6f7f8f9"))),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

TEST(Hash, ConstantTimeEqual) {
    EXPECT_TRUE(constant_time_equal("abc", "abc"));
    EXPECT_TRUE(constant_time_equal("", ""));
    EXPECT_FALSE(constant_time_equal("abc", "abd"));
    EXPECT_FALSE(constant_time_equal("abc", "ab"));
}

TEST(Encoding, Base64VectorsOfRfc4648) {
    const std::pair<std::string_view, std::string_view> cases[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(to_base64(plain), text);
        EXPECT_EQ(ByteView{from_base64(text).value()}.text(), plain);
        const std::string_view bare = text.substr(0, text.find('='));
        EXPECT_EQ(to_base64url(plain), bare);
        EXPECT_EQ(ByteView{from_base64url(bare).value()}.text(), plain);
    }
    EXPECT_EQ(to_base64url(hex("fbff")), "-_8");
    EXPECT_EQ(to_base64(hex("fbff")), "+/8=");
}

TEST(Encoding, OneSpellingPerValue) {
    for (const char* text : {"Zg==", "Zh", "Zm9", "Z", "Zm9vY", "Zm 9v", "Zm9v\n", "Zm+v", "Zé"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(from_base64url(text));
    }
    for (const char* text : {"Zg", "Zg=", "Zh==", "Zm-v", "====", "Zg==Zg=="}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(from_base64(text));
    }
    std::array<std::uint8_t, 2> small;
    EXPECT_EQ(read_base64url("Zm8", small), 2u);
    EXPECT_FALSE(read_base64url("Zm9v", small));
    EXPECT_FALSE(from_hex("abc"));
    EXPECT_FALSE(from_hex("zz"));
    EXPECT_EQ(from_hex("00fF"), (Bytes{0, 255}));
}

TEST(Random, FormsAndAlphabets) {
    EXPECT_EQ(random_token(32).size(), 43u);
    EXPECT_EQ(random_digits(6).find_first_not_of("0123456789"), std::string::npos);
    std::set<char> seen;
    for (int i = 0; i < 2000; ++i)
        for (const char c : random_code(8)) seen.insert(c);
    EXPECT_EQ(std::string(seen.begin(), seen.end()), "23456789ABCDEFGHJKMNPQRSTUVWXYZ");
    std::set<std::string> tokens;
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(tokens.insert(random_token(32)).second);
    for (int i = 0; i < 1000; ++i) EXPECT_LT(random_below(3), 3u);
}

}  // namespace
}  // namespace taama::crypto
