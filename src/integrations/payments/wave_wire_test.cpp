#include "integrations/payments/wave_wire.hpp"

#include <gtest/gtest.h>

namespace taama::payments::wave {
namespace {

using namespace std::chrono_literals;

// The vectors of Wave's signature: fake secrets, the times and the bodies are exact.
const std::string secret = "wave_sn_WHS_0000fakewebhooksecret0000";
const std::string old_secret = "wave_sn_WHS_1111fakeoldsecret1111";
const std::string webhook_body =
    R"({"id":"EV_QvEZuDSQbLdI","type":"checkout.session.completed","data":{"id":"cos-18qq25rgr100a","amount":"1500","checkout_status":"complete","client_reference":"ORD-0001","currency":"XOF","payment_status":"succeeded","transaction_id":"TCN4Y4ZC3FM"}})";
const std::string v1 = "36de09ffc7c20a016a38914639a6a9d2691df7f93c68ae0089028cf0177438d0";
const std::string old_v1 = "389d104fed803e07ee07247eda0f4a847295287e186f40e859789dc852d7e51e";
constexpr std::int64_t t = 1'750'000'000;
constexpr UtcTime signed_at{Seconds{t}};

TEST(WaveSignature, Vectors_S1_151) {
    ASSERT_EQ(webhook_body.size(), 246U);
    EXPECT_EQ(signature_of(secret, t, webhook_body), v1);
    EXPECT_EQ(signature_of(old_secret, t, webhook_body), old_v1);

    const std::string request_secret = "wave_sn_AKS_0000fakerequestsecret0000";
    const std::string request_body =
        R"({"amount":"1500","currency":"XOF","error_url":"https://example.com/ko","success_url":"https://example.com/ok","client_reference":"ORD-0001"})";
    ASSERT_EQ(request_body.size(), 140U);
    EXPECT_EQ(signature_header(request_secret, t, request_body),
              "t=1750000000,v1=8ad2437277c06ed910650a0647b4f627c652d3d8a6849746b9a51e82b46c95dd");
    EXPECT_EQ(signature_of(request_secret, t, ""),
              "9a60cb4eba1aa32a6da7a3b88af5bb14c8ec2413db2f473f0afca362ab611244");
}

TEST(WaveSignature, Check_S1_137) {
    const auto of = [](const std::string& signature) { return "t=1750000000,v1=" + signature; };
    std::string one_off = v1;
    one_off.back() = '1';
    std::string upper = v1;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    const std::vector<std::string> ours{secret};
    const std::vector<std::string> rotating{"wave_sn_WHS_new", secret};
    const std::vector<std::string> none;

    struct Case {
        const char* name;
        std::string header;
        std::vector<std::string> secrets;
        UtcTime now;
        Signature want;
    };
    using enum Signature;
    const Case cases[] = {
        {"at once", of(v1), ours, signed_at, valid},
        {"300 s late", of(v1), ours, signed_at + 300s, valid},
        {"300 s early", of(v1), ours, signed_at - 300s, valid},
        {"a microsecond too late", of(v1), ours, signed_at + 300s + 1us, stale},
        {"a microsecond too early", of(v1), ours, signed_at - 300s - 1us, stale},
        {"stale and wrong is wrong", of(one_off), ours, signed_at + 301s, invalid},
        {"one digit off", of(one_off), ours, signed_at, invalid},
        {"upper case", of(upper), ours, signed_at, invalid},
        {"too short", of(v1.substr(1)), ours, signed_at, invalid},
        {"both secrets sign, we know the new", of(old_v1) + ",v1=" + v1, ours, signed_at, valid},
        {"both secrets sign, we know the old",
         of(old_v1) + ",v1=" + v1,
         {old_secret},
         signed_at,
         valid},
        {"we know two", of(v1), rotating, signed_at, valid},
        {"we know none", of(v1), none, signed_at, invalid},
        {"spaces between the parts", "t=1750000000, v1=" + v1, ours, signed_at, valid},
        {"unknown parts are ignored", of(v1) + ",v0=abc", ours, signed_at, valid},
        {"another time than signed", "t=1750000001,v1=" + v1, ours, signed_at, invalid},
        {"no header", "", ours, signed_at, invalid},
        {"no time", "v1=" + v1, ours, signed_at, invalid},
        {"no signature", "t=1750000000", ours, signed_at, invalid},
        {"two times", "t=1750000000,t=1750000000,v1=" + v1, ours, signed_at, invalid},
        {"time with a sign", "t=-1750000000,v1=" + v1, ours, signed_at, invalid},
        {"time beyond all time", "t=99999999999999999999,v1=" + v1, ours, signed_at, invalid},
        {"time in words", "t=now,v1=" + v1, ours, signed_at, invalid},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(check_signature(c.header, webhook_body, c.secrets, c.now, 300s), c.want);
    }
    // Raw bytes: the same JSON with a space is another message.
    EXPECT_EQ(check_signature(of(v1), webhook_body + " ", ours, signed_at, 300s), invalid);
    std::string many = "t=1750000000";
    for (int i = 0; i < 9; ++i) many += ",v1=" + v1;
    EXPECT_EQ(check_signature(many, webhook_body, ours, signed_at, 300s), invalid);
}

Session session(std::string_view checkout, std::string_view payment) {
    return *read_session(*json::parse(fmt::format(
        R"({{"id":"cos-1","amount":"1500","currency":"XOF","checkout_status":"{}","payment_status":"{}",
            "client_reference":"r","wave_launch_url":"https://pay/c","when_expires":"2025-06-15T15:30:00Z"}})",
        checkout, payment)));
}

TEST(WaveWire, Status_S2_103) {
    struct Case {
        std::string checkout;
        std::string payment;
        ProviderState want;
    };
    const Case cases[] = {
        {"open", "processing", ProviderState::init},
        {"open", "cancelled", ProviderState::init},
        {"complete", "succeeded", ProviderState::paid},
        {"complete", "processing", ProviderState::init},
        {"expired", "cancelled", ProviderState::failed},
        {"expired", "processing", ProviderState::failed},
        {"expired", "succeeded", ProviderState::init},
        {"whatever", "succeeded", ProviderState::init},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.checkout + " " + c.payment);
        const Status status = to_status(session(c.checkout, c.payment));
        EXPECT_EQ(status.state, c.want);
        EXPECT_EQ(status.session.has_value(), c.checkout == "open");
        EXPECT_EQ(status.amount_minor, 1500);
    }
    EXPECT_EQ(to_status(session("open", "cancelled")).failure, FailureCode::rejected_by_payer);
    EXPECT_EQ(to_status(session("expired", "cancelled")).failure, FailureCode::expired);
}

TEST(WaveWire, LastPaymentError) {
    auto failed = session("open", "cancelled");
    const std::pair<const char*, FailureCode> cases[] = {
        {"blocked-account", FailureCode::blocked_account},
        {"cross-border-payment-not-allowed", FailureCode::provider_refused},
        {"customer-age-restricted", FailureCode::provider_refused},
        {"insufficient-funds", FailureCode::insufficient_funds},
        {"kyb-limits-exceeded", FailureCode::provider_refused},
        {"payer-mobile-mismatch", FailureCode::payer_mismatch},
        {"payment-failure", FailureCode::provider_refused},
        {"something-new", FailureCode::provider_refused},
    };
    for (const auto& [code, want] : cases) {
        SCOPED_TRACE(code);
        failed.error_code = code;
        EXPECT_EQ(to_status(failed).state, ProviderState::init);
        EXPECT_EQ(to_status(failed).failure, want);
    }
}

TEST(WaveWire, AmountsAreExactText) {
    const auto read = [](std::string amount, std::string_view currency) {
        return read_session(*json::parse(fmt::format(
            R"({{"id":"cos-1","amount":{},"currency":"{}","checkout_status":"open","payment_status":"processing"}})",
            amount, currency)));
    };
    EXPECT_EQ(read(R"("1500")", "XOF")->amount_minor, 1500);
    EXPECT_EQ(read(R"("1500.00")", "XOF")->amount_minor, 1500);
    EXPECT_EQ(read(R"("15.25")", "EUR")->amount_minor, 1525);
    EXPECT_EQ(read(R"("1500")", "XAF")->amount_minor, std::nullopt);  // unknown to us, but readable
    EXPECT_EQ(read(R"("1500")", "XAF")->currency, "XAF");
    for (const char* amount : {R"("1500.5")", R"("0")", R"("-1500")", R"("+1500")", R"("01500")",
                               R"("1e3")", R"("1 500")", R"("")", R"("1500.")", R"(".5")",
                               R"("0.0")", "1500", "null", R"("9999999999999999")", R"("1,500")"}) {
        SCOPED_TRACE(amount);
        EXPECT_FALSE(read(amount, "XOF"));
    }
}

TEST(WaveWire, SearchPrefersWhatWasPaid) {
    const Session sessions[] = {session("expired", "cancelled"), session("open", "processing"),
                                session("complete", "succeeded"),
                                session("complete", "processing")};
    EXPECT_EQ(most_telling(sessions), &sessions[2]);
    EXPECT_EQ(most_telling(std::span{sessions}.first(2)), &sessions[1]);
    EXPECT_EQ(most_telling({}), nullptr);
    EXPECT_TRUE(read_search(R"({"result":[]})")->empty());
    EXPECT_FALSE(read_search(R"({"result":[{}]})"));
    EXPECT_FALSE(read_search("{}"));
    EXPECT_FALSE(read_search("<html>"));
}

TEST(WaveWire, Event) {
    const auto event = read_event(webhook_body);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->key, "EV_QvEZuDSQbLdI");
    EXPECT_EQ(event->type, "checkout.session.completed");
    EXPECT_EQ(event->subject, EventSubject::payment);
    EXPECT_EQ(event->our_reference, "ORD-0001");
    EXPECT_EQ(event->provider_ref, "cos-18qq25rgr100a");
    ASSERT_TRUE(event->status);
    EXPECT_EQ(event->status->state, ProviderState::paid);
    EXPECT_EQ(event->status->amount_minor, 1500);
    EXPECT_EQ(event->status->currency, "XOF");
    EXPECT_EQ(event->status->provider_txn_id, "TCN4Y4ZC3FM");
}

TEST(WaveWire, EventsThatSettleNothing) {
    EXPECT_EQ(read_event(R"({"id":"EV_1","type":"test.test_event","data":{}})")->type,
              test_event_type);
    EXPECT_EQ(
        read_event(R"({"id":"EV_1","type":"b2b.payment_received","data":{"amount":"5"}})")->subject,
        EventSubject::none);
    const auto without_reference = read_event(
        R"({"id":"EV_1","type":"checkout.session.completed","data":{"id":"cos-1","amount":"1500",
            "currency":"XOF","checkout_status":"complete","payment_status":"succeeded","client_reference":null}})");
    ASSERT_TRUE(without_reference);
    EXPECT_FALSE(without_reference->status);
    for (const char* body : {"", "[]", "{}", "{\"id\":\"EV_1\"", R"({"id":"EV_1"})",
                             R"({"id":"EV_1","type":"checkout.session.completed"})",
                             R"({"id":"EV_1","type":"checkout.session.completed","data":[]})",
                             R"({"id":"EV_1","id":"EV_2","type":"test.test_event"})",
                             R"({"id":1,"type":"test.test_event"})"}) {
        SCOPED_TRACE(body);
        EXPECT_FALSE(read_event(body));
    }
}

TEST(WaveWire, RedactedEventTellsNoPhoneOrAddress) {
    const auto event = read_event(
        R"({"id":"EV_1","type":"checkout.session.completed","data":{"id":"cos-1","amount":"1500",
            "currency":"XOF","checkout_status":"complete","payment_status":"succeeded","client_reference":"r",
            "restrict_payer_mobile":"+2250700000001","wave_launch_url":"https://pay.wave.com/c/cos-1"}})");
    const std::string text = boost::json::serialize(event->redacted);
    EXPECT_EQ(text.find("+225"), std::string::npos);
    EXPECT_EQ(text.find("pay.wave.com"), std::string::npos);
    EXPECT_NE(text.find("\"amount_minor\":1500"), std::string::npos);
}

TEST(WaveWire, ComplaintInBothSpellings) {
    EXPECT_EQ(read_complaint(R"({"code":"a","message":"b"})").text(), "a: b");
    EXPECT_EQ(read_complaint(R"({"error_code":"a","error_message":"b"})").text(), "a: b");
    EXPECT_EQ(read_complaint("<html>").text(), "");
}

TEST(WaveWire, CheckoutBody) {
    Intent intent{.payment_id = *PaymentId::parse("9a6f0a52-0000-4000-8000-000000000001"),
                  .method = Method::wave,
                  .amount = {12'000, Currency::XOF},
                  .payer_phone = std::nullopt,
                  .return_url = "https://taama.example/pay",
                  .description = "PAY-M4KX72QD",
                  .pay_before = {}};
    EXPECT_EQ(
        checkout_body(intent),
        R"({"amount":"12000","currency":"XOF","success_url":"https://taama.example/pay",)"
        R"("error_url":"https://taama.example/pay","client_reference":"9a6f0a52-0000-4000-8000-000000000001"})");
    intent.payer_phone = "+2250700009003";
    EXPECT_NE(checkout_body(intent).find(R"("restrict_payer_mobile":"+2250700009003")"),
              std::string::npos);
}

}  // namespace
}  // namespace taama::payments::wave
