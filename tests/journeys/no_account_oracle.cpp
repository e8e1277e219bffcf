// A stranger asks about a number, over HTTP: status, headers and bodies are alike whether it is
// somebody's.

#include <gtest/gtest.h>

#include <set>

#include "tests/journeys/people.hpp"

namespace taama::test {
namespace {

// What differs between any two answers.
bool is_incidental(std::string_view name) {
    static const std::set<std::string_view> names{"request_id", "verification_id", "expires_at",
                                                  "destination_masked"};
    return names.contains(name);
}

boost::json::value without_incidentals(const boost::json::value& value) {
    if (!value.is_object()) return value;
    boost::json::object out;
    for (const auto& [name, member] : value.as_object())
        out[name] = is_incidental(name) ? boost::json::value{} : without_incidentals(member);
    return out;
}

std::set<std::string> header_names(const Response& response) {
    std::set<std::string> names;
    for (const auto& [name, value] : response.headers) names.insert(name);
    return names;
}

TEST(NoAccountOracle, AnswersAreAlike_P2) {
    const ServerProcess& server = shared_server();
    const Person known = sign_up_with_password(server);
    const std::string unknown = unique_phone();
    auto http = server.client();
    // Both numbers have been sent one code.
    http.post("/api/v1/auth/otp/send",
              boost::json::object{{"phone", unknown}, {"purpose", "registration"}});
    struct Case {
        const char* path;
        boost::json::object body;
        int status;
    };
    const Case cases[] = {
        {"/auth/login", {{"password", "not-the-password"}}, 401},
        {"/auth/otp/send", {{"purpose", "login"}}, 202},
        {"/auth/password/forgot", {}, 202},
        {"/auth/otp/verify", {{"purpose", "login"}, {"code", "000000"}}, 422},
        {"/auth/password/reset", {{"code", "000000"}, {"new_password", "mangue-verte-13"}}, 422},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.path);
        const auto ask = [&](const std::string& phone) {
            boost::json::object body = c.body;
            body["phone"] = phone;
            return http.post(std::string{"/api/v1"} + c.path, body);
        };
        const Response somebody = ask(known.phone);
        const Response nobody = ask(unknown);
        EXPECT_EQ(somebody.status, c.status) << somebody.brief();
        EXPECT_EQ(nobody.status, c.status) << nobody.brief();
        EXPECT_EQ(header_names(somebody), header_names(nobody));
        EXPECT_EQ(without_incidentals(somebody.json), without_incidentals(nobody.json))
            << somebody.body << "\n"
            << nobody.body;
    }
}

}  // namespace
}  // namespace taama::test
