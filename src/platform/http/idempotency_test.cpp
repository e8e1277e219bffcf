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

// An alias is the same operation; another object is not.
TEST(IdempotencyScope, TheObjectCountsNotTheSpellingOfThePath) {
    const auto of = [](std::string_view path, std::string_view object) {
        Request request;
        request.path = path;
        request.header = [](std::string_view) { return std::string_view{}; };
        const Context context{request, {}, Language::fr, {}, {}, {}, std::vector{object}, {}, {}};
        return idempotency_scope(context, Operation{}).fingerprint;
    };
    EXPECT_EQ(of("/api/v1/trips/1/cancel", "1"), of("/api/v1/rides/1/cancel", "1"));
    EXPECT_NE(of("/api/v1/trips/1/cancel", "1"), of("/api/v1/trips/2/cancel", "2"));
}

}  // namespace
}  // namespace taama::http
