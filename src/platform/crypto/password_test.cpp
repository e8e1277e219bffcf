#include "platform/crypto/password.hpp"

#include <gtest/gtest.h>

namespace taama::crypto {
namespace {

constexpr std::string_view right = "mangue-verte-12";

TEST(Password, Argon2id_S2_031) {
    const std::string stored = hash_password(right);
    EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << stored;
    EXPECT_NE(hash_password(right), stored);
    EXPECT_TRUE(verify_password(stored, right));
    EXPECT_FALSE(verify_password(stored, "mangue-verte-13"));
    EXPECT_FALSE(verify_password(stored, ""));
    EXPECT_FALSE(needs_rehash(stored));
    verify_no_password(right);
}

TEST(Password, ImportedHashesVerify_S3_074) {
    const std::string_view imported[] = {
        "$2b$04$abcdefghijklmnopqrstuuPIlnLvNxgvz6rI9D0cL3puXRkuDb3tK",
        "$2a$04$abcdefghijklmnopqrstuuPIlnLvNxgvz6rI9D0cL3puXRkuDb3tK",
        "scrypt:16384:8:1$Zk3sLq8w$58071e7dc12f74da4bc4997ee80aabad2243d9172c4e835daad42f3d36b156e1"
        "7614ca85a3784f0c7f49e6f480ffbce0768e0c7e51227a4bb75cce2040bc526a",
        "pbkdf2:sha256:1000$Zk3sLq8w$8e4fac6f09822c5030f516e80cbbf111071ab0aedd3ddafef7bf710570a0f5"
        "03",
    };
    for (const std::string_view stored : imported) {
        SCOPED_TRACE(stored);
        EXPECT_TRUE(verify_password(stored, right));
        EXPECT_FALSE(verify_password(stored, "mangue-verte-13"));
        EXPECT_FALSE(verify_password(stored, std::string{right} + '\0'));
        EXPECT_TRUE(needs_rehash(stored));
    }
}

TEST(Password, UnreadableOrCostlyIsNeverRight) {
    const std::string_view stored[] = {
        "",
        "mangue-verte-12",
        "$argon2id$",
        "$argon2id$v=19$m=19456,t=2$c2FsdA$aGFzaA",
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaA",
        "$argon2id$v=19$m=19456,t=99999999,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaA",
        "$2b$31$abcdefghijklmnopqrstuuPIlnLvNxgvz6rI9D0cL3puXRkuDb3tK",
        "$2b$04$short",
        "$1$salt$hash",
        "scrypt:16384:8$salt$00",
        "scrypt:16384:8:1$salt$",
        "scrypt:16384:8:1$salt$zz",
        "scrypt:16383:8:1$salt$00",
        "scrypt:1073741824:8:1$salt$00",
        "scrypt:18446744073709551615:18446744073709551615:1$salt$00",
        "scrypt:0:8:1$salt$00",
        "pbkdf2:sha256:0$salt$00",
        "pbkdf2:sha256:99999999999$salt$00",
        "pbkdf2:md5:1000$salt$00",
        "pbkdf2:sha256$salt$00",
        "plain$salt$00",
    };
    for (const std::string_view each : stored) {
        SCOPED_TRACE(each);
        EXPECT_FALSE(verify_password(each, right));
        EXPECT_TRUE(needs_rehash(each));
    }
}

}  // namespace
}  // namespace taama::crypto
