#include "platform/http/idempotency.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

pg::Bytes fingerprint_of(std::string_view cookie, Caller::Kind kind) {
    Request request;
    request.path = "/api/v1/auth/token/refresh";
    request.header = [cookie](std::string_view name) {
        return name == "Cookie" ? cookie : std::string_view{};
    };
    Context context{request, {}, Language::fr, {}, {}, {}, {}, {}, {}};
    context.caller.kind = kind;
    context.idempotency_key = "1";
    return idempotency_scope(context, Operation{}).fingerprint;
}

// Two people behind one trivial key: neither gets the other's tokens.
TEST(IdempotencyScope, ACookieTellsAnonymousCallersApart) {
    const auto of_nobody = [](std::string_view cookie) {
        return fingerprint_of(cookie, Caller::Kind::anonymous);
    };
    EXPECT_NE(of_nobody("session=a"), of_nobody("session=b"));
    EXPECT_NE(of_nobody("session=a"), of_nobody(""));
    EXPECT_EQ(of_nobody("session=a"), of_nobody("session=a"));
    EXPECT_EQ(fingerprint_of("theme=dark", Caller::Kind::user),
              fingerprint_of("theme=light", Caller::Kind::user));
}

}  // namespace
}  // namespace taama::http
