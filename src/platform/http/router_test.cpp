#include "platform/http/router.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

TEST(CanonicalPath, OneSpellingForEach) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"/api/v1/trips", "/api/v1/trips"},
        {"/api/trips", "/api/v1/trips"},
        {"/api", "/api/v1"},
        {"/auth/login", "/api/v1/auth/login"},
        {"/fleet/1", "/api/v1/fleet/1"},
        {"/bolt", "/api/v1/bolt"},
        {"/authors", "/authors"},  // another word
        {"/apiary", "/apiary"},
        {"/api/v1x/trips", "/api/v1/v1x/trips"},
        {"/api/docs", "/docs"},
        {"/api/v1/ws/bookings/1", "/ws/bookings/1"},
        {"/api/ws/bookings/1", "/ws/bookings/1"},
        {"/api/media/1/thumb", "/media/1/thumb"},
        {"/api/v1/media/x", "/media/x"},
        {"/api/v1/wsx", "/api/v1/wsx"},
        {"/health", "/health"},
        {"/", "/"},
    };
    for (const auto& [path, want] : cases) {
        EXPECT_EQ(canonical_path(path), want) << path;
        EXPECT_EQ(canonical_path(want), want) << want;  // what is canonical stays
    }
}

Operation operation(Method method, std::string path, std::vector<std::string> aliases = {},
                    bool at_root = false) {
    Operation made;
    made.method = method;
    made.path = std::move(path);
    made.aliases = std::move(aliases);
    made.at_root = at_root;
    return made;
}

std::string joined(const std::vector<std::string_view>& values) {
    std::string all;
    for (const auto value : values) (all += all.empty() ? "" : ",") += value;
    return all;
}

TEST(Router, FindsOperations) {
    Operations operations;
    operations.add(operation(Method::get, "/trips"));
    operations.add(operation(Method::post, "/trips"));
    operations.add(operation(Method::get, "/trips/{id}"));
    operations.add(operation(Method::get, "/trips/mine"));
    operations.add(operation(Method::post, "/trips/{id}/publish", {"/journeys/{id}/publish"}));
    operations.add(operation(Method::get, "/trips/{id}/bookings/{booking_id}"));
    operations.add(operation(Method::get, "/trips/mine/late"));
    operations.add(operation(Method::get, "/", {}, true));
    operations.add(operation(Method::get, "/health", {}, true));
    const Router router{operations};

    struct Case {
        Method method;
        std::string_view path;
        std::string_view want;  // operation, or methods allowed
        std::string_view values;
    };
    using enum Method;
    const Case cases[] = {
        {get, "/api/v1/trips", "GET /trips", ""},
        {post, "/api/v1/trips", "POST /trips", ""},
        {head, "/api/v1/trips", "GET /trips", ""},
        {delete_, "/api/v1/trips", "allowed GET POST", ""},
        {get, "/api/v1/trips/mine", "GET /trips/mine", ""},
        {get, "/api/v1/trips/7", "GET /trips/{id}", "7"},
        {post, "/api/v1/trips/mine", "allowed GET", ""},
        {post, "/api/v1/trips/7/publish", "POST /trips/{id}/publish", "7"},
        // The literal branch ends without an operation: the value is tried next.
        {post, "/api/v1/trips/mine/publish", "POST /trips/{id}/publish", "mine"},
        {post, "/api/v1/journeys/7/publish", "POST /trips/{id}/publish", "7"},
        {get, "/api/v1/trips/7/bookings/8", "GET /trips/{id}/bookings/{booking_id}", "7,8"},
        {get, "/api/v1/trips/7/bookings", "nothing", ""},
        {get, "/api/v1/trips//bookings/8", "nothing", ""},
        {get, "/api/v1", "nothing", ""},
        {get, "/trips", "nothing", ""},
        {get, "/health", "GET /health", ""},
        {get, "/api/v1/health", "nothing", ""},
        {get, "/", "GET /", ""},
        {get, "", "nothing", ""},
        {get, "trips", "nothing", ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.path);
        const Match match = router.find(c.method, c.path);
        std::string found = match.operation != nullptr ? match.operation->name() : "nothing";
        if (!match.allowed.empty() && match.operation == nullptr) {
            found = "allowed";
            for (const Method method : match.allowed) (found += ' ') += to_string(method);
        }
        EXPECT_EQ(found, c.want);
        if (match.operation != nullptr) {
            EXPECT_EQ(joined(match.path_values), c.values);
        }
    }
}

TEST(RouterDeathTest, OneOperationPerMethodAndPath) {
    Operations operations;
    operations.add(operation(Method::get, "/trips/{id}"));
    operations.add(operation(Method::get, "/trips/{trip_id}"));
    EXPECT_DEATH(Router{operations}, "");
}

}  // namespace
}  // namespace taama::http
