// What an app of a passenger costs on the network (platform contract, 5): messages both ways with
// their headers, without TLS, packed by zstd and lean, over the demo data.

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "platform/http/content_encoding.hpp"
#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

namespace json = boost::json;

constexpr const char* demo_passenger = "+2250700000001";
constexpr int polls = 6;
constexpr std::size_t unpacked_max = std::size_t{4} << 20;

// An app that does what the contract lets it do to save bytes. It reads by the session cookie: the
// access token, which writing without a CSRF token wants, is 400 bytes longer.
class Phone {
public:
    explicit Phone(const ServerProcess& server) : http_(server.unchecked_client()) {
        http_.set_header("Accept-Encoding", "zstd");
        http_.set_header("Prefer", "return=minimal");
    }

    Response get(const std::string& target) {
        return readable(http_.get(target, {{"Cookie", cookie_}}));
    }
    Response get_if_changed(const std::string& target, const std::string& tag) {
        return readable(http_.get(target, {{"Cookie", cookie_}, {"If-None-Match", tag}}));
    }
    Response post(const std::string& target, const json::object& body) {
        HeaderList headers = key();
        if (!token_.empty()) headers.emplace_back("Authorization", "Bearer " + token_);
        return readable(http_.post(target, body, headers));
    }
    void sign_in_by(const Response& signed_in) {
        token_ = signed_in.text("/data/access_token");
        const std::string cookie = signed_in.header("Set-Cookie");
        cookie_ = cookie.substr(0, cookie.find(';'));
    }
    // Since the last call.
    std::size_t spent() { return http_.bytes() - std::exchange(counted_, http_.bytes()); }

private:
    static Response readable(Response answer) {
        if (answer.header("Content-Encoding") == "zstd") {
            answer.body = http::ContentCodecs{}
                              .unpack(http::Encoding::zstd, answer.body, unpacked_max)
                              .value();
            answer.json = json::parse(answer.body);
        }
        return answer;
    }

    HttpClient http_;
    std::string token_;
    std::string cookie_;
    std::size_t counted_ = 0;
};

// Signs in by a code.
void sign_in(const ServerProcess& server, Phone& phone) {
    json::object answer{{"phone", demo_passenger}, {"purpose", "login"}};
    EXPECT_EQ(phone.post("/api/v1/auth/otp/send", answer).status, 202);
    answer["code"] = code_sent_to(server, demo_passenger);
    const Response signed_in = phone.post("/api/v1/auth/otp/verify", answer);
    EXPECT_EQ(signed_in.status, 200) << signed_in.brief();
    phone.sign_in_by(signed_in);
}

TEST(ByteBudgets, FromSignInToTicket) {
    const ServerProcess server{ServerOptions{.environment = {{"TAAMA_DEMO", "true"}}}};
    Phone phone{server};

    sign_in(server, phone);
    EXPECT_LE(phone.spent(), 6'000U);

    const Response found =
        phone.get("/api/v1/trips/search?from=5.3575,-4.0083&to=6.8190,-5.2760&page_size=10");
    ASSERT_EQ(found.items().size(), 10U);
    EXPECT_LE(phone.spent(), 8'000U);

    const std::string trip{found.items().front().at("trip_id").as_string()};
    const Response booking = phone.post("/api/v1/bookings", {{"trip_id", trip}, {"seats", 1}});
    ASSERT_EQ(booking.status, 201) << booking.brief();
    const std::string id = booking.text("/data/id");
    const Response begun =
        phone.post("/api/v1/payments/init", {{"booking_id", id}, {"method", "wave"}});
    ASSERT_EQ(begun.status, 200) << begun.brief();
    const std::string payment = "/api/v1/payments/" + begun.text("/data/payment/id");
    const std::string tag = phone.get(payment).header("ETag");
    std::size_t journey = phone.spent();
    for (int poll = 2; poll < polls; ++poll) {
        EXPECT_EQ(phone.get_if_changed(payment, tag).status, 304);
        const std::size_t without_news = phone.spent();
        EXPECT_LE(without_news, 700U);
        journey += without_news;
    }
    pay_at_wave(server, session_of(begun));
    eventually("paid", std::chrono::seconds{20}, [&] {
        phone.spent();  // of the polls while Wave's message is on its way, the last one counts
        return phone.get_if_changed(payment, tag).status == 200;
    });
    EXPECT_EQ(phone.get("/api/v1/bookings/" + id).text("/data/status"), "paid");
    EXPECT_EQ(phone.get("/api/v1/bookings/" + id + "/ticket").status, 200);
    EXPECT_LE(journey + phone.spent(), 15'000U);
}

}  // namespace
}  // namespace taama::test
